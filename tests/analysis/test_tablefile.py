"""Tables in files of any usual kind: quoting, encodings, dialects, ragged rows, exports."""

import codecs
import csv
import gzip
import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.answers import Answers, read_answers
from crowd.spreadsheet import as_cell
from tests.analysis.workbook import write_workbook

HEADER = "worker_id,video_id,method,label,answer"
ROWS = "w1,a,ours,café,café\r\nw2,a,ours,café,Other\r\n"


def read(path: Path, content: bytes | str) -> Answers:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_answers(path)


def test_quotes_begin_anywhere(tmp_path: Path) -> None:
    """The first quoted cell may come after tens of thousands of plain rows whose last column is empty."""
    plain = "".join(f"w{row},a,ours,cat,cat,\n" for row in range(26_390))
    last = 'w,a,ours,cat,"cat ","slow, but fine"\r\nw,b,ours,cat,cat,"two\r\nlines, ""said"""\r\n'
    with read(tmp_path / "a.csv", f"{HEADER},comment\n{plain}{last}") as answers:
        assert answers.source["rows"] == answers.count() == 26_392


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("cp1252", b""),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
def test_encodings(tmp_path: Path, encoding: str, mark: bytes, suffix: str) -> None:
    """UTF-8, UTF-16 and Windows-1252 are told by their bytes, compressed or not."""
    content = mark + f"{HEADER}\r\n{ROWS}".encode(encoding)
    with read(tmp_path / f"a{suffix}", gzip.compress(content) if suffix == ".csv.gz" else content) as answers:
        assert answers.labels == ["café"]
        assert answers.count() == 2


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".txt", ".CSV"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_dialects(tmp_path: Path, separator: str, suffix: str, end: str) -> None:
    """The header shows what separates cells, whatever the file's name ends in and its lines end in."""
    text = f"{HEADER}\n{ROWS}".replace("\r\n", "\n").replace(",", separator).replace("\n", end)
    with read(tmp_path / f"a{suffix}", text) as answers:
        assert answers.count() == 2


def test_excel_says_its_separator(tmp_path: Path) -> None:
    """A first line `sep=;` is no header, and lines are counted with it."""
    text = f"sep=;\r\n{HEADER}\r\n{ROWS}".replace(",", ";")
    with read(tmp_path / "a.csv", text) as answers:
        assert answers.count() == 2
    with pytest.raises(ValueError, match=r"a\.csv: line 5: too few cells, 2 where the header has 5$"):
        read(tmp_path / "a.csv", text + "w;a")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("w3,a,ours,café", "line 4: too few cells, 4 where the header has 5"),
        ("w3", "line 4: too few cells, 1 where the header has 5"),
        (
            "w3,a,ours,a cat, sitting,x",
            "line 4: too many cells, 6 where the header has 5; put quotes around a cell that",
        ),
        ("w3,a,ours,café,café,", "line 4: too many cells"),
        ('w3,a,ours,café,"café', "line 4: a quote is opened and never closed"),
        ('w3,a,ours,café,"5" disk', "line 4: text follows a closing quote"),
        ('"w\n3",a,ours,"caf\n\né"\nw4,b', "line 4: too few cells, 4"),
        ("w3,a,ours,café," + "x" * 140_000, "line 4: a quote is never closed, or a cell has more than 131,072"),
    ],
)
def test_rows_of_another_width_are_refused(tmp_path: Path, row: str, message: str) -> None:
    """A row with too few or too many cells, or broken quotes, is one line with the file and the line's number."""
    with pytest.raises(ValueError, match=r"^[^\n]*a\.csv: line 4: [^\n]*$") as caught:
        read(tmp_path / "a.csv", f"{HEADER}\r\n{ROWS}{row}")
    assert message in str(caught.value)
    with pytest.raises(ValueError, match=r"^[^\n]*a\.csv: line 4: [^\n]*$"):
        read(tmp_path / "a.csv", f"{HEADER}\r\n{ROWS}{row}\nw9,a,ours,café,café\n")


def test_blank_lines_hold_nothing(tmp_path: Path) -> None:
    """Lines without any text, as spreadsheets leave below a table, are no rows."""
    with read(tmp_path / "a.csv", f"{HEADER}\n\n{ROWS}\n,,,,\n  \n") as answers:
        assert answers.source["rows"] == 2


