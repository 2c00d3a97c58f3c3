"""The sentences of a report, by section; each states one result with its interval, its p and whom it holds for."""

from analysis.wording.comparison import (
    POPULATIONS,
    adjusted_interval,
    adjustment,
    conclusion,
    equivalence_interval,
    is_adjusted,
    margin_source,
    names,
    target_sentences,
)
from analysis.wording.design import difference_notes
from analysis.wording.figures import drawn_note
from analysis.wording.headline import headline
from analysis.wording.methods import intervals_hold, methods_text
from analysis.wording.notices import SIMULATED, marks, marks_of, notice, notices
from analysis.wording.plan import promised, term, undeclared
from analysis.wording.power import caution, needed, spread

__all__ = [
    "POPULATIONS",
    "SIMULATED",
    "adjusted_interval",
    "adjustment",
    "caution",
    "conclusion",
    "difference_notes",
    "drawn_note",
    "equivalence_interval",
    "headline",
    "intervals_hold",
    "is_adjusted",
    "margin_source",
    "marks",
    "marks_of",
    "methods_text",
    "names",
    "needed",
    "notice",
    "notices",
    "promised",
    "spread",
    "target_sentences",
    "term",
    "undeclared",
]
