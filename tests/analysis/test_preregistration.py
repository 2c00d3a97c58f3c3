"""The plan of a study can be registered before publication, and its hash is that of the published plan."""

from dataclasses import replace
from pathlib import Path

import pytest

import crowd
from analysis import analyse, preregistration
from analysis.plan import load_plan
from analysis.preregistration import BLANK, preregister
from analysis.records.plan import RegisteredPlan
from analysis.wording import registered
from crowd.design.design import Design
from crowd.design.study import Study
from crowd.localplatform import running
from tests.analysis.tables import LABELS, table
from tests.crowd.clips import write_videos


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A study that was declared and not published; its videos are in `videos` beside it."""
    folder = tmp_path / "study"
    folder.mkdir()
    videos = write_videos(tmp_path / "videos")
    Study.from_videos(
        videos, videos_per_hit=5, training_items=0, comparisons=("new - old",), payment="in cash", margin=0.05
    ).save(folder / "study.toml")
    return folder


def test_the_document_names_the_plan_that_is_published(study: Path) -> None:
    """Its hash is that of design.json after publication, and the report says so, with the address once it is there."""
    videos = study.parent / "videos"
    made = preregister(study, videos)
    with running(study):
        crowd.publish(study, videos)
    assert made.path == study / "preregistration.md"
    assert made.plan_sha256 == Design.load(study).sha256
    found = load_plan(study, {}).registered
    assert found is not None
    assert (found.sha256, found.of_this_plan, found.url) == (made.sha256, True, None)
    text = made.path.read_text(encoding="utf-8")
    made.path.write_text(text.replace(f"at: {BLANK}", "at: https://osf.io/abcde"), encoding="utf-8")
    found = load_plan(study, {}).registered
    assert found is not None
    assert found.url == "https://osf.io/abcde"
    made.path.write_text("another plan", encoding="utf-8")
    assert "does not name the hash of the published plan" in registered(load_plan(study, {}).summary())


def test_the_document_says_what_was_decided(study: Path) -> None:
    """Questions, conditions, size, power, pay, exclusions and rules; what the study does not know is a blank."""
    made = preregister(study, study.parent / "videos")
    text = made.path.read_text(encoding="utf-8")
    for said in (
        "What does the video show?",
        "| new | 3 |",
        "naming (naming): with 80 % power, a difference of the accuracies",
        "$0.80 (in cash)",
        "| max_attention_failures | 0 |",
        "Planned comparisons: new - old.",
        "| margin | 0.05 |",
        f"Registered at: {BLANK}",
    ):
        assert said in text, said
    assert made.blanks == text.count(BLANK) >= 5
    assert not [line for line in text.splitlines() if line.rstrip().endswith(("None", "{", "}"))]


def test_the_report_names_the_document_and_links_its_address() -> None:
    """In the page and in Markdown; without an address there is no link."""
    report = analyse(table({"ours": 0.8, "theirs": 0.4}, labels=LABELS[:3], workers=4))
    document = RegisteredPlan(
        name="preregistration.md", sha256="0f" * 32, of_this_plan=True, url="https://osf.io/abcde"
    )
    with_url = replace(report, plan=replace(report.plan, registered=document))
    without = replace(report, plan=replace(report.plan, registered=replace(document, url=None)))
    for shown in (with_url.to_html(), with_url.to_markdown()):
        assert f"(SHA-256 {'0f' * 32})" in shown
        assert "https://osf.io/abcde" in shown
    assert '<a href="https://osf.io/abcde">' in with_url.to_html()
    assert "osf.io" not in without.to_html() + without.to_markdown()
    assert "was registered" not in report.to_html() + report.to_markdown()


def test_nothing_is_written_over(study: Path) -> None:
    """A document that is there stays, and so does everything else in the study."""
    preregister(study, study.parent / "videos")
    before = sorted(study.iterdir())
    with pytest.raises(ValueError, match=r"preregistration\.md: is there already, and is not written over"):
        preregister(study, study.parent / "videos")
    assert sorted(study.iterdir()) == before


def test_a_filled_in_document_is_printed_as_it_is(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first time it is written and printed; then what the authors wrote is printed, and stays."""
    printed: list[str] = []

    def print_pdf(document: Path, *, language: str) -> Path:
        printed.append(document.read_text("utf-8"))
        return document.with_suffix(".pdf")

    monkeypatch.setattr(preregistration, "print_pdf", print_pdf)
    made = preregister(study, study.parent / "videos", pdf=True)
    assert made.pdf == study / "preregistration.pdf"
    made.path.write_text("Filled in.", encoding="utf-8")
    again = preregister(study, study.parent / "videos", pdf=True)
    assert (printed[1], again.blanks, again.plan_sha256) == ("Filled in.", 0, made.plan_sha256)
    assert BLANK in printed[0]


def test_a_published_study_is_refused(study: Path) -> None:
    """What is registered after publication is no preregistration."""
    with running(study):
        crowd.publish(study, study.parent / "videos")
    with pytest.raises(ValueError, match="was published already; a plan is registered before that"):
        preregister(study, study.parent / "videos")
    (study / "design.json").unlink()
    (study / "study.toml").unlink()
    with pytest.raises(ValueError, match=r"study\.toml: is missing"):
        preregister(study, study.parent / "videos")
