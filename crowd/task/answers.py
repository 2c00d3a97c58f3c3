"""The rows of the answers table: turns what a participant's page sends into rows with a documented schema."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from crowd.design.design import ATTENTION, EVALUATION, Design, TaskItem
from crowd.questions.naming import Naming
from crowd.questions.question import Question
from crowd.task.quiz import is_passed
from crowd.videos.metadata import Video

#: Columns of the answers table with their Arrow types, in order; docs/formats.md says what they mean.
COLUMNS = {
    "worker_id": "string",
    "video_id": "string",
    "method": "string",
    "label": "string",
    "answer": "string",
    "kind": "string",
    "simulated": "bool",
    "assignment_id": "string",
    "hit_id": "string",
    "position": "int32",
    "options": "string",
    "option_seed": "int64",
    "submitted_at": "string",
    "time_to_play_s": "double",
    "time_to_answer_s": "double",
    "watched_fraction": "double",
    "replays": "int32",
    "stalls": "int32",
    "playback_errors": "int32",
    "focus_losses": "int32",
    "comment": "string",
    "excluded": "string",
    "question": "string",
    "question_kind": "string",
    "prompt": "string",
    "left_video_id": "string",
    "right_video_id": "string",
    "left_method": "string",
    "right_method": "string",
    "quiz": "string",
}
#: Prefix of an item's field in what the page sends; the value is JSON.
ITEM_FIELD = "item."
#: The field with the options of each question in the order shown; earlier releases sent those of naming, or sent them
#: with each item.
OPTIONS_FIELD = "options"
#: The field with the answers to questions that are asked once.
ONCE_FIELD = "once"
#: The field with what was answered to the quiz about the instructions.
QUIZ_FIELD = "quiz"
#: What fields that hold JSON begin with.
JSON_FIELDS = (ITEM_FIELD, OPTIONS_FIELD, ONCE_FIELD, QUIZ_FIELD)
#: What a cell has where its column does not apply.
_EMPTY: dict[str, Any] = {"string": "", "bool": False, "int32": None, "int64": None, "double": None}
_COUNTS = ("replays", "stalls", "playback_errors", "focus_losses")
_SECONDS = ("time_to_play_s", "time_to_answer_s")

#: Largest count of replays, errors and the like of one item.
MOST_ERRORS = 1_000_000
#: Limits on the JSON of an item, far above what the study's page sends; anything beyond them is not stored.
MOST_CHARACTERS, DEEPEST, MOST_DIGITS = 100_000, 20, 40
_STRING, _BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL), re.compile(r"[\[\]{}]")
_LONG_NUMBER = re.compile(rf"[0-9]{{{MOST_DIGITS + 1}}}")


def parse_answer_xml(xml: str) -> dict[str, str]:
    """The fields of a QuestionFormAnswers document.

    Raises:
        ValueError: it is not well-formed, or declares entities.
    """
    try:
        root = fromstring(xml, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise ValueError(f"answer: not QuestionFormAnswers XML ({type(error).__name__}: {error})") from error
    if _local_name(root.tag) != "QuestionFormAnswers":
        raise ValueError(f"answer: is <{_local_name(root.tag)}>, not <QuestionFormAnswers>")
    answers: dict[str, str] = {}
    for answer in root:
        parts = {_local_name(part.tag): part.text or "" for part in answer}
        if "QuestionIdentifier" in parts:
            answers[parts["QuestionIdentifier"]] = parts.get("FreeText", "")
    return answers


def item_sent(fields: Mapping[str, str], key: str) -> dict[str, Any] | None:
    """What the page sent for an item; None if it sent nothing.

    Raises:
        ValueError: it is not a JSON object, or not one that could be stored.
    """
    text = fields.get(ITEM_FIELD + key)
    if text is None:
        return None
    sent = _json(text, f"item {key}")
    if not isinstance(sent, dict):
        raise ValueError(f"item {key}: not a JSON object")
    return sent


def _json(text: str, name: str) -> Any:
    if not is_bounded(text):
        raise ValueError(f"{name}: too long, too deep or too many digits")
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueError(f"{name}: not JSON") from error


def is_bounded(text: str) -> bool:
    """Whether the length, nesting and digits of an item's JSON are within the limits, so that it is safe to parse."""
    if len(text) > MOST_CHARACTERS:
        return False
    bare = _STRING.sub("", text)
    depths = accumulate(1 if bracket in "[{" else -1 for bracket in _BRACKET.findall(bare))
    return not _LONG_NUMBER.search(bare) and max(depths, default=0) <= DEEPEST


