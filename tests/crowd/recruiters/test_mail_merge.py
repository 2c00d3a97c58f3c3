"""The table of links for a mail program."""

import csv
from pathlib import Path

import pytest

from crowd.recruiters.mail_merge import Recipient, write_table


def recipient(number: int, *, revoked: bool = False, host: str = "study.example") -> Recipient:
    """Somebody with a link there."""
    return Recipient(number=number, link=f"https://{host}/p/{number}", country="JP", revoked=revoked)


def read(path: Path) -> list[dict[str, str]]:
    """The rows of the table."""
    with path.open(newline="", encoding="utf-8") as lines:
        return [*csv.DictReader(lines)]


def test_each_link_has_a_row(tmp_path: Path) -> None:
    """With their number, country and whether it was revoked; only the owner may read it."""
    path = write_table(tmp_path / "participants.csv", [recipient(1), recipient(2, revoked=True)])
    assert read(path) == [
        {"number": "1", "link": "https://study.example/p/1", "country": "JP", "revoked": ""},
        {"number": "2", "link": "https://study.example/p/2", "country": "JP", "revoked": "yes"},
    ]
    assert path.stat().st_mode & 0o077 == 0


def test_what_the_author_has_added_stays(tmp_path: Path) -> None:
    """Columns, rows and their order are kept, formulas too; links follow the address, and new people are added."""
    path = tmp_path / "participants.csv"
    path.write_text('name,number,link,remark\nAnn,2,old,=1+1\n田中,1,old,"a, b"\n', encoding="utf-8")
    for _ in range(2):
        write_table(path, [recipient(number) for number in (1, 2, 3)])
    rows = read(path)
    assert [(row["number"], row["name"], row["remark"]) for row in rows] == [
        ("2", "Ann", "=1+1"),
        ("1", "田中", "a, b"),
        ("3", "", ""),
    ]
    assert [row["link"][-1] for row in rows] == ["2", "1", "3"]
    write_table(path, [recipient(number, host="other.example") for number in (1, 2, 3)])
    assert all("other.example" in row["link"] and row["country"] == "JP" for row in read(path))


@pytest.mark.parametrize(
    "text",
    [
        "number;link\n1;x\n",
        "name,link\nAnn,x\n",
        "number,link\n,x\n",
        "number,link\n1,x,more\n",
        "number,link\n1\n",
        "number,number\n1,1\n",
        "number\none\n",
    ],
)
def test_another_file_of_that_name_is_left_alone(tmp_path: Path, text: str) -> None:
    """A table whose rows cannot be found again is not written over; the message says what to do."""
    path = tmp_path / "participants.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"participants\.csv: has no column `number`.*move it elsewhere"):
        write_table(path, [recipient(1)])
    assert path.read_text() == text


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    """A workbook under the name of a table, say."""
    path = tmp_path / "participants.csv"
    path.write_bytes(b"PK\x03\x04\xff\xfe")
    with pytest.raises(ValueError, match="not a UTF-8 CSV file"):
        write_table(path, [recipient(1)])
