"""Writes the tables of docs/questions.md from the code behind them: `python -m docs.generate_questions`.

A table stands between a comment that names it and the next `<!-- end -->`. All else on the page is written by hand.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

from analysis.formats import decimal
from analysis.power_analysis import ComparisonDesign, Spreads, components_of, detectable, precision
from analysis.questions.assumptions import Plannable
from analysis.questions.kinds import kind_of as analysed_as
from analysis.score_power import ScoreDesign, detectable_difference
from crowd.questions import KINDS, kind_of
from crowd.questions.naming import Naming
from crowd.questions.question import Question

PAGE = Path(__file__).with_name("questions.md")
_TABLE = re.compile(r"(<!-- table: (.+?) -->\n).*?(<!-- end -->)", re.DOTALL)

#: Prompts, people, and how many of them answer about each prompt.
DESIGNS = ((10, 20, 20), (30, 20, 20), (30, 100, 10), (100, 20, 20), (100, 100, 10), (100, 100, 30), (300, 100, 10))
#: The accuracy at which naming is counted.
ACCURACY = 0.75


def text() -> str:
    """The page with its tables as they are today.

    Raises:
        KeyError: the page names a table that does not exist.
    """
    made = tables()
    return _TABLE.sub(lambda found: found[1] + made[found[2]] + found[3], PAGE.read_text(encoding="utf-8"))


def tables() -> dict[str, str]:
    """Every table by its name."""
    own = {f"settings of {name}": settings(own_fields(kind_of(name))) for name in KINDS}
    return {"settings": settings(fields(Question)), "costs": costs(), **own}


def own_fields(kind: type[Question]) -> list["Field[Any]"]:
    """The settings that a kind has beside those of every question."""
    shared = {field.name for field in fields(Question)}
    return [field for field in fields(kind) if field.name not in shared]


def settings(chosen: Iterable["Field[Any]"]) -> str:
    """A table of settings, or a sentence where there are none."""
    rows = [(f"`{field.name}`", _default(field), _meaning(field)) for field in chosen]
    return _table(("key", "default", "meaning"), rows, "---") if rows else "No settings of its own.\n"


def _default(field: "Field[Any]") -> str:
    if field.default is MISSING:
        return "needed"
    return f"`{json.dumps(list(field.default) if isinstance(field.default, tuple) else field.default)}`"


def _meaning(field: "Field[Any]") -> str:
    """What is said of a setting, and the values that it can have where that does not say so."""
    doc, allowed, between = (field.metadata.get(name) for name in ("doc", "allowed", "between"))
    more = f" From {between[0]:g} to {between[1]:g}." if between else ""
    if allowed and not all(str(value) in doc for value in allowed):
        more = f" One of {', '.join(f'`{json.dumps(value)}`' for value in allowed)}."
    return (doc + more).replace("|", r"\|")


def costs() -> str:
    """The smallest difference of two methods that is found with a probability of 80 %, by design and kind."""
    kinds = [name for name in KINDS if isinstance(analysed_as(name), Plannable)]
    names = ("prompts", "people", "answers about each prompt", Naming.KIND, *kinds)
    return _table(names, (_cost(design, kinds) for design in DESIGNS), "---:")


def _cost(design: tuple[int, int, int], kinds: Iterable[str]) -> Iterator[str]:
    """A row of the table of costs."""
    prompts, people, answers = design
    yield from map(str, design)
    named = ComparisonDesign(videos=prompts, classes=1, workers=people, answers_per_video=answers)
    found = precision(named, components_of((ACCURACY, ACCURACY), named, Spreads()))
    yield f"{100 * detectable(found.error, found.df):.0f} points"
    scores = ScoreDesign(prompts=prompts, people=people, answers_per_prompt=answers)
    for name in kinds:
        kind = analysed_as(name)
        assert isinstance(kind, Plannable)  # noqa: S101  one of the plannable kinds
        size = detectable_difference(scores, kind.assumed({}))
        yield "–" if size is None else f"{100 * size:.0f} points" if kind.measure.percent else decimal(size)


def _table(header: Iterable[str], rows: Iterable[Iterable[str]], align: str) -> str:
    names = tuple(header)
    lines = [f"| {' | '.join(row)} |" for row in (names, *rows)]
    return "\n".join([lines[0], f"|{'|'.join([align] * len(names))}|", *lines[1:]]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
