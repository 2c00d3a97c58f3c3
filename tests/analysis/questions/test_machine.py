"""Prediction-powered estimates in reports: what they are, what is said of them, and what is refused."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import Report, analyse
from analysis.metrics.machine import machine_scores
from analysis.prediction_powered import ScoredVideos, difference, mean
from analysis.questions.machine import sampling_p
from analysis.records.machine import MachineHelp
from tests.analysis.questions.tables import preference_rows
from tests.cli.program import vidgen

METHODS, PEOPLE, SEEN, PROMPTS = ("ours", "theirs"), 10, 12, 90

#: What makes an answer of the score that a participant has in mind.
KINDS: dict[str, Callable[[float], str]] = {
    "naming": lambda score: "cat" if score > 0 else "Other",
    "caption": lambda score: "cat" if score > 0 else "dog",
    "statement": lambda score: "yes" if score > 0 else "no",
    "rating": lambda score: str(int(np.clip(round(3 + score), 1, 5))),
}


def study(kind: str, *, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Answers about the videos of twelve prompts, and a good machine's scores of those of ninety."""
    rng = np.random.default_rng(seed)
    worth = {name: 0.4 * (name == "ours") + rng.normal(0, 1, PROMPTS) for name in METHODS}
    label = {"naming": "cat", "caption": "cat", "statement": "yes", "rating": None}[kind]
    videos = pd.DataFrame(
        [
            (f"{name}/{prompt}", name, f"prompt {prompt}", worth[name][prompt] + rng.normal(0, 0.2))
            for name in METHODS
            for prompt in range(PROMPTS)
        ],
        columns=["video_id", "method", "prompt", "judge"],
    )
    rows = [
        (
            f"w{worker}",
            f"prompt {prompt}",
            f"{name}/{prompt}",
            name,
            KINDS[kind](worth[name][prompt] + rng.normal(0, 0.7)),
        )
        for worker in range(PEOPLE)
        for name in METHODS
        for prompt in range(SEEN)
    ]
    answers = pd.DataFrame(rows, columns=["worker_id", "prompt", "video_id", "method", "answer"])
    answers = answers.assign(question=kind, question_kind=kind)
    return (answers if label is None else answers.assign(label=label)), videos


def helped(kind: str, place: Path, **choices: object) -> tuple[Report, MachineHelp]:
    answers, videos = study(kind)
    videos.to_csv(place / "all.csv", index=False)
    report = analyse(answers, machine="judge", all_videos=place / "all.csv", **choices)
    (question,) = report.questions
    assert question.machine is not None
    return report, question.machine


