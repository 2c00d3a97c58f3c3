"""Names of videos that reveal nothing."""

from crowd.opaque_names import address, blind, former


def test_a_name_follows_from_the_file_and_the_key() -> None:
    """Another key gives another name, so that file names cannot be tried; the ending stays, which browsers need."""
    one, other = blind("proposed/car-left.MP4", "a"), blind("proposed/car-left.MP4", "b")
    assert one == blind("proposed/car-left.MP4", "a") != other
    assert one.endswith(".mp4")
    assert not any(word in one for word in ("proposed", "car", "left"))
    assert former("proposed/car-left.MP4") not in (one, other)


def test_an_address_is_a_path_on_the_server() -> None:
    """Without a key it is as long, so that pages can be measured before there is one."""
    assert address("a.mp4", "key") == "/media/" + blind("a.mp4", "key")
    assert len(address("a.mp4")) == len(address("a.mp4", "key"))
