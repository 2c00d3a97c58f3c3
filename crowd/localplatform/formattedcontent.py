"""The subset of XHTML that a QuestionForm may contain as FormattedContent.

https://docs.aws.amazon.com/AWSMechTurk/latest/AWSMturkAPI/ApiReference_FormattedContentXHTMLArticle.html
"""

import html
import re
from xml.etree.ElementTree import Element, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from crowd.localplatform.errors import xml_error

_CELLS = "align char charoff valign"
_CELL = f"abbr axis bgcolor colspan headers height nowrap rowspan scope width {_CELLS}"
_ALLOWED = {
    "a": "accesskey charset coords href hreflang name rel rev shape tabindex target type",
    "area": "alt coords href nohref shape target",
    "blockquote": "cite",
    "col": f"span width {_CELLS}",
    "colgroup": f"span width {_CELLS}",
    "del": "cite datetime",
    "font": "color face size",
    "hr": "align noshade size width",
    "img": "align alt border height hspace ismap longdesc src usemap vspace width",
    "ins": "cite datetime",
    "li": "type value",
    "map": "name",
    "ol": "compact start type",
    "p": "align",
    "pre": "width",
    "q": "cite",
    "table": "align bgcolor border cellpadding cellspacing frame rules summary width",
    "tbody": _CELLS,
    "td": _CELL,
    "tfoot": _CELLS,
    "th": _CELL,
    "thead": _CELLS,
    "tr": f"bgcolor {_CELLS}",
    "ul": "compact type",
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "align"),
    **dict.fromkeys(("b", "big", "br", "center", "cite", "code", "dd", "dl", "dt", "em", "i", "small", "strong"), ""),
    **dict.fromkeys(("sub", "sup", "tt", "u"), ""),
}
_EVERYWHERE = {"title", "dir", "lang"}
_LINKS = {"href", "src", "cite", "longdesc"}
_LINK = re.compile("(?i:(https?|ftp|news|nntp|gopher|telnet)://|mailto:|#).*", re.DOTALL)
_ENTITY = re.compile("&([A-Za-z][A-Za-z0-9]*);")
_OF_XML = {"lt", "gt", "amp", "quot", "apos"}


def to_html(text: str) -> str:
    """The content as safe HTML, which holds only allowed elements and attributes.

    Raises:
        ApiError: it is not well-formed, or has an element, attribute or link that is not allowed.
    """
    try:
        root: Element = fromstring(f"<FormattedContent>{_ENTITY.sub(_character, text)}</FormattedContent>")
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise xml_error(f"FormattedContent: {error}") from error
    for element in root.iter():
        if element is not root:
            _check(element)
    inner = tostring(root, encoding="unicode", method="html")
    return inner.removeprefix("<FormattedContent>").removesuffix("</FormattedContent>")


def _character(entity: re.Match[str]) -> str:
    """The character of an HTML entity, since XML does not know HTML's names."""
    return entity[0] if entity[1] in _OF_XML else html.unescape(entity[0])


def _check(element: Element) -> None:
    allowed = _ALLOWED.get(element.tag)
    if allowed is None:
        raise xml_error(f"FormattedContent: the element {element.tag} is not allowed.")
    for name, value in element.attrib.items():
        if name not in _EVERYWHERE and name not in allowed.split(" "):
            raise xml_error(f"FormattedContent: the attribute {name} of {element.tag} is not allowed.")
        if name in _LINKS and not _LINK.fullmatch(value.strip()):
            raise xml_error(f"FormattedContent: the address '{value[:100]}' is not allowed.")
    missing = {"img": ("alt", "src"), "area": ("alt",), "map": ("name",)}.get(element.tag, ())
    for name in missing:
        if name not in element.attrib:
            raise xml_error(f"FormattedContent: {element.tag} lacks the attribute {name}.")
