"""A label says which object moves which way; the paper's eleven are listed here."""

from dataclasses import dataclass

#: Joins the labels of a video that has several.
JOINER = " + "


@dataclass(frozen=True, slots=True)
class Label:
    """An object and its motion.

    ``object`` names a folder of drawings in ``vidgen/dataset/sprites``; ``motion`` is "right", "left", "up" or "down".
    """

    object: str
    motion: str

    def __str__(self) -> str:
        """The wording that files, pages and reports use, e.g. "car moving right"."""
        return f"{self.object} moving {self.motion}"


#: The eleven classes of Yamamoto & Harada (MM '16), in their order; their index is the class index everywhere.
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


def parse_label(text: str) -> Label:
    """The label meant by "car moving right", "car right" or "car-right".

    Raises:
        ValueError: no such label; the message lists the known ones.
    """
    words = text.strip().lower().replace("-", " ").replace("_", " ").split()
    for label in LABELS:
        if [word for word in words if word != "moving"] == [label.object, label.motion]:
            return label
    raise ValueError(f"unknown label {text!r}; known labels: {', '.join(map(str, LABELS))}")


def parse_labels(text: str) -> list[tuple[Label, ...]]:
    """The label sets in a comma-separated list; "all" means each of the eleven alone, "a + b" one video of both.

    Raises:
        ValueError: an unknown label, an empty list, or one label twice in a video.
    """
    if text.strip().lower() == "all":
        return [(label,) for label in LABELS]
    sets = [tuple(parse_label(part) for part in item.split("+")) for item in text.split(",") if item.strip()]
    if not sets:
        raise ValueError("no label given; say 'all' or a comma-separated list such as 'car right,rocket up'")
    for labels in sets:
        if len(set(labels)) < len(labels):
            raise ValueError(f"the label {labels[0]} stands twice in one video")
    return sets


def join_labels(labels: tuple[Label, ...]) -> str:
    """The wording of a video's labels, e.g. "car moving right + rocket moving up"."""
    return JOINER.join(map(str, labels))
