"""Where the marks of figures stand."""

from analysis import analyse, scales
from tests.analysis.tables import table


def test_figures_of_many_labels() -> None:
    """With hundreds of labels the figure of classes has those recognised least and most, and says so."""
    labels = tuple(f"thing {number}" for number in range(100))
    report = analyse(table({"a": 0.9, "b": 0.6}, labels=labels, videos=1, workers=3))
    drawn = scales.drawn_classes(report.by_class)
    assert len(drawn) == scales.MOST_DRAWN
    rest = [row for row in report.by_class if row not in drawn]
    least, most = (sorted(row.all.accuracy for row in drawn)[place] for place in (39, 40))
    assert all(least <= row.all.accuracy <= most for row in rest)
    assert "Of 100 labels, the 40 recognised most often" in report.to_html()
