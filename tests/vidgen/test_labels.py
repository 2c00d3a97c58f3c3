import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowd import texts
from vidgen.labels import CLASSES, JOINER, LABELS, parse_label, parse_labels, parts, slug, slugs


def test_the_eleven_classes_are_the_papers_in_its_order():
    """Eleven classes: five things that move along one axis, both ways but for the balloon, which only rises."""
    assert CLASSES == (
        "car moving right",
        "car moving left",
        "rocket moving up",
        "rocket moving down",
        "airplane moving up",
        "airplane moving down",
        "ship moving right",
        "ship moving left",
        "bicycle moving right",
        "bicycle moving left",
        "balloon moving up",
    )
    assert tuple(map(str, LABELS)) == CLASSES


@pytest.mark.parametrize(
    "text", ["car moving right", "car right", "car-right", "CAR_RIGHT", "  Car   moving\tRight ", "car moving-right"]
)
def test_a_class_may_be_spelt_in_several_ways(text):
    """Case, spaces, hyphens and the word "moving" make no difference."""
    assert parse_label(text) == "car moving right"


@given(st.sampled_from(LABELS), st.sampled_from([" ", "-", "_", "  "]), st.booleans(), st.booleans())
def test_every_class_is_found_by_its_object_and_motion(label, gap, upper, said):
    """Object and motion suffice for each class, whatever stands between them."""
    text = gap.join([label.object, *(["moving"] if said else []), label.motion])
    assert parse_label(text.upper() if upper else text) == str(label)


@pytest.mark.parametrize("text", ["cat moving up", "car", "right", "", "car up", "balloon down"])
def test_an_unknown_label_lists_the_known(text):
    """The error names what was asked for and every class."""
    with pytest.raises(ValueError, match="unknown label") as caught:
        parse_label(text)
    assert repr(text.strip()) in str(caught.value)
    assert all(name in str(caught.value) for name in CLASSES)


def test_a_list_of_labels():
    """The word "all" is each class alone; commas separate videos, "+" joins the labels of one."""
    assert parse_labels(" All ") == [(name,) for name in CLASSES]
    assert parse_labels("car right + rocket up, ship left") == [
        ("car moving right", "rocket moving up"),
        ("ship moving left",),
    ]
    assert parse_labels("dog up", ["dog moving up", "cat"]) == [("dog moving up",)]


def test_a_plus_without_spaces_is_part_of_a_label():
    """A user's own classes may have pluses in their names."""
    assert parse_labels("C++ code + 2+2=4,C++ code", ["C++ code", "2+2=4"]) == [("C++ code", "2+2=4"), ("C++ code",)]


@given(st.text(st.sampled_from("ae\u0301\u00e9+ \t\u00a0"), max_size=12))
def test_labels_are_split_alike_by_all_packages(label):
    """The rule is written twice, since generation knows nothing of studies, and is the same."""
    assert parts(label) == texts.parts(label)
    assert texts.JOINER == JOINER


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no label given"),
        (" , ", "no label given"),
        ("car right + car-right", "'car moving right' stands twice in one video"),
        ("car right,ship left,car right", "'car moving right' stands twice in the list"),
        ("car right + ", "unknown label 'car right \\+'"),
    ],
)
def test_lists_that_say_nothing_or_the_same_twice_are_refused(text, message):
    """An empty list, a label twice in a video and a video twice in the list are errors that name the label."""
    with pytest.raises(ValueError, match=message):
        parse_labels(text)


def test_file_names_of_labels_differ():
    """Each class and pair has a file name of its own, of plain characters."""
    sets = [(name,) for name in CLASSES] + [(one, other) for one in CLASSES for other in CLASSES if one != other]
    names = {slug(labels) for labels in sets}
    assert len(names) == len(sets)
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz-") for name in names)
    assert slug(("car moving right", "rocket moving up")) == "car-right-rocket-up"
    assert JOINER == " + "


def test_labels_of_one_slug_or_a_long_one_have_names_of_their_own():
    """Labels that differ in signs alone, or are longer than a file's name may be, still name one file each."""
    long = "車" * 200
    sets = [("C++ code",), ("C code",), ("C# code",), ("car",), (long,), (long + "!",), ("+",)]
    names = slugs(sets)
    assert len(set(names)) == len(sets)
    assert names[3] == "car"
    assert all(len(name.encode()) <= 180 for name in names)
    assert slugs(sets) == names


def test_a_class_that_is_named_exactly_is_meant():
    """Of classes that differ in a hyphen alone, the one that is spelt so; accents may be composed or not."""
    classes = ["ice skating", "ice-skating", "café"]
    assert [parse_label(name, classes) for name in classes] == classes
    assert parse_label("Café", classes) == "café"
