"""Scenes for tests, and a Hypothesis strategy of all scenes."""

from hypothesis import strategies as st

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
    SceneObject,
)

SCENES = {
    "car": Scene(objects=(SceneObject(kind="car", motion="left", color="red", size="small"),)),
    "two small fish": Scene(objects=(SceneObject(kind="fish", motion="orbit", size="small", count=2),)),
    "below": Scene(
        objects=(
            SceneObject(kind="car", motion="left", color="red", size="small"),
            SceneObject(kind="balloon", motion="up", color="blue", size="big", speed="slow"),
        ),
        relation="below",
    ),
    "three": Scene(
        objects=(
            SceneObject(kind="umbrella", motion="diagonally down", color="orange"),
            SceneObject(kind="cat", motion="stop-and-go", speed="fast"),
            SceneObject(kind="rocket", motion="up", size="big"),
        ),
        background="light green",
    ),
}


def objects(count: int | None = None) -> st.SearchStrategy[SceneObject]:
    """Any object, or group of a size."""
    return st.builds(
        SceneObject,
        kind=st.sampled_from(KINDS),
        motion=st.sampled_from(MOTIONS),
        color=st.sampled_from((*COLORS, None)),
        size=st.sampled_from((*SIZES, None)),
        speed=st.sampled_from((*SPEEDS, None)),
        count=st.integers(1, MOST_OBJECTS) if count is None else st.just(count),
    )


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Any scene."""
    found = draw(
        st.lists(objects(), min_size=1, max_size=MOST_OBJECTS).filter(lambda these: sum(o.count for o in these) <= 3)
    )
    relation = draw(st.sampled_from((*RELATIONS, None))) if len(found) == 2 else None
    return Scene(objects=tuple(found), relation=relation, background=draw(st.sampled_from(BACKGROUNDS)))
