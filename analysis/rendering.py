"""A report's contents as HTML, and as the table that the command prints."""

import functools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from jinja2 import Environment

from analysis import formats, scales, wording
from analysis.methods_section import methods_items
from analysis.records.contents import ReportContents
from analysis.records.metrics import MetricValidation
from analysis.records.questions import QuestionResult
from analysis.sample_videos import SampleVideo
from crowd.texts import printable
from templates import environment

#: What `formats.isolated` puts around names.
ISOLATES = "\u2068\u2069"

#: Keeps a number and its unit on one line.
NO_BREAK_SPACE = "\u00a0"


def html(contents: ReportContents, samples: Sequence[SampleVideo] = ()) -> str:
    """The self-contained page."""
    page = _rendered(
        "report/report.html.j2",
        contents,
        colors=method_colors(contents),
        kind_colors=kind_colors(contents.answered.kinds) if contents.answered else [],
        samples=samples,
        items=methods_items(contents),
        choices=asdict(contents.plan.choices),
        pairs=[
            asdict(row)
            | {
                "name": f"{row.a} − {row.b}",
                "color": "control" if row.control else "m0",
                "drawn_labels": contents.target == "new-labels",
            }
            for row in contents.comparisons
        ],
    )
    return re.sub(r"(?<=\d) (?=%)", NO_BREAK_SPACE, page)


@functools.cache
def _environment() -> Environment:
    """The Jinja environment, with the formats, sentences and figure scales that templates of reports use."""
    chosen = environment().overlay()
    chosen.filters = {**chosen.filters, "md": escape_markdown, "tex": escape_latex}
    chosen.globals = {**chosen.globals, "formats": formats, "words": wording, "scales": scales}
    return chosen


def _rendered(template: str, contents: ReportContents, **more: Any) -> str:
    return (
        _environment()
        .get_template(template)
        .render(
            report=contents,
            marks=wording.marks(contents),
            adjusted=any(wording.is_adjusted(contents, row) for row in contents.comparisons),
            checks=_checks(contents),
            others=other_questions(contents),
            **more,
        )
    )


def _checks(contents: ReportContents) -> list[str]:
    """The tests by rearrangement that any comparison has."""
    return sorted({name for row in contents.comparisons for name in row.tests})


def other_questions(contents: ReportContents) -> list[QuestionResult]:
    """The questions that the report's own keys are not about."""
    return [question for question in contents.questions if not question.top_level]


def markdown(contents: ReportContents) -> str:
    """The report in short, as Markdown."""
    return _rendered("report/report.md.j2", contents)


def latex(contents: ReportContents) -> str:
    """Accuracies as a LaTeX table in the layout of the paper's Table 1, with the differences below it."""
    accuracies = _rendered("report/table1.tex.j2", contents) if contents.methods else ""
    others = _rendered("report/questions.tex.j2", contents) if other_questions(contents) else ""
    return _engine(contents) + accuracies + others


def methods(contents: ReportContents) -> str:
    """How the study was run, as Markdown."""
    return _rendered("report/methods.md.j2", contents, items=methods_items(contents))


def methods_latex(contents: ReportContents) -> str:
    """How the study was run, as LaTeX."""
    return _engine(contents) + _rendered("report/methods.tex.j2", contents, items=methods_items(contents))


def escape_markdown(text: str) -> str:
    """Text that Markdown shows as it stands, on one line: no emphasis, link, picture, heading, list, HTML or table."""
    # What isolates names written right to left is ours, see `formats.isolated`.
    shown = "".join(part if part in ISOLATES else printable(part) for part in re.split(f"([{ISOLATES}])", text))
    line = re.sub(r"([\\`*_{}\[\]>#|~!&$]|<(?! ))", r"\\\1", " ".join(shown.split()))
    line = re.sub(r"^([-+=:])", r"\\\1", line)
    return re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", line)


