"""A report's contents as HTML, and as the table that the command prints."""

from typing import Any

from analysis import wording
from templates import environment


def html(contents: dict[str, Any]) -> str:
    """The self-contained page."""
    return environment().get_template("report/report.html.j2").render(report=contents, words=wording)


def fragment(contents: dict[str, Any]) -> str:
    """The first screen alone, for notebooks."""
    return environment().get_template("report/fragment.html.j2").render(report=contents, words=wording)


def table(contents: dict[str, Any]) -> str:
    """Accuracies and differences as aligned text."""
    rows: list[tuple[str, ...]] = [("method", "accuracy", "95 % interval", "answers", "videos", "workers")]
    rows += [
        (
            row["name"],
            wording.percent(row["accuracy"]),
            f"{wording.percent(row['ci_low'])} – {wording.percent(row['ci_high'])}",
            f"{row['n_answers']:,}",
            f"{row['n_videos']:,}",
            f"{row['n_workers']:,}",
        )
        for row in contents["methods"]
    ]
    lines = aligned(rows)
    for pair in contents["comparisons"]:
        interval = f"{wording.points(pair['ci_low'])} to {wording.points(pair['ci_high'])}"
        smallest = wording.probability(pair["smallest_attainable_p"])
        lines.append(
            f"{pair['a']} − {pair['b']}: {wording.points(pair['difference'])} points ({interval}), "
            f"{wording.equals(pair['p_value'])} ({pair['test']}; smallest attainable {smallest})"
        )
    if contents["notice"]:
        lines.insert(0, contents["notice"])
    return "\n".join(lines)


def aligned(rows: list[tuple[str, ...]]) -> list[str]:
    """Rows of text with their columns aligned, the first to the left and the rest to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
