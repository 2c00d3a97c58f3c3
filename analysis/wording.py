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
    rest = f" They answer from {how}." if how else ""
    if simulated == workers:
        who = f"all {workers} participants are programs" if workers > 1 else "the only participant is a program"
        return f"Simulated participants: {who}, not people.{rest} No figure here says what people see."
    who = f"{simulated} of {workers} participants are programs"
    alone = "Every figure here mixes people and programs; --people-only leaves the programs out."
    return f"Simulated participants: {who}, not people.{rest} {alone}"


def interim_notice(contents: dict[str, Any]) -> str | None:
    """What says that more answers are to come; None of a finished study."""
    interim = contents["interim"]
    if not interim:
        return None
    so_far = f"INTERIM: {number(interim['submitted'])} of {number(interim['wanted'])} tasks are in."
    if contents["sequential"]:
        return f"{so_far} The plan declares a confidence sequence: tests and intervals hold at every look."
    return f"{so_far} No test before all are in: looking early and stopping at will would find differences by chance."


def headline(contents: dict[str, Any]) -> dict[str, Any]:
    """The first comparison in a sentence (`title`); by how much, how sure, for whom: `facts`, `detail` and `scope`."""
    scope = _scope(contents)
    if not contents["comparisons"]:
        return _alone(contents) | {"scope": scope}
    pair = contents["comparisons"][0]
    told = {"facts": [_size(contents, pair), _certainty(contents, pair), _population(contents)], "scope": scope}
    title = _title(contents, pair)
    if contents["interim"]:
        title = f"INTERIM: {title[:1].lower() + title[1:] if title.startswith(('No', 'Too')) else title}"
    return {"title": title, "detail": _detail(contents, pair)} | told


def concluded(contents: dict[str, Any], pair: dict[str, Any]) -> str:
    """What a comparison shows: `more`, `equivalent`, `not inferior`, `too few` or `unclear`."""
    alpha, equal = 1 - contents["confidence"], pair["equivalence"]
    if pair["smallest_adjusted_p"] >= alpha:
        return "too few"
    if equal and equal["p_equivalence"] < alpha:
        return "equivalent"
    if pair["p_adjusted"] < alpha:
        return "more"
    if equal and min(equal["p_a_not_inferior"], equal["p_b_not_inferior"]) < alpha:
        return "not inferior"
    return "unclear"


def _title(contents: dict[str, Any], pair: dict[str, Any]) -> str:
    a, b, found = pair["a"], pair["b"], concluded(contents, pair)
    if found == "more":
        return (
            f"{a} is recognised more often than {b}, by {points(pair['difference'])} points "
            f"({range_points(pair['adjusted_low'], pair['adjusted_high'])})"
        )
    if found == "too few":
        return f"Too few videos or participants to tell {a} from {b}"
    if found == "equivalent":
        return f"{a} and {b} are recognised equally often, within {points(pair['equivalence']['margin'])} points"
    if found == "not inferior":
        first = pair["equivalence"]["p_a_not_inferior"] <= pair["equivalence"]["p_b_not_inferior"]
        better, worse = (a, b) if first else (b, a)
        return f"{better} is not recognised less often than {worse} by {points(pair['equivalence']['margin'])} points"
    return f"No clear difference between {a} and {b}"


def _alone(contents: dict[str, Any]) -> dict[str, Any]:
    """The headline of a single method, or of a study that is not finished."""
    best = contents["methods"][0]
    interval = f"{percent(contents['confidence'], 0)} interval {range_percent(best['ci_low'], best['ci_high'])}"
    nothing = "There is no second method to compare it with."
    title = f"{best['name']}: {percent(best['accuracy'])} of answers are right"
    if contents["interim"]:
        interim = contents["interim"]
        nothing = "Differences are tested when all tasks are in."
        title = f"INTERIM: {number(interim['submitted'])} of {number(interim['wanted'])} tasks are in"
    return {
        "title": title,
        "detail": f"{interval}. {nothing}",
        "facts": [
            {"question": "How often", "answer": percent(best["accuracy"]), "note": f"{best['name']}; {interval}"},
            {"question": "More often than", "answer": "not tested", "note": nothing},
            _population(contents),
        ],
    }


def _size(contents: dict[str, Any], pair: dict[str, Any]) -> dict[str, str]:
    """By how much."""
    level = percent(pair["adjusted_confidence"], 0 if pair["adjusted_confidence"] == contents["confidence"] else 1)
    return {
        "question": "By how much" if concluded(contents, pair) == "more" else "How far apart",
        "answer": f"{points(pair['difference'], sign=True)} points",
        "note": f"{level} interval {range_points(pair['adjusted_low'], pair['adjusted_high'])}; "
        f"{pair['a']} {percent(pair['accuracy_a'])}, {pair['b']} {percent(pair['accuracy_b'])} right"
        + (", labels weighted alike" if pair["uneven"] and contents["class_weights"] == "equal" else ""),
    }


def _certainty(contents: dict[str, Any], pair: dict[str, Any]) -> dict[str, str]:
    """How sure."""
    note = pair["test"]
    if pair["family"] > 1 and contents["adjustment"] != "none":
        note += f"; {adjustment(contents)} over {pair['family']} comparisons, alone {equals(pair['p_value'])}"
    if concluded(contents, pair) == "too few":
        note += f"; no outcome of this design gives less than {probability(pair['smallest_adjusted_p'])}"
    equal = pair["equivalence"]
    if equal:
        note += f"; {equals(equal['p_equivalence'])} of a difference beyond {points(equal['margin'])} points"
    return {"question": "How sure", "answer": equals(pair["p_adjusted"]), "note": note}


