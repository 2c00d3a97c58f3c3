"""Every kind of question: its answers, what is refused, what its part of a report says, in every form."""

from pathlib import Path

import numpy as np
import pytest

from analysis import Report, analyse
from analysis.questions.kinds import kind_of, kinds
from analysis.records.questions import QuestionResult
from tests.analysis.questions.tables import METHODS, TABLES, captions, moments, rankings, rating_rows, statements


def result(kind: str, **choices: object) -> QuestionResult:
    (question,) = analyse(TABLES[kind](), **choices).questions
    return question


def test_every_kind_has_a_table_here() -> None:
    """A kind that is added is tested here too."""
    assert set(TABLES) == set(kinds())


@pytest.mark.parametrize("kind", TABLES)
def test_every_kind_is_reported_in_every_form(kind: str, tmp_path: Path) -> None:
    """A report on the kind alone says what it is about, is read back the same, and has its details' record."""
    report = analyse(TABLES[kind]())
    (tmp_path / "report.json").write_text(report.to_json(), encoding="utf-8")
    assert Report.load(tmp_path) == report
    (question,) = report.questions
    assert question.kind == kind
    if kind != "naming":
        assert type(question.details) is kind_of(kind).details
        assert f'<p class="label">{kind}</p>' in report.to_html()
    for text in (report.to_markdown(), repr(report), report.headline.detail):
        assert question.id in text or kind == "naming"


@pytest.mark.parametrize("kind", [kind for kind in TABLES if kind not in ("choice", "number", "text", "rating")])
def test_the_better_method_is_found(kind: str) -> None:
    """Each kind puts the method first that is best in its table, and the pairs' first method did better."""
    question = result(kind)
    assert question.methods[0].name == "ours"
    assert {row.a for row in question.comparisons[:1]} == {"ours"}
    assert question.comparisons[0].p_these < 0.1
    better = 1 if question.measure.higher_is_better else -1
    assert all(better * row.difference >= 0 for row in question.comparisons)


@pytest.mark.parametrize(
    ("kind", "answer", "message"),
    [
        ("preference", "lefft", "is none of left, tie, both_good, both_bad, right, nor a whole number from −3 to 3"),
        ("rating", "good", "is no number"),
        ("rating", "nan", "is no number"),
        ("statement", "maybe", "is none of yes, no, cannot_tell"),
        ("ranking", "ours", "is no order: expected names from best to worst"),
        ("ranking", "ours > ours", "names one twice"),
        ("moment", "at 3 s", "is neither 'none' nor"),
        ("moment", '{"start_s": 2, "end_s": 1}', "goes from 2.0 to 1.0 s"),
        ("number", "many", "is no number"),
        ("number", "-1e300", "is beyond ±10¹⁵"),
        ("rating", "1e16", "is beyond ±10¹⁵"),
        ("caption", "none of these", "looks like 'None of these'; write it so"),
    ],
)
def test_an_answer_of_another_kind_is_refused(kind: str, answer: str, message: str) -> None:
    """With its row, the answer and the question, on one line."""
    frame = TABLES[kind]()
    frame.loc[3, "answer"] = answer
    with pytest.raises(ValueError, match="row 4: answer ") as caught:
        analyse(frame)
    assert message in str(caught.value)
    assert "(question " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_guessing_is_one_of_the_captions_shown() -> None:
    """Four captions were shown, so that guessing is right once in four; answers add up by kind."""
    details = result("caption").details
    assert details.chance == 0.25
    assert details.kinds == ["its own caption", "another caption", "None of these", "Unclear"]
    for shares in details.shares.values():
        assert sum(shares) == pytest.approx(1)


def test_guessing_is_not_told_where_nothing_says_how_many_captions_were_shown() -> None:
    """Without options the report gives no share of guessing right."""
    report = analyse(captions().drop(columns="options"))
    assert report.questions[0].details.chance is None
    assert "uessing gives" not in report.to_html() + report.to_markdown()


def test_a_caption_is_right_where_it_is_the_videos_own() -> None:
    """The share of right captions is that of answers that equal the label."""
    frame = captions()
    expected = (frame["answer"] == frame["label"]).groupby(frame["method"]).mean()
    assert {row.name: row.estimate for row in result("caption").methods} == pytest.approx(dict(expected))


def test_statements_are_judged_by_their_truth() -> None:
    """The share of right answers is that of answers that equal the label, `yes` where there is no label."""
    frame = statements()
    expected = (frame["answer"] == frame["label"]).groupby(frame["method"]).mean()
    assert {row.name: row.estimate for row in result("statement").methods} == pytest.approx(dict(expected))
    (question,) = analyse(frame.drop(columns="label")).questions
    expected = (frame["answer"] == "yes").groupby(frame["method"]).mean()
    assert {row.name: row.estimate for row in question.methods} == pytest.approx(dict(expected))


def test_ratings_have_means_distribution_and_scores() -> None:
    """Means, shares of points and scores of videos are those of the table."""
    frame = rating_rows()
    value = frame["answer"].astype(float)
    question = result("rating")
    assert {row.name: row.estimate for row in question.methods} == pytest.approx(
        dict(value.groupby(frame["method"]).mean())
    )
    details = question.details
    assert (details.low, details.high, details.slider, details.points) == (1, 5, False, [1, 2, 3, 4, 5])
    for row in details.rated:
        own = value[frame["method"] == row.name]
        assert row.distribution == [int((own == point).sum()) for point in range(1, 6)]
        assert row.top_two == pytest.approx((own >= 4).mean())
    by_video = value.groupby(frame["video_id"]).mean()
    assert {row.video_id: row.mos for row in details.videos} == pytest.approx(dict(by_video))


