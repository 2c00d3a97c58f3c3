"""Labels: an object and its motion. The paper's eleven classes are listed here."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: Joins the labels of a video of several labels.
JOINER = " + "
#: In bytes; a file name adds the method, a number and a suffix.
_LONGEST_SLUG = 160


@dataclass(frozen=True, slots=True)
class Label:
    """An object and its motion.

    ``object`` names a folder of drawings in ``vidgen/dataset/sprites``; ``motion`` is "right", "left", "up" or "down".
    """

    object: str
    motion: str

    def __str__(self) -> str:
        """The label as files, pages and reports spell it, such as "car moving right"."""
        return f"{self.object} moving {self.motion}"


#: The eleven classes of Yamamoto & Harada (MM '16), in their order. A class index is an index into this table.
LABELS: tuple[Label, ...] = (
    Label("car", "right"),
    Label("car", "left"),
    Label("rocket", "up"),
    Label("rocket", "down"),
    Label("airplane", "up"),
    Label("airplane", "down"),
    Label("ship", "right"),
    Label("ship", "left"),
    Label("bicycle", "right"),
    Label("bicycle", "left"),
    Label("balloon", "up"),
)


#: The eleven classes as texts.
CLASSES: tuple[str, ...] = tuple(map(str, LABELS))


def parse_label(text: str, classes: Sequence[str] = CLASSES) -> str:
    """The class meant by a text such as "car moving right", "car right" or "car-right".

    Raises:
        ValueError: no such class; the message lists the known ones.
    """
    alike = [name for name in classes if normalised(text) == normalised(name)]
    if alike:
        return composed(text) if composed(text) in alike else alike[0]
    raise ValueError(f"unknown label {text.strip()!r}; known labels: {', '.join(classes)}")


def parse_labels(text: str | Sequence[str], classes: Sequence[str] = CLASSES) -> list[tuple[str, ...]]:
    """The label sets in a comma-separated text, or in a list of texts.

    "all" is each class alone, "a + b" one video of both. A plus joins only with a space on either side: "C++ code" is
    one label. Labels that contain commas have to be given as a list.

    Raises:
        ValueError: an unknown label, an empty list, one label twice in a video, or one label set twice.
    """
    if isinstance(text, str) and text.strip().lower() == "all":
        return [(name,) for name in classes]
    texts = text.split(",") if isinstance(text, str) else text
    sets = [tuple(parse_label(part, classes) for part in parts(item)) for item in texts if item.strip()]
    if not sets:
        raise ValueError("no label given; say 'all' or a comma-separated list such as 'car right,rocket up'")
    for labels in sets:
        if len(set(labels)) < len(labels):
            raise ValueError(f"the label {labels[0]!r} stands twice in one video")
        if sets.count(labels) > 1:
            raise ValueError(f"the label {JOINER.join(labels)!r} stands twice in the list")
    return sets


def parts(label: str) -> tuple[str, ...]:
    """The single labels of a label, split at ` + ` only; `crowd.texts.parts` has the same rule."""
    return tuple(composed(label).split(JOINER))


def composed(text: str) -> str:
    """The text with its accents composed (Unicode NFC) and each run of whitespace as one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def slug(labels: Sequence[str]) -> str:
    """The labels as part of a file name, such as "car-right-rocket-up"."""
    return "-".join(re.sub(r"\W+", "-", normalised(name)) for name in labels)


def slugs(label_sets: Iterable[Sequence[str]]) -> list[str]:
    """A part of a file name for each label set, all different.

    It is the slug; a slug that is shared or too long is cut and gets a hash. "C++ code" and "C code" have the same
    slug, and file systems allow 255 bytes.
    """
    found = [(slug(labels), JOINER.join(labels)) for labels in label_sets]
    labels_of: dict[str, set[str]] = {}
    for name, text in found:
        labels_of.setdefault(name, set()).add(text)
    return [
        name if len(labels_of[name]) == 1 and len(name.encode()) <= _LONGEST_SLUG else _cut(name, text)
        for name, text in found
    ]


def _cut(name: str, text: str) -> str:
    beginning = name.encode()[:_LONGEST_SLUG].decode(errors="ignore").rstrip("-")
    return f"{beginning}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def normalised(text: str) -> str:
    """A key that is equal for all spellings of a class."""
    return " ".join(word for word in re.split(r"[\s_-]+", composed(text).casefold()) if word != "moving")
