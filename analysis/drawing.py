"""Figures drawn by a process of their own, which loads what draws them while answers are still read and counted.

The process reads the fields of `FigureData` as lines of JSON, draws each figure as soon as its field is there, and
returns the files when its input ends, as it does when the program that started it ends.
"""

import gc
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Any

from analysis.questions.kinds import stacks_of
from analysis.records.contents import ReportContents
from analysis.records.figures import FigureData, QuestionFigures
from analysis.records.plain import from_plain, to_plain
from analysis.records.questions import QuestionResult
from analysis.wording import marks

#: What the process runs: it has the same path as the program that started it, and loads nothing else of that.
PROGRAM = (
    "import json, runpy, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "runpy.run_path(sys.argv[2])['take']('templates', 'crowd', 'analysis', quiet=True); "
    "from analysis import drawing; drawing.serve()"
)


class FigureDrawing:
    """Draws the figures of one report; use as a context manager: leaving it ends the process.

    Where there is one processor, or the process fails, `files` has nothing, and figures are to be drawn as usual.
    """

    def __init__(self) -> None:
        self._process = _start() if _processors() > 1 else None

    def __enter__(self) -> "FigureDrawing":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def begin(self, data: FigureData) -> None:
        """Draw the figures that this is enough for."""
        self._send(to_plain(data))

    def add(self, **sections: Any) -> None:
        """Draw the figures of further sections of `FigureData`, after `begin`."""
        self._send({name: to_plain(section) for name, section in sections.items()})

    def _send(self, fields: dict[str, Any]) -> None:
        if self._process is None or self._process.stdin is None:
            return
        try:
            self._process.stdin.write(json.dumps(fields).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            self._end()

    def files(self) -> dict[str, bytes] | None:
        """File name → content of every figure that was begun, waiting for the last; None where they were not drawn."""
        if self._process is None:
            return None
        written = self._process.communicate()[0]
        failed = self._process.returncode != 0 or not written
        self._process = None
        return None if failed else {name: text.encode("latin-1") for name, text in json.loads(written).items()}

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _start() -> "subprocess.Popen[bytes] | None":
    # -P: no module is taken from the working directory unless the program's own path says so.
    if not sys.executable:
        return None
    from crowd import siblings  # which find our packages where a file of the user's comes before them on that path

    path = [os.path.abspath(place) for place in sys.path]  # noqa: PTH100  an empty place is the working directory
    pipe = subprocess.PIPE
    try:
        return subprocess.Popen(  # noqa: S603  this Python
            [sys.executable, "-P", "-c", PROGRAM, json.dumps(path), str(siblings.__file__)],
            stdin=pipe,
            stdout=pipe,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return None


def serve() -> None:
    """Run the process: read fields, write the files as JSON, each byte as the character of that number."""
    # What is loaded and drawn is kept until the end: there is no garbage to look for.
    gc.disable()
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(lines,), daemon=True).start()
    from analysis import figure_parts, figures

    figure_parts.warm_up()
    known: dict[str, Any] = {}
    files: dict[str, bytes] = {}
    for line in iter(lines.get, b""):
        added = json.loads(line)
        known |= added
        ready = [name for name, field in figures.SECTIONS.items() if field in added]
        files |= figures.figures(from_plain(FigureData, known), ready)
    json.dump({name: content.decode("latin-1") for name, content in files.items()}, sys.stdout)


def _read(lines: "queue.SimpleQueue[bytes]") -> None:
    """Read lines as they come, so that the sender never waits for a figure; an empty line marks the end."""
    for line in sys.stdin.buffer:
        lines.put(line)
    lines.put(b"")


def figure_data(contents: ReportContents) -> FigureData:
    """What the figures of a report show."""
    return FigureData(
        confidence=contents.confidence,
        target=contents.target,
        labels=contents.labels,
        marks=marks(contents),
        methods=contents.methods,
        comparisons=contents.comparisons,
        by_class=contents.by_class,
        answered=contents.answered,
        questions=question_figures(contents.questions),
    )


def question_figures(questions: Iterable[QuestionResult]) -> list[QuestionFigures]:
    """What the figures of questions with sections of their own show."""
    own = [question for question in questions if not question.top_level]
    return [
        QuestionFigures(
            number=number,
            measure=question.measure,
            methods=question.methods,
            comparisons=question.comparisons,
            strengths=question.strengths,
            stacks=stacks_of(question),
        )
        for number, question in enumerate(own, 1)
    ]