def test_decimal_commas(tmp_path: Path) -> None:
    """In a table with semicolons a comma stands before decimals."""
    rows = "w1;a;ours;cat;cat;1,5;0,25\nw2;a;ours;cat;cat;1.234,5;2\nw3;a;ours;cat;cat;;0.5\n"
    with read(tmp_path / "a.csv", f"{HEADER},time_to_answer_s,weight\n".replace(",", ";") + rows) as answers:
        found = answers.arrays("SELECT time_to_answer_s, weight FROM answers ORDER BY worker")
    assert found["time_to_answer_s"][:2].tolist() == [1.5, 1234.5]
    assert (found["weight"] / found["weight"][0]).tolist() == pytest.approx([1, 8, 2])


@pytest.mark.parametrize("as_file", [False, True])
def test_whole_numbers_are_one_however_written(tmp_path: Path, as_file: bool) -> None:
    """A worker 1.0 in one row and 1 in another is one person; 1.5, 007 and 7 are others."""
    words: list[object] = ["1", "1.0", 1, 1.0, "1.5", "007", "7", "7.00"]
    frame = pd.DataFrame({"worker_id": pd.Series(words, dtype=object)})
    frame = frame.assign(video_id=range(8), method="ours", label="2.0", answer="2")
    source: pd.DataFrame | Path = frame
    if as_file:
        source = tmp_path / "a.csv"
        frame.to_csv(source, index=False)
    with read_answers(source) as answers:
        assert list(answers.workers.worker_id) == ["007", "1", "1.5", "7"]
        assert answers.labels == ["2"]
        assert answers.scalar("SELECT count(*) FROM answers WHERE correct") == 8


def test_numbers_of_a_frame_are_texts_as_people_write_them(tmp_path: Path) -> None:
    """A float column, as pandas makes of integers with a gap, gives the same ids as text, in Parquet too."""
    frame = pd.DataFrame({"worker_id": [1.0, 2.0, 2.5], "video_id": [1e9, 2e9, 3e9], "method": "ours"})
    frame = frame.assign(label=1.0, answer=1)
    frame.to_parquet(tmp_path / "a.parquet")
    for source in (frame, tmp_path / "a.parquet"):
        with read_answers(source) as answers:
            assert list(answers.workers.worker_id) == ["1", "2", "2.5"]
            assert list(answers.videos.video_id) == ["1000000000", "2000000000", "3000000000"]
            assert answers.labels == ["1"]


def test_workbooks(tmp_path: Path) -> None:
    """A workbook's whole numbers have no decimals, its blank rows are none, its truth values are understood."""
    rows = [
        [*HEADER.split(","), "simulated", "time_to_answer_s"],
        [1, "a", "ours", "=cat", "=cat", True, 1.5],
        [None] * 7,
        [1.0, "b", "ours", "=cat", "Other", True, None],
        ["007", "b", "ours", "=cat", "=cat", False, 2],
    ]
    write_workbook(tmp_path / "a.xlsx", rows)
    with read_answers(tmp_path / "a.xlsx") as answers:
        assert list(answers.workers.worker_id) == ["007", "1"]
        assert list(answers.workers.simulated) == [False, True]
        assert answers.labels == ["=cat"]
        assert answers.source["rows"] == 3
    write_workbook(tmp_path / "a.xlsx", [[]])
    with pytest.raises(ValueError, match=r"a\.xlsx: an empty workbook"):
        read_answers(tmp_path / "a.xlsx")


def test_second_headers_of_qualtrics(tmp_path: Path) -> None:
    """The two rows that Qualtrics writes below its header are no answers."""
    extra = 'Response,Video,Method,Label,"What do\nyou see?"\n' + ",".join(
        '"{""ImportId"":""QID' + str(number) + '""}"' for number in range(5)
    )
    with read(tmp_path / "a.csv", f"{HEADER}\n{extra}\n{ROWS}") as answers:
        assert answers.source["rows"] == 2


cell = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@pytest.mark.thorough
@given(st.lists(st.tuples(cell, cell), min_size=1, max_size=20), st.sampled_from(",;\t"))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_every_text_comes_through(tmp_path: Path, cells: list[tuple[str, str]], separator: str) -> None:
    """Whatever texts a table holds, quoted as RFC 4180 says and made safe for spreadsheets, its rows are read."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator)
    writer.writerow([*HEADER.split(","), "comment"])
    for place, (worker, comment) in enumerate(cells):
        writer.writerow(
            [as_cell(f"w{worker}"), f"v{place}", "ours", as_cell("-cat"), as_cell("-cat"), as_cell(comment)]
        )
    with read(tmp_path / "a.csv", text.getvalue()) as answers:
        assert answers.count() == len(cells)
        assert answers.labels == ["-cat"]
        assert answers.scalar("SELECT count(*) FROM answers WHERE correct") == len(cells)
