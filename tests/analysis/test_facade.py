"""What `import analysis` offers: listed, typed, documented, with examples that run."""

import doctest
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import analysis
import crowd
from crowd.design.study import Study
from crowd.localplatform import running
from tests.analysis.tables import LABELS, table
from tests.crowd.answering import answer
from tests.crowd.clips import write_videos

FUNCTIONS = [name for name in analysis.__all__ if inspect.isfunction(getattr(analysis, name))]


def test_public_names_are_listed() -> None:
    """`dir` lists every public name and none of ours, before and after it is used."""
    code = "import analysis, sys; print(sorted(analysis.__all__) == dir(analysis), 'numpy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "True False\n"
    assert dir(analysis) == sorted(analysis.__all__)


def test_unknown_names_are_none_of_it() -> None:
    """Another name is an AttributeError, as of any module."""
    with pytest.raises(AttributeError, match="no attribute 'analyze'"):
        analysis.analyze  # noqa: B018


def test_a_study_and_a_table_are_told_apart(tmp_path: Path) -> None:
    """Whoever gives one where the other is expected reads which function takes it."""
    (tmp_path / "answers.csv").touch()
    with pytest.raises(ValueError, match=r"is a directory, not an answers table; `analysis\.analyse_study` reads"):
        analysis.analyse(tmp_path)
    with pytest.raises(ValueError, match=r"answers\.csv: is a file, not a study; `analysis\.analyse` reads"):
        analysis.analyse_study(tmp_path / "answers.csv")


@pytest.mark.parametrize("name", analysis.__all__)
def test_public_names_have_docs(name: str) -> None:
    """Each public name has a docstring; a function says what it takes and what goes wrong, and has an example."""
    text = inspect.getdoc(getattr(analysis, name)) or ""
    assert text
    if name in FUNCTIONS:
        for part in ("Args:", "Raises:", "Example:"):
            assert part in text, part
        parameters = inspect.signature(getattr(analysis, name)).parameters
        assert all(f"{parameter}: " in text for parameter in parameters), name


#: The order in which examples run that need a study that is published.
RELEASING = ("preregister", "release", "reproduce")


@pytest.fixture
def _beside_a_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The working directory holds `my-study`, with answers about two methods and a report of them."""
    study = tmp_path / "my-study"
    study.mkdir()
    labels = LABELS[:3]
    table({"ours": 0.8, "theirs": 0.4}, labels=labels, workers=6, simulated=False).to_parquet(study / "answers.parquet")
    Study(options=labels).save(study / "study.toml")
    monkeypatch.chdir(tmp_path)


@pytest.mark.thorough
@pytest.mark.usefixtures("_beside_a_study")
@pytest.mark.parametrize("name", [name for name in analysis.__all__ if name not in RELEASING])
def test_examples_run(name: str) -> None:
    """The examples in the docstrings give what stands there."""
    if name == "Report":
        analysis.analyse_study("my-study").save("my-study/report")
    run_example(name)


def test_examples_of_releasing_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One after the other, on a study that is published and answered between the plan and the release."""
    monkeypatch.chdir(tmp_path)
    videos = write_videos(tmp_path / "my-videos")
    Path("my-study").mkdir()
    Study.from_videos(videos, answers_per_video=3, training_items=0).save("my-study/study.toml")
    run_example("preregister")
    crowd.publish("my-study", videos)
    with running("my-study") as server:
        answer(server, Path("my-study"), 3)
        crowd.collect("my-study")
    run_example("release")
    run_example("reproduce")


def run_example(name: str) -> None:
    """Run what the docstring of that name shows."""
    found = getattr(analysis, name)
    for test in doctest.DocTestFinder(recurse=False).find(found, name, globs={"analysis": analysis, name: found}):
        assert test.examples
        assert doctest.DocTestRunner().run(test).failed == 0
