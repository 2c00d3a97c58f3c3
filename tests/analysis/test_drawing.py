"""Figures are drawn by a process of their own, and as usual where that cannot be."""

import sys
from pathlib import Path
from typing import Any

import pytest

from analysis import Report, analyse, drawing, figures
from analysis.drawing import Drawing
from tests.analysis.tables import table


@pytest.fixture(autouse=True)
def _two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_processors", lambda: 2)


@pytest.fixture(scope="module")
def contents() -> dict[str, Any]:
    return analyse(table({"a": 0.8}, labels=("dog", "cat"), workers=4), mixed=False).contents


def begun(own: Drawing, contents: dict[str, Any]) -> Report:
    """The report of contents that were sent to be drawn."""
    own.begin(contents)
    return Report(contents, drawing=own)


@pytest.mark.parametrize("methods", [("a",), ("a", "real"), ("提案 $$", "b")])
def test_process_draws_what_is_drawn_without_it(methods: tuple[str, ...]) -> None:
    """The files are those that the analysis itself would draw, to the last byte."""
    with Drawing() as own:
        found = analyse(table(dict.fromkeys(methods, 0.7), workers=6), mixed=False, drawing=own)
        assert own.files() == figures.figures(found.contents)


@pytest.mark.parametrize(
    "program",
    [
        "raise SystemExit(1)",
        "import sys; sys.stdin.read(); raise SystemExit(3)",
        "import sys; sys.stdin.read()",
        "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
    ],
    ids=["fails at once", "fails at the end", "says nothing", "is killed"],
)
def test_figures_are_drawn_where_the_process_fails(
    program: str, contents: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whenever the process fails, the report has the same figures; what goes wrong with those is the error."""
    monkeypatch.setattr(drawing, "PROGRAM", program)
    with Drawing() as own:
        found = begun(own, contents)
        assert found.figures() == figures.figures(contents)

        def broken(contents: object) -> None:
            raise ValueError("no font")

        monkeypatch.setattr(figures, "figures", broken)
        with pytest.raises(ValueError, match="no font"):
            found.figures()


@pytest.mark.parametrize("python", ["", "/no/such/python"])
def test_figures_are_drawn_where_no_process_can_start(
    python: str, contents: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that does not know its Python, or has another, draws by itself."""
    monkeypatch.setattr(sys, "executable", python)
    with Drawing() as own:
        assert "accuracy.pdf" in begun(own, contents).figures()


def test_one_processor_starts_no_process(contents: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where two processes would take turns, there is one."""
    monkeypatch.setattr(drawing, "_processors", lambda: 1)
    with Drawing() as own:
        assert own._process is None
        assert "accuracy.pdf" in begun(own, contents).figures()


def test_process_ends_with_its_parent() -> None:
    """Where its input ends, as when the parent is killed, the process ends by itself."""
    with Drawing() as own:
        assert own._process is not None
        assert own._process.stdin is not None
        own._process.stdin.close()
        own._process.stdin = None
        assert own._process.wait(timeout=120) == 0


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_process_ends_with_an_error(error: type[BaseException]) -> None:
    """An error before the figures leaves no process behind."""
    own = Drawing()
    process = own._process
    with pytest.raises(error), own:
        raise error
    assert process is not None
    assert process.poll() is not None


def test_modules_in_the_working_directory_are_not_loaded(
    contents: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process loads what its parent would: a stray json.py beside the table is none of it."""
    (tmp_path / "json.py").write_text("raise SystemExit(5)")
    monkeypatch.chdir(tmp_path)
    with Drawing() as own:
        begun(own, contents)
        assert own.files()
