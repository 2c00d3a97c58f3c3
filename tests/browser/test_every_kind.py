"""A study that asks every kind of question, answered over HTTP and through Chromium by the same simulated people."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crowd.design.design import ATTENTION, Design
from crowd.design.study import Study
from crowd.lifecycle.collect import collect
from crowd.lifecycle.publish import publish
from crowd.localplatform import running
from crowd.localplatform.clock import ManualClock
from crowd.simulated.http import simulate_study
from crowd.simulated.qualities import by_method
from crowd.simulated.response_probabilities import by_accuracy
from crowd.simulated.workers import ResponseStyle, SimulatedWorker
from tests.crowd.clips import write_clip, write_metadata

METHODS = ("base", "new", "old")
#: Questions about single videos, and about several; a page with all kinds would be too large.
ABOUT_ONE: tuple[dict[str, Any], ...] = (
    {"id": "age", "kind": "number", "low": 18, "high": 99, "asked": "before"},
    {"id": "what", "kind": "naming"},
    {"id": "caption", "kind": "caption", "choices": 3},
    {"id": "natural", "kind": "rating"},
    {"id": "smooth", "kind": "rating", "points": 11, "best_first": False},
    {"id": "sharp", "kind": "rating", "points": 100},
    {"id": "jumps", "kind": "statement"},
    {"id": "often", "kind": "choice", "options": ["never", "often"], "shuffled": True},
    {"id": "seen", "kind": "choice", "options": ["a cat", "a dog", "snow"], "several": True, "asked": "video"},
)
ABOUT_SEVERAL: tuple[dict[str, Any], ...] = (
    {"id": "better", "kind": "preference", "ties": "both"},
    {"id": "stronger", "kind": "preference", "strength": 5},
    {"id": "why", "kind": "text", "asked": "pair", "ask_if": "better = left"},
    {"id": "order", "kind": "ranking"},
    {"id": "extremes", "kind": "ranking", "best_worst": True},
    {"id": "breaks", "kind": "moment", "breaks": ["an object changes", "something vanishes"]},
    {"id": "frame", "kind": "moment", "span": False},
    {"id": "more", "kind": "text"},
)


def write_study(
    directory: Path, questions: Sequence[dict[str, Any]], *, answers_per_video: int = 1
) -> tuple[Path, Path]:
    """A study directory with its file, and its videos directory: three prompts, three methods."""
    rows = []
    for method in METHODS:
        for number in range(3):
            name = f"{method}-{number}.mp4"
            write_clip(directory / "videos" / name)
            cat = f"the cat does trick {number}"
            rows.append({"file_name": name, "method": method, "label": f"trick {number}", "prompt": cat})
            rows[-1]["statement"] = f"{cat} twice"
    write_metadata(directory / "videos", rows)
    Study(
        questions=tuple(questions),
        quiz=({"text": "How often may you watch?", "options": ["once", "as often as I like"], "right": "once"},),
        examples=({"file_name": "new-0.mp4", "text": "Nothing looks wrong here."},),
        prompt="hidden" if any(question["kind"] == "caption" for question in questions) else "above",
        training_items=0,
        videos_per_hit=8,
        answers_per_video=answers_per_video,
        budget_usd="999.00",
    ).save(directory / "study.toml")
    return directory, directory / "videos"


LABELS = by_accuracy(0.7, ("trick 0", "trick 1", "trick 2", "Other", "Unclear"))
QUALITIES = by_method({"new": 1.0, "base": -1.0})


def answered(study_dir: Path, videos: Path, *, browser: bool) -> pd.DataFrame:
    """The answers of one simulated participant to the whole study."""
    with running(study_dir, clock=ManualClock()):
        publish(study_dir, videos)
        simulate_study(study_dir, 1, LABELS, qualities=QUALITIES, seed=5, browser=browser)
        collected = collect(study_dir)
        assert (collected.assignments, collected.unreadable) == (collected.wanted, ())
    return pd.read_parquet(study_dir / "answers.parquet")


def meant(design: Design, row: pd.Series) -> str:
    """What the participant means to answer to the row's question about the row's videos."""
    worker = SimulatedWorker(design, LABELS, ResponseStyle(), 5, "0", QUALITIES)
    question = worker.question(row["question"])
    if question.about == "person":
        return question.answer(worker.once()[question.id]["answer"], (), None)
    ids = [row["video_id"]] if row["video_id"] else [row["left_video_id"], row["right_video_id"]]
    shown = json.loads(row["options"]) if question.about == "set" else ids
    items = (item for hit in design.hits for item in hit.items if sorted(item.video_ids) == sorted(shown))
    item = next(items)
    sent = worker.answer(item, 0, 0, [item.video_ids.index(video_id) for video_id in shown])["answers"][question.id]
    if item.kind == ATTENTION or question.KIND == "naming":
        return str(sent["answer"])
    return question.answer(sent["answer"], [design.video(video_id) for video_id in shown], item.data.get(question.id))


@pytest.mark.parametrize("questions", [ABOUT_ONE, ABOUT_SEVERAL], ids=["about one", "about several"])
@pytest.mark.parametrize(
    "in_chromium", [False, pytest.param(True, marks=[pytest.mark.browser("chromium"), pytest.mark.thorough])]
)
def test_what_a_participant_means_arrives(
    questions: Sequence[dict[str, Any]], in_chromium: bool, tmp_path: Path
) -> None:
    """Every kind of question has the answers that the participant means, over HTTP and through the page."""
    study_dir, videos = write_study(tmp_path, questions)
    table = answered(study_dir, videos, browser=in_chromium)
    design = Design.load(study_dir)
    assert table["answer"].tolist() == [meant(design, row) for _, row in table.iterrows()]
    evaluated = table[table["kind"] == "evaluation"]
    asked = Counter(evaluated["question"])
    number = {"video": 9, "pair": 9, "set": 3, "person": 1}
    for question in design.questions:
        wanted = number[question.about]
        if question.condition:
            wanted = int((evaluated["question"].eq("better") & evaluated["answer"].eq("left")).sum())
        assert asked[question.id] == wanted, question.id
    assert set(table["quiz"]) == {"passed"}
