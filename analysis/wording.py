"""The words and numbers of a report: each sentence states one result with its interval, its p and whom it holds for."""

import math
import unicodedata
from typing import Any

from analysis.labels import split
from crowd.texts import printable

ARROWS = {"right": "→", "left": "←", "up": "↑", "down": "↓"}

#: Classes of characters that turn the order of the text around them: letters written right to left, and controls.
TURNING = {"R", "AL", "AN", "RLE", "LRE", "RLO", "LRO", "RLI", "LRI", "FSI"}

#: Up to so many labels a figure of classes is open; up to `MOST_DRAWN` it has all of them.
MOST_OPEN = 24
MOST_DRAWN = 80

#: Labels longer than this are numbered in the head of a confusion table.
LONG = 24


def percent(value: float, digits: int = 1) -> str:
    """A fraction as `88.2 %`."""
    return f"{100 * value:.{digits}f} %".replace("-", "−")


def level(confidence: float) -> str:
    """A confidence level as `95 %` or `98.3 %`, with the digits that tell it from 100 %."""
    value = 100 * confidence
    digits = next(d for d in range(12) if abs(round(value, d) - value) <= 0.05 * (100 - value) + 1e-9)
    return f"{value:.{digits}f} %"


def points(value: float, *, sign: bool = False) -> str:
    """A difference of fractions in percentage points, with a true minus sign.

    What is not 0 is not written as 0.0 down to a thousandth of a point, so that the text agrees with a test.
    """
    value = 100 * value
    digits = next((d for d in (1, 2, 3) if round(value, d)), 1)
    text = f"{value:+.{digits}f}" if sign else f"{value:.{digits}f}"
    return "0.0" if not round(value, 3) else text.replace("-", "−")


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


def spread(power: dict[str, Any]) -> str:
    """What limits a study: the spread of videos, or that of participants' preferences."""
    videos, people = power["sd_video"], power["sd_worker_method"]
    if max(videos, people) < 0.005:
        return "Neither videos nor participants’ preferences vary measurably; single answers limit this study."
    if videos >= people:
        return (
            f"Videos of one method and label vary (SD {points(videos)} points), which more participants cannot "
            "average away: more videos help, more answers to the same ones hardly do."
        )
    return (
        f"Participants differ in which method they recognise better (SD {points(people)} points), which more videos "
        "cannot average away: more participants help."
    )


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
    if p >= 0.9995:
        return "1"
    digits = 4 if p < 0.01 else 3
    # A p of .0497 beside a level of .05 would read as not below it.
    while digits < 7 and p < 0.105 and round(p, digits) == round(p, 2) and abs(round(p, digits) - p) > 1e-9:
        digits += 1
    return f"{p:.{digits}f}"[1:]


