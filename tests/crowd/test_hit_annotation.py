"""What marks HITs and bonuses as a study's."""

from hypothesis import given
from hypothesis import strategies as st

from crowd.hit_annotation import annotation, bonus_key, key_in


@given(st.text("abcdef0123456789", min_size=1), st.from_regex(r"b\d{3}-r\d+", fullmatch=True))
def test_a_key_is_found_in_its_annotation(study_id: str, key: str) -> None:
    """Whatever the study and the HIT are called."""
    assert key_in(annotation(study_id, key)) == key


def test_annotations_of_others_have_no_key() -> None:
    """Neither nothing nor another program's text is taken for one of ours."""
    assert [key_in(text) for text in (None, "", "batch 7", "vidgen/a", "other/a/b001-r1", "vidgen/a/b/c")] == [None] * 6


def test_a_bonus_is_known_by_its_reason_without_spaces_around() -> None:
    """The platform shows the reason, so that the key of a bonus can be found again from it."""
    assert bonus_key("A1", " thank you\n") == bonus_key("A1", "thank you")
    assert len({bonus_key("A1", "a"), bonus_key("A1", "b"), bonus_key("A2", "a")}) == 3
