"""CSV files that people write."""

from pathlib import Path

import pytest

from crowd.csvfile import reading


def test_a_row_is_read_by_the_names_of_the_header(tmp_path: Path) -> None:
    """Names have no spaces around them, cells keep theirs; a spreadsheet's byte-order mark is none of a name."""
    path = tmp_path / "a.csv"
    path.write_text('\ufeff a , b\n x ,"1,5"\n', encoding="utf-8")
    with reading(path) as rows:
        assert list(rows) == [{"a": " x ", "b": "1,5"}]


@pytest.mark.parametrize("content", [b"a\n\xff\n", b'a\n"x\x00' + b"y" * 200_000 + b'"\n'])
def test_what_is_no_csv_is_named(tmp_path: Path, content: bytes) -> None:
    """The line has the file's name and the reason."""
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"a\.csv: not a UTF-8 CSV file \("), reading(path) as rows:
        list(rows)
