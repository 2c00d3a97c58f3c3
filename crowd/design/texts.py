"""Texts as people read them: one form for what looks alike, the parts of a label, what no file or page can hold."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

#: Joins the labels of a video that shows several things.
JOINER = " + "

#: Blank though Unicode counts them as letters or symbols: Hangul fillers and the empty Braille cell.
_BLANKS = dict.fromkeys((0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800), " ")
#: Format characters that are seen: signs over Arabic, Syriac and Kaithi numbers, joints of hieroglyphs.
_SEEN = frozenset([*range(0x0600, 0x0606), 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD]) | frozenset(
    range(0x13430, 0x13460)
)
#: Unseen though they count as marks.
_UNSEEN_MARKS = frozenset([0x034F, 0x17B4, 0x17B5, *range(0x180B, 0x1810)])
_NON_JOINER, _JOINER = "\u200c", "\u200d"
#: Scripts whose letters change their shape at a joiner: Arabic to Malayalam and Sinhala, Myanmar, Khmer and Mongolian.
_JOINING = (
    (0x0600, 0x08FF),
    (0x0900, 0x0DFF),
    (0x1000, 0x109F),
    (0x1780, 0x18AF),
    (0x1900, 0x1CFF),
    (0xA800, 0xABFF),
    (0xFB50, 0xFEFC),
    (0x10A00, 0x11FFF),
)
_WHOLE = re.compile(r"(-?[1-9][0-9]*|0)\.0+")


def each_of(texts: str | Iterable[str]) -> Iterable[str]:
    """The texts; one text alone is itself, not its letters, since "12" names participant 12 and not 1 and 2."""
    return (texts,) if isinstance(texts, str) else texts


def as_read(text: str) -> str:
    """The text as people read it; two texts that look alike give the same.

    Composed (NFC), trimmed, runs of spaces as one, without what is not seen: control characters, zero-width
    spaces, marks of direction. Joiners stay where they shape a word or an emoji. A whole number is
    written without decimals: ``1.0`` is ``1``, while ``1.5`` and ``007`` stay.
    """
    if not (text.isascii() and text.isprintable()):
        before = None
        while before != text:  # taking one character away can bring others together
            before, text = text, unicodedata.normalize("NFC", _seen(unicodedata.normalize("NFC", text)))
    text = " ".join(text.split())
    whole = _WHOLE.fullmatch(text) if ".0" in text else None
    return whole[1] if whole else text


def _seen(text: str) -> str:
    """The text without characters that are not seen, every blank as a space."""
    kept: list[str] = []
    text = " ".join(text.translate(_BLANKS).split())
    for place, character in enumerate(text):
        if _is_seen(kept[-1] if kept else "", character, text[place + 1 : place + 2]):
            kept.append(character)
    return "".join(kept)


def _is_seen(before: str, character: str, after: str) -> bool:
    code, category = ord(character), unicodedata.category(character)
    if character in (_NON_JOINER, _JOINER):
        return _joins(before, character, after)
    if 0xFE00 <= code <= 0xFE0F:  # picks a shape of symbols, digits and ideographs, and does nothing elsewhere
        return bool(before) and unicodedata.category(before) in ("So", "Sm", "Po", "Nd", "Lo", "Pd")
    if 0xE0020 <= code <= 0xE007F:  # spells the region of a flag
        return before == "\U0001f3f4" or "\U000e0020" <= before <= "\U000e007e"
    return code not in _UNSEEN_MARKS and (category not in ("Cc", "Cf") or code in _SEEN)


def _joins(before: str, joiner: str, after: str) -> bool:
    """Whether a joiner shapes what stands around it."""
    if not before:
        return False
    if _is_joining(before) and (unicodedata.combining(before) == 9 or _is_joining(after)):
        return True
    symbols = ("So", "Sm", "Sk")
    emoji = unicodedata.category(before) in symbols or before == "\ufe0f" or "\U000e0020" <= before <= "\U000e007f"
    return joiner == _JOINER and emoji and bool(after) and unicodedata.category(after) in symbols


def _is_joining(character: str) -> bool:
    return bool(character) and any(low <= ord(character) <= high for low, high in _JOINING)


def parts(label: str) -> tuple[str, ...]:
    """The single labels of a video, each as read: split at ` + ` only, so that ``2+2=4`` and ``C++ code`` are one."""
    return tuple(as_read(part) for part in as_read(label).split(JOINER))


def label_as_read(label: str) -> str:
    """A video's label, of one part or several, as people read it."""
    return JOINER.join(parts(label))


#: Letters of other scripts, dashes and quotes, by the ASCII that they look like.
_LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеоѕіјрсухӏԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοινıɡ‐‑‒–−ʼ’‘′“”„ʹ",
    "ABESIJKMHOPCTYXaeosijpcyxldqwABEZHIKMNOPTYXoivig-----''''\"\"\"'",
)
#: Kinds of compatibility characters that look as what they stand for.
_COMPATIBLE = ("<wide>", "<narrow>", "<font>", "<compat>")


def skeleton(text: str) -> str:
    """What two texts share that people take for the same: capitals, lookalikes and compatible forms set aside."""
    plain = as_read(text)
    if not plain.isascii():
        plain = "".join(_compatible(character) for character in plain if not 0xFE00 <= ord(character) <= 0xFE0F)
        plain = plain.translate(_LOOKALIKES)
    return " ".join(unicodedata.normalize("NFC", plain.casefold()).split())


def _compatible(character: str) -> str:
    kind = unicodedata.decomposition(character).partition(" ")[0]
    return unicodedata.normalize("NFKC", character) if kind in _COMPATIBLE else character


def lookalikes(texts: Iterable[str]) -> tuple[str, str] | None:
    """The first two of these texts that differ and yet look alike; None where there are none."""
    known: dict[str, str] = {}
    for text in texts:
        other = known.setdefault(skeleton(text), text)
        if other != text:
            return other, text
    return None


def apart(one: str, other: str) -> str:
    """In words how two texts that look alike differ: in capitals only, or in these code points."""
    if one.casefold() == other.casefold():
        return f"{one!r} and {other!r} differ in capitals only"
    place = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    points = [f"U+{ord(text[place]):04X}" if place < len(text) else "its end" for text in (one, other)]
    return f"{one!r} and {other!r} look alike but differ at character {place + 1}: {points[0]}, {points[1]}"


def unholdable(text: str) -> str | None:
    """The first character that no page or XML document can hold, as its code point; None where all can be."""
    for character in text:
        code, category = ord(character), unicodedata.category(character)
        control = category == "Cc" and character not in "\t\n\r"
        if control or category == "Cs" or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
            return f"U+{code:04X}"
    return None


def listed(texts: Sequence[str], *, most: int = 30, longest: int = 80) -> str:
    """The texts for a message, separated by commas: of many the first ones and the last two, long ones cut."""
    shown = [text if len(text) <= longest else text[: longest - 1] + "…" for text in texts]
    return ", ".join(shown if len(shown) <= most else [*shown[: most - 2], "…", *shown[-2:]])


def printable(text: str) -> str:
    """The text for a terminal: what would move its cursor, colour it or turn its direction is written as an escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character if character == "\n" or not _commands(character) else _escaped(character) for character in text
    )


def _commands(character: str) -> bool:
    category = unicodedata.category(character)
    turns = "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069" or character in "\u061c\u200e\u200f"
    return turns or category in ("Cc", "Cs", "Zl", "Zp")


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun, e.g. "1 HIT", "2 HITs"; `plural` is the noun's where it does not end in s."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
