"""The words and numbers of a report: each sentence states one result with its interval, its p and whom it holds for."""

import math
from typing import Any

from analysis.labels import split

ARROWS = {"right": "→", "left": "←", "up": "↑", "down": "↓"}


def percent(value: float, digits: int = 1) -> str:
    """A fraction as `88.2 %`."""
    return f"{100 * value:.{digits}f} %".replace("-", "−")


def points(value: float, *, sign: bool = False) -> str:
    """A difference of fractions in percentage points, with a true minus sign."""
    text = f"{100 * value:+.1f}" if sign else f"{100 * value:.1f}"
    return text.replace("-0.0", "0.0").replace("+0.0", "0.0").replace("-", "−")


def range_percent(low: float, high: float, digits: int = 1) -> str:
    """An interval of fractions as `79.9–88.1 %`."""
    return f"{100 * low:.{digits}f}–{100 * high:.{digits}f} %"


def range_points(low: float | None, high: float | None) -> str:
    """An interval of differences as `21.7 to 43.1`."""
    return "–" if low is None or high is None else f"{points(low)} to {points(high)}"


def needed(rows: list[dict[str, Any]]) -> str:
    """How many videos each difference takes: `20.0 points with 11 videos, 10.0 with 66; 5.0 with no number of them`."""
    enough = [
        f"{points(row['difference'])} points with {number(row['videos'])} videos" for row in rows if row["videos"]
    ]
    never = [f"{points(row['difference'])} points" for row in rows if not row["videos"]]
    text = f"With as many participants, {listed(enough)} of each method would do" if enough else ""
    without = f"for {listed(never)} no number of videos would do without more participants" if never else ""
    return f"{text}; {without}." if text and without else f"{text or without[:1].upper() + without[1:]}."


def decimal(value: float | None) -> str:
    """A coefficient with two decimals."""
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


def range_decimal(low: float | None, high: float | None) -> str:
    """An interval of coefficients."""
    return "–" if low is None or high is None else f"{decimal(low)} to {decimal(high)}"


def number(value: float) -> str:
    """A count, with thin spaces between thousands."""
    return f"{value:,.0f}".replace(",", "\u202f")


def seconds(value: float | None) -> str:
    """A time in seconds with two digits."""
    return "–" if value is None else f"{value:.1f} s" if value < 100 else f"{value:.0f} s"


def probability(p: float | None) -> str:
    """A p-value with as many digits as it carries: `.032`, `.0010`, `< .0001`."""
    if p is None:
        return "–"
    if p < 0.0001:
        return "< .0001"
    return "1" if p >= 0.9995 else f"{p:.4f}"[1:] if p < 0.01 else f"{p:.3f}"[1:]


