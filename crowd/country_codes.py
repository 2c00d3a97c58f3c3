"""Codes of countries and their subdivisions, as study files and commands write them."""

import re

_CODE = re.compile("[A-Z]{2}(-[A-Z0-9]{1,3})?")


def check_country(country: str | None) -> None:
    """Check the code of a country; None is none.

    Raises:
        ValueError: it is not a code like JP, or US-CA with a subdivision.
    """
    if country is not None and not _CODE.fullmatch(country):
        raise ValueError(f"country {country!r} is no code like JP or US-CA")
