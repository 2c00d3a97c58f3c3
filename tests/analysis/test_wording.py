"""What a report says: each sentence follows from the numbers beside it, in every output."""

import io
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import Report, analyse, formats, wording
from analysis.records.comparisons import EquivalenceTest, SensitivityResult
from tests.analysis.tables import LABELS, interim_report, table

CHANCES = st.floats(0, 1)


def outputs(report: Report) -> dict[str, str]:
    """Every output as text, figures as SVG."""
    drawn = {name: content.decode() for name, content in report.figures().items() if name.endswith(".svg")}
    return pages(report) | {name: blanks(text) for name, text in drawn.items()}


def pages(report: Report) -> dict[str, str]:
    """Every output but figures."""
    texts = {
        "html": report.to_html(),
        "markdown": report.to_markdown(),
        "latex": report.to_latex(),
        "json": report.to_json(),
        "repr": repr(report),
        "notebook": report._repr_html_(),
    }
    return {name: blanks(text) for name, text in texts.items()}


def blanks(text: str) -> str:
    """The text with every kind of space as one kind."""
    return re.sub("[\u00a0\u202f]", " ", text)


REPORT = analyse(table({"a": 0.7, "b": 0.6}, labels=LABELS[:3], workers=4))
PAIR = REPORT.comparisons[0]


@given(p=CHANCES, smallest=CHANCES, margin=st.sampled_from([0.0, 0.05]), two=CHANCES, a=CHANCES, b=CHANCES)
def test_headlines_follow_the_numbers(p: float, smallest: float, margin: float, two: float, a: float, b: float) -> None:
    """More only with p below the level, equally only where equivalence was tested; else that nothing was shown."""
    equal = EquivalenceTest(
        margin=margin, p_equivalence=two, p_a_not_inferior=a, p_b_not_inferior=b, ci_low=-0.01, ci_high=0.02
    )
    tested = equal if margin else None
    pair = replace(PAIR, p_adjusted=p, smallest_adjusted_p=smallest, equivalence=tested)
    head = wording.headline(replace(REPORT, comparisons=[pair]))
    alpha = 1 - REPORT.confidence
    equivalent = margin > 0 and two < alpha
    assert ("equally often" in head.title) == (equivalent and p >= alpha)
    assert ("by less than the margin" in head.title) == (equivalent and p < alpha)
    if "more often" in head.title:
        assert p < alpha
    if head.title.startswith(("No clear", "Too few")):
        assert p >= alpha
        words = "not evidence that there is none" if head.title.startswith("No") else "says nothing on whether"
        assert any(words in text for text in head.remarks)
    if head.title.startswith("Too few"):
        assert alpha <= smallest <= p + 1e-9
    shown = next(fact.answer for fact in head.facts if fact.question == "How sure")
    assert shown in (formats.equals(value) for value in (p, two, a, b))


@pytest.mark.thorough
def test_no_difference_is_never_equality() -> None:
    """Where nothing was shown, no output says that methods are equal, alike or the same."""
    report = analyse(table({"a": 0.62, "b": 0.6}, workers=6, labels=LABELS[:4], videos=3, simulated=False))
    texts = outputs(report)
    assert report.headline.title.startswith("No clear difference between")
    for name, text in texts.items():
        assert not re.search(r"equally often|are (equal|the same)|as good as|no difference was found", text), name
    for name in ("html", "markdown", "latex", "repr", "notebook"):
        assert "not evidence that there is none" in texts[name], name


@pytest.mark.thorough
def test_levels_in_every_output() -> None:
    """The level that was chosen stands beside the intervals of every output, and no other does."""
    report = analyse(table({"a": 0.9, "b": 0.5}, labels=LABELS[:4], simulated=False), confidence=0.9)
    for name, text in outputs(report).items():
        if name not in ("json", "confusion.svg"):
            assert re.search(r"90 \\?%", text), name
            assert not re.search(r"(?<!–)\b95 \\?%( interval|</th>)", text), name


@pytest.mark.parametrize("sequential", ["none", "confidence-sequence"])
def test_interim_in_every_output(tmp_path: Path, sequential: str) -> None:
    """An unfinished study says so in every output and figure, beside that its participants are programs."""
    report = interim_report(tmp_path, sequential=sequential)
    for name, text in outputs(report).items():
        assert "INTERIM: 40 of 198 tasks are in" in text, name
        assert "imulated participants, not people" in text or "Simulated participants: all 16" in text, name
    assert report.headline.title.startswith("INTERIM")
    tested = sequential != "none"
    assert bool(report.comparisons) == tested
    assert ("all looks" in report.to_html()) == tested
    assert tested or not re.search(r"\bp [=<] ", report.to_html())


@pytest.mark.thorough
def test_some_participants_are_programs() -> None:
    """Where some participants are programs, figures and captions say how many."""
    frame = table({"a": 0.8, "b": 0.4}, labels=LABELS[:2])
    frame["simulated"] = frame["worker_id"] == "w0"
    report = analyse(frame)
    texts = outputs(report)
    for name in ("latex", "accuracy.svg", "confusion.svg"):
        assert "1 of 12 participants are simulated participants, not people" in texts[name], name


