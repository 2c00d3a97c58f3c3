"""Simulated participants: they do what a person's browser does, and their work is marked as simulated everywhere.

A `SimulatedWorker` knows what one participant would answer, how fast and how carelessly. It does HITs over plain HTTP
here, sending what a browser would send; `crowd.simulated.browser` drives a real browser.
"""

import asyncio
import json
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import numpy as np
from numpy.typing import NDArray

from crowd.design.design import ATTENTION, Design, TaskItem
from crowd.simulated.response_probabilities import ResponseProbabilities
from crowd.task.answers import ITEM_FIELD, OPTIONS_FIELD
from crowd.task.ordering import item_order, option_order, seed_of

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
        self, design: Design, probabilities: ResponseProbabilities, style: ResponseStyle, seed: int, name: str
    ) -> None:
        self._design, self._probabilities = design, probabilities
        self._seed = [seed, zlib.crc32(name.encode())]
        rng = np.random.default_rng(self._seed)
        self.speed = style.seconds_per_item * float(rng.lognormal(0, 0.3))
        mean = style.carelessness
        self.carelessness = float(rng.beta(4 * mean, 4 * (1 - mean))) if 0 < mean < 1 else mean
        self.practised = False

    def answer(self, item: TaskItem, position: int, option_seed: int) -> dict[str, Any]:
        """What the page would send for the item after this participant saw it.

        What is answered depends on the participant and the video alone, in whatever order the videos come.
        """
        rng = np.random.default_rng([*self._seed, zlib.crc32(item.video_id.encode())])
        start_s = float(rng.gamma(2, 0.1))
        return {
            "answer": self._choose(item, rng),
            "time_to_play_s": None if item.kind == ATTENTION else round(start_s, 3),
            "time_to_answer_s": round(start_s + self.speed * float(rng.lognormal(0, 0.35)), 3),
            "watched_fraction": 0 if item.kind == ATTENTION else 1,
            "replays": int(rng.poisson(0.1)),
            "stalls": 0,
            "playback_errors": 0,
            "focus_losses": 0,
            "position": position,
            "option_seed": option_seed,
        }

    def _choose(self, item: TaskItem, rng: np.random.Generator) -> str:
        """The option that the participant takes for the item."""
        options = self._design.options
        if rng.random() < self.carelessness:
            return str(rng.choice(options[:-2]))
        if item.kind == ATTENTION:
            return item.asked
        chances: NDArray[np.float64] = self._probabilities(self._design.video(item.video_id))
        return str(rng.choice(options, p=chances))


def filled_form(
    task: Mapping[str, Any], query: Mapping[str, str], design: Design, worker: SimulatedWorker
) -> dict[str, str]:
    """The fields that the page `task` sends for this participant; orders are made as the page makes them."""
    items = {item.key: item for item in design.hit(task["hit"]).items}
    assignment_id, worker_id = query["assignmentId"], query.get("workerId") or query["assignmentId"]
    option_seed = seed_of("options", task["seed"], worker_id)
    item_seed = seed_of("items", task["seed"], assignment_id)
    shown = option_order(task["options"], option_seed)
    keys = [] if worker.practised else [entry["key"] for entry in task["training"]]
    keys += [entry["key"] for entry in item_order(task["windows"], item_seed, task.get("checks", ()))]
    worker.practised = True
    sent = {key: worker.answer(items[key], position, option_seed) for position, key in enumerate(keys)}
    return {
        "assignmentId": assignment_id,
        "consent": "yes",
        "language": design.shown.get("language", "en"),
        "item_seed": str(item_seed),
        OPTIONS_FIELD: json.dumps(shown, ensure_ascii=False),
        "comment": "",
        **{ITEM_FIELD + key: json.dumps(answer, ensure_ascii=False) for key, answer in sent.items()},
    }


def task_in(page: str) -> dict[str, Any]:
    """The data that the page's script works with.

    Raises:
        ValueError: it is no task page.
    """
    found = re.search(r'<script type="application/json" id="task">(.*?)</script>', page, re.DOTALL)
    if not found:
        raise ValueError("page: holds no task")
    task: dict[str, Any] = json.loads(found[1])
    return task


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
    callback: Callable[[str], None] = lambda assignment_id: None,
) -> list[str]:
    """Let one simulated participant per link do every HIT it is offered, or at most `tasks_per_worker`.

    ``media`` fetches each clip too; ``callback`` is called with each submitted assignment's id. Gives these ids.

    Raises:
        ValueError, OSError: the platform answered with an error, or not at all.
    """
    style = style or ResponseStyle()
    simulated = [SimulatedWorker(design, probabilities, style, seed, str(number)) for number, _ in enumerate(links)]

    async def everybody() -> list[list[str]]:
        turn = asyncio.Semaphore(at_once)

        async def one(link: str, worker: SimulatedWorker) -> list[str]:
            async with turn, httpx.AsyncClient(timeout=60, trust_env=False) as client:
                return await _participate(client, link, design, worker, media, tasks_per_worker, callback)

        return await asyncio.gather(*(one(link, worker) for link, worker in zip(links, simulated, strict=True)))

    try:
        return [assignment_id for done in asyncio.run(everybody()) for assignment_id in done]
    except httpx.TransportError as error:
        raise OSError(f"the platform did not answer ({type(error).__name__}: {error})") from error


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
        entries = [*task["training"], *(entry for window in task["windows"] for entry in window)]
        for url in (entry["url"] for entry in entries if "url" in entry):
            await _get(client, urljoin(frame_url, url))
    form = filled_form(task, query, design, worker)
    target = urljoin(frame_url, query["turkSubmitTo"]).rstrip("/") + "/mturk/externalSubmit"
    _check(await client.post(target, data=form))
    return form["assignmentId"]


async def _get(client: httpx.AsyncClient, url: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
    response = await client.get(url, headers=headers)
    _check(response)
    return response


def _check(response: httpx.Response) -> None:
    if response.status_code >= 400:
        text = " ".join(re.sub(r"<[^>]+>", " ", response.text).split())[:200]
        raise ValueError(f"{response.request.method} {response.request.url.path}: {response.status_code} {text}")
