"""Normalizes texts as people read them, splits labels, and finds characters that files or pages cannot hold."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence

#: Joins the labels of a video that shows several things.
JOINER = " + "

#: Characters that are blank although Unicode has them as letters or symbols: Hangul fillers and the empty Braille cell.
_BLANKS = dict.fromkeys((0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800), " ")
#: Format characters that are visible: signs over Arabic, Syriac and Kaithi numbers, joiners of hieroglyphs.
_SEEN = frozenset([*range(0x0600, 0x0606), 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD]) | frozenset(
    range(0x13430, 0x13460)
)
#: Invisible characters that Unicode has as marks.
_UNSEEN_MARKS = frozenset([0x034F, 0x17B4, 0x17B5, *range(0x180B, 0x1810)])
_NON_JOINER, _JOINER = "\u200c", "\u200d"
#: Scripts whose letters change shape at a joiner: Arabic to Malayalam and Sinhala, Myanmar, Khmer and Mongolian.
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
    """The text in the form that people read, so that invisible differences disappear.

    It is composed (NFC) and trimmed, runs of spaces become one, and invisible characters are removed: control
    characters, zero-width spaces, marks of direction. Joiners that shape a word or an emoji are kept. A whole number
    is written without decimals: ``1.0`` becomes ``1``, while ``1.5`` and ``007`` are unchanged.
    """
    if not (text.isascii() and text.isprintable()):
        before = None
        while before != text:  # removing a character can make others adjacent
            before, text = text, unicodedata.normalize("NFC", _seen(unicodedata.normalize("NFC", text)))
    text = " ".join(text.split())
    whole = _WHOLE.fullmatch(text) if ".0" in text else None
    return whole[1] if whole else text


def _seen(text: str) -> str:
    """The text without invisible characters, and with every blank as a space."""
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
    if 0xFE00 <= code <= 0xFE0F:  # variation selectors: only apply to symbols, digits and ideographs
        return bool(before) and unicodedata.category(before) in ("So", "Sm", "Po", "Nd", "Lo", "Pd")
    if 0xE0020 <= code <= 0xE007F:  # tag characters, which spell the region of a flag
        return before == "\U0001f3f4" or "\U000e0020" <= before <= "\U000e007e"
    return code not in _UNSEEN_MARKS and (category not in ("Cc", "Cf") or code in _SEEN)


def _joins(before: str, joiner: str, after: str) -> bool:
    """Whether a joiner changes the shape of the characters around it."""
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
    """The single labels of a video, each normalized by `as_read`. Only ` + ` separates, so ``2+2=4`` is one label."""
    return tuple(as_read(part) for part in as_read(label).split(JOINER))


def label_as_read(label: str) -> str:
    """A video's label, of one part or several, normalized by `as_read`."""
    return JOINER.join(parts(label))


#: Letters of other scripts, dashes and quotes, with the ASCII characters that they look like.
_LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеоѕіјрсухӏԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοινıɡ‐‑‒–−ʼ’‘′“”„ʹ",
    "ABESIJKMHOPCTYXaeosijpcyxldqwABEZHIKMNOPTYXoivig-----''''\"\"\"'",
)
#: Kinds of compatibility characters that look like the characters that they stand for.
_COMPATIBLE = ("<wide>", "<narrow>", "<font>", "<compat>")


def skeleton(text: str) -> str:
    """The same text for texts that people confuse: ignores capitals, and replaces lookalikes and compatible forms."""
    plain = as_read(text)
    if not plain.isascii():
        plain = "".join(_compatible(character) for character in plain if not 0xFE00 <= ord(character) <= 0xFE0F)
        plain = plain.translate(_LOOKALIKES)
    return " ".join(unicodedata.normalize("NFC", plain.casefold()).split())


def _compatible(character: str) -> str:
    kind = unicodedata.decomposition(character).partition(" ")[0]
    return unicodedata.normalize("NFKC", character) if kind in _COMPATIBLE else character


def lookalikes(texts: Iterable[str]) -> tuple[str, str] | None:
    """The first two different texts that look alike; None if there are none."""
    known: dict[str, str] = {}
    for text in texts:
        other = known.setdefault(skeleton(text), text)
        if other != text:
            return other, text
    return None


def apart(one: str, other: str) -> str:
    """A message on how two texts that look alike differ: in capitals only, or at a character."""
    if one.casefold() == other.casefold():
        return f"{one!r} and {other!r} differ in capitals only"
    place = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    points = [f"U+{ord(text[place]):04X}" if place < len(text) else "its end" for text in (one, other)]
    return f"{one!r} and {other!r} look alike but differ at character {place + 1}: {points[0]}, {points[1]}"


def check_apart(name: str, texts: Sequence[str]) -> None:
    """Refuse texts among which people could not choose.

    Raises:
        ValueError: one is empty, occurs twice or looks like another; the message begins with `name`.
    """
    if not all(text.strip() for text in texts):
        raise ValueError(f"{name}: one of them is empty")
    if twice := [text for text in texts if texts.count(text) > 1]:
        raise ValueError(f"{name}: {twice[0]!r} stands {texts.count(twice[0])} times")
    if alike := lookalikes(texts):
        raise ValueError(f"{name}: {apart(*alike)}")


def unholdable(text: str) -> str | None:
    """The code point of the first character that no page or XML document can hold; None if there is none."""
    for character in text:
        code, category = ord(character), unicodedata.category(character)
        control = category == "Cc" and character not in "\t\n\r"
        if control or category == "Cs" or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
            return f"U+{code:04X}"
    return None


def holdable(text: str) -> str:
    """The text without what no page, file or XML document can hold, such as half of an emoji that was cut."""
    return text if not unholdable(text) else "".join(character for character in text if not unholdable(character))


def listed(texts: Sequence[str], *, most: int = 30, longest: int = 80) -> str:
    """The texts for a message, separated by commas; of many only the first and the last two, and long ones cut."""
    shown = [text if len(text) <= longest else text[: longest - 1] + "…" for text in texts]
    return ", ".join(shown if len(shown) <= most else [*shown[: most - 2], "…", *shown[-2:]])


def did_you_mean(name: str, known: Iterable[str], *, likeness: float = 0.7) -> str:
    """Which of the known names was meant, in brackets for a message, e.g. " (did you mean 'rating'?)"; else empty.

    Upper and lower case count as the same; a known name was meant as it stands. `likeness` is from 0, anything, to 1,
    the same name.
    """
    names = {one.casefold(): one for one in known}
    near = difflib.get_close_matches(name.casefold(), list(names), 1, likeness)
    return f" (did you mean {names[near[0]]!r}?)" if near and names[near[0]] != name else ""


def printable(text: str) -> str:
    """The text for a terminal, with characters escaped that would move the cursor or change colour or direction."""
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
    """A number with its noun, e.g. "1 HIT", "2 HITs"; `plural` is for nouns whose plural does not just add an s."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def people_are(number: int) -> str:
    """How many people, with the verb: "1 person is", "2 people are"."""
    return f"{counted(number, 'person', 'people')} {'is' if number == 1 else 'are'}"
