"""What a study could detect, and what limits it, in words."""

from analysis.formats import listed, number, points
from analysis.records.comparisons import DetectableDifference, VideosNeeded

#: Variances estimated from fewer videos of a method, or fewer participants, are called uncertain.
SMALL = 20


def needed(rows: list[VideosNeeded]) -> str:
    """How many videos each difference takes: `… 20.0 points takes 11 videos of each method and 10.0 points 66 …`."""
    enough = [f"{points(row.difference)} points {number(row.videos)}" for row in rows if row.videos]
    never = [f"{points(row.difference)} points" for row in rows if not row.videos]
    without = (
        f"{listed(never)} cannot be found without more participants, whatever the number of videos" if never else ""
    )
    if not enough:
        return f"{without}."
    text = f"Videos of each method needed, with as many participants: for {listed(enough)}"
    return f"{text}; {without}." if without else f"{text}."


def spread(power: DetectableDifference) -> str:
    """What limits a study: the spread of videos, or that of participants' preferences."""
    videos, people = power.sd_video, power.sd_worker_method
    if max(videos, people) < 0.005:
        return "Neither videos nor participants’ preferences vary measurably; the number of answers limits this study."
    if videos >= people:
        return (
            f"Videos of one method and label differ (SD {points(videos)} points), which more participants cannot "
            "average away: more videos help, more answers to the same ones hardly do."
        )
    return (
        f"Participants differ in which method they recognise better (SD {points(people)} points), which more videos "
        "cannot average away: more participants help."
    )


def caution(power: DetectableDifference) -> str:
    """A caution where the variances rest on few videos or participants; else empty."""
    small = [
        f"{number(getattr(power, key))} {name}"
        for key, name in (("videos", "videos of each method"), ("workers", "participants"))
        if getattr(power, key) < SMALL
    ]
    return f" These numbers are rough, since they rest on {listed(small)} only." if small else ""
