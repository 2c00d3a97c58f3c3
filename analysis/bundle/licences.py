"""The licences that a release can have: those that are made for data and texts."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Licence:
    """A licence."""

    name: str
    """In words."""
    url: str
    """Where its text is."""


#: By the identifiers of SPDX.
LICENCES = {
    "CC-BY-4.0": Licence(
        name="Creative Commons Attribution 4.0 International", url="https://creativecommons.org/licenses/by/4.0/"
    ),
    "CC-BY-SA-4.0": Licence(
        name="Creative Commons Attribution-ShareAlike 4.0 International",
        url="https://creativecommons.org/licenses/by-sa/4.0/",
    ),
    "CC-BY-NC-4.0": Licence(
        name="Creative Commons Attribution-NonCommercial 4.0 International",
        url="https://creativecommons.org/licenses/by-nc/4.0/",
    ),
    "CC0-1.0": Licence(
        name="CC0 1.0 Universal (no rights reserved)", url="https://creativecommons.org/publicdomain/zero/1.0/"
    ),
    "ODbL-1.0": Licence(
        name="Open Data Commons Open Database License 1.0", url="https://opendatacommons.org/licenses/odbl/1-0/"
    ),
}


def licence(name: str) -> Licence:
    """The licence with that identifier.

    Raises:
        ValueError: there is none.
    """
    if name not in LICENCES:
        raise ValueError(f"licence: there is no {name!r}; there are {', '.join(LICENCES)}")
    return LICENCES[name]
