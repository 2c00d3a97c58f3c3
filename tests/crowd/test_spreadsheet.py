"""`crowd.spreadsheet`: cells that no spreadsheet runs, and that come back as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import vidgen.spreadsheet
from crowd.spreadsheet import as_cell, from_cell

texts = st.text(st.one_of(st.sampled_from("'=+-@\t\r\n1.e"), st.characters()))


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+cmd|x", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "'=1", "＝1"])
def test_formulas_are_text(text: str) -> None:
    """What a spreadsheet would run begins with an apostrophe."""
    assert as_cell(text) == "'" + text


@pytest.mark.parametrize("value", ["", "cat", "it's", "'cat'", "-1", "+2.5e-3", 3, -0.5, None, True])
def test_other_values_stay(value: object) -> None:
    """Words and numbers are cells as they are."""
    assert as_cell(value) == value


@given(texts)
def test_cells_come_back(text: str) -> None:
    """Every text is read again from its cell, and no cell begins as a formula does."""
    assert from_cell(as_cell(text)) == text
    cell = as_cell(text)
    assert cell[:1] not in tuple("=@\t\r\n") or not cell


@given(texts)
def test_generation_writes_the_same_cells(text: str) -> None:
    """The rule is written twice, since generation knows nothing of studies, and is the same."""
    assert vidgen.spreadsheet.as_cell(text) == as_cell(text)
    assert vidgen.spreadsheet.from_cell(text) == from_cell(text)


def test_a_files_name_stays() -> None:
    """`file_name` names a file, for other programs too, and is written as it is; the rest of a row is made safe."""
    row = {"file_name": "-1/=a.mp4", "label": "=a", "seed": "-3"}
    assert vidgen.spreadsheet.cells(row) == {"file_name": "-1/=a.mp4", "label": "'=a", "seed": "-3"}
    assert vidgen.spreadsheet.from_cells(vidgen.spreadsheet.cells(row)) == row
