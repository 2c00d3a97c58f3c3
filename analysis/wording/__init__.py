"""The sentences of a report, by section; each states one result with its interval, its p and whom it holds for."""

from analysis.wording.arrivals import arrivals
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
from analysis.wording.machine import narrower, sampling
from analysis.wording.measure import difference, differences, estimate, estimates
from analysis.wording.methods import intervals_hold, methods_text
from analysis.wording.notices import SIMULATED, marks, marks_of, notice, notices
from analysis.wording.plan import promised, registered, term, undeclared
from analysis.wording.power import caution, needed, spread
from analysis.wording.questions import (
    adjusted_by,
    concluded_in_a_cell,
    population,
    ranks,
    said,
    several,
    strength,
    strength_interval,
)

__all__ = [
    "POPULATIONS",
    "SIMULATED",
    "adjusted_by",
    "adjusted_interval",
    "adjustment",
    "arrivals",
    "caution",
    "concluded_in_a_cell",
    "conclusion",
    "difference",
    "difference_notes",
    "differences",
    "drawn_note",
    "equivalence_interval",
    "estimate",
    "estimates",
    "headline",
    "intervals_hold",
    "is_adjusted",
    "margin_source",
    "marks",
    "marks_of",
    "methods_text",
    "names",
    "narrower",
    "needed",
    "notice",
    "notices",
    "population",
    "promised",
    "ranks",
    "registered",
    "said",
    "sampling",
    "several",
    "spread",
    "strength",
    "strength_interval",
    "target_sentences",
    "term",
    "undeclared",
]
