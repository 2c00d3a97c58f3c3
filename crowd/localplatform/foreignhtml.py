"""HTML task pages of other programs: checks which work here, and replaces Mechanical Turk's addresses in them."""

import re

from crowd.localplatform.errors import ApiError, not_offered, request_error
from crowd.localplatform.tags import start_tags

#: Files that replace those that Mechanical Turk's pages load from Amazon.
STAND_INS = ("externalHIT_v1.js", "crowd-html-elements.js")
#: The script at the start of every page: it replaces the Web Storage that the sandbox blocks, and sends forms here.
_FRAME = "frame.js"
#: The files of `templates/foreign` that are served.
FILES = frozenset({*STAND_INS, _FRAME})

#: The elements of crowd-html-elements.js that this platform supports.
CROWD_ELEMENTS = {
    *("crowd-form", "crowd-button", "crowd-input", "crowd-text-area", "crowd-checkbox", "crowd-slider"),
    *("crowd-radio-group", "crowd-radio-button", "crowd-classifier", "crowd-image-classifier"),
    *("crowd-instructions", "crowd-alert", "crowd-card"),
}
_PLUGIN_TYPES = re.compile(r"application/(x-shockwave-flash|futuresplash|x-java-|x-silverlight)", re.IGNORECASE)
_PLUGIN_FILES = re.compile(r"\.(swf|class|jar)([?#]|$)", re.IGNORECASE)

_FILE = re.compile(
    r"""(?:https?:)?//(?:[\w.-]+\.amazonaws\.com/(?:[\w.-]+/)?|assets\.crowd\.aws/)"""
    rf"""({"|".join(map(re.escape, STAND_INS))})(?:\?[^"'\s>]*)?"""
)
_SITE = r"(?:https?:)?//(?:www|workersandbox)\.mturk\.com"
#: Addresses that forms are sent to: Mechanical Turk's site, before the submission path or alone in quotes, and that
#: path alone as a form's action. A path that a script appends to another address is left as it is.
_SUBMIT_TO = re.compile(
    rf"""{_SITE}(?=/mturk/externalSubmit)|(?<=["'])(?<!href=["']){_SITE}/?(?=["'])"""
    """|(?<=action=["'])(?=/mturk/externalSubmit["'])"""
)


def check(html: str) -> None:
    """Refuse a page that cannot work here.

    Raises:
        ApiError: it cannot; the message says what it needs and what there is instead.
    """
    names: set[str] = set()
    has_script = False
    for name, attributes in start_tags(html):
        if name.startswith("crowd-") and name not in CROWD_ELEMENTS:
            raise not_offered(f"the element {name[:100]}; it has {', '.join(sorted(CROWD_ELEMENTS))}")
        if _is_plugin(name, attributes):
            raise not_offered(f"Java, Flash and other plug-ins (the element {name}), which browsers no longer have")
        names.add(name)
        has_script |= name == "script" or any(attribute.startswith("on") for attribute in attributes)
    if "form" in names and not has_script:
        raise _without_script()


def _is_plugin(name: str, attributes: dict[str, str]) -> bool:
    if name not in ("object", "embed"):
        return name == "applet"
    file = attributes.get("data") or attributes.get("src") or ""
    by_type = _PLUGIN_TYPES.match(attributes.get("type", ""))
    return bool(by_type or _PLUGIN_FILES.search(file) or attributes.get("classid"))


def _without_script() -> ApiError:
    return request_error(
        "InvalidParameterValue",
        "The page has a form and no script, so nothing fills in assignmentId, without which nothing can be submitted. "
        "Load https://s3.amazonaws.com/mturk-public/externalHIT_v1.js and call turkSetAssignmentID().",
    )


def served(html: str, *, root: str, submit_to: str) -> str:
    """The page with this server's addresses in place of Mechanical Turk's.

    Args:
        html: the page as it was published.
        root: the relative path from the page to the server's root, with a slash at its end.
        submit_to: the address before ``/mturk/externalSubmit``.
    """
    html = _FILE.sub(lambda found: f"{root}assets/foreign/{found[1]}", html)
    html = _SUBMIT_TO.sub(submit_to, html)
    html = re.sub(r"""(?<=["'])/media/""", f"{root}media/", html)
    if "<script" in html.lower():
        # The script comes first, but after the document type, which must start the page.
        doctype = re.match(r"\s*(<!doctype[^>]*>)?", html, re.IGNORECASE)
        begin = doctype.end() if doctype else 0
        html = f'{html[:begin]}<script src="{root}assets/foreign/{_FRAME}"></script>{html[begin:]}'
    return html
