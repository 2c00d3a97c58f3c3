"""`crowd.task.clip_data`: the clips of a page, each once."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crowd.task.clip_data import completed, shortened

addresses = st.text("ab/?&=.", min_size=1, max_size=12)
clips = st.fixed_dictionaries(
    {"url": addresses},
    optional={
        "fallback": addresses,
        "seconds": st.sampled_from([1.0, 2.0]),
        "width": st.just(64),
        "picture": st.just(True),
    },
)
items = st.fixed_dictionaries(
    {"clips": st.lists(clips, max_size=3)},
    optional={"reference": clips, "questions": st.lists(st.sampled_from("ab"), max_size=2)},
)
tasks = st.fixed_dictionaries(
    {
        "training": st.lists(items, max_size=2),
        "parts": st.lists(st.lists(st.lists(items, max_size=3), max_size=2), max_size=2),
    },
    optional={"examples": st.lists(items, max_size=2)},
)


@given(tasks)
def test_everything_comes_back(task: dict[str, Any]) -> None:
    """Whatever clips and addresses there are, the page's data are whole again, and were not changed meanwhile."""
    assert completed(shortened(task)) == task


def test_what_is_shared_stands_once() -> None:
    """Clips that are shown twice stand once, without the size, the path and the part of the query that all share."""
    both = [
        {"url": f"https://b.example/{name}.mp4?key=k&sign={name}", "width": 64, "seconds": n}
        for n, name in enumerate("xy")
    ]
    short = shortened({"training": [], "parts": [[[{"clips": both}], [{"clips": both[:1]}]]]})
    assert short["address"] == ["https://b.example/", "key=k&sign="]
    assert short["clip"] == {"width": 64}
    assert short["clips"] == [{"url": "x.mp4?x", "seconds": 0}, {"url": "y.mp4?y", "seconds": 1}]
    assert short["asked_together"] == []
    assert short["parts"] == [[[{"clips": [0, 1]}], [{"clips": [0]}]]]


def test_pages_of_earlier_releases_are_as_they_were() -> None:
    """Their data have no list of clips."""
    old = {"windows": [[{"key": "v00", "url": "a"}]], "training": []}
    assert completed(old) == old
