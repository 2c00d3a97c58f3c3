"""The texts of participants' pages in each language, and the two options that every question has."""

import re
import tomllib
from functools import cache

from templates import environment

#: The two options of every study, always last.
OTHER, UNCLEAR = "Other", "Unclear"
#: The languages of the page, with the title and the description of a task that asks what videos show in each.
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
#: The title and the description of a task that asks something else.
_NEUTRAL = {
    "en": (
        "Watch short videos and answer questions about them",
        "You watch short videos and answer a few questions about what you see.",
    ),
    "ja": (
        "短い動画を見て、質問に答える",
        "短い動画を見て、それについての質問に答えていただきます。",
    ),
}


def headings(language: str, *, naming: bool) -> tuple[str, str]:
    """The usual title and description of a task in `language`, or in English where there is no such language.

    `naming` says whether it asks what videos show.
    """
    known = LANGUAGES if naming else _NEUTRAL
    return known.get(language, known["en"])


#: Keys of texts that releases up to 0.1 called otherwise; study files may still have them.
FORMER_KEYS = {"instructions_3": "instructions_naming"}


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
