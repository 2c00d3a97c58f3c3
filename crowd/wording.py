"""The texts of participants' pages in each language, and the two options that every question has."""

import tomllib
from functools import cache

from templates import environment

#: The two options of every study, always last.
OTHER, UNCLEAR = "Other", "Unclear"
#: The languages of the page, with the title and the description of the task in each.
LANGUAGES = {
    "en": (
        "Watch short videos and say what they show",
        "You watch short videos and choose, for each, the words that fit best.",
    ),
    "ja": (
        "短い動画を見て、何が映っているかを答える",
        "短い動画を見て、最も当てはまる言葉を選んでいただきます。",
    ),
}


@cache
def wording(language: str, pages: str = "task") -> dict[str, str]:
    """The page's texts in `language`, by key; with `pages` "participant", those of the local platform's pages."""
    source = environment().loader.get_source(environment(), f"{pages}/wording/{language}.toml")[0]  # type: ignore[union-attr]
    texts: dict[str, str] = tomllib.loads(source)
    return texts