def test_uneven_mixes() -> None:
    """Methods shown with different mixes of labels are named, with the raw difference, wherever they are compared."""
    case = (
        "for m in ('ours', 'theirs'):\n for l in range(6):\n  for v in range(8 if (l < 3) == (m == 'ours') else 1):\n"
        "   for p in range(10):\n    print(f'w{p},{m}{l}{v},{m},L{l},'"
        "+ (f'L{l}' if p < (8 if l < 3 else 3) + (m == 'theirs') else 'Other'))"
    )
    rows = subprocess.run([sys.executable, "-c", case], capture_output=True, check=True, text=True).stdout
    report = analyse(pd.read_csv(io.StringIO("worker_id,video_id,method,label,answer\n" + rows)))
    texts = pages(report)
    assert report.comparisons[0].a == "theirs"
    for name in ("html", "markdown", "latex", "repr", "notebook"):
        assert "not shown with the same mix of labels" in texts[name], name
        assert "−28.9 points, in favour of ours" in texts[name].replace("$-$", "−"), name
    assert "compare them by the differences below, not by these shares" in report.to_html()


@pytest.mark.parametrize(
    ("people", "words"), [(0, "are nested in methods"), (4, "are partly nested in methods: 4 judged")]
)
def test_nested_participants(people: int, words: str) -> None:
    """A table in which not everybody judged both methods says so on its first screen."""
    frame = table({"a": 0.7, "b": 0.6}, labels=LABELS[:4], workers=10)
    apart = frame["worker_id"].isin([f"w{number}" for number in range(people, 10)])
    frame.loc[apart & (frame["method"] == "a"), "worker_id"] += "-a"
    report = analyse(frame)
    texts = pages(report)
    assert any(words in text for text in report.headline.remarks)
    for name in ("html", "markdown", "latex", "repr", "notebook"):
        assert words in texts[name], name


def test_adjusted_intervals() -> None:
    """With several comparisons headline, table and text give the interval that belongs to the adjusted p."""
    report = analyse(table({"a": 0.9, "b": 0.6, "c": 0.5}, videos=3, workers=14))
    texts = pages(report)
    pair = report.comparisons[0]
    text = f"{formats.range_points(pair.adjusted_low, pair.adjusted_high)}"
    assert pair.adjusted_confidence > 0.95
    assert f"{formats.level(pair.adjusted_confidence)} interval {text}" in report.headline.facts[0].note
    assert f"{text} ({formats.level(pair.adjusted_confidence)})" in texts["html"]
    assert f"{formats.level(pair.adjusted_confidence)} interval {text}" in texts["markdown"]


def test_equivalence() -> None:
    """Methods are called equally recognised only within a margin that the plan declares, beside the interval for it."""
    frame = table({"a": 0.75, "b": 0.75}, workers=40, videos=6)
    head = analyse(frame, margin=0.15).headline
    assert "are recognised equally often, within 15.0 points" in head.title
    assert "90 % interval" in head.facts[0].note
    assert "within ±15.0" in head.facts[0].note
    assert analyse(frame).headline.title.startswith("No clear difference")


def test_new_labels_are_a_third_target() -> None:
    """Where new labels are the target, tables and figures of differences have their interval too."""
    report = analyse(table({"a": 0.9, "b": 0.5}, workers=6), target="new-labels")
    texts = pages(report)
    pair = report.comparisons[0]
    text = formats.range_points(pair.labels_low, pair.labels_high)
    for name in ("html", "markdown"):
        assert "New labels: other labels like these" in texts[name]
        assert text in texts[name]
    assert 'class="labels"' in report.to_html()
    assert "for labels like these 11 labels" in report.headline.facts[2].note


def test_weights_and_items() -> None:
    """Weighted answers and videos paired by items are named where they apply."""
    report = analyse(table({"a": 0.8, "b": 0.5}, labels=LABELS[:4]))
    assert "Answers are weighted" not in report.to_html()
    report = replace(report, weighted=True, comparisons=[replace(row, items=22) for row in report.comparisons])
    report = replace(report, headline=wording.headline(report))
    for text in (report.to_html(), report.to_markdown()):
        assert "Answers are weighted by the column weight of the answers table." in text
        assert "are compared item by item: 22 items have videos of both" in text
    assert "Answers were weighted." in wording.methods_text(report)


def test_rows_that_cannot_be_computed() -> None:
    """A rule under which nothing can be compared says so in its row, in the page and in Markdown."""
    report = analyse(table({"a": 0.8, "b": 0.5}, labels=LABELS[:4]))
    nothing = dict.fromkeys(("difference", "ci_low", "ci_high", "p_value"))
    row = SensitivityResult(name="strict filter", changed="cannot be computed: too few answers are left", **nothing)
    report = replace(report, sensitivity=[*report.sensitivity, row])
    for text in (report.to_html(), report.to_markdown()):
        assert "cannot be computed: too few answers are left" in text