def scored(kind: str, name: str) -> ScoredVideos:
    """One method's videos, put together by hand."""
    answers, videos = study(kind)
    own = answers[answers["method"] == name]
    judge = videos.set_index("video_id")["judge"]
    prompt = own["prompt"].str.split().str[1].astype(int).to_numpy()
    right = own["answer"].astype(int) if kind == "rating" else (own["answer"] == own["label"]).astype(float)
    others = videos[(videos["method"] == name) & ~videos["video_id"].isin(answers["video_id"])]
    return ScoredVideos(
        score=right.to_numpy(float),
        participant=own["worker_id"].str[1:].astype(int).to_numpy(),
        unit=prompt,
        machine=judge[own["video_id"]].to_numpy(),
        other_machine=others["judge"].to_numpy(),
        other_unit=others["prompt"].str.split().str[1].astype(int).to_numpy(),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_estimates_are_those_of_the_methods_videos(kind: str, tmp_path: Path) -> None:
    """They are `mean` and `difference` of the same answers and scores; people alone are as in the report."""
    report, found = helped(kind, tmp_path)
    (question,) = report.questions
    for row in found.methods:
        own = mean(scored(kind, row.name))
        assert row.estimate == pytest.approx(own.powered.value)
        assert row.alone == pytest.approx(own.alone.value)
        assert row.tuning == pytest.approx(own.tuning)
        interval = own.powered.interval("new") if kind == "rating" else own.share_interval()
        assert (row.ci_low, row.ci_high) == pytest.approx(tuple(interval))
        assert (row.n_answers, row.n_videos, row.n_others) == (PEOPLE * SEEN, SEEN, PROMPTS - SEEN)
        (same,) = (one for one in question.methods if one.name == row.name)
        assert row.alone == pytest.approx(same.estimate)
        # A mean rating's interval in its own section fits the ends of the scale.
        near = 0.02 if kind == "rating" else 1e-9
        assert (row.alone_low, row.alone_high) == pytest.approx((same.new_low, same.new_high), rel=near)
    pair = found.difference
    assert pair is not None
    assert (pair.a, pair.b) == (question.comparisons[0].a, question.comparisons[0].b)
    both = difference(scored(kind, pair.a), scored(kind, pair.b))
    assert (pair.estimate, pair.alone) == pytest.approx((both.powered.value, both.alone.value))
    assert (pair.ci_low, pair.ci_high) == pytest.approx(tuple(both.powered.interval("new")))
    assert pair.relative_width is not None
    assert pair.relative_width < 0.95


@pytest.mark.parametrize("kind", ["naming", "rating"])
def test_every_form_of_the_report_has_them(kind: str, tmp_path: Path) -> None:
    """With people alone beside them, how much narrower they are, and for whom they hold."""
    report, found = helped(kind, tmp_path)
    page, text, tex = report.to_html(), report.to_markdown(), report.to_latex()
    assert "With a machine’s help" in page
    assert '<a href="#machine">' in page
    for form in (page, text):
        assert "random sample of all that the machine scored" in form
        assert "narrower" in form
        assert "people alone" in form.lower()
    assert "judge" in tex
    assert "prediction-powered" in tex
    assert f"{report.questions[0].id} with judge, ours: " in repr(report)
    (tmp_path / "report.json").write_text(report.to_json(), encoding="utf-8")
    assert Report.load(tmp_path).questions[0].machine == found


def test_preferences_have_none(tmp_path: Path) -> None:
    """A machine's scores of single videos estimate nothing of pairs: refused alone, left out beside other questions."""
    answers, videos = study("rating")
    videos.to_csv(tmp_path / "all.csv", index=False)
    votes = preference_rows(workers=4, prompts=4)
    with pytest.raises(ValueError, match="machine 'judge': no question"):
        analyse(votes, machine="judge", all_videos=tmp_path / "all.csv")
    both = analyse(pd.concat([votes, answers]), machine="judge", all_videos=tmp_path / "all.csv")
    assert [question.machine is None for question in both.questions] == [True, False]


def test_videos_chosen_by_their_scores_are_noticed(tmp_path: Path) -> None:
    """Where people answered about the machine's favourites, a note says that these look like no random sample."""
    answers, videos = study("rating")
    worst = videos["video_id"].isin(answers["video_id"])
    videos.loc[worst, "judge"] += 5
    videos.to_csv(tmp_path / "all.csv", index=False)
    (question,) = analyse(answers, machine="judge", all_videos=tmp_path / "all.csv").questions
    assert question.machine is not None
    assert sum("no random sample" in note for note in question.machine.notes) == 2
    assert not any("no random sample" in note for note in helped("rating", tmp_path)[1].notes)


def test_the_test_of_sampling_holds_its_level() -> None:
    """Random samples of videos are called unlike the others in about 5 % of cases, clustered by prompt or not."""
    rng = np.random.default_rng(1)
    for shared in (0.0, 1.0):
        p_values = []
        for _ in range(400):
            prompt = np.repeat(np.arange(60), 2)
            score = shared * rng.normal(size=60)[prompt] + rng.normal(size=120)
            seen = np.isin(prompt, rng.choice(60, 15, replace=False))
            p_values.append(sampling_p(score[seen], prompt[seen], score[~seen], prompt[~seen]))
        assert 0.02 <= np.mean(np.array(p_values, float) < 0.05) <= 0.085


@pytest.mark.parametrize(("others", "seen"), [([1.0, 2.0], [1.0]), ([2.0], [1.0, 3.0]), ([1.0, 1.0, 1.0], [1.0, 1.0])])
def test_too_few_videos_say_nothing_of_the_sample(others: list[float], seen: list[float]) -> None:
    """Nor do scores that never vary."""
    ends = np.arange(len(seen)), len(seen) + np.arange(len(others))
    assert sampling_p(np.array(seen), ends[0], np.array(others), ends[1]) is None


def test_what_other_rules_change_is_said(tmp_path: Path) -> None:
    """These videos have no more to gain, and dropped answers are counted here."""
    _, found = helped("naming", tmp_path, target="these-videos")
    assert any("the estimates here are for new ones" in note for note in found.notes)
    answers, _ = study("naming")
    answers.loc[::7, "answer"] = "Unclear"
    (question,) = analyse(answers, machine="judge", all_videos=tmp_path / "all.csv", unclear="dropped").questions
    assert question.machine is not None
    assert any("count as wrong" in note for note in question.machine.notes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda videos: videos.drop(columns="judge"), "has no column judge; it has video_id, method, prompt"),
        (lambda videos: videos.drop(columns="video_id"), "has no column video_id or file_name"),
        (lambda videos: videos.assign(judge="good"), "judge is 'good', no number"),
        (
            lambda videos: videos.assign(judge=videos["judge"].where(videos.index > 1)),
            "has no number for 2 of its 180 videos: ours/0, ours/1; it must have one for each",
        ),
        (lambda videos: videos.iloc[:0], "lists no video"),
        (lambda videos: pd.concat([videos, videos[:1]]), "video 'ours/0' stands there twice"),
        (lambda videos: videos[2:], "lacks 2 videos with answers: ours/0, ours/1"),
        (lambda videos: videos.assign(method="base"), "has 'ours/0' of method 'base', the answers of 'ours'"),
        (lambda videos: videos.drop(columns="prompt"), "has no column prompt (or pair), which the answers have"),
        (
            lambda videos: videos[videos["prompt"].str.split().str[1].astype(int) < SEEN],
            "people answered about every video in",
        ),
    ],
)
def test_what_gives_no_estimate_is_refused(
    change: Callable[[pd.DataFrame], pd.DataFrame], message: str, tmp_path: Path
) -> None:
    """In one line that names the machine and the table, or the place of what is no number."""
    answers, videos = study("rating")
    change(videos).to_csv(tmp_path / "all.csv", index=False)
    with pytest.raises(ValueError, match=r"judge") as caught:
        analyse(answers, machine="judge", all_videos=tmp_path / "all.csv")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_machine_needs_a_table_and_a_table_a_machine(tmp_path: Path) -> None:
    """An answers table lists no videos without answers."""
    answers, _ = study("rating")
    with pytest.raises(ValueError, match="an answers table lists only videos with answers"):
        analyse(answers, machine="judge")
    with pytest.raises(ValueError, match="is of use with a machine only"):
        analyse(answers, all_videos=tmp_path / "all.csv")