#: How LaTeX writes characters that are special to it, or that its older encodings draw as others.
LATEX = (
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        # Straight in the typewriter font of every encoding, and no shorthand of babel's.
        '"': r"{\ttfamily\char34}",
        "`": r"\textasciigrave{}",
        # After the end of a table's row, these would be its parameters.
        "[": "{[}",
        "*": "{*}",
        "−": "$-$",
        "–": r"\textendash{}",
        "\u202f": r"\,",
        "±": r"$\pm$",
        "×": r"$\times$",
        "½": r"$\frac12$",
        "→": r"$\to$",
        "∞": r"$\infty$",
    }
    | {
        letter: f"$\\{name}$"
        for letter, name in {"α": "alpha", "κ": "kappa", "ρ": "rho", "σ": "sigma", "τ": "tau", "χ": "chi"}.items()
    }
    | {character: "\\" + character for character in "&%$#_{}"}
)


def escape_latex(text: str) -> str:
    """Text that LaTeX shows as it stands, on one line: hyphens and quotes in a row stay apart."""
    line = re.sub("[\t\r\n]+", " ", re.sub(f"[{ISOLATES}]", "", text))
    plain = "".join(LATEX.get(character, character) for character in printable(line))
    return re.sub(r"([-'])(?=\1)", r"\1{}", plain)


def _engine(contents: ReportContents) -> str:
    """A comment that names the LaTeX engine that the names need; empty where any engine will do."""
    names = "".join(method_colors(contents))
    if all(ord(character) < 0x250 for character in names):
        return ""
    right_to_left = any(unicodedata.bidirectional(character) in ("R", "AL") for character in names)
    more = ", and \\usepackage[bidi=basic]{babel} for what is written from right to left" if right_to_left else ""
    return f"% Names hold letters beyond Latin: use LuaLaTeX, with a font (fontspec) that has them{more}.\n"


def method_colors(contents: ReportContents) -> dict[str, str]:
    """The colour class of each method; the control is grey."""
    rows = [*contents.methods, *(row for question in contents.questions for row in question.methods)]
    own = dict.fromkeys(row.name for row in rows if not row.control)
    colors = {name: f"m{place % 6}" for place, name in enumerate(own)}
    return {row.name: colors.get(row.name, "control") for row in rows}


def kind_colors(kinds: list[str]) -> list[str]:
    """The colour class of each kind of answer, right first, Other and Unclear last."""
    return ["k0", "k1", "k2", "k3", "k4", "k5"] if len(kinds) == 6 else ["k0", "k3", "k4", "k5"]


def fragment(contents: ReportContents) -> str:
    """The first screen alone, for notebooks."""
    return _rendered("report/fragment.html.j2", contents)


def table(contents: ReportContents) -> str:
    """Estimates and differences as aligned text, question by question."""
    lines = _naming_lines(contents) if contents.methods else []
    for question in other_questions(contents):
        lines += [*([""] if lines else []), *_question_lines(contents, question)]
    for question in contents.questions:
        lines += _program_lines(contents, question)
    headline = contents.headline
    said = "\n".join([*wording.notices(contents), *lines, headline.title, *headline.remarks])
    return printable(re.sub(f"[{ISOLATES}]", "", said))


def _naming_lines(contents: ReportContents) -> list[str]:
    """Accuracies and differences of the naming question."""
    level = formats.level(contents.confidence)
    rows: list[tuple[str, ...]] = [("method", "accuracy", f"{level} interval", "answers", "videos", "participants")]
    rows += [
        (
            printable(" ".join(row.name.split())),
            formats.percent(row.accuracy),
            f"{formats.percent(row.ci_low)} – {formats.percent(row.ci_high)}",
            f"{row.n_answers:,}",
            f"{row.n_videos:,}",
            f"{row.n_workers:,}",
        )
        for row in contents.methods
    ]
    lines = aligned(rows)
    for pair in contents.comparisons:
        (a, b), interval = wording.names(pair), formats.range_points(pair.ci_low, pair.ci_high)
        several = wording.is_adjusted(contents, pair)
        after = f", {formats.probability(pair.p_adjusted)} after {wording.adjustment(contents)}" if several else ""
        lines.append(
            f"{a} − {b}: {formats.points(pair.difference)} points ({level} interval {interval}), "
            f"{formats.equals(pair.p_value)}{after}"
        )
        if pair.equivalence:
            margin, p = formats.points(pair.equivalence.margin), pair.equivalence.p_equivalence
            lines.append(f"  within ±{margin} points: {formats.equals(p)} (two one-sided tests)")
    return lines


