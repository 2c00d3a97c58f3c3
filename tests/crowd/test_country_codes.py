"""Codes of countries."""

import pytest

from crowd.country_codes import check_country


@pytest.mark.parametrize("code", ["JP", "US-CA", "GB-ENG", "FR-2A", None])
def test_a_code_is_taken(code: str | None) -> None:
    """Two capital letters, with or without a subdivision; none is none."""
    check_country(code)


@pytest.mark.parametrize("code", ["", "Japan", "jp", "US-", "US-CALI", "JP\n", "日本"])
def test_anything_else_is_refused(code: str) -> None:
    """The message has what was written, and an example."""
    with pytest.raises(ValueError, match="is no code like JP or US-CA"):
        check_country(code)
