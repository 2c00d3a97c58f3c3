"""The `Report`: one result object, and the files that it writes."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis import rendering
from analysis.drawing import Drawing
from analysis.samples import Sample
from crowd.atomic_write import write_whole
from crowd.fileformat import stamped
from crowd.studydir import ReportDirectory

if TYPE_CHECKING:
    import pandas as pd


class Report:
    """The analysis of one answers table.

    `contents` is what report.json holds; everything else is made from it. `samples` are videos to show in the page,
    `drawing` is what has begun to draw its figures.
    """

    def __init__(
        self, contents: dict[str, Any], samples: Sequence[Sample] = (), drawing: Drawing | None = None
    ) -> None:
        self.contents = contents
        self.samples = list(samples)
        self._drawing = drawing

    @property
    def methods(self) -> "pd.DataFrame":
        """One row per method: accuracy, interval, numbers."""
        import pandas as pd  # slow to load, and no file needs it

        return pd.DataFrame(self.contents["methods"])

    @property
    def comparisons(self) -> "pd.DataFrame":
        """One row per pair of methods: difference, interval, tests."""
        import pandas as pd

        return pd.DataFrame(self.contents["comparisons"])

    def to_json(self) -> str:
        """report.json as text; a figure that is no number would be an error, not `NaN`."""
        table = stamped(ReportDirectory.data.name, self.contents)
        return json.dumps(table, ensure_ascii=False, indent=2, allow_nan=False) + "\n"

    def to_html(self) -> str:
        """report.html as text, self-contained."""
        return rendering.html(self.contents, self.samples)

    def to_markdown(self) -> str:
        """report.md as text."""
        return rendering.markdown(self.contents)

    def to_latex(self) -> str:
        """table1.tex as text."""
        return rendering.latex(self.contents)

    def figures(self) -> dict[str, bytes]:
        """File name → content of each figure, as SVG and as PDF."""
        drawn = self._drawing.files() if self._drawing else None
        if drawn is not None:
            return drawn
        from analysis.figures import figures  # slow to load

        return figures(self.contents)

    def save(self, directory: str | Path) -> Path:
        """Write every file of the report into a directory, each complete or not at all; the path of report.html."""
        files = ReportDirectory(directory)
        files.figures.mkdir(parents=True, exist_ok=True)
        write_whole(files.data, self.to_json())
        write_whole(files.text, self.to_markdown())
        write_whole(files.table, self.to_latex())
        page = self.to_html()
        for name, content in self.figures().items():
            write_whole(files.figures / name, content)
        write_whole(files.page, page)
        return files.page

    def _repr_html_(self) -> str:
        return rendering.fragment(self.contents)

    def __repr__(self) -> str:
        return rendering.table(self.contents)