def whole(value: Any, most: int) -> int | None:
    """The value if it is a whole number from 0 to `most`, else None."""
    return value if type(value) is int and 0 <= value <= most else None


def is_answered(sent: Mapping[str, Any]) -> bool:
    """Whether what was sent for an item answers any of its questions."""
    return bool(sent.get("answers")) or sent.get("answer") is not None


def answer_rows(
    design: Design,
    hit_key: str,
    assignment_id: str,
    hit_id: str,
    worker_pseudonym: str,
    submitted_at: str,
    simulated: bool,
    fields: Mapping[str, str],
) -> list[dict[str, Any]]:
    """One row per answered question of the assignment, with the columns in order; skipped items have no row.

    Raises:
        ValueError: the fields are not what this study's page sends; the message names the assignment.
    """
    kept = {
        "worker_id": worker_pseudonym,
        "simulated": simulated,
        "assignment_id": assignment_id,
        "hit_id": hit_id,
        "submitted_at": submitted_at,
        "comment": fields.get("comment", "").strip(),
        "excluded": "",
    }
    rows = []
    try:
        kept["quiz"] = _quiz(fields, [question["right"] for question in design.shown.get("quiz", ())])
        options = _json(fields.get(OPTIONS_FIELD, "null"), OPTIONS_FIELD)
        for item in design.hit(hit_key).items:
            sent = item_sent(fields, item.key)
            if sent is not None:
                rows += list(_item_rows(design, item, sent, options))
        rows += list(_rows_asked_once(design, _json(fields.get(ONCE_FIELD, "null"), ONCE_FIELD), options))
    except ValueError as error:
        raise ValueError(f"assignment {assignment_id}, {error}") from error
    return [{name: (kept | row).get(name, _EMPTY[kind]) for name, kind in COLUMNS.items()} for row in rows]


def _quiz(fields: Mapping[str, str], right: Sequence[str]) -> str:
    """How the quiz about the instructions ended: "passed", "failed", or nothing if there was none."""
    if not right:
        return ""
    sent = _json(fields.get(QUIZ_FIELD, "null"), QUIZ_FIELD)
    if sent is not None and not isinstance(sent, dict):
        raise ValueError(f"{QUIZ_FIELD}: not a JSON object")
    return "passed" if sent and is_passed(sent.get("answers"), right) else "failed"


def _item_rows(design: Design, item: TaskItem, sent: Mapping[str, Any], options: Any) -> Iterator[dict[str, Any]]:
    """The rows of one item, a row for each question that was answered."""
    question = design.attention_question
    questions = [question] if item.kind == ATTENTION and question else design.questions_about(item.about)
    videos = [design.video(video_id) for video_id in _as_shown(item, sent)]
    for question in questions:
        own = _of_question(sent, question)
        if own.get("answer") is None:
            continue
        data = {} if item.kind == ATTENTION else item.data.get(question.id, {})
        try:
            shown = _options(design, question, data, own.get("options", _of(options, question)))
            answer = _option(own["answer"], shown) if shown else question.answer(own["answer"], videos, data)
        except ValueError as error:
            raise ValueError(f"item {item.key}: {error}") from error
        if item.about == "set":
            shown = [video.video_id for video in videos]
        yield {
            **_about(question, item, videos),
            **_telemetry({**sent, **own}),
            "answer": answer,
            "options": json.dumps(shown, ensure_ascii=False) if shown else "",
        }


