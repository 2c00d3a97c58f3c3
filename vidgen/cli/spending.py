"""What commands that spend money show and ask."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from crowd.money import Cost


def confirmation(platform: str) -> "Callable[[Cost], bool]":
    """Shows the cost table; where the money is real, the sum has to be typed."""

    def confirm(cost: "Cost") -> bool:
        if not cost.total:
            return True
        rows = cost.table()
        width = max(len(what) for what, _, _ in rows)
        for what, count, amount in rows:
            click.echo(f"  {what:<{width}}  {count:>7}  {amount:>10}")
        if platform != "mturk":
            click.echo("  (play money)")
            return True
        total = rows[-1][2]
        return bool(click.prompt(f"Type {total} to spend it", default="", show_default=False) == total)

    return confirm


@contextmanager
def progress_bar(doing: str, unit: str) -> Iterator[Callable[[int, int], None]]:
    """A progress callback that draws a bar on stderr, begun at its first call."""
    from tqdm import tqdm

    bar = tqdm(desc=doing, unit=f" {unit}", disable=None, delay=0.5)

    def progress(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    with bar:
        yield progress
