"""From an answers table to a report: accuracies, intervals and tests that hold for clustered answers.

>>> import analysis
>>> report = analysis.analyse("answers.csv")  # or a DataFrame           # doctest: +SKIP
>>> report.methods                                                       # doctest: +SKIP
>>> report.save("report")                                                # doctest: +SKIP
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.analysing import analyse, analyse_study
    from analysis.report import Report

__all__ = ["Report", "analyse", "analyse_study"]


def __getattr__(name: str) -> Any:
    """Import on first use: `import analysis` stays quick."""
    if name in ("analyse", "analyse_study"):
        import analysis.analysing

        return getattr(analysis.analysing, name)
    if name == "Report":
        import analysis.report

        return analysis.report.Report
    raise AttributeError(f"module 'analysis' has no attribute {name!r}")
