"""The methods section says what the study knows, and marks what it does not: never a guess."""

from dataclasses import replace

import pytest

from analysis import Report, analyse
from analysis.conduct import conduct
from analysis.methods_section import BLANK, methods_items
from analysis.records.contents import TasksIn
from crowd.design.study import Study
from tests.analysis.tables import LABELS, mixed_table, table

PEOPLE = analyse(table({"a": 0.8, "b": 0.6}, labels=LABELS[:3], workers=4, simulated=False), mixed=False)
DECLARED = Study(
    institution="Example University",
    ethics_approval="Board 26-17",
    min_age=18,
    data_retention="ten years",
    countries=("JP", "US"),
    min_approved_percent=95,
    min_approved_hits=100,
    payment="in cash",
    answers_per_video=5,
)
NOTED = {"platform": "mturk", "median_task_s": 240.0, "first_day": "2026-03-01", "last_day": "2026-03-04"}


def items(report: Report) -> dict[str, str]:
    """The text of each item by its topic."""
    return {item.topic: item.text for item in methods_items(report)}


def test_all_that_is_known_is_said() -> None:
    """What the study file declares and the collection noted stands there in words."""
    said = items(replace(PEOPLE, conduct=conduct(DECLARED, NOTED, {"training": 2})))
    assert (
        "Answers of 4 participants count. They were recruited through Amazon Mechanical Turk." in said["Participants"]
    )
    required = "at least 95 % of their earlier work approved, at least 100 approved tasks, being in JP or US and an age"
    assert required in said["Participants"]
    assert "judged by 5 participants" in said["Answers per item"]
    assert said["Instructions and pages"].endswith("Before the first item came practice with feedback (2 videos).")
    assert said["Pay and time"] == (
        "A task was paid $0.80, at the median time $12.00 an hour. The median time for a task, from accepting to "
        "sending it, was 4.0 minutes."
    )
    assert said["Dates"] == "Answers were collected from 2026-03-01 to 2026-03-04 (UTC)."
    assert "Institution: Example University. Ethics approval: Board 26-17." in said["Ethics"]
    assert said["Consent and data"].endswith("Answers are kept under pseudonyms: ten years.")
    assert "Krippendorff’s nominal α = " in said["Agreement"]


@pytest.mark.parametrize(
    "run", [None, conduct(Study(), None, {})], ids=["a table alone", "a study that declares nothing"]
)
def test_what_is_not_known_is_a_blank(run: object) -> None:
    """Each item that checklists ask for has a blank, where only the answers are known."""
    said = items(replace(PEOPLE, conduct=run))  # type: ignore[arg-type]
    for topic in ("Participants", "Instructions and pages", "Pay and time", "Dates", "Ethics"):
        assert BLANK in said[topic], topic
    assert "$" not in said["Pay and time"]


def test_programs_are_no_participants_of_a_study_with_people() -> None:
    """Where all are programs, items about people do not apply, and every form says what they are."""
    report = analyse(table({"a": 0.8, "b": 0.6}, labels=LABELS[:3], workers=4), mixed=False)
    report = replace(report, conduct=conduct(DECLARED, NOTED, {"training": 2}))
    said = items(report)
    assert said["Participants"].startswith("All 4 participants are simulated: programs, not people.")
    for topic in ("Pay and time", "Dates", "Ethics", "Consent and data"):
        assert said[topic] == "Does not apply: all participants are simulated (programs, not people)."
    assert "| Ethics | NeurIPS 15, ACM/CHI | does not apply |" in report.to_methods()
    for text in (report.to_methods(), report.to_methods_latex()):
        assert text.index("programs, not people") < text.index("Answers per item")
        assert "Board 26-17" not in text


def test_a_mixture_names_how_many_are_programs() -> None:
    """Programs among people are counted."""
    said = items(analyse(mixed_table(), mixed=False))["Participants"]
    assert "of them are simulated: programs, not people" in said


def test_exclusions_have_their_reasons() -> None:
    """Each step has its number and its rule; an unfinished study says so."""
    frame = table({"a": 0.8, "b": 0.6}, labels=LABELS[:3], workers=4, simulated=False)
    frame["excluded"] = ["too fast"] * 5 + [""] * (len(frame) - 5)
    said = items(replace(analyse(frame, mixed=False), interim=TasksIn(submitted=3, wanted=9)))
    assert "of 48 answers 43 count; left out were" in said["Quality control and exclusions"]
    assert "too fast" in said["Quality control and exclusions"]
    assert "3 of 9 planned tasks are in." in said["Answers per item"]


def test_every_form_has_the_items() -> None:
    """Page, Markdown and LaTeX have the same texts, and the checklist says which are open."""
    report = replace(PEOPLE, conduct=conduct(DECLARED, NOTED, {"training": 2}))
    page, text, tex = report.to_html(), report.to_methods(), report.to_methods_latex()
    for form in (page, text, tex):
        assert "Example University" in form
        assert "demographics of participants" in form
    assert "| Pay and time | Otani et al., NeurIPS 14 | in the text |" in text
    assert "| Ethics | NeurIPS 15, ACM/CHI | to fill in |" in text
    assert r"Pay and time & Otani et al., NeurIPS 14 & in the text \\" in tex
