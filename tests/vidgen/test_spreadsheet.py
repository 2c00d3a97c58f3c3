"""`tests/crowd/test_spreadsheet.py` compares this rule with that of `crowd`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidgen.spreadsheet import as_cell, from_cell


@given(st.text(st.sampled_from("'=+-@\t\r\n＝a1.e"), max_size=6))
def test_a_text_comes_back(text: str) -> None:
    """Whatever stands in a cell is read as it was, and no cell begins a formula but numbers."""
    cell = as_cell(text)
    assert from_cell(cell) == text
    assert cell == text or cell == "'" + text


@pytest.mark.parametrize(("value", "cell"), [("=1+1", "'=1+1"), ("-3", "-3"), ("-a", "'-a"), (4, 4), ("a=b", "a=b")])
def test_formulas_by_hand(value: object, cell: object) -> None:
    """A formula gets an apostrophe; numbers, and texts that only contain a sign, do not."""
    assert as_cell(value) == cell
