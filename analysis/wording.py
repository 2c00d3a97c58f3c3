"""The sentences of a report: each states one result with its interval, its p and whom it holds for."""

from typing import Any


def percent(value: float, digits: int = 1) -> str:
    """A fraction as `88.2 %`."""
    return f"{100 * value:.{digits}f} %"


def points(value: float) -> str:
    """A difference of fractions in percentage points, with a true minus sign."""
    return f"{100 * value:.1f}".replace("-", "−")


def probability(p: float | None) -> str:
    """A p-value with as many digits as it carries: `p = .032`, `p < .0001`."""
    if p is None:
        return "–"
    if p < 0.0001:
        return "< .0001"
    return "1" if p >= 0.9995 else f"{p:.4f}"[1:] if p < 0.01 else f"{p:.3f}"[1:]


def equals(p: float | None) -> str:
    """`p = .032` or `p < .0001`."""
    text = probability(p)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def notice(simulated: int, workers: int) -> str | None:
    """The sentence that says that answers came from programs; None when all came from people."""
    if not simulated:
        return None
    if simulated == workers:
        who = f"all {workers} participants are programs" if workers > 1 else "the only participant is a program"
    else:
        who = f"{simulated} of {workers} participants are programs"
    return f"Simulated participants: {who}, not people. No figure here says what people see."


def headline(contents: dict[str, Any]) -> dict[str, str]:
    """Which method wins, by how much, how sure, for whom: `title`, `detail` and `scope`."""
    methods = [row for row in contents["methods"] if not row["control"]] or contents["methods"]
    pairs = [row for row in contents["comparisons"] if not row["control"]] or contents["comparisons"]
    scope = _scope(contents)
    best = max(methods, key=lambda row: row["accuracy"])
    if not pairs:
        return {
            "title": f"{best['name']}: {percent(best['accuracy'])} of answers are right",
            "detail": f"95 % interval {percent(best['ci_low'])} to {percent(best['ci_high'])}. "
            "There is no second method to compare it with.",
            "scope": scope,
        }
    rivals = [row for row in pairs if best["name"] == row["a"]] or pairs
    pair = min(rivals, key=lambda row: row["difference"])
    sure = [row for row in rivals if row["p_holm"] < 0.05]
    interval = f"95 % interval {points(pair['ci_low'])} to {points(pair['ci_high'])}"
    detail = (
        f"{percent(_accuracy(contents, pair['a']))} against {percent(_accuracy(contents, pair['b']))} right; "
        f"{interval}; {equals(pair['p_value'])} ({pair['test']}"
    )
    detail += f"; Holm {probability(pair['p_holm'])}).".replace("  ", " ") if len(contents["comparisons"]) > 1 else ")."
    if pair["smallest_attainable_p"] >= 0.05:
        smallest = probability(pair["smallest_attainable_p"])
        return {
            "title": f"Too few videos to tell {pair['a']} from {pair['b']}",
            "detail": f"{points(pair['difference'])} points apart. {detail} "
            f"No outcome of this design gives less than p = {smallest}.",
            "scope": scope,
        }
    if len(sure) == len(rivals):
        others = pair["b"] if len(rivals) == 1 else "each other method"
        by = (
            f"{points(pair['difference'])} points"
            if len(rivals) == 1
            else f"at least {points(pair['difference'])} points"
        )
        return {
            "title": f"{best['name']} is more recognisable than {others}, by {by}",
            "detail": detail,
            "scope": scope,
        }
    return {
        "title": f"{pair['a']} is not shown to be more recognisable than {pair['b']}",
        "detail": f"{points(pair['difference'])} points apart. {detail}",
        "scope": scope,
    }


def _accuracy(contents: dict[str, Any], name: str) -> float:
    return float(next(row["accuracy"] for row in contents["methods"] if row["name"] == name))


def _scope(contents: dict[str, Any]) -> str:
    videos = sum(row["n_videos"] for row in contents["methods"])
    who = "simulated participants" if contents["simulated"] else "participants"
    workers = max(row["n_workers"] for row in contents["methods"])
    return (
        f"Holds for new videos of these methods, judged by {who} such as these {workers}; {videos} videos were shown."
    )