def test_ratings_that_prompts_get_unequally_are_counted_each(tmp_path: Path) -> None:
    """Then means differ from those of the question, in which prompts weigh the same, and a note says so."""
    answers, videos = study("rating")
    videos.to_csv(tmp_path / "all.csv", index=False)
    answers = answers[(answers["prompt"] != "prompt 0") | (answers["worker_id"] < "w3")]
    (question,) = analyse(answers, machine="judge", all_videos=tmp_path / "all.csv").questions
    assert question.machine is not None
    assert any("every rating counts the same" in note for note in question.machine.notes)


@pytest.mark.thorough
def test_the_command_prints_a_line_for_each_estimate_and_metric(tmp_path: Path) -> None:
    """With the interval, what it saves, and people alone; what cannot be is refused in one line."""
    answers, videos = study("rating")
    files = {name: str(tmp_path / f"{name}.csv") for name in ("answers", "all")}
    answers.merge(videos[["video_id", "judge"]], on="video_id").to_csv(files["answers"], index=False)
    videos.to_csv(files["all"], index=False)
    given = ["--answers", files["answers"], "--machine", "judge", "--metric", "judge", "--out", tmp_path / "report"]
    said = vidgen("accuracy-report", *given, "--all-videos", files["all"])
    assert said.exit_code == 0, said.output
    lines = said.output.splitlines()
    assert any(
        line.startswith("judge beside rating: Spearman’s ρ 0.") and "by video (95 % interval" in line for line in lines
    )
    for what in ("ours", "theirs", "ours − theirs"):
        (line,) = (line for line in lines if line.startswith(f"rating with judge, {what}: "))
        assert "% narrower); people alone" in line
    refused = vidgen("accuracy-report", *given)
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: machine 'judge': an answers table lists only videos with answers; give")
    assert refused.output.count("\n") == 1


def test_a_studys_files_have_its_ids(tmp_path: Path) -> None:
    """Without a table of all videos the study's metadata.csv is read, and its design says which file is which video."""
    (tmp_path / "videos").mkdir()
    published = {"videos_dir": "videos", "videos": [{"file_name": "a.mp4", "video_id": "first"}]}
    (tmp_path / "design.json").write_text(json.dumps(published))
    (tmp_path / "videos" / "metadata.csv").write_text(
        "file_name,method,prompt,judge\na.mp4,ours,a cat,1\nb.mp4,ours,,2.5\n"
    )
    found = machine_scores("judge", None, tmp_path / "design.json")
    assert found.video_id == ["first", "b.mp4"]
    assert (found.method, found.item) == (["ours", "ours"], ["a cat", ""])
    assert found.score.tolist() == [1, 2.5]
