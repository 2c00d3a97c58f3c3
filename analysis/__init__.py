"""From an answers table to a report: accuracies, intervals and tests that hold for clustered answers.

>>> import analysis
>>> report = analysis.analyse("answers.csv")  # or a DataFrame           # doctest: +SKIP
>>> report.methods[0].accuracy                                           # doctest: +SKIP
>>> report.save("report")                                                # doctest: +SKIP
"""

import importlib
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.analysing import analyse, analyse_study
    from analysis.bundle.release import release
    from analysis.bundle.reproduction import reproduce
    from analysis.planning import power
    from analysis.power_question import PowerAnswer
    from analysis.preregistration import preregister
    from analysis.report import Report
    from analysis.writing import write_report

__all__ = [
    "PowerAnswer",
    "Report",
    "analyse",
    "analyse_study",
    "power",
    "preregister",
    "release",
    "reproduce",
    "write_report",
]

#: Where each name is defined.
_HOMES = {
    "PowerAnswer": "analysis.power_question",
    "Report": "analysis.report",
    "analyse": "analysis.analysing",
    "analyse_study": "analysis.analysing",
    "power": "analysis.planning",
    "preregister": "analysis.preregistration",
    "release": "analysis.bundle.release",
    "reproduce": "analysis.bundle.reproduction",
    "write_report": "analysis.writing",
}

# By its path, since the name `crowd` itself may lead elsewhere until this has run.
runpy.run_path(str(Path(__file__).parents[1] / "crowd" / "siblings.py"))["take"]("crowd", "templates")


def __getattr__(name: str) -> Any:
    """Import on first use: `import analysis` stays quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
