"""`crowd.simulated.workers`: participants that are programs, do what a browser does, and say so."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from crowd.design.blocks import design
from crowd.design.design import ATTENTION, Design, TaskItem
from crowd.design.study import Study
from crowd.lifecycle.collect import collect
from crowd.lifecycle.publish import publish
from crowd.localplatform import running
from crowd.simulated.http import simulate_study
from crowd.simulated.response_probabilities import by_accuracy, by_label
from crowd.simulated.workers import ResponseStyle, SimulatedWorker, filled_form, simulate
from crowd.task.answers import answer_rows
from crowd.task.clip_data import task_in
from crowd.task.page import page_data, render_page
from crowd.videos.metadata import Video
from tests.crowd.clips import write_videos

QUERY = {"assignmentId": "A1", "hitId": "H1", "workerId": "ASIMULATED1", "turkSubmitTo": "http://127.0.0.1:1/p/x"}


@pytest.fixture(scope="module")
def plan() -> Design:
    """One HIT: six videos, two of them practice, and an attention item."""
    clips = [
        Video(video_id=f"{label}{take}", file_name=f"{label}{take}.mp4", method="real", label=label, directory="/v")
        for label in "xyz"
        for take in range(2)
    ]
    return design(Study(), clips)


def simulated(
    plan: Design, name: str = "0", accuracy: float = 1.0, style: ResponseStyle | None = None, seed: int = 0
) -> SimulatedWorker:
    """A participant."""
    return SimulatedWorker(plan, by_accuracy(accuracy, plan.options), style or ResponseStyle(), seed, name)


def told(participant: SimulatedWorker, item: TaskItem) -> dict[str, Any]:
    """What the participant sends for the one question about an item."""
    sent: dict[str, Any] = participant.answer(item, 0, 0, [0])["answers"]["naming"]
    return sent


def test_the_form_is_what_the_page_sends(plan: Design) -> None:
    """A form gives rows as a person's does: practice first, recorded orders, and every answer among the options."""
    task = page_data(Study(), plan, plan.hits[0], str)
    form = filled_form(task, QUERY, plan, simulated(plan))
    rows = answer_rows(plan, "b001-r1", "A1", "H1", "w", "2026-11-22T00:00:00Z", True, form)
    assert [row["kind"] for row in rows[:2]] == ["training", "training"]
    assert sorted(row["position"] for row in rows) == list(range(7))
    assert all(row["answer"] == row["label"] for row in rows)
    assert len({row["options"] for row in rows}) == 1


def test_practice_is_done_once(plan: Design) -> None:
    """In a second task the same participant has practised already."""
    task = page_data(Study(), plan, plan.hits[0], str)
    participant = simulated(plan)
    first, second = (filled_form(task, QUERY, plan, participant) for _ in range(2))
    assert {name for name in first if name not in second} == {"item.t00", "item.t01"}


def test_the_same_seed_gives_the_same_participant(plan: Design) -> None:
    """What is answered depends on seed, participant and video alone, not on the order of the videos."""
    items = plan.hits[0].items
    answers = [told(simulated(plan, accuracy=0.4), item)["answer"] for item in items]
    participant = simulated(plan, accuracy=0.4)
    assert [told(participant, item)["answer"] for item in reversed(items)] == answers[::-1]
    others = [[told(simulated(plan, name, 0.4, seed=seed), item)["answer"] for item in items]
              for name, seed in (("1", 0), ("0", 1))]  # fmt: skip
    assert answers not in others


def test_careless_participants_answer_blindly(plan: Design) -> None:
    """Carelessness is a person's own; its mean is as asked, and it shows in attention items."""
    people = [simulated(plan, str(number), style=ResponseStyle(carelessness=0.3)) for number in range(400)]
    assert np.mean([one.carelessness for one in people]) == pytest.approx(0.3, abs=0.04)
    assert np.std([one.carelessness for one in people]) > 0.1
    (item,) = plan.hits[0].of_kind(ATTENTION)
    failed = np.mean([told(one, item)["answer"] != item.asked for one in people])
    assert failed == pytest.approx(0.3 * 2 / 3, abs=0.06)


def test_speed_is_as_asked(plan: Design) -> None:
    """The median of the reported times is the one asked for."""
    people = [simulated(plan, str(number), style=ResponseStyle(seconds_per_item=3)) for number in range(300)]
    times = [told(one, plan.hits[0].items[0])["time_to_answer_s"] for one in people]
    assert np.median(times) == pytest.approx(3.2, abs=0.4)


@pytest.mark.parametrize("values", [{"carelessness": 1.5}, {"carelessness": -1}, {"seconds_per_item": 0}])
def test_impossible_tempers_are_named(values: dict[str, float]) -> None:
    """A share above one or a time of zero is refused by name."""
    with pytest.raises(ValueError, match=f"{next(iter(values))}: must be"):
        ResponseStyle(**values)


