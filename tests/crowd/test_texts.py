"""`crowd.texts`: what looks alike is one text, what does not stays apart."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowd.texts import (
    apart,
    as_read,
    counted,
    did_you_mean,
    each_of,
    label_as_read,
    listed,
    lookalikes,
    parts,
    printable,
    unholdable,
)

anything = st.text(st.characters(exclude_categories=[]))


def test_one_text_is_no_list_of_its_letters() -> None:
    """Functions that take several texts take one."""
    assert [list(each_of(texts)) for texts in ("12", ["1", "2"], ())] == [["12"], ["1", "2"], []]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("  a \t b\n", "a b"),
        ("cafe\u0301", "caf\u00e9"),
        ("a\u00a0b\u3000c\u2800d", "a b c d"),
        ("\ufeffz\u200be\u00adr\u2060o\u200f", "zero"),
        ("a\x00b\x1b[0m", "ab[0m"),
        ("e\u034f\u0301", "\u00e9"),
        ("a\u200db\u200cc", "abc"),
        ("1.0", "1"),
        ("-20.000", "-20"),
        ("0.0", "0"),
        ("", ""),
        ("\u200b \u2060", ""),
        ("x\ufe0f", "x"),
    ],
)
def test_what_reads_alike_is_one_text(text: str, read: str) -> None:
    """Accents, blanks, unseen characters and the decimals of whole numbers make no difference."""
    assert as_read(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "1.5",
        "007",
        "007.0",
        "1.0.0",
        "v1.0",
        ".0",
        "\u0661.0",
        "\U0001f469\u200d\U0001f680",  # astronaut: woman, joiner, rocket
        "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian
        "\u0d28\u0d4d\u200d",  # Malayalam chillu at a word's end
        "\u2764\ufe0f",
        "1\ufe0f\u20e3",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "\u30cd\u30b3",
        "C++ code",
    ],
)
def test_what_people_see_stays(text: str) -> None:
    """Numbers that are no whole ones, joiners that shape words and emoji, and pluses stay as they are."""
    assert as_read(text) == text


@given(anything)
def test_reading_twice_is_reading_once(text: str) -> None:
    """A text that was read is read as itself, in every composition of its accents."""
    read = as_read(text)
    assert as_read(read) == read
    assert as_read(unicodedata.normalize("NFD", text)) == read
    assert label_as_read(label_as_read(text)) == label_as_read(text)
    assert all(parts(text)) or not read


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("Cat", "cat", "'Cat' and 'cat' differ in capitals only"),
        ("c\u0430t", "cat", "look alike but differ at character 2: U+0430, U+0061"),
        ("\uff43at", "cat", "look alike but differ at character 1: U+FF43, U+0063"),
        ("a\u2013b", "a-b", "look alike but differ at character 2: U+2013, U+002D"),
        ("\u2764\ufe0f", "\u2764", "look alike but differ at character 2: U+FE0F, its end"),
    ],
)
def test_what_only_looks_alike_is_told_with_its_code_points(one: str, other: str, words: str) -> None:
    """Two texts that differ and look alike are found and told apart on one line."""
    assert lookalikes(["dog", one, "horse", other]) == (one, other)
    assert words in apart(one, other)
    assert "\n" not in apart(one, other)


def test_what_looks_different_is_not_refused() -> None:
    """Digits, letters, accents and powers are told apart by people."""
    assert lookalikes(["l", "1", "O", "0", "x2", "x\u00b2", "e", "\u00e9", "\u30cd\u30b3", "\u732b"]) is None


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("a\ufffe", "U+FFFE"),
        ("\U0001ffff", "U+1FFFF"),
        ("\ud800", "U+D800"),
        ("a\x07", "U+0007"),
        ("\x85", "U+0085"),
        ("\ufdd0", "U+FDD0"),
        ("\u00e9\t\n\U0001f415 \u05d0", None),
    ],
)
def test_what_no_page_can_hold(text: str, point: str | None) -> None:
    """Control characters, lone surrogates and noncharacters are named by their code points."""
    assert unholdable(text) == point


@given(anything)
def test_nothing_commands_a_terminal(text: str) -> None:
    """What is printed holds no escape sequence and nothing that turns its direction; plain text stays."""
    shown = printable(text)
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in shown.replace("\n", ""))
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert printable("caf\u00e9 \u30cd\u30b3\nb") == "caf\u00e9 \u30cd\u30b3\nb"
    assert printable("a\x1b[31mb\u202e") == r"a\x1b[31mb\u202e"


def test_many_or_long_texts_make_no_long_message() -> None:
    """A message names the first options and the last two, each cut where it is long."""
    assert listed(["a", "b"]) == "a, b"
    assert listed([str(number) for number in range(100)], most=4) == "0, 1, …, 98, 99"
    assert listed(["x" * 100]) == "x" * 79 + "…"


@pytest.mark.parametrize(
    ("words", "said"),
    [((0, "HIT"), "0 HITs"), ((1, "HIT"), "1 HIT"), ((2, "HIT"), "2 HITs"), ((2, "bonus", "bonuses"), "2 bonuses")],
)
def test_numbers_have_their_nouns(words: tuple[int, str], said: str) -> None:
    """One is not many."""
    assert counted(*words) == said


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("ratng", " (did you mean 'rating'?)"),
        ("Choice", " (did you mean 'choice'?)"),
        ("sound", ""),
        ("", ""),
        ("rating", ""),
    ],
)
def test_the_most_similar_name_is_suggested(name: str, meant: str) -> None:
    """A slip of the finger or another case finds the name; what is like none of them, or is one, finds nothing."""
    assert did_you_mean(name, ("rating", "ranking", "choice")) == meant
