"""Simulated participants: they do what a person's browser does, and their work is marked as simulated everywhere.

A `SimulatedWorker` knows what one participant would answer, how fast and how carelessly. It does HITs over plain HTTP
here, sending what a browser would send; `crowd.simulated.browser` drives a real browser.
"""

import asyncio
import json
import re
import zlib
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import numpy as np

from crowd.design.design import ATTENTION, Design, TaskItem
from crowd.questions.naming import Naming
from crowd.questions.question import Question, Seen
from crowd.questions.survey import ONCE
from crowd.simulated.qualities import Qualities, all_alike
from crowd.simulated.response_probabilities import ResponseProbabilities
from crowd.task.answers import ITEM_FIELD, ONCE_FIELD, OPTIONS_FIELD, QUIZ_FIELD
from crowd.task.clip_data import task_in
from crowd.task.ordering import item_order, option_order, seed_of, shown_order, shuffled
from crowd.videos.metadata import Video

JSON = {"Accept": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseStyle:
    """How simulated participants differ from what they see."""

    carelessness: float = 0.0
    """Mean probability that an answer is picked blindly; each participant has its own, from a Beta distribution."""
    seconds_per_item: float = 6.0
    """Median time to an answer; each participant is slower or faster by a log-normal factor. Nobody waits for real."""

    def __post_init__(self) -> None:
        if not 0 <= self.carelessness <= 1:
            raise ValueError(f"carelessness: must be between 0 and 1, is {self.carelessness}")
        if not 0 < self.seconds_per_item <= 3600:
            raise ValueError(f"seconds_per_item: must be above 0 and at most 3600, is {self.seconds_per_item}")


class SimulatedWorker:
    """What one simulated participant answers; the same `seed` and `name` give the same participant."""

    def __init__(
        self,
        design: Design,
        probabilities: ResponseProbabilities,
        style: ResponseStyle,
        seed: int,
        name: str,
        qualities: Qualities = all_alike,
    ) -> None:
        self._design, self._probabilities, self._qualities = design, probabilities, qualities
        self._seed = [seed, zlib.crc32(name.encode())]
        rng = np.random.default_rng(self._seed)
        self.speed = style.seconds_per_item * float(rng.lognormal(0, 0.3))
        mean = style.carelessness
        self.carelessness = float(rng.beta(4 * mean, 4 * (1 - mean))) if 0 < mean < 1 else mean
        self.practised = False

    def answer(self, item: TaskItem, position: int, option_seed: int, shown: Sequence[int]) -> dict[str, Any]:
        """What the page would send for the item, with its videos in the order `shown`.

        What is answered depends on the participant and the item alone, in whatever order the items come.
        """
        rng = np.random.default_rng([*self._seed, zlib.crc32(item.video_id.encode())])
        start_s = float(rng.gamma(2, 0.1))
        videos = tuple(self._design.video(item.video_ids[place]) for place in shown)
        before = self.once("before")
        answers: dict[str, dict[str, Any]] = {}
        passed_s = start_s
        for question in self._asked(item):
            if question.applies(before | answers):
                answer = self._answer(question, item, videos, rng)
                passed_s += self.speed * float(rng.lognormal(0, 0.35))
                answers[question.id] = {"answer": answer, "time_to_answer_s": round(passed_s, 3)}
                data = item.data.get(question.id)
                if options := question.shuffled_options(data) if data else ():
                    order = option_order(options, seed_of(option_seed, item.key, question.id))
                    answers[question.id]["options"] = order
        return {
            "answers": answers,
            "shown": list(shown),
            "time_to_play_s": None if item.kind == ATTENTION else round(start_s, 3),
            "watched_fraction": 0 if item.kind == ATTENTION else 1,
            "replays": int(rng.poisson(0.1)),
            "stalls": 0,
            "playback_errors": 0,
            "focus_losses": 0,
            "position": position,
            "option_seed": option_seed,
        }

    def question(self, question_id: str) -> Question:
        """The question of the study with that id."""
        return next(question for question in self._design.questions if question.id == question_id)

    def once(self, *when: str) -> dict[str, dict[str, Any]]:
        """What the page would send for the questions that are asked once, "before" or "after" the items."""
        sent: dict[str, dict[str, Any]] = {}
        for question in self._design.asked_once(*when or ONCE):
            if not question.applies(sent):
                continue
            rng = np.random.default_rng([*self._seed, zlib.crc32(question.id.encode())])
            seen = Seen(videos=(), data=None, quality={}, chances=None, options=(), rng=rng)
            sent[question.id] = {"answer": question.respond(seen), "time_to_answer_s": round(self.speed, 3)}
        return sent

    def _answer(self, question: Question, item: TaskItem, videos: tuple[Video, ...], rng: np.random.Generator) -> Any:
        """What the participant answers to one question of the item."""
        careless = rng.random() < self.carelessness
        if item.kind == ATTENTION and not careless:
            return item.asked
        evaluated = item.kind != ATTENTION
        is_naming = question.KIND == Naming.KIND
        seen = Seen(
            videos=videos,
            data=item.data.get(question.id),
            quality={video.video_id: self._qualities(question, video) for video in videos if evaluated},
            chances=self._probabilities(videos[0]) if is_naming and evaluated else None,
            options=self._design.options,
            rng=rng,
        )
        return question.guess(seen) if careless else question.respond(seen)

    def _asked(self, item: TaskItem) -> tuple[Question, ...]:
        question = self._design.attention_question
        return (question,) if item.kind == ATTENTION and question else self._design.questions_about(item.about)


def filled_form(
    task: Mapping[str, Any], query: Mapping[str, str], design: Design, worker: SimulatedWorker
) -> dict[str, str]:
    """The fields that the page `task` sends for this participant; orders are made as the page makes them."""
    items = {item.key: item for item in design.hit(task["hit"]).items}
    assignment_id, worker_id = query["assignmentId"], query.get("workerId") or query["assignmentId"]
    option_seed = seed_of("options", task["seed"], worker_id)
    item_seed = seed_of("items", task["seed"], assignment_id)
    keys = [] if worker.practised else [entry["key"] for entry in task["training"]]
    keys += [entry["key"] for entry in item_order(parts_in(task), item_seed, task.get("checks", ()))]
    asks_once = not worker.practised and design.questions_about("person")
    worker.practised = True
    sent = {}
    for position, key in enumerate(keys):
        shown = shown_order(len(items[key].video_ids), key, task["seed"], worker_id)
        sent[key] = worker.answer(items[key], position, option_seed, shown)
    return {
        "assignmentId": assignment_id,
        "consent": "yes",
        "language": design.shown.get("language", "en"),
        "item_seed": str(item_seed),
        OPTIONS_FIELD: json.dumps(_options(task, option_seed), ensure_ascii=False),
        **({ONCE_FIELD: json.dumps(worker.once(), ensure_ascii=False)} if asks_once else {}),
        **({QUIZ_FIELD: json.dumps({"passed": True, "answers": [right_answers(task)]})} if task.get("quiz") else {}),
        "comment": "",
        **{ITEM_FIELD + key: json.dumps(answer, ensure_ascii=False) for key, answer in sent.items()},
    }


def right_answers(task: Mapping[str, Any]) -> list[str]:
    """The right answers to the quiz of a page."""
    return [question["right"] for question in task["quiz"]]


def parts_in(task: Mapping[str, Any]) -> list[list[list[dict[str, Any]]]]:
    """The parts of a task, each a list of windows; pages of earlier releases have one part."""
    parts: list[list[list[dict[str, Any]]]] = task["parts"] if "parts" in task else [task["windows"]]
    return parts


def clips_in(task: Mapping[str, Any]) -> list[str]:
    """The addresses of a task's videos."""
    entries = [*task["training"], *(entry for part in parts_in(task) for window in part for entry in window)]
    return [clip["url"] for entry in entries for clip in entry.get("clips", [entry]) if "url" in clip]


def _options(task: Mapping[str, Any], seed: int) -> dict[str, list[str]]:
    """The options of each question in the order in which the page shows them."""
    if "questions" not in task:  # a page of an earlier release
        return {Naming.KIND: option_order(task["options"], seed)}
    shown = {}
    for question in task["questions"]:
        if question["kind"] == Naming.KIND:
            shown[question["id"]] = option_order(question["options"], seed)
        elif question.get("shuffled"):
            shown[question["id"]] = shuffled(question["options"], seed)
    return shown


def simulate(
    links: Sequence[str],
    design: Design,
    probabilities: ResponseProbabilities,
    *,
    style: ResponseStyle | None = None,
    seed: int = 0,
    media: bool = False,
    at_once: int = 8,
    tasks_per_worker: int | None = None,
    qualities: Qualities = all_alike,
    callback: Callable[[str], None] = lambda assignment_id: None,
) -> list[str]:
    """Let one simulated participant per link do every HIT it is offered, or at most `tasks_per_worker`.

    ``media`` fetches each clip too; ``callback`` is called with each submitted assignment's id. Gives these ids.

    Raises:
        ValueError, OSError: the platform answered with an error, or not at all.
    """
    style = style or ResponseStyle()
    simulated = [
        SimulatedWorker(design, probabilities, style, seed, str(number), qualities) for number, _ in enumerate(links)
    ]

    async def everybody() -> list[list[str]]:
        turn = asyncio.Semaphore(at_once)

        async def one(link: str, worker: SimulatedWorker) -> list[str]:
            async with turn, httpx.AsyncClient(timeout=60, trust_env=False) as client:
                return await _participate(client, link, design, worker, media, tasks_per_worker, callback)

        return await asyncio.gather(*(one(link, worker) for link, worker in zip(links, simulated, strict=True)))

    try:
        return [assignment_id for done in _run(everybody()) for assignment_id in done]
    except httpx.TransportError as error:
        raise OSError(f"the platform did not answer ({type(error).__name__}: {error})") from error


def _run(work: Coroutine[Any, Any, list[list[str]]]) -> list[list[str]]:
    """`asyncio.run`, in a thread of its own where a loop runs already, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as own:
        return own.submit(asyncio.run, work).result()


async def _participate(
    client: httpx.AsyncClient,
    link: str,
    design: Design,
    worker: SimulatedWorker,
    media: bool,
    most: int | None,
    callback: Callable[[str], None],
) -> list[str]:
    """One participant's visit: home, then HIT after HIT."""
    done: list[str] = []
    refused: set[str] = set()
    while most is None or len(done) < most:
        home = (await _get(client, link, headers=JSON)).json()
        offered = [hit_id for hit_id in open_hits(home) if hit_id not in refused]
        if not offered:
            break
        accepted = await client.post(f"{link}/hits/{offered[0]}/accept", headers=JSON)
        if accepted.status_code in (403, 404, 409, 410):  # taken by others meanwhile
            refused.add(offered[0])
            continue
        _check(accepted)
        done.append(
            await _work(client, urljoin(str(accepted.url), accepted.json()["frame_url"]), design, worker, media)
        )
        callback(done[-1])
    return done


def open_hits(home: Mapping[str, Any]) -> list[str]:
    """The ids of the HITs on a participant's list that can be accepted, or were and are unfinished."""
    return [hit["hit_id"] for hit in home["hits"] if hit["state"] in ("available", "accepted")]


async def _work(client: httpx.AsyncClient, frame_url: str, design: Design, worker: SimulatedWorker, media: bool) -> str:
    """Load the frame, answer, submit; gives the assignment's id."""
    page = await _get(client, frame_url)
    query = {name: values[0] for name, values in parse_qs(urlsplit(frame_url).query).items()}
    task = task_in(page.text)
    if media:
        for url in clips_in(task):
            await _get(client, urljoin(frame_url, url))
    form = filled_form(task, query, design, worker)
    platform = urljoin(frame_url, query["turkSubmitTo"]).rstrip("/")
    if task.get("quiz_tries"):
        answers = json.dumps(right_answers(task))
        _check(await client.post(f"{platform}/assignments/{form['assignmentId']}/quiz", data={"answers": answers}))
    _check(await client.post(f"{platform}/mturk/externalSubmit", data=form))
    return form["assignmentId"]


async def _get(client: httpx.AsyncClient, url: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
    response = await client.get(url, headers=headers)
    _check(response)
    return response


def _check(response: httpx.Response) -> None:
    if response.status_code >= 400:
        text = " ".join(re.sub(r"<[^>]+>", " ", response.text).split())[:200]
        raise ValueError(f"{response.request.method} {response.request.url.path}: {response.status_code} {text}")
