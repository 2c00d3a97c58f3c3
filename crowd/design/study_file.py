"""The study file `study.toml`: its sections, reading it, and writing it with the meaning of each key."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, fields
from pathlib import Path
from typing import Any

from crowd.design.tomlfile import Places, read_sections
from crowd.fileformat import stamp
from crowd.questions import question_of
from crowd.questions.instructions import Example, QuizQuestion
from crowd.recruiters import NAMES, settings_of
from crowd.studydir import StudyDirectory
from templates import environment

#: The sections of the study file, in order, with the line that introduces each.
SECTIONS = {
    "study": "What participants read on the list of tasks.",
    "ethics": "Who answers for the study, and by which rules; participants read what is given here with the consent.",
    "question": "What is asked about each video, where it is one question: what does it show?",
    "clips": "How the videos are shown and heard.",
    "design": "How videos are spread over tasks (HITs) and people.",
    "time": "Time limits, in seconds.",
    "pay": "Money, in US dollars.",
    "participants": "Who may take part (Mechanical Turk only; 0 or empty: everybody).",
    "recruit": "Local platform: where participants come from. A table [recruit.NAME] holds a recruiter's own keys.",
    "privacy": "How long what identifies participants is kept; answers stay, under pseudonyms.",
    "platform": "The local platform, for tasks that other programs publish on it.",
    "exclusion": "Whose answers are left out, decided before anybody answers. Nobody is unpaid for a wrong answer.",
    "analysis": "The analysis plan, declared before collection; its hash is kept when the study is published.",
    "wording": 'What the page says, where you want other words, e.g. start = "Here we go".',
    "option_texts": 'What the page shows for an option, e.g. "car going left" = "左へ動く車"; answers keep the option.',
}
#: The sections whose keys the author chooses.
FREE_SECTIONS = ("wording", "option_texts")
#: What holds tables of its own, one for each recruiter: the tables `[recruit.NAME]` below the section `[recruit]`.
RECRUIT, RECRUITERS = "recruit", "recruit.*"
#: The sections that are lists of tables, and how each table is read.
QUESTIONS = "questions"
LISTS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    QUESTIONS: question_of,
    "examples": Example.of,
    "quiz": QuizQuestion.of,
}


def stands(section: str, default: Any, doc: str) -> Any:
    """A field of the study file."""
    metadata = {"section": section, "doc": doc}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata)
    return field(default=default, metadata=metadata)


def read_values(
    path: Path, documented: Mapping[str, list[tuple[str, str]]], hints: Mapping[str, Any]
) -> tuple[dict[str, Any], Places]:
    """The values of the file by key, and their places; `hints` are the types of the keys.

    Raises:
        OSError: the file cannot be read.
        ValueError: the file has a mistake; the message has the file, the line and the key.
    """
    keys = {name: {key: hints[key] for key, _ in documented[name]} for name in SECTIONS}
    keys[RECRUIT] |= dict.fromkeys(NAMES, dict[str, Any])
    values, places = read_sections(path, keys, free=FREE_SECTIONS, lists=tuple(LISTS))
    values[RECRUIT] = {name: values.pop(name) for name in NAMES if name in values}
    for name in LISTS:
        values[name] = tuple(_read_tables(name, values.get(name, ()), places))
    return values, places


def text_of(study: Any, documented: Mapping[str, list[tuple[str, str]]]) -> str:
    """The text of the study file."""
    return (
        environment()
        .get_template("study/study.toml.j2")
        .render(
            sections=SECTIONS,
            documentation=documented,
            recruit=RECRUIT,
            tables={name: settings_of(name, table) for name, table in study.recruit.items()},
            lists=[entry for name in LISTS for entry in documented[name]],
            study=study,
            explained=_explained,
            toml=_toml,
            stamp=stamp(StudyDirectory.study_file.name),
        )
    )


def _read_tables(section: str, tables: Iterable[Mapping[str, Any]], places: Places) -> Iterator[Any]:
    """What the tables of a section declare; a mistake is named with its line."""
    for number, table in enumerate(tables):
        try:
            yield LISTS[section](table)
        except ValueError as error:
            key = str(error).split(":")[0]
            raise ValueError(f"{places.of(f'{section}[{number}]', key)}: {error}") from error


def _explained(table: Any) -> Iterator[tuple[str, Any, str]]:
    """The keys of a table with their values and, of a question or a recruiter, their meanings."""
    meanings = {item.name: item.metadata.get("doc", "") for item in fields(table)}
    for key, value in table.to_table().items():
        yield key, value, meanings.get(key, "")


def _toml(value: Any) -> str:
    """The value in TOML, which writes texts and numbers as JSON does, except for one control character."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_toml(key)} = {_toml(one)}' for key, one in value.items())}}}"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