def _rows_asked_once(design: Design, sent: Any, options: Any) -> Iterator[dict[str, Any]]:
    """The rows of questions that are asked once."""
    if sent is None:
        return
    if not isinstance(sent, dict):
        raise ValueError(f"{ONCE_FIELD}: not a JSON object")
    for question in design.questions_about("person"):
        own = sent.get(question.id)
        if not isinstance(own, dict) or own.get("answer") is None:
            continue
        try:
            shown = _options(design, question, None, own.get("options", _of(options, question)))
            answer = question.answer(own["answer"], (), None)
        except ValueError as error:
            raise ValueError(f"{ONCE_FIELD}, {question.id}: {error}") from error
        yield {
            "kind": EVALUATION,
            "question": question.id,
            "question_kind": question.KIND,
            "answer": answer,
            "options": json.dumps(shown, ensure_ascii=False) if shown else "",
            "time_to_answer_s": _number(own.get("time_to_answer_s")),
        }


def _as_shown(item: TaskItem, sent: Mapping[str, Any]) -> list[str]:
    """The ids of the item's videos from left to right."""
    order = sent.get("shown", list(range(len(item.video_ids))))
    if not isinstance(order, list) or sorted(map(repr, order)) != sorted(map(repr, range(len(item.video_ids)))):
        raise ValueError(f"item {item.key}: {str(order)[:80]!r} is no order of {len(item.video_ids)} videos")
    return [item.video_ids[place] for place in order]


def _of_question(sent: Mapping[str, Any], question: Question) -> dict[str, Any]:
    """What an item sent for a question; pages of earlier releases asked one, and sent its answer with the item."""
    if "answers" not in sent:
        return {key: sent[key] for key in ("answer", "options") if key in sent} if question.KIND == Naming.KIND else {}
    found = _of(sent["answers"], question)
    return found if isinstance(found, dict) else {}


def _of(sent: Any, question: Question) -> Any:
    """The question's entry; a list is the options of naming, as pages of earlier releases sent them."""
    if isinstance(sent, dict):
        return sent.get(question.id)
    return sent if question.KIND == Naming.KIND else None


def _about(question: Question, item: TaskItem, videos: Sequence[Video]) -> dict[str, Any]:
    """The columns that say what was asked about what."""
    row = {"kind": item.kind, "question": question.id, "question_kind": question.KIND}
    if item.about == "video":
        (video,) = videos
        label = video.label if item.kind == ATTENTION else question.label(video)
        return row | {"video_id": video.video_id, "method": video.method, "label": label, "prompt": video.prompt}
    row["prompt"] = videos[0].content
    if item.about == "pair":
        left, right = videos
        row |= {"left_video_id": left.video_id, "left_method": left.method}
        row |= {"right_video_id": right.video_id, "right_method": right.method}
    return row


def _options(design: Design, question: Question, data: Any, sent: Any) -> list[str]:
    """The options as shown, of a question that shows any in an order of the participant's own.

    Raises:
        ValueError: they are not those of the question.
    """
    expected = design.options if question.KIND == Naming.KIND else question.shuffled_options(data)
    if not expected:
        return []
    if not isinstance(sent, list) or sorted(map(repr, sent)) != sorted(map(repr, expected)):
        raise ValueError("options shown are not the study's")
    return sent


def _option(answer: Any, options: Sequence[str]) -> str:
    if answer not in options:
        raise ValueError(f"answer {str(answer)[:80]!r} is no option")
    return str(answer)


def _local_name(tag: str) -> str:
    return tag.rpartition("}")[2]


def _telemetry(sent: Mapping[str, Any]) -> dict[str, Any]:
    """The columns about how an item was seen. An invalid measurement becomes None."""
    watched = _number(sent.get("watched_fraction"))
    return {
        "option_seed": whole(sent.get("option_seed"), 2**32 - 1),
        "position": whole(sent.get("position"), 10_000),
        "watched_fraction": None if watched is None else min(watched, 1.0),
        **{column: _number(sent.get(column)) for column in _SECONDS},
        **{column: whole(sent.get(column), MOST_ERRORS) for column in _COUNTS},
    }


def _number(value: Any) -> float | None:
    """The value if it is a number from 0 to 1e9, else None."""
    return float(value) if type(value) in (int, float) and 0 <= value <= 1e9 else None
