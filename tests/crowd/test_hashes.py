"""The hashes that a publication keeps."""

from typing import Any

import pytest

from crowd.hashes import hash_of_plan, hash_of_shown

DESIGN: dict[str, Any] = {
    "shown": {"title": "t"},
    "videos": [{"video_id": "a"}],
    "files": {},
    "options": ["x", "Other", "Unclear"],
    "seed": 0,
    "videos_dir": "../videos",
    "hits": [{"block": "b001", "items": [{"key": "v00"}], "num_assignments": 2}],
}


def test_the_hash_of_a_plan_is_that_of_its_canonical_json() -> None:
    """Anybody can compute it: sorted keys, no spaces, UTF-8."""
    assert hash_of_plan({"b": "é", "a": 1}) == hash_of_plan({"a": 1, "b": "é"})
    # printf '{"a":1,"b":"é"}' | sha256sum
    assert hash_of_plan({"a": 1, "b": "é"}).startswith("09ad9fd2fb648cb2")


@pytest.mark.parametrize(
    ("change", "is_same"),
    [
        ({"videos_dir": "elsewhere"}, True),
        ({"hits": [*DESIGN["hits"], {**DESIGN["hits"][0], "num_assignments": 9}]}, True),
        ({"shown": {"title": "u"}}, False),
        ({"seed": 1}, False),
        ({"hits": [{**DESIGN["hits"][0], "items": []}]}, False),
    ],
    ids=["moved", "extended", "another title", "another order", "another task"],
)
def test_what_participants_see_is_hashed_and_nothing_else(change: dict[str, Any], is_same: bool) -> None:
    """A move and an extension leave the hash as it is."""
    assert (hash_of_shown(DESIGN | change) == hash_of_shown(DESIGN)) is is_same