def test_the_task_is_found_in_its_page(plan: Design) -> None:
    """The page's data comes out as it went in; another page is told apart."""
    page = render_page(Study(), plan, plan.hits[0], str)
    assert task_in(page) == json.loads(json.dumps(page_data(Study(), plan, plan.hits[0], str)))
    with pytest.raises(ValueError, match="page: holds no task"):
        task_in("<h1>404</h1>")


LABELS = tuple(f"thing {number} moving" for number in range(11))


@pytest.fixture(scope="module")
def confusion(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A known 11 × 13 matrix, another row for each label."""
    rng = np.random.default_rng(4)
    rows = 0.6 * np.eye(11, 13) + 0.4 * rng.dirichlet(np.full(13, 0.7), size=11)
    table = pd.DataFrame(rows, columns=[*LABELS, "Other", "Unclear"])
    path = tmp_path_factory.mktemp("confusion") / "confusion.csv"
    table.assign(label=LABELS).to_csv(path, index=False)
    return path


@pytest.mark.slow
def test_a_known_confusion_is_recovered(tmp_path: Path, confusion: Path) -> None:
    """60 participants answer 66 videos over HTTP; the table's confusion fits the known one (χ², p > .01).

    Each answer is among the options that were shown for it, every video has its 60 answers, and all say "simulated".
    """
    videos_dir = write_videos(tmp_path / "videos", methods=("a", "b", "c"), labels=LABELS, per_label=2)
    study = Study.from_videos(
        videos_dir, videos_per_hit=33, answers_per_video=60, assignments_per_hit=60, training_items=0, budget_usd="999"
    )
    (tmp_path / "study").mkdir()
    study.save(tmp_path / "study/study.toml")
    with running(tmp_path / "study"):
        publish(tmp_path / "study", videos_dir)
        probabilities = by_label(confusion, study.all_options)
        done = simulate_study(tmp_path / "study", 60, probabilities, style=ResponseStyle(), seed=7)
        collected = collect(tmp_path / "study")
    assert len(done) == collected.assignments == collected.wanted == 120
    table = pd.read_parquet(tmp_path / "study/answers.parquet")
    assert table["simulated"].all()
    assert (table["excluded"] == "").all()
    assert all(answer in json.loads(shown) for answer, shown in zip(table["answer"], table["options"], strict=True))
    assert (table[table["kind"] == "attention"]["answer"] == table[table["kind"] == "attention"]["label"]).all()
    answers = table[table["kind"] == "evaluation"]
    assert answers.groupby("video_id").size().eq(60).all()
    assert not answers.duplicated(["worker_id", "video_id"]).any()
    counts = pd.crosstab(answers["label"], answers["answer"]).reindex(index=LABELS, columns=study.all_options).fillna(0)
    assert chi_square_p(counts.to_numpy(), pd.read_csv(confusion)[list(study.all_options)].to_numpy()) > 0.01


def chi_square_p(counts: np.ndarray, probabilities: np.ndarray) -> float:
    """Goodness of fit of each row's counts to its probabilities; cells that expect fewer than 5 are taken together."""
    statistic, freedom = 0.0, 0
    for observed, chances in zip(counts, probabilities, strict=True):
        expected = chances / chances.sum() * observed.sum()
        small = expected < 5
        seen = [*observed[~small], observed[small].sum()]
        wanted = [*expected[~small], expected[small].sum()]
        cells = [(o, e) for o, e in zip(seen, wanted, strict=True) if e > 0]
        statistic += sum((o - e) ** 2 / e for o, e in cells)
        freedom += len(cells) - 1
    return float(stats.chi2.sf(statistic, freedom))


def test_the_fit_would_notice_another_confusion(confusion: Path) -> None:
    """The same test rejects counts that come from a matrix with two rows exchanged."""
    table = pd.read_csv(confusion).drop(columns="label").to_numpy()
    rng = np.random.default_rng(1)
    drawn = np.array([rng.multinomial(360, row / row.sum()) for row in table])
    assert chi_square_p(drawn, table) > 0.01
    exchanged = table[[1, 0, *range(2, 11)]]
    assert chi_square_p(drawn, exchanged) < 1e-6
    milder = 0.9 * table + 0.1 / 13
    assert chi_square_p(drawn, milder) < 0.01


def test_only_the_local_platform_is_simulated(tmp_path: Path, plan: Design) -> None:
    """A study that is not on the local platform is refused, in one line."""
    replace(plan, videos_dir=str(tmp_path)).save(tmp_path)
    with pytest.raises(ValueError, match="not published on the local platform"):
        simulate_study(tmp_path, 1, by_accuracy(1, plan.options))


def test_a_refusal_is_told_with_its_address(tmp_path: Path, plan: Design) -> None:
    """When the platform answers with an error, its status is in the message."""
    with running(tmp_path) as server, pytest.raises(ValueError, match=r"GET /p/none: 404"):
        simulate([f"{server.endpoint_url}/p/none"], plan, by_accuracy(1, plan.options))


def test_no_answer_is_told(plan: Design) -> None:
    """When nothing listens, that is what is said."""
    with pytest.raises(OSError, match="the platform did not answer"):
        simulate(["http://127.0.0.1:9/p/x"], plan, by_accuracy(1, plan.options))
