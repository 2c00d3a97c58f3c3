"""Which column of a table is which: by its name or by what the caller says; else an error that says what to write."""

import difflib
import re
import shlex
from collections.abc import Collection, Mapping, Sequence

from crowd.texts import as_read, did_you_mean, printable

#: The columns that a naming question needs, and those that every question needs.
REQUIRED = ("worker_id", "video_id", "method", "label", "answer")
COMMON = ("worker_id", "answer")

#: Which question a row answers, and of which kind it is.
QUESTION = ("question", "question_kind")

#: The two videos of one prompt that a row compares, and their methods.
PAIR_VIDEOS = ("left_video_id", "right_video_id")
PAIR_METHODS = ("left_method", "right_method")

#: Numbers that a platform may record beside each answer.
TELEMETRY = (
    "position",
    "time_to_play_s",
    "time_to_answer_s",
    "watched_fraction",
    "replays",
    "stalls",
    "playback_errors",
    "focus_losses",
)

#: What is the same across methods: the first of these columns that has a text.
ITEM = ("pair", "prompt")

#: Every column that the analysis reads.
KNOWN = (
    *REQUIRED,
    "kind",
    "simulated",
    "assignment_id",
    "submitted_at",
    "options",
    "excluded",
    *ITEM,
    *QUESTION,
    *PAIR_VIDEOS,
    *PAIR_METHODS,
    "weight",
    *TELEMETRY,
)

#: What others call the needed columns, the likeliest first; compared by letters and digits alone.
ALIASES = {
    "worker_id": (
        "WorkerId",  # Mechanical Turk
        "Participant id",  # Prolific
        "PROLIFIC_PID",  # Prolific in a survey's own columns
        "ResponseId",  # Qualtrics
        "annotator",  # Label Studio
        "completed_by",
        "Email Address",  # Google Forms
        "participant",
        "user_id",
        "user",
        "rater",
        "worker",
        "subject",
    ),
    "video_id": (
        "Input.video_id",
        "Input.video",
        "Input.video_url",
        "video",
        "video_url",
        "clip",
        "stimulus",
        "file_name",
        "item",
        "id",
    ),
    "method": ("Input.method", "model", "system", "Input.model", "condition", "generator"),
    "label": (
        "Input.label",
        "truth",
        "target",
        "gold",
        "true_label",
        "expected",
        "class",
        "Input.class",
        "ground_truth",
    ),
    "answer": (
        "Answer.category",  # Mechanical Turk's image classification
        "Answer.answer",
        "Answer.label",
        "Answer.choice",
        "choice",  # Label Studio
        "response",
        "category",
        "chosen",
        "rating",
    ),
}

#: Exports that have a column per question, by columns that tell them.
WIDE = {"Google Forms": ("Timestamp",), "Qualtrics": ("ResponseId", "StartDate")}

_SHOWN = 30


def needed(known: Collection[str]) -> tuple[str, ...]:
    """The columns that a table with these must have; a kind of question says by itself what else it needs."""
    return COMMON if {"question_kind", *PAIR_METHODS} & set(known) else REQUIRED


def find_columns(
    name: str,
    found: Sequence[str],
    columns: Mapping[str, str] | None = None,
    *,
    in_python: bool = False,
    required: Sequence[str] = (),
) -> dict[str, int]:
    """The place of each known column among those found; `columns` says which column stands for which.

    `required` are the columns that must be there; by default those that `needed` gives.

    Raises:
        ValueError: a needed column is missing, the caller's names are none, or a column stands twice. One line: what is
            missing, what was found, and how to say which is meant, as options of the command or, `in_python`, as an
            argument.
    """
    said = {key: as_read(value) for key, value in (columns or {}).items()}
    for key in said:
        if key not in KNOWN:
            meant = did_you_mean(key, KNOWN)
            raise ValueError(f"{name}: an answers table has no column {key!r}{meant}; it can have {', '.join(KNOWN)}")
    places = {}
    for wanted in KNOWN:
        # A column that was said to be another one is no longer what its name says.
        written = said.get(wanted, "" if wanted in said.values() else wanted)
        places[wanted] = [place for place, column in enumerate(found) if column == written and written]
        if len(places[wanted]) > 1:
            raise ValueError(f"{name}: the column {written!r} stands {len(places[wanted])} times in the header")
        if wanted in said and not places[wanted]:
            meant = did_you_mean(written, found, likeness=0.5)
            raise ValueError(
                f"{name}: no column {written!r}{meant}, which was said to be {wanted}; found {_list(found)}"
            )
    required = required or needed([wanted for wanted, one in places.items() if one])
    for wanted in required:
        taker = next((key for key, value in said.items() if value == wanted and key != wanted), None)
        if not places[wanted] and taker:
            raise ValueError(
                f"{name}: no column {wanted}; found {_list(found)}, of which {wanted!r} was said to be {taker}: "
                f"say which is {wanted} too"
            )
    missing = [wanted for wanted in required if not places[wanted]]
    if missing:
        taken = {place for one in places.values() for place in one}
        free = [column for place, column in enumerate(found) if place not in taken and column]
        raise ValueError(
            f"{name}: no column {', '.join(missing)}; found {_list(found)}{_advice(missing, free, in_python)}"
        )
    return {wanted: one[0] for wanted, one in places.items() if one}


def _advice(missing: Sequence[str], free: list[str], in_python: bool) -> str:
    """How to say which column is meant, for each missing one that something found is near to."""
    guesses: dict[str, str] = {}
    for wanted in missing:
        near = _nearest(wanted, [column for column in free if column not in guesses.values()])
        if near:
            guesses[wanted] = near
    text = ""
    if guesses and in_python:
        text = "; if they are meant, pass columns={" + ", ".join(f"{a!r}: {b!r}" for a, b in guesses.items()) + "}"
    elif guesses:
        text = "; if they are meant, add " + " ".join(f"--column {shlex.quote(f'{a}={b}')}" for a, b in guesses.items())
    unlike = [wanted for wanted in missing if wanted not in guesses]
    if unlike:
        text += f"; nothing found is like {', '.join(unlike)}"
        how = "columns={'answer': NAME}" if in_python else "--column answer=NAME"
        text += "" if guesses else f" (say which is which with {how})"
        wide = next((export for export, marks in WIDE.items() if set(marks) <= set(free)), None)
        text += f"; a table of {wide} has a column per question: make it a row per answer first" if wide else ""
    return text


def _nearest(wanted: str, free: list[str]) -> str | None:
    """The free column that is most likely meant; None where none is near."""
    keys = {column: _key(column) for column in free}
    aliases = ALIASES.get(wanted, ())
    for alias in (wanted, *aliases):
        for column, key in keys.items():
            if key == _key(alias):
                return column
    names = [_key(wanted), *map(_key, aliases)]
    last = {column: _key(column.rpartition(".")[2]) for column in free}
    exact = next((column for column, key in last.items() if key in names), None)
    if exact:
        return exact
    near = difflib.get_close_matches(_key(wanted), list(keys.values()), 1, 0.75)
    return next(column for column, key in keys.items() if key == near[0]) if near else None


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def _list(found: Sequence[str]) -> str:
    shown = [printable(column if len(column) <= 40 else column[:39] + "…") for column in found[:_SHOWN] if column]
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return ", ".join(shown) + more if shown else "none"
