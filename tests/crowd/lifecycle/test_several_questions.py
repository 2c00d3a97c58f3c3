"""A study of several kinds of questions through its whole life, and what somebody forges in it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest

from crowd.design.design import Design
from crowd.design.study import Study
from crowd.lifecycle.backup import back_up, restore
from crowd.lifecycle.check import check
from crowd.lifecycle.collect import collect
from crowd.lifecycle.extend import extend
from crowd.lifecycle.publish import publish
from crowd.lifecycle.review import reject
from crowd.localplatform import invite, running
from crowd.simulated.http import simulate
from crowd.simulated.workers import ResponseStyle
from tests.crowd.clips import write_videos
from tests.crowd.localplatform.forger import Person

QUESTIONS: tuple[dict[str, Any], ...] = (
    {"id": "better", "kind": "preference"},
    {"id": "order", "kind": "ranking"},
    {"id": "natural", "kind": "rating"},
    {"id": "why", "kind": "text", "asked": "video", "ask_if": "natural = 1, 2"},
    {"id": "screen", "kind": "choice", "options": ("phone", "computer"), "several": True, "shuffled": True},
    {"id": "age", "kind": "number", "asked": "before", "high": 120},
)
PLAN: dict[str, Any] = {"videos_per_hit": 12, "answers_per_video": 2, "assignments_per_hit": 1, "seed": 1}


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three methods and three labels, by which they are compared."""
    return write_videos(tmp_path_factory.mktemp("several"))


@pytest.fixture
def study_dir(tmp_path: Path, clips: Path) -> Path:
    """The study, published: two blocks in two rounds each."""
    root = tmp_path / "study"
    root.mkdir()
    Study.from_videos(clips, questions=QUESTIONS, **PLAN).save(root / "study.toml")
    with running(root):
        publish(root, clips)
    return root


def answers_in(study_dir: Path) -> pd.DataFrame:
    """The collected answers."""
    collect(study_dir)
    return pd.read_parquet(study_dir / "answers.parquet")


def counts(study_dir: Path) -> dict[str, int]:
    """How often each question about items was answered by everybody together."""
    table = answers_in(study_dir).query("kind == 'evaluation' and question in ['better', 'order', 'natural']")
    return dict(table["question"].value_counts())


@pytest.mark.thorough
def test_rounds_and_more_answers(study_dir: Path, clips: Path, tmp_path: Path) -> None:
    """Each round adds an answer to each item, and so does each answer more; a backup has those that were there."""
    blocks = len(Design.load(study_dir).rounds)
    simulate(study_dir, 1)
    first = counts(study_dir)
    assert first == {"better": 9, "order": 3, "natural": 9}
    with running(study_dir):
        assert publish(study_dir, clips).created == blocks
    simulate(study_dir, 1, seed=1)
    assert counts(study_dir) == {name: 2 * number for name, number in first.items()}
    with running(study_dir):
        extend(study_dir, 3)
    back_up(study_dir, tmp_path / "study.zip")
    restore(tmp_path / "study.zip", tmp_path / "again")
    simulate(study_dir, 1, seed=2)
    assert counts(study_dir) == {name: 3 * number for name, number in first.items()}
    assert counts(tmp_path / "again") == {name: 2 * number for name, number in first.items()}
    assert check(study_dir) == []
    exported = pd.read_csv(study_dir / "answers.csv", keep_default_na=False)
    kept = answers_in(study_dir)
    assert exported[["question", "answer", "options"]].equals(kept[["question", "answer", "options"]])


def test_work_that_was_not_done_can_be_rejected(study_dir: Path) -> None:
    """A rule that all answers to items break is ground for rejection, whatever was answered once; others are not."""
    simulate(study_dir, 1, style=ResponseStyle(carelessness=1))
    table = answers_in(study_dir)
    failed = table.query("kind == 'attention' and answer != label")["assignment_id"]
    values: dict[str, Any] = {"reason": "The check was not read.", "confirm": lambda worker: True}
    assert reject(study_dir, failed.iloc[0], rule="max_attention_failures", **values).made == 1
    with pytest.raises(ValueError, match="min_answer_s was not in force"):
        reject(study_dir, failed.iloc[0], rule="min_answer_s", **values)


@pytest.fixture
def forger(study_dir: Path) -> Iterator[Person]:
    """Somebody who was invited to the study."""
    with running(study_dir) as server, httpx.Client(trust_env=False, timeout=60) as client:
        yield Person(client, server.endpoint_url + invite(study_dir, 1)[0], study_dir)


@pytest.mark.parametrize(
    "once",
    [
        {"age": {"answer": 400}},
        {"screen": {"answer": ["phone", "phone"], "options": ["phone", "computer"]}},
        {"screen": {"answer": ["phone"], "options": ["phone"]}},
        {"age": {"answer": "20; DROP TABLE"}},
        ["age"],
    ],
)
def test_forged_answers_to_what_is_asked_once_are_unreadable(once: object, forger: Person, study_dir: Path) -> None:
    """The server takes the form, and its assignment is named as unreadable and is in no table."""
    task = forger.accept()
    assert forger.send(task, once=json.dumps(once)).status_code == 303
    (message,) = collect(study_dir).unreadable
    assert message.startswith(f"assignment {task['assignment_id']}, ")


@pytest.mark.parametrize("shown", [[0, 0], [1], [0, 1, 2], ["0", "1"], [True, False], "01", None, {"0": 1}])
def test_forged_sides_are_unreadable(shown: object, forger: Person, study_dir: Path) -> None:
    """Only an order of the videos of a pair says which was on the left."""
    task = forger.accept()
    form = forger.form(task)
    (pair, *_) = [name for name in form if name.startswith("item.p")]
    forged = json.dumps(json.loads(form[pair]) | {"shown": shown})
    assert forger.send(task, **{pair: forged}).status_code == 303
    assert len(collect(study_dir).unreadable) == 1


def test_what_is_asked_once_counts_once(forger: Person, study_dir: Path) -> None:
    """Who sends it with each task is counted with the first one; the other answers are left out as repeats."""
    once = json.dumps({"age": {"answer": 30}})
    for _ in range(2):
        assert forger.send(forger.accept(), once=once).status_code == 303
    ages = answers_in(study_dir).query("question == 'age'")
    assert sorted(ages["excluded"]) == ["", "repeat"]


def test_answers_to_questions_that_were_not_asked_are_in_no_table(forger: Person, study_dir: Path) -> None:
    """A question that the item does not have, or the study, has no row."""
    task = forger.accept()
    form = forger.form(task)
    (pair, *_) = [name for name in form if name.startswith("item.p")]
    sent = json.loads(form[pair])
    sent["answers"] |= {"natural": {"answer": "5"}, "other": {"answer": "5"}}
    forger.send(task, **{pair: json.dumps(sent)})
    table = answers_in(study_dir)
    assert "other" not in set(table["question"])
    assert not table.query("question == 'natural'")["left_video_id"].any()