def equals(p: float | None) -> str:
    """`p = .032` or `p < .0001`."""
    text = probability(p)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def listed(items: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def isolated(text: str) -> str:
    """A user's text inside a sentence: letters that are written right to left leave the order of the rest alone."""
    turns = any(unicodedata.bidirectional(character) in TURNING for character in text)
    return f"\u2068{printable(text)}\u2069" if turns else printable(text)


def plain(value: Any) -> str:
    """A rule's value in words."""
    if value is None:
        return "–"
    if isinstance(value, list):
        return ", ".join(isolated(str(one)) for one in value) or "every pair"
    return str(value)


def short(label: str) -> str:
    """A label with its direction as an arrow; the label itself where it has none."""
    halves = split(label)
    return f"{halves[0]} {ARROWS[halves[1]]}" if halves else label


def reach(rows: list[dict[str, Any]]) -> float:
    """How far a scale around zero must reach for all intervals, in steps of ten points."""
    keys = ("difference", "new_low", "new_high", "labels_low", "labels_high")
    values = [abs(row[key]) for row in rows for key in keys if row.get(key) is not None]
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


def drawn_classes(contents: dict[str, Any]) -> list[dict[str, Any]]:
    """The classes that a figure has: all, or of very many those recognised least and most, in their order."""
    rows: list[dict[str, Any]] = contents["by_class"]
    if len(rows) <= MOST_DRAWN:
        return rows
    order = sorted(range(len(rows)), key=lambda place: rows[place]["all"]["accuracy"])
    kept = set(order[: MOST_DRAWN // 2] + order[-(MOST_DRAWN // 2) :])
    return [row for place, row in enumerate(rows) if place in kept]


def drawn_note(contents: dict[str, Any]) -> str:
    """What is said where a figure lacks classes; empty where it has all."""
    if len(contents["by_class"]) <= MOST_DRAWN:
        return ""
    half = MOST_DRAWN // 2
    return (
        f"Of {number(len(contents['by_class']))} labels, the {half} recognised most often and the {half} recognised "
        "least often are drawn; the table has all of them."
    )


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
    if not contents["interim"]:
        return None
    if contents["sequential"]:
        rest = "The plan declares a confidence sequence: tests and intervals of differences hold at every look."
    else:
        rest = "No test before all are in: looking early and stopping at will would find differences by chance."
    return f"{_so_far(contents)}. {rest}"


def _so_far(contents: dict[str, Any]) -> str:
    interim = contents["interim"]
    return f"INTERIM: {number(interim['submitted'])} of {number(interim['wanted'])} tasks are in"


def notices(contents: dict[str, Any]) -> list[str]:
    """What every output says first: that answers are simulated, that more are to come."""
    return [text for text in (contents["notice"], interim_notice(contents), _stopped_notice(contents)) if text]


def _stopped_notice(contents: dict[str, Any]) -> str | None:
    """What says that a study ended without all of its tasks."""
    if not contents["stopped"]:
        return None
    return (
        f"{_ended(contents)}. Where the end depended on what the answers looked like, tests and intervals do not hold."
    )


def _ended(contents: dict[str, Any]) -> str:
    stopped = contents["stopped"]
    return f"Ended early: {number(stopped['submitted'])} of {number(stopped['wanted'])} tasks are in"


def marks(contents: dict[str, Any]) -> list[str]:
    """The notices in a few words, for figures, captions and the head of each printed page."""
    found = []
    if contents["simulated"]:
        simulated, workers = contents["workers"]["simulated"], contents["workers"]["number"]
        some = f"{number(simulated)} of {number(workers)} participants are simulated participants, not people"
        found.append("Simulated participants, not people" if simulated == workers else some)
    if contents["interim"]:
        found.append(_so_far(contents))
    if contents["stopped"]:
        found.append(_ended(contents))
    return found


def headline(contents: dict[str, Any]) -> dict[str, Any]:
    """The first comparison in a sentence (`title`); by how much, how sure, for whom: `facts`, `detail` and `scope`.

    `remarks` are what a reader must know beside these, such as what was not shown; `notices` what must be read first.
    """
    first, scope = notices(contents), _scope(contents)
    if not contents["comparisons"]:
        return _alone(contents) | {"remarks": _of_answers(contents), "scope": scope, "notices": first}
    pair = contents["comparisons"][0]
    title = _title(contents, pair)
    if contents["interim"]:
        title = f"INTERIM: {title[:1].lower() + title[1:] if title.startswith(('No', 'Too')) else title}"
    return {
        "title": title,
        "detail": _detail(contents, pair),
        "facts": [_size(contents, pair), _certainty(contents, pair), _population(contents)],
        "remarks": [*remarks(contents, pair), *_of_answers(contents)],
        "scope": scope,
        "notices": first,
    }


def concluded(contents: dict[str, Any], pair: dict[str, Any]) -> str:
    """What a comparison shows: `equivalent`, `more`, `not inferior`, `too few` or `unclear`."""
    alpha, equal = 1 - contents["confidence"], pair["equivalence"]
    if equal and equal["p_equivalence"] < alpha:
        return "equivalent"
    if pair["p_adjusted"] < alpha:
        return "more"
    if equal and min(equal["p_a_not_inferior"], equal["p_b_not_inferior"]) < alpha:
        return "not inferior"
    # A p smaller than the smallest shows that the smallest is not.
    reached = pair["p_adjusted"] < pair["smallest_adjusted_p"] - 1e-9
    return "too few" if pair["smallest_adjusted_p"] >= alpha and not reached else "unclear"


def names(pair: dict[str, Any]) -> tuple[str, str]:
    """The two methods as they stand in a sentence."""
    return isolated(pair["a"]), isolated(pair["b"])


def adjusted_interval(pair: dict[str, Any]) -> str:
    """The interval that belongs to the adjusted p: `98.3 % interval 21.7 to 43.1`."""
    return f"{level(pair['adjusted_confidence'])} interval {range_points(pair['adjusted_low'], pair['adjusted_high'])}"


def conclusion(contents: dict[str, Any], pair: dict[str, Any]) -> str:
    """What a comparison shows, in a table's cell."""
    found = concluded(contents, pair)
    if found == "not inferior":
        return f"{_better(pair)[0]} not inferior"
    shown = {"more": f"{names(pair)[0]} more often", "too few": "too few to tell", "unclear": "no clear difference"}
    return shown.get(found, found)


def _better(pair: dict[str, Any]) -> tuple[str, str]:
    """The method that was shown not to be inferior, and the other."""
    a, b = names(pair)
    first = pair["equivalence"]["p_a_not_inferior"] <= pair["equivalence"]["p_b_not_inferior"]
    return (a, b) if first else (b, a)


def _title(contents: dict[str, Any], pair: dict[str, Any]) -> str:
    (a, b), found = names(pair), concluded(contents, pair)
    if found == "more":
        return (
            f"{a} is recognised more often than {b}, by {points(pair['difference'])} points ({adjusted_interval(pair)})"
        )
    if found == "too few":
        return f"Too few videos or participants to tell {a} from {b}"
    if found == "equivalent" and pair["p_adjusted"] < 1 - contents["confidence"]:
        margin = points(pair["equivalence"]["margin"])
        return f"{a} is recognised more often than {b}, by less than the margin of {margin} points"
    if found == "equivalent":
        return f"{a} and {b} are recognised equally often, within {points(pair['equivalence']['margin'])} points"
    if found == "not inferior":
        better, worse = _better(pair)
        margin = points(pair["equivalence"]["margin"])
        return f"{better} is recognised at most {margin} points less often than {worse}"
    return f"No clear difference between {a} and {b}"


def _alone(contents: dict[str, Any]) -> dict[str, Any]:
    """The headline of a single method, or of a study that is not finished."""
    best = contents["methods"][0]
    interval = f"{level(contents['confidence'])} interval {range_percent(best['ci_low'], best['ci_high'])}"
    name = isolated(best["name"])
    how_often = {"question": "How often", "answer": percent(best["accuracy"]), "note": f"{name}; {interval}"}
    nothing = "There is no second method to compare it with."
    if contents["uncounted"]:
        nothing = f"No answer to videos of {_uncounted(contents)} is left to compare it with."
    title = f"{name}: {percent(best['accuracy'])} of answers are right"
    if contents["interim"] and len(contents["methods"]) > 1:
        nothing = "Differences are tested when all tasks are in."
        shares = [f"{isolated(row['name'])} {percent(row['accuracy'])}" for row in contents["methods"]]
        how_often = {"question": "Right so far", "answer": listed(shares), "note": "Not a result yet"}
        interval = f"Right so far: {listed(shares)}"
    return {
        "title": _so_far(contents) if contents["interim"] else title,
        "detail": f"{interval}. {nothing}",
        "facts": [
            how_often,
            {"question": "More often than", "answer": "not tested", "note": nothing},
            _population(contents),
        ],
    }


def _size(contents: dict[str, Any], pair: dict[str, Any]) -> dict[str, str]:
    """By how much."""
    found, (a, b) = concluded(contents, pair), names(pair)
    interval = adjusted_interval(pair)
    if found == "equivalent":
        equal = pair["equivalence"]
        interval = (
            f"{level(2 * contents['confidence'] - 1)} interval {range_points(equal['ci_low'], equal['ci_high'])}, "
            f"within ±{points(equal['margin'])}"
        )
    if found == "not inferior":
        equal = pair["equivalence"]
        side = "above −" if _better(pair)[0] == a else "below "
        interval = (
            f"{level(2 * contents['confidence'] - 1)} interval {range_points(equal['ci_low'], equal['ci_high'])}, "
            f"{side}{points(equal['margin'])}"
        )
    return {
        "question": "By how much" if found == "more" else "How far apart",
        "answer": f"{points(pair['difference'], sign=True)} points",
        "note": f"{interval}; {a} {percent(pair['accuracy_a'])}, {b} {percent(pair['accuracy_b'])} right"
        f"{weighting(contents, pair)}",
    }


def _certainty(contents: dict[str, Any], pair: dict[str, Any]) -> dict[str, str]:
    """How sure."""
    found, equal = concluded(contents, pair), pair["equivalence"]
    if found == "equivalent":
        note = f"of two tests that the difference is {points(equal['margin'])} points or more, either way"
        return {"question": "How sure", "answer": equals(equal["p_equivalence"]), "note": note}
    if found == "not inferior":
        p = min(equal["p_a_not_inferior"], equal["p_b_not_inferior"])
        note = (
            f"one-sided, of being {points(equal['margin'])} points worse or more; "
            f"of any difference {equals(pair['p_adjusted'])}"
        )
        return {"question": "How sure", "answer": equals(p), "note": note}
    note = f"probability of a difference at least this large if the methods did not differ; {pair['test']}"
    if pair["family"] > 1 and contents["adjustment"] != "none":
        note += f", {adjustment(contents)} for {pair['family']} comparisons (alone {equals(pair['p_value'])})"
    if contents["sequential"]:
        note += ", at all looks together"
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
    "new-labels": "New labels: what is to be expected with other labels like these, with new videos and other "
    "participants.",
}


def target_sentences(contents: dict[str, Any]) -> str:
    """The targets that tables of differences have."""
    targets = ["new-videos", "these-videos", *(["new-labels"] if contents["target"] == "new-labels" else [])]
    return " ".join(TARGET_SENTENCES[target] for target in targets)


def _population(contents: dict[str, Any]) -> dict[str, str]:
    """For whom."""
    labels, alone = _labels(contents), len(contents["methods"]) == 1
    these, s = ("this method", "s") if alone else ("these methods", "")
    note = {
        "new-videos": f"that {these} make{s} for {labels}, judged by {_people(contents)}; {_shown(contents)}",
        "these-videos": f"and no others, of {labels}, judged by {_people(contents)}; {_shown(contents)}",
        "new-labels": f"of {these}, for labels like {labels}, judged by {_people(contents)}; {_shown(contents)}",
    }
    answer = POPULATIONS[contents["target"]]
    return {"question": "For whom", "answer": answer, "note": note[contents["target"]]}


def _labels(contents: dict[str, Any]) -> str:
    """The labels that the first comparison, or the accuracies, rest on."""
    shared = contents["comparisons"][0]["shared_classes"] if contents["comparisons"] else 0
    count = shared or len(contents["by_class"])
    return f"these {number(count)} labels" if count > 1 else "this label"


def _people(contents: dict[str, Any]) -> str:
    who = "simulated participants" if contents["simulated"] else "people"
    if contents["simulated"] and contents["workers"]["simulated"] < contents["workers"]["number"]:
        who = "people and programs"
    workers = max(row["n_workers"] for row in contents["methods"])
    if contents["comparisons"]:
        seen = contents["comparisons"][0]["participants"]
        workers = seen["both"] + seen["only_a"] + seen["only_b"]
    return f"{who} like these {number(workers)}" if workers > 1 else f"{who} like this one"


def _detail(contents: dict[str, Any], pair: dict[str, Any]) -> str:
    several, (a, b) = pair["family"] > 1 and contents["adjustment"] != "none", names(pair)
    text = (
        f"{percent(pair['accuracy_a'])} of answers right for {a}, {percent(pair['accuracy_b'])} for {b}"
        f"{weighting(contents, pair)}; {level(contents['confidence'])} interval of the difference "
        f"{range_points(pair['ci_low'], pair['ci_high'])} points, {equals(pair['p_value'])}"
    )
    if several:
        text += f"; after {adjustment(contents)} {adjusted_interval(pair)}, {equals(pair['p_adjusted'])}"
    equal = pair["equivalence"]
    if equal:
        text += (
            f"; {level(2 * contents['confidence'] - 1)} interval {range_points(equal['ci_low'], equal['ci_high'])} "
            f"against a margin of {points(equal['margin'])} points, {equals(equal['p_equivalence'])} of equivalence"
        )
    return f"{text} ({pair['test']})."


def remarks(contents: dict[str, Any], pair: dict[str, Any]) -> list[str]:
    """What was not shown, and what is unusual about this comparison's design."""
    found, rows = concluded(contents, pair), []
    if found in ("unclear", "not inferior"):
        rows.append(
            "That no difference was shown is not evidence that there is none: differences from "
            f"{range_points(pair['adjusted_low'], pair['adjusted_high'])} points fit these answers "
            f"({level(pair['adjusted_confidence'])} interval)."
        )
    if found == "too few":
        smallest = pair["smallest_adjusted_p"]
        least = "shows a difference" if smallest >= 0.9995 else f"gives a p below {probability(smallest)}"
        rows.append(
            f"No outcome of a study of this size {least}, so this one says nothing on whether the methods differ."
        )
    if not pair["planned"]:
        rows.append("This comparison was not planned.")
    if found == "equivalent" and pair["p_adjusted"] < 1 - contents["confidence"]:
        rows.append(
            f"A difference was shown ({equals(pair['p_adjusted'])}), smaller than the margin that the plan declares."
        )
    if pair["uneven"]:
        rows.append(uneven(contents, pair))
    if pair["participants"]["nesting"] != "crossed":
        rows.append(nesting(pair))
    if not pair["shared_classes"]:
        a, b = names(pair)
        rows.append(f"{a} and {b} share no label, so that part of their difference may be one of labels.")
    return rows


def _of_answers(contents: dict[str, Any]) -> list[str]:
    """What must be known of the answers and of the rules, whatever was compared."""
    rows = ["Answers count by the weights in the answers table."] if contents["weighted"] else []
    if contents["uncounted"] and contents["comparisons"]:
        rows.append(f"No answer to videos of {_uncounted(contents)} is left to count: the report has no figures of it.")
    test = contents["plan"]["choices"]["primary_test"]
    if contents["target"] == "these-videos" and test not in ("auto", "t"):
        rows.append(f"The plan's primary_test, {test}, is about new videos; for these videos it is the clustered t.")
    return [*rows, *_post_hoc(contents["plan"])]


def _uncounted(contents: dict[str, Any]) -> str:
    return listed([isolated(name) for name in contents["uncounted"]])


def _post_hoc(plan: dict[str, Any]) -> list[str]:
    """Which rules were not declared before the answers came in."""
    if plan["declared"] and not plan["intact"]:
        return ["Post hoc: the published plan was changed after publication."]
    changed = [
        f"{row['key']} is {plain(row['now'])}, published was {plain(row['published'])}" for row in plan["post_hoc"]
    ]
    if changed:
        more = f"; and {len(changed) - 3} more" if len(changed) > 3 else ""
        return [f"Post hoc: {'; '.join(changed[:3])}{more}."]
    if plan["chosen"] and not plan["declared"]:
        return [f"Chosen for this analysis, not declared before collection: {listed(plan['chosen'])}."]
    return []


def undeclared(plan: dict[str, Any]) -> str:
    """What is said of rules that nobody declared."""
    if plan["chosen"]:
        return (
            f"What follows are the rules chosen for this analysis ({listed(plan['chosen'])}) and the defaults of the "
            "others. Whether they were chosen without looking at the answers is not recorded."
        )
    if not plan["default"]:
        return "What follows are the rules of the study file; when they were chosen is not recorded."
    return "What follows is the default analysis, chosen without looking at the answers but not registered before them."


def weighting(contents: dict[str, Any], pair: dict[str, Any]) -> str:
    """How labels are weighted in a comparison."""
    if pair["shared_classes"] < 2:
        return ""
    alike = "weighted alike" if contents["class_weights"] == "equal" else "weighted by their videos"
    return f" over {pair['shared_classes']} labels, {alike}"


def uneven(contents: dict[str, Any], pair: dict[str, Any]) -> str:
    """What is said where the methods were shown with different mixes of labels."""
    a, b = names(pair)
    raw, alike = pair["raw_difference"], contents["class_weights"] == "equal"
    turned = f", in favour of {b}" if raw < 0 < pair["difference"] else ""
    return (
        f"{a} and {b} were not shown with the same mix of labels. The comparison weights labels "
        f"{'alike' if alike else 'by their videos'}; over all answers as they came the difference is "
        f"{points(raw)} points{turned}, partly because the labels differ."
    )


def nesting(pair: dict[str, Any]) -> str:
    """What is said where not everybody judged both methods."""
    (a, b), seen = names(pair), pair["participants"]
    if seen["nesting"] == "nested":
        return (
            f"Participants are nested in methods: {number(seen['only_a'])} judged {a}, {number(seen['only_b'])} "
            f"different participants {b}. The interval allows for chance in who they are, not for groups that were "
            "chosen differently."
        )
    return (
        f"Participants are partly nested in methods: {number(seen['both'])} judged both {a} and {b}, "
        f"{number(seen['only_a'])} only {a} and {number(seen['only_b'])} only {b}."
    )


def pairing(pair: dict[str, Any]) -> str:
    """What is said where items pair the methods' videos."""
    a, b = names(pair)
    have = "1 item has" if pair["items"] == 1 else f"{number(pair['items'])} items have"
    if pair["unit"] == "class":
        return (
            f"{a} and {b}: {have} videos of both, but no label has several items, so that what differs between labels "
            "stands in for the spread of items."
        )
    alone = f"; {_videos(pair['unpaired'])} of no such item count one by one" if pair["unpaired"] else ""
    return f"{a} and {b} are compared item by item: {have} videos of both{alone}."


def unpaired(pair: dict[str, Any]) -> str:
    """What is said where items are named but the methods share none."""
    a, b = names(pair)
    return f"{a} and {b} share no item, so that their videos are not paired."


def lone(pair: dict[str, Any]) -> str:
    """What is said where each label has a single video of a method."""
    a, b = names(pair)
    return (
        f"{a} and {b}: a method has one video of each label, so that what differs between labels stands in for the "
        "spread of videos."
    )


def ratio_note(contents: dict[str, Any]) -> str:
    """What the last columns of the table of differences are."""
    text = "Ratio: of the two shares."
    if contents["class_weights"] == "equal" and len(contents["by_class"]) > 1:
        text = "Every label that both methods have counts the same. " + text
    families = {row["family"] for row in contents["comparisons"]}
    if contents["adjustment"] != "none" and max(families) > 1:
        name = adjustment(contents)
        text += (
            f" {name}: p and interval adjusted for all comparisons of its kind; those with real clips are one by "
            "themselves."
        )
    if contents["sequential"]:
        text += " Tests and intervals hold at all looks at the running study together (confidence sequence)."
    return text


def _scope(contents: dict[str, Any]) -> str:
    whom = _population(contents)
    return f"For {whom['answer']} {whom['note']}."


def _shown(contents: dict[str, Any]) -> str:
    """How many videos were seen, of the methods that the first comparison is about."""
    rows = contents["comparisons"][:1]
    numbers = [rows[0]["videos_a"], rows[0]["videos_b"]] if rows else [row["n_videos"] for row in contents["methods"]]
    if len(numbers) == 2 and numbers[0] != numbers[1] and rows:
        a, b = names(rows[0])
        return f"shown were {_videos(numbers[0])} of {a} and {number(numbers[1])} of {b}"
    up_to = "up to " if len(set(numbers)) > 1 else ""
    of = "of each" if len(numbers) > 1 else "of it"
    return f"shown {'was' if numbers[0] == 1 and not up_to else 'were'} {up_to}{_videos(max(numbers))} {of}"


def _videos(count: int) -> str:
    return f"{number(count)} video{'s' if count > 1 else ''}"


def methods_text(contents: dict[str, Any]) -> str:
    """A paragraph for the methods and results of a paper."""
    methods = contents["methods"]
    answers, videos = sum(row["n_answers"] for row in methods), sum(row["n_videos"] for row in methods)
    workers = contents["workers"]
    who = "participants"
    if contents["simulated"]:
        all_of_them = workers["simulated"] == workers["number"]
        who = "simulated participants (programs, not people)" if all_of_them else "participants"
    text = "".join(f"{mark}. " for mark in marks(contents))
    text += (
        f"{number(workers['number'])} {who} gave {number(answers)} answers to {number(videos)} videos of "
        f"{len(methods)} method{'s' if len(methods) > 1 else ''}, choosing among {number(len(contents['labels']))} "
        f"label{'s' if len(contents['labels']) > 1 else ''}, “Other” and “Unclear”. {_intervals(contents)} "
    )
    text += " ".join(
        f"Accuracy of {isolated(row['name'])} was {percent(row['accuracy'])} "
        f"({level(contents['confidence'])} interval {range_percent(row['ci_low'], row['ci_high'])})."
        for row in methods
    )
    return text + "".join(_reported(contents, row) for row in contents["comparisons"])


def _intervals(contents: dict[str, Any]) -> str:
    """What the intervals and tests allow for."""
    clusters = "participant" if contents["target"] == "these-videos" else "participant and by video"
    text = (
        f"{level(contents['confidence'])} intervals are for {POPULATIONS[contents['target']]}, clustered by "
        f"{clusters}, with leverage corrections and Satterthwaite’s degrees of freedom; p values come from the same "
        "intervals."
    )
    if contents["weighted"]:
        text += " Answers count by their weights."
    if contents["sequential"]:
        text += " Tests and intervals of differences hold at all looks together (confidence sequence)."
    return text


def _reported(contents: dict[str, Any], pair: dict[str, Any]) -> str:
    """One comparison in a sentence of the methods text."""
    a, b = names(pair)
    text = (
        f" {a} less {b}{weighting(contents, pair)}: {points(pair['difference'])} points "
        f"({adjusted_interval(pair)}; {pair['test']}, {equals(pair['p_adjusted'])}"
    )
    if pair["family"] > 1 and contents["adjustment"] != "none":
        text += f" with {adjustment(contents)} over {pair['family']} comparisons, alone {equals(pair['p_value'])}"
    if pair["equivalence"]:
        equal = pair["equivalence"]
        text += f"; {equals(equal['p_equivalence'])} of equivalence within {points(equal['margin'])} points"
    if pair["participants"]["nesting"] != "crossed":
        text += f"; participants {pair['participants']['nesting']} in methods"
    if pair["items"]:
        text += f"; paired by {number(pair['items'])} items"
    return f"{text})."