@pytest.mark.parametrize(
    ("answers", "low", "high", "slider"),
    [
        (["1", "5"], 1, 5, False),
        (["7", "2"], 1, 7, False),
        (["8", "2"], 1, 9, False),
        (["0", "9"], 0, 10, False),
        (["4.5", "1"], 1, 5, True),
        (["55", "3.5"], 0, 100, True),
        (["55", "3"], 0, 100, True),
    ],
)
def test_the_scale_of_a_table_is_the_smallest_usual_one(
    answers: list[str], low: float, high: float, slider: bool
) -> None:
    """It is the first that holds all ratings; the report says what it is taken to be unless both ends were given."""
    frame = rating_rows()
    frame["answer"] = [answers[place % 2] for place in range(len(frame))]
    (question,) = analyse(frame).questions
    assert (question.details.low, question.details.high, question.details.slider) == (low, high, slider)
    said = any(f"taken to be {low:g} to {high:g}" in note for note in question.notes)
    assert said == ({float(answer) for answer in answers} != {low, high})


def test_ratings_of_one_prompt_are_too_few() -> None:
    """One prompt that all methods share is one prompt, from which nothing follows for others."""
    frame = rating_rows()
    frame = frame[frame["prompt"] == frame["prompt"].iloc[0]]
    report = analyse(frame)
    assert {row.n_units for row in report.questions[0].comparisons} == {1}
    assert report.headline.title.startswith("Too few answers to tell ")


def test_top_ratings_of_seven_points_are_six_and_seven() -> None:
    """Seven points, which no study file has, are no scale of nine that nobody gave its two highest points."""
    frame = rating_rows()
    frame["answer"] = [str(1 + place % 7) for place in range(len(frame))]
    (question,) = analyse(frame).questions
    shares = (frame["answer"].isin(["6", "7"])).groupby(frame["method"]).mean()
    assert {row.name: row.top_two for row in question.details.rated} == pytest.approx(dict(shares))


def test_rankings_imply_pairs() -> None:
    """The net win rate of two methods is that of the pairs that orders imply; mean ranks are those of the table."""
    frame, question = rankings(), result("ranking")
    orders = [answer.split(" > ") for answer in frame["answer"]]
    ahead = np.mean([1 if order.index("ours") < order.index("theirs") else -1 for order in orders])
    first = question.comparisons[0]
    assert (first.a, first.b) == ("ours", "theirs")
    assert first.difference == pytest.approx(ahead)
    ranks = {row.name: row.mean_rank for row in question.details.ranked}
    assert ranks == pytest.approx({name: np.mean([1 + order.index(name) for order in orders]) for name in METHODS})
    assert [row.name for row in question.strengths] == ["ours", "theirs", "base"]


def test_a_method_that_is_always_first_is_noted() -> None:
    """Rankings too explain strengths without a finite estimate, and say what the others are relative to."""
    frame = rankings()
    frame["answer"] = "ours > " + frame["answer"].map(
        lambda order: " > ".join(name for name in order.split(" > ") if name != "ours")
    )
    (question,) = analyse(frame).questions
    (note,) = question.notes
    assert "always put before the others" in note
    assert "Strength 0 is the mean of base, theirs." in note
    assert question.strengths[0].name == "ours"
    assert question.strengths[0].strength is None


def test_numbers_that_may_be_wins_are_noted() -> None:
    """A table of 1 for a win and 0 for none would be read as ties and votes for the right video: a note says so."""
    frame = TABLES["preference"]()
    frame["answer"] = [str(place % 2) for place in range(len(frame))]
    assert any("write left and right" in note for note in analyse(frame).questions[0].notes)
    frame["answer"] = [str(place % 3 - 1) for place in range(len(frame))]
    assert not any("write left and right" in note for note in analyse(frame).questions[0].notes)


def test_breaks_are_counted() -> None:
    """The share of answers that mark a break, and how many name each kind, are those of the table."""
    frame, question = moments(), result("moment")
    expected = (frame["answer"] != "none").groupby(frame["method"]).mean()
    assert {row.name: row.estimate for row in question.methods} == pytest.approx(dict(expected))
    assert question.details.kinds == ["vanishes", "warps"]
    named = sum(sum(row.kinds) for row in question.details.broken)
    assert named == (frame["answer"] != "none").sum()
    assert [row.tolerance_s for row in question.details.tolerances] == [0.1, 0.25, 0.5, 1.0]


def test_choices_numbers_and_texts_are_summarised() -> None:
    """Options are counted, also several at once; numbers have mean and median; texts are listed as they are."""
    shares = {row.option: row.count for row in result("choice").details.shares}
    assert shares == {"laptop": 6, "phone": 9}
    (summary,) = result("number").details.summaries
    assert (summary.answers, summary.mean, summary.median) == (12, pytest.approx(39.625), pytest.approx(39.25))
    texts = [row.text for row in result("text").details.texts]
    assert texts == ["<b>bold</b> & | *wild*", "It jumps.", "\u05d0\u05d1 > $x$"]


def test_texts_are_escaped() -> None:
    """What participants write stands as it is in page and Markdown."""
    report = analyse(TABLES["text"]())
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; | *wild*" in report.to_html()
    assert r"\<b\>bold\</b\> \& \| \*wild\*" in report.to_markdown()


def test_equal_ranks_beside_the_middle_are_refused() -> None:
    """Best and worst are single methods; the methods between them may be equal."""
    frame = rankings()
    frame["answer"] = "ours > theirs = other > base"
    assert analyse(frame).questions[0].details.best_and_worst
    frame.loc[0, "answer"] = "ours = theirs > base"
    with pytest.raises(ValueError, match="row 1: answer 'ours = theirs > base' has ties beside those between"):
        analyse(frame)
