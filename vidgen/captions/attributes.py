"""Scenes as vectors: for each object of a clip a distribution over every attribute, and likewise for the whole clip."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidgen.captions.scene import (
    BACKGROUNDS,
    COLORS,
    KINDS,
    MOST_OBJECTS,
    MOTIONS,
    RELATIONS,
    SIZES,
    SPEEDS,
    Scene,
)

#: The attributes of an object and their values; None is what a caption leaves open.
OBJECT_ATTRIBUTES: dict[str, tuple[str | None, ...]] = {
    "kind": KINDS,
    "motion": MOTIONS,
    "color": (*COLORS, None),
    "size": (*SIZES, None),
    "speed": (*SPEEDS, None),
}
#: The attributes of a clip; "objects" is the number of single objects.
CLIP_ATTRIBUTES: dict[str, tuple[str | int | None, ...]] = {
    "objects": tuple(range(1, MOST_OBJECTS + 1)),
    "relation": (*RELATIONS, None),
    "background": BACKGROUNDS,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """Where an attribute is in the vector of a scene; `place` is that of the object, None for those of the clip."""

    name: str
    place: int | None
    values: tuple[str | int | None, ...]
    start: int

    @property
    def stop(self) -> int:
        """Where the next attribute begins."""
        return self.start + len(self.values)


def _fields() -> tuple[Field, ...]:
    wanted = [(name, place, values) for place in range(MOST_OBJECTS) for name, values in OBJECT_ATTRIBUTES.items()]
    found: list[Field] = []
    for name, place, values in [*wanted, *((name, None, values) for name, values in CLIP_ATTRIBUTES.items())]:
        start = found[-1].stop if found else 0
        found.append(Field(name=name, place=place, values=values, start=start))
    return tuple(found)


#: All attributes in the order of the vector: those of the first object, of the second, of the third, of the clip.
FIELDS = _fields()
#: Numbers in the vector of a scene.
SCENE_SIZE = FIELDS[-1].stop


def encoded_scene(scene: Scene) -> NDArray[np.float32]:
    """The vector `(SCENE_SIZE,)` of a scene: 1 for each attribute's value, and 0 for objects that there are not."""
    objects, vector = scene.singles(), np.zeros(SCENE_SIZE, np.float32)
    clip = {"objects": len(objects), "relation": scene.relation, "background": scene.background}
    for field in FIELDS:
        if field.place is None:
            vector[field.start + field.values.index(clip[field.name])] = 1
        elif field.place < len(objects):
            vector[field.start + field.values.index(getattr(objects[field.place], field.name))] = 1
    return vector
