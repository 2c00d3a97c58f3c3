"""Figures are drawn by a process of their own, and as usual where that cannot be."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from analysis import Report, analyse, drawing, figures
from analysis.drawing import FigureDrawing, figure_data
from tests.analysis.tables import table


@pytest.fixture(autouse=True)
def _two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_processors", lambda: 2)


@pytest.fixture(scope="module")
def drawn() -> Report:
    return analyse(table({"a": 0.8}, labels=("dog", "cat"), workers=4), mixed=False)


def begun(own: FigureDrawing, report: Report) -> Report:
    """A report whose figures were sent to be drawn."""
    own.begin(figure_data(report))
    return replace(report, drawing=own)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "methods",
    [
        pytest.param(("a",), marks=pytest.mark.slow),
        pytest.param(("a", "real"), marks=pytest.mark.slow),
        ("提案 $$", "b"),
    ],
)
def test_process_draws_what_is_drawn_without_it(methods: tuple[str, ...]) -> None:
    """The files are those that the analysis itself would draw, to the last byte."""
    with FigureDrawing() as own:
        found = analyse(table(dict.fromkeys(methods, 0.7), workers=6), mixed=False, drawing=own)
        assert own.files() == figures.figures(figure_data(found))


@pytest.mark.thorough
@pytest.mark.parametrize(
    "program",
    [
        "raise SystemExit(1)",
        pytest.param("import sys; sys.stdin.read(); raise SystemExit(3)", marks=pytest.mark.thorough),
        pytest.param("import sys; sys.stdin.read()", marks=pytest.mark.thorough),
        "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
    ],
    ids=["fails at once", "fails at the end", "says nothing", "is killed"],
)
def test_figures_are_drawn_where_the_process_fails(
    program: str, drawn: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whenever the process fails, the report has the same figures; what goes wrong with those is the error."""
    monkeypatch.setattr(drawing, "PROGRAM", program)
    with FigureDrawing() as own:
        found = begun(own, drawn)
        assert found.figures() == figures.figures(figure_data(drawn))

        def broken(data: object) -> None:
            raise ValueError("no font")

        monkeypatch.setattr(figures, "figures", broken)
        with pytest.raises(ValueError, match="no font"):
            found.figures()


@pytest.mark.thorough
@pytest.mark.parametrize("python", ["", "/no/such/python"])
def test_figures_are_drawn_where_no_process_can_start(
    python: str, drawn: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that does not know its Python, or has another, draws by itself."""
    monkeypatch.setattr(sys, "executable", python)
    with FigureDrawing() as own:
        assert "accuracy.pdf" in begun(own, drawn).figures()


def test_one_processor_starts_no_process(drawn: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where two processes would take turns, there is one."""
    monkeypatch.setattr(drawing, "_processors", lambda: 1)
    with FigureDrawing() as own:
        assert own._process is None
        assert "accuracy.pdf" in begun(own, drawn).figures()


@pytest.mark.thorough
def test_process_ends_with_its_parent() -> None:
    """Where its input ends, as when the parent is killed, the process ends by itself."""
    with FigureDrawing() as own:
        assert own._process is not None
        assert own._process.stdin is not None
        own._process.stdin.close()
        own._process.stdin = None
        assert own._process.wait(timeout=120) == 0


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_process_ends_with_an_error(error: type[BaseException]) -> None:
    """An error before the figures leaves no process behind."""
    own = FigureDrawing()
    process = own._process
    with pytest.raises(error), own:
        raise error
    assert process is not None
    assert process.poll() is not None


@pytest.mark.thorough
def test_modules_in_the_working_directory_are_not_loaded(
    drawn: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process loads what its parent would: a stray json.py beside the table is none of it."""
    (tmp_path / "json.py").write_text("raise SystemExit(5)")
    monkeypatch.chdir(tmp_path)
    with FigureDrawing() as own:
        begun(own, drawn)
        assert own.files()
