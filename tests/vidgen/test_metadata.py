"""Tables beside videos; `dataset/test_listing.py` has all kinds of them in folders."""

import json
from pathlib import Path

import pytest

from vidgen.metadata import leads_out, read_table

ROWS = [
    {"file_name": "a.mp4", "label": ["car moving right", "ship moving left"]},
    {"file_name": "b.mp4", "label": None},
]


def test_cells_are_texts(tmp_path: Path) -> None:
    """Lists of labels are joined, missing values are empty."""
    (tmp_path / "metadata.jsonl").write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    found = read_table(tmp_path / "metadata.jsonl", ("file_name", "label"))
    assert [row["label"] for row in found] == ["car moving right + ship moving left", ""]


def test_apostrophes_of_spreadsheets_are_taken_off(tmp_path: Path) -> None:
    """A cell that was made safe for spreadsheets is the text that it was; the file's name is left as it is."""
    (tmp_path / "metadata.csv").write_text("file_name,label\n'=a.mp4,'=b\n", encoding="utf-8")
    assert read_table(tmp_path / "metadata.csv", ()) == [{"file_name": "'=a.mp4", "label": "=b"}]


@pytest.mark.parametrize(
    ("name", "out"),
    [("a.mp4", False), ("sub/a.mp4", False), ("../a.mp4", True), ("sub/../../a.mp4", True), ("/a.mp4", True)],
)
def test_names_that_lead_out_are_seen(name: str, out: bool) -> None:
    """An absolute name or one with `..` may lead out of the folder."""
    assert leads_out(name) is out
