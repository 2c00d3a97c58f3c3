"""Descriptions of participants."""

from analysis import analyse
from tests.analysis.tables import LABELS, table


def test_patterns_that_nobody_could_show_are_not_recorded() -> None:
    """Without times, gold items and telemetry no number of careless participants is claimed."""
    frame = table({"a": 0.8, "b": 0.5}, labels=LABELS[:3])
    patterns = {row.name: row.workers for row in analyse(frame).workers.patterns}
    unknown = {"fast", "gold", "attention", "unwatched", "distracted"}
    assert {name for name, number in patterns.items() if number is None} == unknown
    timed = analyse(frame.assign(time_to_answer_s=0.2)).workers.patterns
    assert next(row.workers for row in timed if row.name == "fast") == 12
