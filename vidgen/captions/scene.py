"""What a caption says of a clip: objects with their kind, colour, size, motion and speed, a relation, a background."""

from dataclasses import dataclass

#: The kinds of objects. New ones are added at the end: the place of a kind decides which combinations are held out.
KINDS: tuple[str, ...] = (
    *("car", "rocket", "airplane", "ship", "bicycle", "balloon", "train", "helicopter", "tractor", "submarine", "fish"),
    *("butterfly", "duck", "turtle", "snail", "cat", "rabbit", "umbrella", "kite", "star", "heart", "robot", "house"),
    "tree",
)
#: The colours of an object's body.
COLORS: tuple[str, ...] = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "grey", "black")
SIZES: tuple[str, ...] = ("small", "big")
#: The motions. Diagonal ones lead to either side; "stop-and-go" is sideways, with a pause; "orbit" is a circle.
MOTIONS: tuple[str, ...] = ("right", "left", "up", "down", "diagonally up", "diagonally down", "stop-and-go", "orbit")
SPEEDS: tuple[str, ...] = ("slow", "fast")
#: Where the first object is, as seen from the second, throughout the clip.
RELATIONS: tuple[str, ...] = ("above", "below", "left of", "right of")
BACKGROUNDS: tuple[str, ...] = ("white", "light blue", "light green", "light yellow", "light pink", "light grey")
#: The largest number of objects in a clip, all groups together.
MOST_OBJECTS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class SceneObject:
    """One object, or several that look and move alike; None is what the caption leaves open."""

    kind: str
    motion: str
    color: str | None = None
    size: str | None = None
    speed: str | None = None
    count: int = 1

    def __post_init__(self) -> None:
        """Check that every word is known."""
        known = {"kind": KINDS, "motion": MOTIONS, "color": COLORS, "size": SIZES, "speed": SPEEDS}
        for name, words in known.items():
            value = getattr(self, name)
            if value not in words and not (value is None and name not in ("kind", "motion")):
                raise ValueError(f"unknown {name} {value!r}; known: {', '.join(words)}")
        if not 1 <= self.count <= MOST_OBJECTS:
            raise ValueError(f"count must be from 1 to {MOST_OBJECTS}, got {self.count}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """What a clip shows."""

    #: In the order in which they are mentioned; with a relation, first the one that it is said of.
    objects: tuple[SceneObject, ...]
    #: One of `RELATIONS`, between two objects; None: the caption leaves their places open.
    relation: str | None = None
    background: str = "white"

    def __post_init__(self) -> None:
        """Check numbers, relation and background."""
        if not self.objects or self.num_objects > MOST_OBJECTS:
            raise ValueError(f"a scene has 1 to {MOST_OBJECTS} objects, got {self.num_objects}")
        if self.relation is not None and self.relation not in RELATIONS:
            raise ValueError(f"unknown relation {self.relation!r}; known: {', '.join(RELATIONS)}")
        if self.relation is not None and len(self.objects) != 2:
            raise ValueError(f"the relation {self.relation!r} needs two objects, got {len(self.objects)}")
        if self.background not in BACKGROUNDS:
            raise ValueError(f"unknown background {self.background!r}; known: {', '.join(BACKGROUNDS)}")

    @property
    def num_objects(self) -> int:
        """The number of objects, groups counted by their members."""
        return sum(one.count for one in self.objects)

    def singles(self) -> tuple[SceneObject, ...]:
        """Every object on its own, `num_objects` of them; those of a group stand one after the other."""
        return tuple(one for one in self.objects for _ in range(one.count))


def held_out(kind: str, motion: str, color: str) -> bool:
    """Whether this combination is kept out of every training.

    One in eight is. Every two of the three still occur together in training, so that only the combination is new.
    """
    return (3 * KINDS.index(kind) + MOTIONS.index(motion) + COLORS.index(color)) % 8 == 0


def has_held_out(scene: Scene) -> bool:
    """Whether any object of a scene is a combination that is held out."""
    return any(one.color is not None and held_out(one.kind, one.motion, one.color) for one in scene.objects)
