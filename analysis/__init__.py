"""From an answers table to a report: accuracies, intervals and tests that hold for clustered answers.

>>> import analysis
>>> report = analysis.analyse("answers.csv")  # or a DataFrame           # doctest: +SKIP
>>> report.methods                                                       # doctest: +SKIP
>>> report.save("report")                                                # doctest: +SKIP
"""

import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.analysing import analyse, analyse_study
    from analysis.report import Report

__all__ = ["Report", "analyse", "analyse_study"]

# By its path, since the name `crowd` itself may lead elsewhere until this has run.
runpy.run_path(str(Path(__file__).parents[1] / "crowd" / "siblings.py"))["take"]("crowd", "templates")


def __getattr__(name: str) -> Any:
    """Import on first use: `import analysis` stays quick."""
    if name in ("analyse", "analyse_study"):
        import analysis.analysing

        return getattr(analysis.analysing, name)
    if name == "Report":
        import analysis.report

        return analysis.report.Report
    raise AttributeError(f"module 'analysis' has no attribute {name!r}")
