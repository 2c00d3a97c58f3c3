"""The study file: what participants are asked, how many of them, for what pay, and how the answers are analysed.

Each field is defined here once, with its section in `study.toml`, its default and its meaning. The commented file that
`vidgen new-study` writes, the checks and the documentation are made from these definitions.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from itertools import chain
from pathlib import Path
from typing import Any, Self, get_type_hints

from crowd.atomic_write import write_whole
from crowd.design.study_file import LISTS, QUESTIONS, RECRUIT, RECRUITERS, SECTIONS, read_values, stands, text_of
from crowd.design.study_values import CHOICES, RANGES, check_money, check_options, check_questions
from crowd.design.tomlfile import Places, places_in
from crowd.questions import question_of
from crowd.questions.instructions import Example, QuizQuestion
from crowd.questions.naming import Naming
from crowd.questions.question import Question, QuestionError
from crowd.recruiters import DEFAULT, Settings, describe, settings_of
from crowd.texts import as_read, listed, unholdable
from crowd.videos.metadata import Video, labels_of, read_videos
from crowd.wording import FORMER_KEYS, LANGUAGES, OTHER, UNCLEAR, headings, wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """The settings of one study. Fields are documented by their metadata, see `documentation`."""

    title: str = stands("study", LANGUAGES["en"][0], "Title of the task, at most 128 characters.")
    description: str = stands("study", LANGUAGES["en"][1], "Shown under the title, at most 2000 characters.")
    keywords: str = stands("study", "video, short, survey, recognition", "For searching, separated by commas.")
    language: str = stands("study", "en", 'Language of the page: "en" or "ja".')
    contact: str = stands("study", "", "Whom participants can ask, e.g. an e-mail address; shown with the consent.")
    consent: str = stands("study", "", "What participants agree to; empty: the page's own words.")

    institution: str = stands("ethics", "", "Who is responsible for the study, e.g. your department and university.")
    ethics_approval: str = stands(
        "ethics", "", "The body that approved it, with the number; or that no approval was needed, and why."
    )
    min_age: int = stands("ethics", 0, "Participants are at least this old, which nothing checks; 0: nothing is said.")
    data_retention: str = stands("ethics", "", "How long the answers are kept, where, and who can see them.")

    question: str = stands("question", "", 'Asked under each video; empty: "What does the video show?".')
    options: tuple[str, ...] = stands(
        "question", (), 'The answers to choose from; "Other" and "Unclear" always follow. Empty: all labels.'
    )

    questions: tuple[Question, ...] = stands(
        QUESTIONS, (), "The questions, in the order to ask them; none: what each video shows, by its label."
    )

    examples: tuple[Example, ...] = stands(
        "examples", (), "Videos that the instructions show, each with a text: what to look for."
    )
    quiz: tuple[QuizQuestion, ...] = stands(
        "quiz", (), "Questions about the instructions, which people have two tries to answer right."
    )

    size: int | str = stands(
        "clips",
        "fit",
        'Width of clips: "fit" (as the window allows), "native" (their own) or CSS pixels, e.g. 480;'
        " never beyond the window.",
    )
    sound: str = stands(
        "clips", "off", '"on": clips play with sound, after a sound check. "off": without, and the page says so.'
    )

    prompt: str = stands(
        "clips", "hidden", 'Whether people read the prompt of a video: "hidden", or "above" or "beside" the video.'
    )

    videos_per_hit: int = stands("design", 22, "Most videos, or pairs or sets, of one task, gold included.")
    answers_per_video: int = stands("design", 9, "How many people see each video, or pair or set.")
    pair_reference: str = stands(
        "design", "", "For pairs: the method that all others are compared with; empty: all with each other."
    )
    pairs_per_prompt: int = stands(
        "design", 0, "For pairs: how many pairs of a prompt are asked about, each pair equally often; 0: all."
    )
    assignments_per_hit: int = stands(
        "design",
        0,
        "Most participants per HIT; more go on in rounds. 0: nine where a fee doubles from 10 on, else all.",
    )
    gold_method: str = stands("design", "real", "The method whose videos are known to be clear: real clips.")
    gold_share: float = stands(
        "design", 0.0, "Share of videos that are gold: real clips that judge the answering, and stay out of accuracy."
    )
    attention_items: int = stands("design", 1, "Items per task that name the answer to choose.")
    training_items: int = stands(
        "design", 2, "Videos with feedback at the start: real clips whose label keeps another one to evaluate."
    )
    training_videos: tuple[str, ...] = stands(
        "design", (), "File names of the training videos, to choose them yourself."
    )
    question_order: str = stands(
        "design",
        "declared",
        'Order of the questions about one item: as "declared", or "shuffled" for each participant.',
    )
    seed: int = stands("design", 0, "Seed of everything random: allocation, and orders of items and options.")

    assignment_duration_s: int = stands("time", 1800, "A participant has this long for one task.")
    grace_s: int = stands(
        "time", 0, "Local platform: answers are still taken for this long after the time for a task is over."
    )
    lifetime_s: int = stands("time", 518_400, "The tasks can be found for this long.")
    auto_approval_s: int = stands("time", 259_200, "Work is paid at the latest after this long.")
    seconds_per_item: float = stands(
        "time", 6.0, "Your guess of the time to answer one item, on top of the length of its clip."
    )
    seconds_per_task: float = stands("time", 60.0, "Your guess of the time for reading the instructions.")

    reward_usd: str = stands(
        "pay", "0.80", "Pay for one task. 22 videos of two seconds take about four minutes: 12 dollars an hour."
    )
    payment: str = stands(
        "pay",
        "",
        'Local platform: how you pay the reward, e.g. "in cash after the session"; empty: people read that'
        " it is not paid.",
    )
    budget_usd: str = stands("pay", "100.00", "The study never spends more than this, fees included.")

    min_approved_percent: int = stands("participants", 0, "Share of earlier work that was approved; 95 is usual.")
    min_approved_hits: int = stands("participants", 0, "Number of approved tasks; 100 is usual.")
    countries: tuple[str, ...] = stands("participants", (), 'Two-letter codes, e.g. ["US", "JP"].')

    recruiter: str = stands(
        "recruit",
        DEFAULT,
        'Where they come from: "links", which you hand out; "panel", a service that sends them; or "prolific".',
    )
    tasks_per_participant: int = stands(
        "recruit", 0, "How many tasks each person does; 0: one where a service sends them, else as many as are open."
    )
    recruit: Mapping[str, Mapping[str, Any]] = stands(RECRUITERS, {}, "The own keys of recruiters, by their names.")

    keep_days: int = stands(
        "privacy",
        0,
        "Local platform: `vidgen erase --expired` deletes links, recruiters' ids and times of people so many days after"
        " their work; 0: never.",
    )

    foreign_pages: str = stands(
        "platform",
        "open",
        '"open": their pages may load and run anything, kept apart in a frame. "strict": only what they carry.',
    )
    notifications: str = stands(
        "platform",
        "",
        'Where notifications to SQS and SNS go: an endpoint\'s address, or "aws" for Amazon; empty: refused.',
    )

    max_attention_failures: int = stands(
        "exclusion", 0, "Leave out a task when more of its attention items went wrong; -1: never."
    )
    min_gold_accuracy: float = stands(
        "exclusion", 0.0, "Leave out people who get a smaller share of gold right; 0: nobody."
    )
    min_answer_s: float = stands("exclusion", 0.0, "Leave out a task whose median time to answer is shorter; 0: none.")
    min_watched_fraction: float = stands("exclusion", 0.0, "Leave out answers given after seeing less of the video.")

    quiz_failed: str = stands(
        "exclusion",
        "exclude",
        'After two wrong tries: "exclude" the task\'s answers, "end" it unpaid, or only "record".',
    )

    target: str = stands(
        "analysis",
        "new-videos",
        'Who is meant: "new-videos" of each method with these labels, "these-videos" alone, or "new-labels" as well.',
    )
    primary_test: str = stands(
        "analysis",
        "auto",
        '"auto" or "t": clustered t. "sign-flip" over labels or "permutation" over videos must be passed as well.',
    )
    class_weights: str = stands(
        "analysis", "equal", 'How labels count in a comparison: "equal", or "videos": by their number of videos.'
    )
    adjustment: str = stands(
        "analysis", "holm", 'For several comparisons: "holm", "max-t" (their joint distribution) or "none".'
    )
    margin: float = stands(
        "analysis", 0.0, "The difference that would not matter, e.g. 0.05, to test for equivalence; 0: none."
    )
    sequential: str = stands(
        "analysis",
        "none",
        '"confidence-sequence": reports may be read while answers come in. "none": no test before all are in.',
    )
    confidence: float = stands("analysis", 0.95, "Level of the intervals; 1 minus it is the level of the tests.")
    unclear: str = stands("analysis", "wrong", 'How "Other" and "Unclear" count: "wrong" or "dropped".')
    comparisons: tuple[str, ...] = stands(
        "analysis", (), 'Pairs of methods, e.g. ["proposed - comparison"]; empty: every pair.'
    )

    wording: Mapping[str, str] = stands("wording", {}, "")
    option_texts: Mapping[str, str] = stands("option_texts", {}, "")

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
        for name, read in LISTS.items():
            tables = (value if not isinstance(value, Mapping) else read(value) for value in getattr(self, name))
            object.__setattr__(self, name, tuple(tables))
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
        recruit = {name: settings_of(name, table).to_table() for name, table in self.recruit.items()}
        object.__setattr__(self, "recruit", recruit)
        self.recruiter_settings  # noqa: B018  raises where the chosen recruiter lacks a key
        unknown = [key for key in self.wording if FORMER_KEYS.get(key, key) not in wording(self.language)]
        if unknown:
            raise ValueError(f"wording: no {unknown[0]!r} on the page; it has {', '.join(wording(self.language))}")
        if self.options and not self.naming:
            raise ValueError("options: no question is of kind naming, which asks for one of them")
        if self.question and self.questions:
            raise ValueError("question: what is asked stands in [[questions]], as their text")
        told = [question.id for question in self.asked if question.telling == "prompt" and self.prompt != "hidden"]
        if told:
            raise ValueError(f"prompt: people would read the answer to the question {told[0]!r}; it must be hidden")
        strangers = [key for key in self.option_texts if self.options and key not in self._known_options()]
        if strangers:
            raise ValueError(f"option_texts: {strangers[0]!r} is no option; options are {listed(self.all_options)}")

    def _known_options(self) -> tuple[str, ...]:
        return (*self.all_options, *(option for question in self.asked for option in question.option_texts))

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
        return self.naming or next((one for one in self.asked if one.answers and one.about != "person"), None)

    @property
    def all_options(self) -> tuple[str, ...]:
        """The options of the question about labels, followed by "Other" and "Unclear"; none without that question."""
        return (*self.options, OTHER, UNCLEAR) if self.naming else ()

    @property
    def recruiter_settings(self) -> Settings:
        """The own settings of the recruiter that people come from."""
        return settings_of(self.recruiter, self.recruit.get(self.recruiter, {}))

    @property
    def most_tasks(self) -> int:
        """How many tasks each person does; 0: as many as are open to them."""
        return self.tasks_per_participant or describe(self.recruiter).tasks_per_participant

    @property
    def plan(self) -> dict[str, Any]:
        """What is declared before collection and hashed at publication: questions, design, exclusion and analysis."""
        kept = {"design", "exclusion", "analysis", QUESTIONS}
        chosen = {name: value for name, value in self.values.items() if name == "options" or section_of(name) in kept}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in chosen.items()}

    @property
    def values(self) -> dict[str, Any]:
        """All fields by name; questions and the like as the tables that declare them."""
        return asdict(self) | {name: tuple(one.to_table() for one in getattr(self, name)) for name in LISTS}

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
        asked = [each if isinstance(each, Question) else question_of(each) for each in values.get(QUESTIONS, ())]
        named = _asks_for_labels(asked)
        title, description = headings(values.get("language", "en"), naming=named)
        options = labels_of(videos) if named else ()
        return cls(**{"title": title, "description": description, "options": options, **values})

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """The study in the file `path`.

        Raises:
            OSError: the file cannot be read.
            ValueError: the file has a mistake; the message has the file, the line and the key.
        """
        values, places = read_values(Path(path), documentation(), get_type_hints(cls))
        if not _asks_for_labels(values[QUESTIONS]):
            title, description = headings(values.get("language", "en"), naming=False)
            values = {"title": title, "description": description, **values}
        try:
            return cls(**values)
        except ValueError as error:
            raise ValueError(f"{place_of(error, places)}: {error}") from error

    def save(self, path: Path | str) -> None:
        """Write the study file atomically, each key with its meaning.

        Raises:
            OSError: the file cannot be written.
        """
        write_whole(Path(path), self.to_toml())

    def to_toml(self) -> str:
        """The text of the study file."""
        return text_of(self, documentation())


def _asks_for_labels(questions: Sequence[Question]) -> bool:
    """Whether one of them is of kind naming; if there are none, the one of `[question]` is."""
    return not questions or Naming.KIND in [question.KIND for question in questions]


def place_of(error: ValueError, places: Places) -> str:
    """Where in the study file the mistake is: the line of its question, or of the key that the message begins with."""
    if isinstance(error, QuestionError):
        return places.of(f"{QUESTIONS}[{error.number}]", error.key)
    name = str(error).split(":")[0]
    if name.startswith(f"{RECRUIT}."):
        section, _, key = name.rpartition(".")
        return places.of(section, key)
    return places.of(section_of(name), name)


@contextmanager
def naming_the_line(path: Path) -> Iterator[None]:
    """Name the line of the study file in errors that its videos show, while the block plans the study.

    Raises:
        ValueError: what the block raises; with file and line if the mistake is one of the file's.
    """
    try:
        yield
    except ValueError as error:
        known = isinstance(error, QuestionError) or str(error).split(":")[0] in Study.__dataclass_fields__
        if not known or not path.exists():
            raise
        raise ValueError(f"{place_of(error, places_in(path))}: {error}") from error


def section_of(name: str) -> str:
    """The section of the study file that holds the field `name`."""
    return next((str(item.metadata["section"]) for item in fields(Study) if item.name == name), "study")


def documentation() -> dict[str, list[tuple[str, str]]]:
    """The keys of each section with their meanings; a list of tables is a section of its own name."""
    return {
        section: [(item.name, item.metadata["doc"]) for item in fields(Study) if item.metadata["section"] == section]
        for section in (*SECTIONS, *LISTS)
    }
