"""The study file: what participants are asked, how many of them, for what pay, and how the answers are analysed.

Each field is defined here once, with its section in `study.toml`, its default and its meaning. The commented file that
`vidgen new-study` writes, the checks and the documentation are made from these definitions.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from itertools import chain
from pathlib import Path
from typing import Any, Self, get_type_hints

from crowd.atomic_write import write_whole
from crowd.design.study_values import CHOICES, RANGES, check_money, check_options, check_questions
from crowd.design.tomlfile import Places, read_sections
from crowd.fileformat import stamp
from crowd.questions import question_of
from crowd.questions.naming import Naming
from crowd.questions.question import Question
from crowd.studydir import StudyDirectory
from crowd.texts import as_read, listed, unholdable
from crowd.videos.metadata import Video, labels_of, read_videos
from crowd.wording import LANGUAGES, OTHER, UNCLEAR, wording
from templates import environment

#: The sections of the study file, in order, with the line that introduces each.
SECTIONS = {
    "study": "What participants read on the list of tasks.",
    "question": "What is asked about each video, where it is one question: what does it show?",
    "clips": "How the videos are shown and heard.",
    "design": "How videos are spread over tasks (HITs) and people.",
    "time": "Time limits, in seconds.",
    "pay": "Money, in US dollars.",
    "participants": "Who may take part (Mechanical Turk only; 0 or empty: everybody).",
    "platform": "The local platform, for tasks that other programs publish on it.",
    "exclusion": "Whose answers are left out, decided before anybody answers. Nobody is unpaid for a wrong answer.",
    "analysis": "The analysis plan, declared before collection; its hash is kept when the study is published.",
    "wording": 'What the page says, where you want other words, e.g. start = "Here we go".',
    "option_texts": 'What the page shows for an option, e.g. "car going left" = "左へ動く車"; answers keep the option.',
}
#: The sections whose keys the author chooses.
FREE_SECTIONS = ("wording", "option_texts")
#: The section that is a list of tables.
QUESTIONS = "questions"


def _stands(section: str, default: Any, doc: str) -> Any:
    """A field of the study file."""
    metadata = {"section": section, "doc": doc}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """The settings of one study. Fields are documented by their metadata, see `documentation`."""

    title: str = _stands("study", LANGUAGES["en"][0], "Title of the task, at most 128 characters.")
    description: str = _stands("study", LANGUAGES["en"][1], "Shown under the title, at most 2000 characters.")
    keywords: str = _stands("study", "video, short, survey, recognition", "For searching, separated by commas.")
    language: str = _stands("study", "en", 'Language of the page: "en" or "ja".')
    contact: str = _stands("study", "", "Whom participants can ask, e.g. an e-mail address; shown with the consent.")
    consent: str = _stands("study", "", "What participants agree to; empty: the page's own words.")

    question: str = _stands("question", "", 'Asked under each video; empty: "What does the video show?".')
    options: tuple[str, ...] = _stands(
        "question", (), 'The answers to choose from; "Other" and "Unclear" always follow. Empty: all labels.'
    )

    questions: tuple[Question, ...] = _stands(
        QUESTIONS, (), "The questions, in the order to ask them; none: what each video shows, by its label."
    )

    size: int | str = _stands(
        "clips",
        "fit",
        'Width of clips: "fit" (as the window allows), "native" (their own) or CSS pixels, e.g. 480;'
        " never beyond the window.",
    )
    sound: str = _stands(
        "clips", "off", '"on": clips play with sound, after a sound check. "off": without, and the page says so.'
    )

    prompt: str = _stands(
        "clips", "hidden", 'Whether people read the prompt of a video: "hidden", or "above" or "beside" the video.'
    )

    videos_per_hit: int = _stands("design", 22, "Most videos, or pairs or sets, of one task, gold included.")
    answers_per_video: int = _stands("design", 9, "How many people see each video, or pair or set.")
    pair_reference: str = _stands(
        "design", "", "For pairs: the method that all others are compared with; empty: all with each other."
    )
    pairs_per_prompt: int = _stands(
        "design", 0, "For pairs: how many pairs of a prompt are asked about, each pair equally often; 0: all."
    )
    assignments_per_hit: int = _stands(
        "design",
        0,
        "Most participants per HIT; more go on in rounds. 0: nine where a fee doubles from 10 on, else all.",
    )
    gold_method: str = _stands("design", "real", "The method whose videos are known to be clear: real clips.")
    gold_share: float = _stands(
        "design", 0.0, "Share of videos that are gold: real clips that judge the answering, and stay out of accuracy."
    )
    attention_items: int = _stands("design", 1, "Items per task that name the answer to choose.")
    training_items: int = _stands(
        "design", 2, "Videos with feedback at the start: real clips whose label keeps another one to evaluate."
    )
    training_videos: tuple[str, ...] = _stands(
        "design", (), "File names of the training videos, to choose them yourself."
    )
    seed: int = _stands("design", 0, "Seed of everything random: allocation, and orders of items and options.")

    assignment_duration_s: int = _stands("time", 1800, "A participant has this long for one task.")
    grace_s: int = _stands(
        "time", 0, "Local platform: answers are still taken for this long after the time for a task is over."
    )
    lifetime_s: int = _stands("time", 518_400, "The tasks can be found for this long.")
    auto_approval_s: int = _stands("time", 259_200, "Work is paid at the latest after this long.")
    seconds_per_item: float = _stands(
        "time", 6.0, "Your guess of the time to answer one item, on top of the length of its clip."
    )
    seconds_per_task: float = _stands("time", 60.0, "Your guess of the time for reading the instructions.")

    reward_usd: str = _stands(
        "pay", "0.80", "Pay for one task. 22 videos of two seconds take about four minutes: 12 dollars an hour."
    )
    payment: str = _stands(
        "pay",
        "",
        'Local platform: how you pay the reward, e.g. "in cash after the session"; empty: people read that'
        " it is not paid.",
    )
    budget_usd: str = _stands("pay", "100.00", "The study never spends more than this, fees included.")

    min_approved_percent: int = _stands("participants", 0, "Share of earlier work that was approved; 95 is usual.")
    min_approved_hits: int = _stands("participants", 0, "Number of approved tasks; 100 is usual.")
    countries: tuple[str, ...] = _stands("participants", (), 'Two-letter codes, e.g. ["US", "JP"].')

    foreign_pages: str = _stands(
        "platform",
        "open",
        '"open": their pages may load and run anything, kept apart in a frame. "strict": only what they carry.',
    )
    notifications: str = _stands(
        "platform",
        "",
        'Where notifications to SQS and SNS go: an endpoint\'s address, or "aws" for Amazon; empty: refused.',
    )

    max_attention_failures: int = _stands(
        "exclusion", 0, "Leave out a task when more of its attention items went wrong; -1: never."
    )
    min_gold_accuracy: float = _stands(
        "exclusion", 0.0, "Leave out people who get a smaller share of gold right; 0: nobody."
    )
    min_answer_s: float = _stands("exclusion", 0.0, "Leave out a task whose median time to answer is shorter; 0: none.")
    min_watched_fraction: float = _stands("exclusion", 0.0, "Leave out answers given after seeing less of the video.")

    target: str = _stands(
        "analysis",
        "new-videos",
        'Who is meant: "new-videos" of each method with these labels, "these-videos" alone, or "new-labels" as well.',
    )
    primary_test: str = _stands(
        "analysis",
        "auto",
        '"auto" or "t": clustered t. "sign-flip" over labels or "permutation" over videos must be passed as well.',
    )
    class_weights: str = _stands(
        "analysis", "equal", 'How labels count in a comparison: "equal", or "videos": by their number of videos.'
    )
    adjustment: str = _stands(
        "analysis", "holm", 'For several comparisons: "holm", "max-t" (their joint distribution) or "none".'
    )
    margin: float = _stands(
        "analysis", 0.0, "The difference that would not matter, e.g. 0.05, to test for equivalence; 0: none."
    )
    sequential: str = _stands(
        "analysis",
        "none",
        '"confidence-sequence": reports may be read while answers come in. "none": no test before all are in.',
    )
    confidence: float = _stands("analysis", 0.95, "Level of the intervals; 1 minus it is the level of the tests.")
    unclear: str = _stands("analysis", "wrong", 'How "Other" and "Unclear" count: "wrong" or "dropped".')
    comparisons: tuple[str, ...] = _stands(
        "analysis", (), 'Pairs of methods, e.g. ["proposed - comparison"]; empty: every pair.'
    )

    wording: Mapping[str, str] = _stands("wording", {}, "")
    option_texts: Mapping[str, str] = _stands("option_texts", {}, "")

    def __post_init__(self) -> None:
        """Check every value; messages begin with the field's name."""
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{name}: must be between {low} and {high}, is {value}")
        for name, allowed in CHOICES.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name}: must be one of {', '.join(allowed)}, is {getattr(self, name)!r}")
        for name, most in (("title", 128), ("description", 2000), ("keywords", 1000)):
            if not 0 < len(getattr(self, name)) <= most:
                raise ValueError(f"{name}: must have 1 to {most} characters, has {len(getattr(self, name))}")
        if self.size not in ("fit", "native") and not (isinstance(self.size, int) and 16 <= self.size <= 7680):
            raise ValueError(f'size: must be "fit", "native" or a width from 16 to 7680 pixels, is {self.size!r}')
        for name in ("reward_usd", "budget_usd"):
            check_money(name, getattr(self, name))
        if self.notifications not in ("", "aws") and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", self.notifications):
            raise ValueError(f'notifications: must be an http address, "aws" or empty, is {self.notifications!r}')
        for name, texts in (
            ("options", self.options),
            ("option_texts", chain.from_iterable(self.option_texts.items())),
        ):
            if strange := unholdable("".join(texts)):
                raise ValueError(f"{name}: holds {strange}, a character that no answer can hold")
        object.__setattr__(self, QUESTIONS, tuple(map(_as_question, self.questions)))
        check_questions(self.questions)
        # Normalized, since two spellings of one word would give two buttons.
        object.__setattr__(self, "options", tuple(map(as_read, self.options)))
        object.__setattr__(self, "option_texts", {as_read(key): text for key, text in self.option_texts.items()})
        check_options(self.options)
        for country in self.countries:
            if len(country) != 2 or not country.isascii() or not country.isupper():
                raise ValueError(f"countries: must be two capital letters each, has {country!r}")
        for pair in self.comparisons:
            if len({side.strip() for side in pair.split(" - ")}) != 2 or pair.count(" - ") != 1:
                raise ValueError(f'comparisons: must be "one method - another", has {pair!r}')
        unknown = [key for key in self.wording if key not in wording(self.language)]
        if unknown:
            raise ValueError(f"wording: no {unknown[0]!r} on the page; it has {', '.join(wording(self.language))}")
        if self.options and not self.naming:
            raise ValueError("options: no question is of kind naming, which asks for one of them")
        if self.question and self.questions:
            raise ValueError("question: what is asked stands in [[questions]], as their text")
        strangers = [key for key in self.option_texts if self.options and key not in self.all_options]
        if strangers:
            raise ValueError(f"option_texts: {strangers[0]!r} is no option; options are {listed(self.all_options)}")

    @property
    def asked(self) -> tuple[Question, ...]:
        """The questions; the one of `[question]` if none are declared."""
        return self.questions or (Naming(id=Naming.KIND, text=self.question),)

    @property
    def naming(self) -> Question | None:
        """The question about labels, of which there is at most one."""
        return next((question for question in self.asked if question.KIND == Naming.KIND), None)

    @property
    def attention_question(self) -> Question | None:
        """The question whose answers attention items ask for: naming, else the first with answers of its own."""
        return self.naming or next((question for question in self.asked if question.answers), None)

    @property
    def all_options(self) -> tuple[str, ...]:
        """The options of the question about labels, followed by "Other" and "Unclear"; none without that question."""
        return (*self.options, OTHER, UNCLEAR) if self.naming else ()

    @property
    def plan(self) -> dict[str, Any]:
        """What is declared before collection and hashed at publication: questions, design, exclusion and analysis."""
        kept = {"design", "exclusion", "analysis", QUESTIONS}
        chosen = {name: value for name, value in self.values.items() if name == "options" or section_of(name) in kept}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in chosen.items()}

    @property
    def values(self) -> dict[str, Any]:
        """All fields by name; the questions as the tables that declare them."""
        return asdict(self) | {QUESTIONS: tuple(question.to_table() for question in self.questions)}

    @classmethod
    def from_videos(cls, directory: Path | str, **values: Any) -> Self:
        """A study of the videos in `directory`: the options are their labels, other values are given or the defaults.

        Raises:
            ValueError, OSError: see `crowd.videos.metadata.read_videos`.
        """
        return cls.of(read_videos(directory), **values)

    @classmethod
    def of(cls, videos: Iterable[Video], **values: Any) -> Self:
        """A study of these videos, like `from_videos`."""
        title, description = LANGUAGES.get(values.get("language", "en"), LANGUAGES["en"])
        named = [_as_question(question).KIND for question in values.get(QUESTIONS, ())] or [Naming.KIND]
        options = labels_of(videos) if Naming.KIND in named else ()
        return cls(**{"title": title, "description": description, "options": options, **values})

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """The study in the file `path`.

        Raises:
            OSError: the file cannot be read.
            ValueError: the file has a mistake; the message has the file, the line and the key.
        """
        hints = get_type_hints(cls)
        keys = {section: {name: hints[name] for name, _ in entries} for section, entries in documentation().items()}
        values, places = read_sections(Path(path), keys, free=FREE_SECTIONS, lists=(QUESTIONS,))
        values[QUESTIONS] = tuple(_read_questions(values.get(QUESTIONS, ()), places))
        try:
            return cls(**values)
        except ValueError as error:
            name = str(error).split(":")[0]
            raise ValueError(f"{places.of(section_of(name), name)}: {error}") from error

    def save(self, path: Path | str) -> None:
        """Write the study file atomically, each key with its meaning.

        Raises:
            OSError: the file cannot be written.
        """
        write_whole(Path(path), self.to_toml())

    def to_toml(self) -> str:
        """The text of the study file."""
        template = environment().get_template("study/study.toml.j2")
        version = stamp(StudyDirectory.study_file.name)
        return template.render(sections=SECTIONS, documentation=documentation(), study=self, toml=_toml, stamp=version)


def _as_question(question: Question | Mapping[str, Any]) -> Question:
    return question if isinstance(question, Question) else question_of(question)


def _read_questions(tables: Iterable[Mapping[str, Any]], places: Places) -> Iterator[Question]:
    """The questions of the file; a mistake is named with its line."""
    for number, table in enumerate(tables):
        try:
            yield question_of(table)
        except ValueError as error:
            key = str(error).split(":")[0]
            raise ValueError(f"{places.of(f'{QUESTIONS}[{number}]', key)}: {error}") from error


def _toml(value: Any) -> str:
    """The value in TOML, which writes texts, lists and numbers as JSON does, except for one control character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def section_of(name: str) -> str:
    """The section of the study file that holds the field `name`."""
    return next((str(item.metadata["section"]) for item in fields(Study) if item.name == name), "study")


def documentation() -> dict[str, list[tuple[str, str]]]:
    """The keys of each section with their meanings."""
    return {
        section: [(item.name, item.metadata["doc"]) for item in fields(Study) if item.metadata["section"] == section]
        for section in SECTIONS
    }
