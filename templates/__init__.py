"""Every page and report is made here: the Jinja environment and nothing else."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def environment() -> Environment:
    """The one Jinja environment: HTML is escaped, an undefined name is an error.

    Templates are addressed by folder, e.g. ``environment().get_template("task/page.html.j2")``. Templates that are not
    HTML (``.md.j2``, ``.tex.j2``) are not escaped by Jinja: their own filters do that.
    """
    return Environment(
        loader=PackageLoader("templates", "."),
        autoescape=lambda name: name is None or ".html" in name or ".xml" in name or ".svg" in name,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
