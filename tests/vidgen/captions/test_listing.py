"""Files of captions."""

from pathlib import Path

import pytest

from vidgen.captions.listing import Listed, listed_captions, read_captions


def test_one_caption_a_line(tmp_path: Path) -> None:
    """Empty lines are left out, and spaces about a caption."""
    file = tmp_path / "captions.txt"
    file.write_text("a car drives left \n\ntwo fish swim up\n", encoding="utf-8")
    assert read_captions(file) == [Listed("a car drives left"), Listed("two fish swim up")]


def test_a_table_names_its_captions(tmp_path: Path) -> None:
    """The column id is the name of the videos."""
    file = tmp_path / "captions.csv"
    file.write_text('id,caption\nk1,"a car drives left, below a star that moves up"\n', encoding="utf-8")
    assert read_captions(file) == [Listed("a car drives left, below a star that moves up", "k1")]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("c.txt", "a car drives left\na kar drives left\n", "line 2: caption 'a kar drives left': unknown word 'kar'"),
        ("c.txt", "a car drives left\na car drives left\n", "line 2: the caption .* stands on line 1 too"),
        ("c.txt", "\n", "no caption"),
        ("c.csv", "text\na car drives left\n", "no column caption; it has text"),
        ("c.csv", "id,caption\nx,a car drives left\nx,a car drives up\n", "the id 'x' stands twice"),
    ],
)
def test_mistakes_name_the_line(tmp_path: Path, name: str, text: str, message: str) -> None:
    """The message says what is wrong, and where."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_captions(tmp_path / name)


def test_captions_are_given_as_a_list_too() -> None:
    """With the same checks."""
    assert listed_captions(["a car drives left"]) == [Listed("a car drives left")]
    for texts, message in (
        (["a kar"], "unknown word 'kar'"),
        ([], "no caption"),
        (["a car drives up"] * 2, "stands twice"),
    ):
        with pytest.raises(ValueError, match=message):
            listed_captions(texts)


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    """One line says which file it is and what to do."""
    (tmp_path / "c.txt").write_bytes(b"\xff\xfea c")
    with pytest.raises(ValueError, match=r"c\.txt: is no text in UTF-8; save it as one"):
        read_captions(tmp_path / "c.txt")
