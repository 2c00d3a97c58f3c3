"""Every page and report is made here: the Jinja environment and nothing else."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


def _is_markup(name: str | None) -> bool:
    return name is None or any(kind in name for kind in (".html", ".xml", ".svg"))


@cache
def environment() -> "Environment":
    """The one Jinja environment: HTML is escaped, an undefined name is an error.

    Templates are addressed by folder, e.g. ``environment().get_template("task/page.html.j2")``. Templates that are not
    HTML (``.md.j2``, ``.tex.j2``) are not escaped by Jinja: their own filters do that.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined  # slow to load, and most programs show no page

    from templates.compiled import CompiledTemplates

    return Environment(
        loader=PackageLoader("templates", "."),
        bytecode_cache=CompiledTemplates(Path(__file__)),
        auto_reload=False,  # they come with the program; looking for changes takes a tenth of a page's time
        autoescape=_is_markup,  # noqa: S701  decided by each template's name
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
