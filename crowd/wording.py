"""The texts of participants' pages in each language, and the two options that every question has."""

import re
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
    """The page's texts in `language`, by key; with `pages` "participant", those of the local platform's pages.

    Those of the task page include what every kind of question says (`question_wording`).
    """
    texts = common_wording(language, pages)
    names = environment().list_templates() if pages == "task" else []
    kinds = [found[1] for name in names if (found := re.fullmatch(rf"task/questions/(\w+)\.{language}\.toml", name))]
    return {**texts, **{key: text for kind in kinds for key, text in question_wording(kind, language).items()}}


@cache
def common_wording(language: str, pages: str = "task") -> dict[str, str]:
    """The page's texts that belong to no kind of question, by key."""
    return _texts(f"{pages}/wording/{language}.toml")


@cache
def question_wording(kind: str, language: str) -> dict[str, str]:
    """What the task page says about questions of a kind, by key."""
    return _texts(f"task/questions/{kind}.{language}.toml")


def _texts(template: str) -> dict[str, str]:
    source = environment().loader.get_source(environment(), template)[0]  # type: ignore[union-attr]
    texts: dict[str, str] = tomllib.loads(source)
    return texts