def equals(p: float | None) -> str:
    """`p = .032` or `p < .0001`."""
    text = probability(p)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def listed(items: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def plain(value: Any) -> str:
    """A rule's value in words."""
    if value is None:
        return "–"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "every pair"
    return str(value)


def short(label: str) -> str:
    """A label with its direction as an arrow; the label itself where it has none."""
    halves = split(label)
    return f"{halves[0]} {ARROWS[halves[1]]}" if halves else label


def reach(rows: list[dict[str, Any]]) -> float:
    """How far a scale around zero must reach for all intervals, in steps of ten points."""
    values = [abs(row[key]) for row in rows for key in ("difference", "new_low", "new_high") if row[key] is not None]
    return float(min(1.0, max(0.1, math.ceil(10 * max(values)) / 10)))


def time_place(value: float) -> float:
    """Where a time stands on the logarithmic scale from 0.1 s to 1,000 s."""
    return (math.log10(value) + 1) / 4


def histogram_path(counts: list[int], *, closed: bool = True) -> str:
    """An SVG path of a histogram of 40 bins in a box of 40 × 100."""
    top = max(max(counts), 1)
    corners = [f"{place + 0.5:g},{98 - 94 * value / top:.1f}" for place, value in enumerate(counts[:40])]
    line = "M" + " L".join(corners)
    return f"{line} L39.5,98 L0.5,98 Z" if closed else line


def notice(simulated: int, workers: int, how: str | None = None) -> str | None:
    """What says that answers came from programs, and how these answer; None when all came from people."""
    if not simulated:
        return None
    if simulated == workers:
        who = f"all {workers} participants are programs" if workers > 1 else "the only participant is a program"
    else:
        who = f"{simulated} of {workers} participants are programs"
    rest = f" They answer from {how}." if how else ""
    return f"Simulated participants: {who}, not people.{rest} No figure here says what people see."


def headline(contents: dict[str, Any]) -> dict[str, Any]:
    """Which method wins (`title`); by how much, how sure, for whom: `facts` to scan, `detail` and `scope` to read."""
    scope = _scope(contents)
    pairs = [row for row in contents["comparisons"] if not row["control"]] or contents["comparisons"]
    if not pairs:
        return _alone(contents) | {"scope": scope}
    methods = [row for row in contents["methods"] if not row["control"]]
    best = max(methods if len(methods) > 1 else contents["methods"], key=lambda row: row["accuracy"])
    rivals = [row for row in pairs if best["name"] in (row["a"], row["b"])] or pairs
    pair = min(rivals, key=lambda row: row["difference"])
    told = {"facts": [_size(contents, pair), _certainty(contents, pair), _population(contents)], "scope": scope}
    if pair["smallest_attainable_p"] >= 1 - contents["confidence"]:
        title = f"Too few videos to tell {pair['a']} from {pair['b']}"
        smallest = f"No outcome of this design gives less than p = {probability(pair['smallest_attainable_p'])}."
        return {"title": title, "detail": f"{_detail(contents, pair, apart=True)} {smallest}"} | told
    if all(row["p_holm"] < 1 - contents["confidence"] and row["a"] == best["name"] for row in rivals):
        others = pair["b"] if len(rivals) == 1 else "each other method"
        least = "" if len(rivals) == 1 else "at least "
        title = f"{best['name']} is recognised more often than {others}, by {least}{points(pair['difference'])} points"
        return {"title": title, "detail": _detail(contents, pair)} | told
    title = f"{pair['a']} is not shown to be recognised more often than {pair['b']}"
    if pair["difference"] == 0:
        title = f"{pair['a']} and {pair['b']} are recognised equally often"
    return {"title": title, "detail": _detail(contents, pair, apart=True)} | told


def _alone(contents: dict[str, Any]) -> dict[str, Any]:
    """The headline of a single method."""
    best = contents["methods"][0]
    interval = f"{percent(contents['confidence'], 0)} interval {range_percent(best['ci_low'], best['ci_high'])}"
    nothing = "There is no second method to compare it with."
    return {
        "title": f"{best['name']}: {percent(best['accuracy'])} of answers are right",
        "detail": f"{interval}. {nothing}",
        "facts": [
            {"question": "How often", "answer": percent(best["accuracy"]), "note": interval},
            {"question": "More often than", "answer": "nothing", "note": nothing},
            _population(contents),
        ],
    }


def _size(contents: dict[str, Any], pair: dict[str, Any]) -> dict[str, str]:
    """By how much."""
    accuracy = {row["name"]: percent(row["accuracy"]) for row in contents["methods"]}
    return {
        "question": "By how much" if pair["difference"] else "How far apart",
        "answer": f"{points(pair['difference'], sign=True)} points",
        "note": f"{percent(contents['confidence'], 0)} interval {range_points(pair['ci_low'], pair['ci_high'])}; "
        f"{pair['a']} {accuracy[pair['a']]}, {pair['b']} {accuracy[pair['b']]} right",
    }


def _certainty(contents: dict[str, Any], pair: dict[str, Any]) -> dict[str, str]:
    """How sure."""
    planned = sum(row["planned"] for row in contents["comparisons"])
    smallest = f"this design cannot give less than {probability(pair['smallest_attainable_p'])}"
    adjusted = f"Holm over {planned} comparisons; alone {equals(pair['p_value'])}, and " if planned > 1 else ""
    return {
        "question": "How sure",
        "answer": equals(pair["p_holm"]),
        "note": f"{pair['test']}{', ' if adjusted else '; '}{adjusted}{smallest}",
    }


def _population(contents: dict[str, Any]) -> dict[str, str]:
    """For whom."""
    new = contents["target"] == "new-videos"
    number_of = len(contents["by_class"])
    workers = max(row["n_workers"] for row in contents["methods"])
    who = "simulated participants" if contents["simulated"] else "participants"
    return {
        "question": "For whom",
        "answer": "new videos" if new else "these videos",
        "note": ("of these methods " if new else "and no others ")
        + (f"with these {number_of} labels" if number_of > 1 else "with this label")
        + f", and {who} like these {number(workers)}; {_shown(contents)}",
    }


def _detail(contents: dict[str, Any], pair: dict[str, Any], *, apart: bool = False) -> str:
    accuracy = {row["name"]: row["accuracy"] for row in contents["methods"]}
    several = len([row for row in contents["comparisons"] if row["planned"]]) > 1
    versus = f" against {pair['b']}" if len(contents["methods"]) > 2 else ""
    return (
        (f"{points(pair['difference'])} points apart: " if apart else "")
        + f"{percent(accuracy[pair['a']])}{versus and ' of answers right'} against {percent(accuracy[pair['b']])}"
        + (f" for {pair['b']}" if versus else " of answers right")
        + f"; {percent(contents['confidence'], 0)} interval of the difference "
        + f"{range_points(pair['ci_low'], pair['ci_high'])} points; {equals(pair['p_value'])}"
        + (f", {probability(pair['p_holm'])} after Holm" if several else "")
        + f" ({pair['test']})."
    )


def _scope(contents: dict[str, Any]) -> str:
    who = "simulated participants" if contents["simulated"] else "participants"
    workers = max(row["n_workers"] for row in contents["methods"])
    what = "new videos of these methods" if contents["target"] == "new-videos" else "exactly these videos"
    labels = f"with these {len(contents['by_class'])} labels" if len(contents["by_class"]) > 1 else "with this label"
    return f"For {what} {labels}, and {who} like these {number(workers)}; {_shown(contents)}."


def _shown(contents: dict[str, Any]) -> str:
    """How many videos were seen."""
    numbers = {row["n_videos"] for row in contents["methods"]}
    up_to, most = "up to " if len(numbers) > 1 else "", max(numbers)
    return f"{up_to}{number(most)} video{'s' if most > 1 else ''} of each method were shown"


def methods_text(contents: dict[str, Any]) -> str:
    """A paragraph for the methods and results of a paper."""
    methods = contents["methods"]
    answers, videos = sum(row["n_answers"] for row in methods), sum(row["n_videos"] for row in methods)
    workers = contents["workers"]["number"]
    who = "simulated participants (programs, not people)" if contents["simulated"] else "participants"
    level = percent(contents["confidence"], 0)
    text = (
        f"{number(workers)} {who} gave {number(answers)} answers to {number(videos)} videos of {len(methods)} "
        f"method{'s' if len(methods) > 1 else ''}, choosing among {len(contents['labels'])} labels, “Other” and "
        "“Unclear”. "
        f"{level} intervals are clustered by participant and by video, with Student’s t. "
    )
    text += " ".join(
        f"Accuracy of {row['name']} was {percent(row['accuracy'])} ({range_percent(row['ci_low'], row['ci_high'])})."
        for row in methods
    )
    for row in contents["comparisons"]:
        text += (
            f" {row['a']} exceeded {row['b']} by {points(row['difference'])} points "
            f"({range_points(row['ci_low'], row['ci_high'])}; {row['test']}, {equals(row['p_value'])}, "
            f"smallest attainable p {probability(row['smallest_attainable_p'])})."
        )
    return text
