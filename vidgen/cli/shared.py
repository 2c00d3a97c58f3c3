"""What commands share: options, costs to confirm, progress."""

import errno
import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import click

from vidgen.cli.types import FOLDER, IN_FOLDER, OUT_FOLDER, PLATFORM, USD

if TYPE_CHECKING:
    from crowd.ledger.calls import Tally
    from crowd.pricing import Cost

_FULL = {errno.ENOSPC, errno.EDQUOT}
#: How often progress is written where there is no terminal to draw a bar on.
_LINE_EVERY_S = 10.0

study_option = click.option("--study", "study_dir", type=FOLDER, required=True, help="The study directory.")
videos_option = click.option(
    "--videos",
    "videos_dir",
    type=IN_FOLDER,
    help="Where the published videos are now, if they were moved; remembered.",
)
new_study_option = click.option(
    "--study",
    "study_dir",
    type=OUT_FOLDER,
    required=True,
    help="The study directory; made if it is not there.",
)
platform_option = click.option(
    "--platform", type=PLATFORM, default="local", help="The platform: local, mturk-sandbox or mturk."
)
cap_option = click.option(
    "--cap",
    type=USD,
    help="The most that the study may ever cost, in dollars or the recruiter's currency.  "
    "[default: as before, at first budget_usd]",
)
real_money_option = click.option(
    "--real-money", is_flag=True, help="Say that real money may be spent; needed on mturk and at Prolific."
)


def one_line(error: Exception) -> str:
    """The error's message on one line; an operating-system error names its file and reason.

    Control characters are shown as escapes.
    """
    from crowd.texts import printable  # no command needs it until something fails

    text = str(error)
    if isinstance(error, OSError) and error.strerror:
        name = error.filename2 if error.errno in _FULL and error.filename2 else error.filename  # of a copy, the new one
        text = f"{name}: {error.strerror}" if name else error.strerror
    if isinstance(error, OSError) and (error.errno in _FULL or "disk is full" in text):
        text += "; free some space, and run the same command again: what was written before is whole"
    return printable(" ".join(text.split())) or type(error).__name__


class _Echo(logging.Handler):
    """Writes what the packages log on stderr, a line each, with its level in this program's words."""

    def emit(self, record: logging.LogRecord) -> None:
        from crowd.texts import printable

        level = {"INFO": "note"}.get(record.levelname, record.levelname.lower())
        click.echo(printable(f"{level}: {self.format(record)}"), err=True)


@contextmanager
def messages() -> Iterator[None]:
    """Show what `crowd` has to say beside its results while the block runs."""
    log, echo = logging.getLogger("crowd"), _Echo(logging.INFO)
    before = log.level
    log.addHandler(echo)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(echo)
        log.setLevel(before)


def pairs(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """What an option that may be repeated gives as NAME=VALUE, such as columns, ours before the table's."""
    found: dict[str, str] = {}
    for text in given:
        ours, equals, theirs = text.partition("=")
        if not (ours.strip() and equals and theirs.strip()):
            example = ", e.g. worker_id=WorkerId" if parameter.name == "columns" else ""
            raise click.BadParameter(f"{text!r} is not {parameter.metavar}{example}")
        if ours.strip() in found:
            raise click.BadParameter(f"{ours.strip()!r} is given twice")
        found[ours.strip()] = theirs.strip()
    return found


column_option = click.option(
    "--column",
    "columns",
    multiple=True,
    callback=pairs,
    metavar="OURS=THEIRS",
    help="What the table calls a column, e.g. worker_id=WorkerId; may be repeated.",
)


def only_one_of(**given: object) -> None:
    """Refuse options that contradict each other.

    Raises:
        click.UsageError: more than one of them was given.
    """
    names = [f"--{name}" for name, value in given.items() if value is not None]
    if len(names) > 1:
        raise click.UsageError(f"give only one of {' and '.join(names)}.")


def typed(question: str) -> str:
    """What is typed in answer; nothing where the question is broken off, or nobody is there to answer."""
    try:
        return str(click.prompt(question, default="", show_default=False))
    except click.Abort:
        click.echo(err=True)
        return ""


def confirmation(real_money: bool) -> "Callable[[Cost], bool]":
    """Shows the cost table; where the money is real, the sum has to be typed."""

    def confirm(cost: "Cost") -> bool:
        if not cost.total:
            return True
        rows = cost.table()
        width = max(len(what) for what, _, _ in rows)
        for what, count, amount in rows:
            click.echo(f"  {what:<{width}}  {count:>7}  {amount:>10}")
        if not real_money:
            click.echo("  (play money)")
            return True
        total = rows[-1][2]
        return typed(f"Type {total} to spend it") == total

    return confirm


def outcome(tally: "Tally", noun: str, done: str, plural: str = "") -> None:
    """Print what a run did; what the platform refused ends the command with exit 1."""
    from crowd.texts import counted, printable

    before = tally.found + tally.before
    click.echo(f"{counted(tally.made, noun, plural)} {done}" + (f", {before} were before" if before else ""))
    if tally.refused:
        raise click.ClickException(f"{len(tally.refused)} were refused, the first: {printable(str(tally.refused[0]))}")


class ProgressBar:
    """A progress callback: draws a bar on a terminal, and elsewhere writes a line to stderr now and then."""

    def __init__(self, doing: str, unit: str) -> None:
        self._doing, self._unit = doing, unit
        self._bar: Any = None
        self._written_at = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Show how many are through, and of how many."""
        if sys.stderr.isatty():
            self._draw(done, total)
        elif time.monotonic() - self._written_at >= _LINE_EVERY_S:
            self._written_at = time.monotonic()
            click.echo(f"{self._doing}: {done} of {total}", err=True)

    def close(self) -> None:
        """End the bar, so that what is printed next has a line of its own."""
        if self._bar is not None:
            self._bar.close()

    def _draw(self, done: int, total: int) -> None:
        from tqdm import tqdm

        if self._bar is None:
            self._bar = tqdm(desc=self._doing, unit=f" {self._unit}", delay=0.5)
        self._bar.total = total
        self._bar.update(done - self._bar.n)


@contextmanager
def progress_bar(doing: str, unit: str) -> Iterator[ProgressBar]:
    """A progress callback whose bar ends with the block."""
    with closing(ProgressBar(doing, unit)) as progress:
        yield progress