def test_attainable_p_beside_tests_by_rearrangement() -> None:
    """Each test by rearrangement stands beside the smallest p that its design can give."""
    report = analyse(table({"a": 0.8, "b": 0.5}, labels=LABELS[:5], videos=1, workers=8))
    pair = report.comparisons[0]
    for name, smallest in pair.attainable.items():
        assert name in report.to_html()
        assert f"at least {formats.probability(smallest)}" in report.to_html()
        assert f"({formats.probability(smallest)})" in report.to_markdown()


@pytest.mark.thorough
def test_text_is_never_markup() -> None:
    """Dollars, underscores, backslashes and angle brackets of users' are drawn as they stand in every output."""
    methods = {"_hidden $x$": 0.8, r"\\alpha_{2}": 0.6, "<b>b</b>": 0.5}
    report = analyse(table(methods, labels=("win $$ fast", "100 % & #1", "^~{}"), videos=2))
    texts = outputs(report)
    for name in ("accuracy.svg", "classes.svg"):
        assert "_hidden $x$" in texts[name], name
        assert "&lt;b&gt;b&lt;/b&gt;" in texts[name], name
    assert "win $$ fast" in texts["classes.svg"]
    assert "<b>b</b>" not in texts["html"] + texts["notebook"]


def test_names_written_right_to_left_are_isolated() -> None:
    """In sentences a name written right to left leaves the order of the words around it alone."""
    report = analyse(table({"שיטה": 0.9, "b": 0.4}, labels=LABELS[:4]))
    assert report.headline.title.startswith("\u2068שיטה\u2069 is recognised more often than b")
    assert "\u2068" not in report.to_latex()
    assert "<bdi>שיטה</bdi> − <bdi>b</bdi>" in report.to_html()


def test_ended_early(tmp_path: Path) -> None:
    """A study that ended without all of its tasks says so first, in the page and in every text."""
    report = interim_report(tmp_path, ended=True)
    assert report.interim is None
    for name, text in pages(report).items():
        assert "Ended early: 40 of 198 tasks are in" in text, name


def test_notes_stand_once() -> None:
    """What the first screen says of a design is not repeated below, and what holds of every pair is one sentence."""
    frame = table({"a": 0.8, "b": 0.5, "c": 0.6}, labels=LABELS[:4], videos=1, workers=8)
    frame["worker_id"] += frame["method"]
    report = analyse(frame)
    first = next(text for text in report.headline.remarks if "nested" in text)
    assert report.to_markdown().count(first) == 1
    for text in (report.to_markdown(), report.to_html()):
        assert text.count("a method has one video of each label") == 1
        assert "In every pair, a method has one video of each label" in text


def test_the_caption_is_short() -> None:
    """The caption of the LaTeX table is one sentence however many methods are compared; the rest stands below it."""
    text = analyse(table({"a": 0.9, "b": 0.6, "c": 0.5, "d": 0.4}, labels=LABELS[:4])).to_latex()
    caption = next(line for line in text.splitlines() if line.startswith(r"\caption"))
    assert len(caption) < 160
    assert text.index("points (95") > text.index(r"\end{tabular}")


def test_a_chosen_margin_is_not_called_declared() -> None:
    """Where nobody declared a plan the report does not say that the plan declares the margin."""
    html = analyse(table({"a": 0.8, "b": 0.5}, labels=LABELS[:3]), margin=0.1).to_html()
    assert "the margin that was chosen for this analysis" in html
    assert "that the plan declares" not in html


@pytest.mark.parametrize("methods", [{"a": 0.8, "b": 0.5}, {"a": 0.8}])
def test_accuracies_are_never_said_to_hold_for_new_labels(methods: dict[str, float]) -> None:
    """Only differences have an interval for new labels; that of an accuracy is called what it is."""
    report = analyse(table(methods, labels=LABELS[:4], simulated=False), target="new-labels")
    text = formats.range_percent(report.methods[0].new_low, report.methods[0].new_high)
    assert f"(95 % interval {text})" in report.to_markdown()
    assert "95 % intervals are for new videos, clustered by participant and by video" in report.to_markdown()
    assert "Intervals of accuracies are for new videos" in report.to_latex()
    assert (report.headline.facts[2].answer == "new videos and labels") == (len(methods) > 1)


@pytest.mark.parametrize(("videos", "workers", "rough"), [(2, 3, True), (6, 22, False), (6, 5, True), (3, 22, True)])
def test_power_of_few_videos_or_participants_is_called_rough(videos: int, workers: int, rough: bool) -> None:
    """What a study could find is a rough number where its variances rest on fewer than 20 videos or participants."""
    frame = table({"a": 0.8, "b": 0.5}, labels=LABELS[:4], videos=videos, workers=workers)
    assert ("These numbers are rough" in analyse(frame).to_html()) == rough
