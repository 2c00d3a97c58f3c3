"""The captions of the report's figures."""

from analysis.formats import level, number
from analysis.records.contents import ReportContents
from analysis.scales import MOST_DRAWN, intervals_drawn


def drawn_note(contents: ReportContents) -> str:
    """The caption of the figure of labels: its intervals, and which labels it lacks."""
    labels, confidence = len(contents.by_class), level(contents.confidence)
    target = "these videos" if contents.target == "these-videos" else "new videos"
    text = f"Lines: {confidence} intervals for {target}, each label by itself."
    if not intervals_drawn(contents.by_class):
        text = f"With so few videos of a label most {confidence} intervals span half of the scale; the table has them."
    if labels > MOST_DRAWN:
        half = MOST_DRAWN // 2
        text += (
            f" Of {number(labels)} labels, the {half} recognised most often and the {half} recognised least often are "
            "drawn; the table has all of them."
        )
    return text
