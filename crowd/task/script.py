"""The script and the style of a task's page, as short as they can be: they count towards its largest size."""

import base64
import gzip
from functools import lru_cache

from markupsafe import Markup
from rcssmin import cssmin
from rjsmin import jsmin

from templates import environment


@lru_cache(maxsize=16)
def style_of(kinds: tuple[str, ...], *, several: bool) -> Markup:
    """The style of a page with these kinds of questions; `several` clips may be shown at once."""
    return Markup(cssmin(_rendered("style.css.j2", kinds=kinds, several=several)))  # noqa: S704  of this package


@lru_cache(maxsize=16)
def script_of(kinds: tuple[str, ...], *, several: bool, sound: bool, quiz: bool) -> Markup:
    """The script of a page with these kinds of questions and these parts."""
    script = _rendered("script.js.j2", kinds=kinds, several=several, sound=sound, quiz=quiz)
    return Markup(jsmin(script))  # noqa: S704  of this package


def packed(script: str) -> str:
    """The script compressed, as base64: two fifths of its size, and the same wherever the same zlib makes it."""
    return base64.b64encode(gzip.compress(script.encode(), mtime=0)).decode()


def unpacking() -> Markup:
    """The script that runs a packed one."""
    return Markup(jsmin(_rendered("unpack.js")))  # noqa: S704  of this package


def _rendered(name: str, **values: object) -> str:
    return environment().get_template(f"task/{name}").render(**values)
