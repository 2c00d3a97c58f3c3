"""The `Report`: what was found, and the files that it is written to."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Self

from analysis import rendering
from analysis.drawing import FigureDrawing, figure_data
from analysis.questions.kinds import kind_of, kinds
from analysis.records.contents import ReportContents
from analysis.records.plain import from_plain, to_plain
from analysis.records.questions import QuestionResult
from analysis.sample_videos import SampleVideo
from crowd.atomic_write import write_whole
from crowd.fileformat import parsed, stamped, unstamped
from crowd.studydir import ReportDirectory


@dataclass(frozen=True, kw_only=True, repr=False)
class Report(ReportContents):
    """The analysis of one answers table.

    Its attributes are the keys of report.json, which docs/report-json.md documents. `pandas.DataFrame(report.methods)`
    makes a table of any list of rows. Shares, differences and their bounds are fractions, times are in seconds. In a
    notebook a report shows its first screen.

    Example:
        >>> report = Report.load("my-study/report")
        >>> report.methods[0].name
        'ours'
        >>> report.comparisons[0].ci_low < report.comparisons[0].difference < report.comparisons[0].ci_high
        True
        >>> text = report.to_markdown()
    """

    samples: Sequence[SampleVideo] = field(default=(), compare=False)
    """Videos to show in the page."""
    drawing: FigureDrawing | None = field(default=None, compare=False)
    """What has begun to draw the figures; None draws them when they are asked for."""

    @classmethod
    def of(
        cls, contents: ReportContents, samples: Sequence[SampleVideo] = (), drawing: FigureDrawing | None = None
    ) -> Self:
        """The report of these contents."""
        known = {item.name: getattr(contents, item.name) for item in fields(ReportContents)}
        return cls(**known, samples=samples, drawing=drawing)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read report.json; its sample videos are not in it, so the page of a loaded report shows none.

        Args:
            path: the file, or the directory that `save` wrote.

        Raises:
            OSError: it cannot be read.
            ValueError: it is no report, or a newer release wrote it; the message names the file and the key.
        """
        file = Path(path)
        file = ReportDirectory(file).data if file.is_dir() else file
        try:
            found = parsed(file)
        except ValueError as error:
            raise ValueError(f"{file}: not JSON ({error})") from None
        if not isinstance(found, dict):
            raise ValueError(f"{file}: not a report")
        table = unstamped(file, found, ReportDirectory.data.name)
        try:
            contents = from_plain(ReportContents, table)
            return cls.of(replace(contents, questions=[_with_details(one) for one in contents.questions]))
        except ValueError as error:
            raise ValueError(
                f"{file}: not a report of this release: {error}; make it again with accuracy-report"
            ) from None

    def to_dict(self) -> dict[str, Any]:
        """What report.json holds, as dictionaries and lists."""
        return {item.name: to_plain(getattr(self, item.name)) for item in fields(ReportContents)}

    def to_json(self) -> str:
        """report.json as text.

        Raises:
            ValueError: a figure is infinite or not a number, which JSON cannot hold.
        """
        table = stamped(ReportDirectory.data.name, self.to_dict())
        return json.dumps(table, ensure_ascii=False, indent=2, allow_nan=False) + "\n"

    def to_html(self) -> str:
        """report.html as text, self-contained."""
        return rendering.html(self, self.samples)

    def to_markdown(self) -> str:
        """report.md as text."""
        return rendering.markdown(self)

    def to_latex(self) -> str:
        """table1.tex as text."""
        return rendering.latex(self)

    def to_methods(self) -> str:
        """methods.md as text: how the study was run, for a methods section, with blanks where only the authors know."""
        return rendering.methods(self)

    def to_methods_latex(self) -> str:
        """methods.tex as text: the same in LaTeX."""
        return rendering.methods_latex(self)

    def figures(self) -> dict[str, bytes]:
        """File name → content of each figure, as SVG and as PDF."""
        drawn = self.drawing.files() if self.drawing else None
        if drawn is not None:
            return drawn
        from analysis.figures import figures  # slow to load

        return figures(figure_data(self))

    def save(self, directory: str | Path) -> Path:
        """Write every file of the report into a directory, each complete or not at all.

        Returns:
            The path of report.html.

        Raises:
            OSError: a file cannot be written.
        """
        files = ReportDirectory(directory)
        files.figures.mkdir(parents=True, exist_ok=True)
        write_whole(files.data, self.to_json())
        write_whole(files.text, self.to_markdown())
        write_whole(files.table, self.to_latex())
        write_whole(files.methods, self.to_methods())
        write_whole(files.methods_latex, self.to_methods_latex())
        page = self.to_html()
        for name, content in self.figures().items():
            write_whole(files.figures / name, content)
        write_whole(files.page, page)
        return files.page

    def _repr_html_(self) -> str:
        return rendering.fragment(self)

    def __repr__(self) -> str:
        return rendering.table(self)


def _with_details(question: QuestionResult) -> QuestionResult:
    """The question with its details as its kind's record; of a kind that is not known as they are."""
    if question.details is None or question.kind not in kinds():
        return question
    return replace(question, details=from_plain(kind_of(question.kind).details, question.details))
