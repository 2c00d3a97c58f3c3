"""The object and the direction that a label names, and the reading order of labels."""

from collections.abc import Iterable

OTHER = "Other"
UNCLEAR = "Unclear"

#: Directions as labels end in them, in reading order.
DIRECTIONS = ("right", "left", "up", "down")


def split(label: str) -> tuple[str, str] | None:
    """Object and direction of a label such as `car moving right`; None where it doesn't end in a direction."""
    words = label.split()
    if len(words) < 2 or words[-1].lower() not in DIRECTIONS:
        return None
    rest = words[:-1] if words[-2].lower() != "moving" else words[:-2]
    return (" ".join(rest), words[-1].lower()) if rest else None


def have_directions(labels: Iterable[str]) -> bool:
    """Whether every label names an object and a direction."""
    return all(split(label) for label in labels)


def in_reading_order(labels: Iterable[str]) -> list[str]:
    """By object, then right, left, up, down; labels without a direction by their whole text."""

    def key(label: str) -> tuple[str, int]:
        halves = split(label)
        return (halves[0], DIRECTIONS.index(halves[1])) if halves else (label, -1)

    return sorted(set(labels), key=key)
