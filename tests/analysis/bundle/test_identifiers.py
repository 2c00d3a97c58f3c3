"""What identifies people is found in texts, and numbers of a table are not taken for it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.bundle.identifiers import KnownIds, identifying_texts, looks_identifying


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to jo.doe+x@uni.example.org", "e-mail address"),
        ("see http://x.example/y", "link"),
        ("see www.example.org", "link"),
        ("I am @somebody there", "account name"),
        ("+44 20 7946 0958", "phone number"),
        ("(555) 123-4567", "phone number"),
        ("03-1234-5678", "phone number"),
        ("198.51.100.7", "network address"),
        ("2001:db8:0:1:1:1:1:1", "network address"),
        ("Mozilla/5.0 (X11; Linux)", "browser"),
        ("with Firefox/128.0", "browser"),
        ("at 2026-11-30T09:15:00", "time"),
        ("in /home/ann/clips", "folder of a user"),
        (r"in C:\Users\ann", "folder of a user"),
    ],
)
def test_what_leads_to_people_is_found(text: str, kind: str) -> None:
    """Each kind, in the middle of a text."""
    assert looks_identifying(f"well, {text}, so") == kind
    (found,) = identifying_texts({"a": text, "b": text})
    assert (found.where, found.kind, found.number) == ("a, b", kind, 2)


@pytest.mark.parametrize(
    "text",
    ["2026-11-30", "2026-11-30T00:00:01+00:00", "0.1234567890123", "12:30", "new-0-0.mp4", "car moving left", "1e-05"],
)
def test_what_tables_hold_is_not_taken_for_it(text: str) -> None:
    """Days, numbers, file names and labels."""
    assert looks_identifying(text) is None


@given(st.lists(st.floats(allow_nan=False) | st.integers(), max_size=8))
def test_no_row_of_numbers_looks_identifying(numbers: list[float]) -> None:
    """Times to answer, positions and shares are published without being asked about."""
    assert looks_identifying(",".join(map(repr, numbers))) is None


@given(st.binary(min_size=32, max_size=32))
def test_no_hash_looks_identifying(digest: bytes) -> None:
    """Hashes of videos and plans are published."""
    assert looks_identifying(f'"{digest.hex()}"') is None


def test_known_ids_are_found_in_whatever_case(study: Path) -> None:
    """Worker ids, links, recruiter's ids, assignment and HIT ids, codes and keys, by what they are."""
    known = KnownIds.of(study)
    assert {
        *("worker id", "token id", "person id", "session id"),
        *("assignment id", "HIT id", "completion code", "key", "pseudonym"),
    } <= set(known.kinds.values())
    assert known.within(["I entered code-of-ann there", "as Person of Ann"]) == {"code-of-ann", "person of ann"}
    one = next(text for text, kind in known.kinds.items() if kind == "worker id")
    assert known.within([f"x{one.upper()}y", "z"]) == {one}
    assert known.first_in({"a": "nothing", "b": f"-{one}-"}) == ("b", "worker id")


def test_a_folder_without_keys_has_no_ids(tmp_path: Path) -> None:
    """Nothing is made there."""
    assert KnownIds.of(tmp_path).kinds == {}
    assert list(tmp_path.iterdir()) == []