def adjustment(contents: dict[str, Any]) -> str:
    """The name of the adjustment for several comparisons."""
    return {"holm": "Holm", "max-t": "max-T", "none": "not adjusted"}[contents["adjustment"]]


#: For whom a target holds, in a few words.
POPULATIONS = {
    "new-videos": "new videos",
    "these-videos": "these videos",
    "new-labels": "new videos and labels",
}


#: Each target in a sentence.
TARGET_SENTENCES = {
    "new-videos": "New videos: what is to be expected of other videos that these methods make for these labels, and of "
    "other participants.",
    "these-videos": "These videos: what is to be expected of other participants who see exactly these videos.",
}


def _population(contents: dict[str, Any]) -> dict[str, str]:
    """For whom."""
    number_of = len(contents["by_class"])
    of = {"new-videos": "of these methods ", "these-videos": "and no others ", "new-labels": "of these methods "}
    labels = f"with these {number_of} labels" if number_of > 1 else "with this label"
    if contents["target"] == "new-labels":
        labels = f"with labels like these {number_of}"
    return {
        "question": "For whom",
        "answer": POPULATIONS[contents["target"]],
        "note": f"{of[contents['target']]}{labels}, and {_people(contents)}; {_shown(contents)}{_nesting(contents)}",
    }


def _people(contents: dict[str, Any]) -> str:
    who = "simulated participants" if contents["simulated"] else "participants"
    workers = max(row["n_workers"] for row in contents["methods"])
    if contents["comparisons"]:
        seen = contents["comparisons"][0]["participants"]
        workers = seen["both"] + seen["only_a"] + seen["only_b"]
    return f"{who} like these {number(workers)}" if workers > 1 else f"{who} like this one"


def _nesting(contents: dict[str, Any]) -> str:
    """What is said where not everybody judged both methods."""
    if not contents["comparisons"]:
        return ""
    seen = contents["comparisons"][0]["participants"]
    if seen["nesting"] == "nested":
        return "; each method was judged by other participants"
    if seen["nesting"] == "partly nested":
        return f"; {number(seen['both'])} of them judged both methods"
    return ""


def _detail(contents: dict[str, Any], pair: dict[str, Any]) -> str:
    several = pair["family"] > 1 and contents["adjustment"] != "none"
    text = (
        f"{percent(pair['accuracy_a'])} of answers right for {pair['a']}, {percent(pair['accuracy_b'])} for {pair['b']}"
        f"{weighting(contents, pair)}; {percent(contents['confidence'], 0)} interval of the difference "
        f"{range_points(pair['ci_low'], pair['ci_high'])} points; {equals(pair['p_value'])}"
        + (f", {probability(pair['p_adjusted'])} after {adjustment(contents)}" if several else "")
        + f" ({pair['test']})."
    )
    if pair["uneven"]:
        text += f" {uneven(pair)}"
    if concluded(contents, pair) == "unclear":
        text += " That no difference was shown does not show that there is none."
    return text


def weighting(contents: dict[str, Any], pair: dict[str, Any]) -> str:
    """How labels are weighted in a comparison."""
    if pair["shared_classes"] < 2:
        return ""
    alike = "weighted alike" if contents["class_weights"] == "equal" else "weighted by their videos"
    return f" over {pair['shared_classes']} labels, {alike}"


def uneven(pair: dict[str, Any]) -> str:
    """What is said where the methods were shown with different mixes of labels."""
    return (
        f"{pair['a']} and {pair['b']} were not shown with the same mix of labels: over all answers as they came the "
        f"difference is {points(pair['raw_difference'])} points."
    )


def nesting(pair: dict[str, Any]) -> str:
    """What is said where not everybody judged both methods."""
    a, b, seen = pair["a"], pair["b"], pair["participants"]
    if seen["nesting"] == "nested":
        return f"{a} and {b} were judged by different participants, who are therefore compared as well."
    return (
        f"{number(seen['both'])} participants judged both {a} and {b}, {number(seen['only_a'])} only {a} and "
        f"{number(seen['only_b'])} only {b}: participants are partly nested in methods."
    )


def pairing(pair: dict[str, Any]) -> str:
    """What is said where items pair the methods' videos."""
    return f"{pair['a']} and {pair['b']} are paired by {number(pair['items'])} items that both have videos of."


def ratio_note(contents: dict[str, Any]) -> str:
    """What the last columns of the table of differences are."""
    text = "Ratio: of the two shares."
    if contents["class_weights"] == "equal" and len(contents["by_class"]) > 1:
        text = "Every label that both methods have counts the same. " + text
    families = {row["family"] for row in contents["comparisons"]}
    if contents["adjustment"] != "none" and max(families) > 1:
        name = adjustment(contents)
        text += f" {name}: p adjusted for all comparisons of its kind; those with real clips are one by themselves."
    return text


def _scope(contents: dict[str, Any]) -> str:
    whom = _population(contents)
    return f"For {whom['answer']} {whom['note']}."


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
        f"“Unclear”. {level} intervals are clustered by participant and by video, with leverage corrections and "
        "Satterthwaite’s degrees of freedom; tests invert them. "
    )
    if contents["interim"]:
        text = f"{interim_notice(contents)} {text}"
    text += " ".join(
        f"Accuracy of {row['name']} was {percent(row['accuracy'])} ({range_percent(row['ci_low'], row['ci_high'])})."
        for row in methods
    )
    for row in contents["comparisons"]:
        text += (
            f" {row['a']} less {row['b']}{weighting(contents, row)}: {points(row['difference'])} points "
            f"({range_points(row['ci_low'], row['ci_high'])}; {row['test']}, {equals(row['p_value'])}"
        )
        if row["family"] > 1 and contents["adjustment"] != "none":
            text += f", {probability(row['p_adjusted'])} by {adjustment(contents)} over {row['family']}"
        text += ")."
    return text