def _question_lines(contents: ReportContents, question: QuestionResult) -> list[str]:
    """Estimates and differences of any other question."""
    measure, level = question.measure, formats.level(contents.confidence)
    count = question.funnel.counted
    lines = [f"{question.id} ({question.kind}), {count:,} answer{'s' if count != 1 else ''}"]
    if not count:
        return [*lines, *question.notes]
    if question.methods:
        rows: list[tuple[str, ...]]
        rows = [("method", measure.name, f"{level} interval", "answers", question.units, "participants")]
        rows += [
            (
                printable(" ".join(row.name.split())),
                wording.estimate(measure, row.estimate),
                wording.estimates(measure, row.ci_low, row.ci_high),
                f"{row.n_answers:,}",
                f"{row.n_units:,}",
                f"{row.n_workers:,}",
            )
            for row in question.methods
        ]
        lines += aligned(rows)
    for pair in question.comparisons:
        (a, b), interval = wording.names(pair), wording.differences(measure, pair.ci_low, pair.ci_high)
        after = (
            f", {formats.probability(pair.p_adjusted)} after {wording.adjusted_by(contents)}" if pair.family > 1 else ""
        )
        lines.append(
            f"{a} − {b}: {wording.difference(measure, pair.difference)} {measure.unit} ({level} interval {interval}), "
            f"{formats.equals(pair.p_value)}{after if contents.adjustment != 'none' else ''}"
        )
        if pair.equivalence:
            margin, p = wording.difference(measure, pair.equivalence.margin), pair.equivalence.p_equivalence
            lines.append(f"  within ±{margin} {measure.unit}: {formats.equals(p)} (two one-sided tests)")
    return lines


def _program_lines(contents: ReportContents, question: QuestionResult) -> list[str]:
    """A line for each metric beside the question's answers, and for each estimate with the machine's help."""
    level = formats.level(contents.confidence)
    lines = [_metric_line(metric, question, level) for metric in question.metrics]
    if question.machine is None:
        return lines
    measure, found = question.measure, question.machine
    for row in found.methods:
        value, interval = wording.estimate(measure, row.estimate), wording.estimates(measure, row.ci_low, row.ci_high)
        lines.append(
            f"{question.id} with {found.machine}, {printable(row.name)}: {value} ({level} interval {interval}, "
            f"{wording.narrower(row)}); people alone {wording.estimate(measure, row.alone)}"
        )
    if pair := found.difference:
        value, interval = (
            wording.difference(measure, pair.estimate),
            wording.differences(measure, pair.ci_low, pair.ci_high),
        )
        lines.append(
            f"{question.id} with {found.machine}, {' − '.join(wording.names(pair))}: {value} {measure.unit} ({level} "
            f"interval {interval}, {wording.narrower(pair)}); people alone {wording.difference(measure, pair.alone)}"
        )
    return [*lines, *found.notes]


def _metric_line(metric: MetricValidation, question: QuestionResult, level: str) -> str:
    """How a metric agrees with people, by video and by method, in Spearman's ρ."""
    found = [
        f"{formats.decimal(row.value)} by {what} ({level} interval {formats.range_decimal(row.ci_low, row.ci_high)})"
        for what, rows in (("video", metric.by_video), ("method", metric.by_system))
        for row in rows
        if row.name == "spearman"
    ]
    return f"{metric.metric} beside {question.id}: Spearman’s ρ {', '.join(found)}"


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
