"""Makes the HTML page of a HIT, which is the same on every platform, and its HTMLQuestion for Mechanical Turk.

The page does not contain the labels of evaluated videos; they stay in `design.json`. A study's texts are in the page as
JSON, and its script shows them as text, never as markup.
"""

import json
import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from mimetypes import guess_type
from typing import Any

from markupsafe import Markup

from crowd.design.design import ANYWHERE, ATTENTION, TRAINING, Design, HitDesign, TaskItem
from crowd.design.planning import expected_s
from crowd.design.study import Study
from crowd.opaque_names import address
from crowd.pricing import dollars, shown
from crowd.questions.naming import Naming
from crowd.questions.question import Question
from crowd.questions.survey import ONCE
from crowd.recruiters import describe
from crowd.task.clip_data import items_of, shortened
from crowd.task.consent import consent_text
from crowd.task.page_size import page_size, too_large
from crowd.task.quiz import TRIES
from crowd.task.script import packed, script_of, style_of, unpacking
from crowd.videos.metadata import FALLBACKS, Video
from crowd.wording import FORMER_KEYS, OTHER, UNCLEAR, common_wording, question_wording, wording
from templates import environment

#: Longest question that Mechanical Turk accepts, in bytes of UTF-8.
MAX_QUESTION_BYTES = 65_535
#: The study's texts in a page that are outside its task's data.
_AROUND = ("direction", "no_script", "old_browser", "preview", "progress")
#: Parts of the page that not every task has: what the names of their texts begin with.
SOUND_CHECK, QUIZ = "sound_check", "quiz"
#: Marks the place of the data in the page that is made once for all HITs; no text contains it.
_HERE = secrets.token_hex(16)


def render_page(study: Study, design: Design, hit: HitDesign, media_url: Callable[[str], str], *, pay: str = "") -> str:
    """The page of `hit`; `media_url` returns the address of a file of the videos directory, `pay` is from `pay_shown`.

    Raises:
        ValueError: the page is too long for a question; the message says what to change.
    """
    task = page_data(study, design, hit, media_url, pay=pay)
    for smaller in (False, True):
        page = page_of(task, study.language, smaller=smaller)
        if _question_bytes(page) <= MAX_QUESTION_BYTES:
            return page
    with_kinds, without = (sum(map(len, _around_data(task, study.language, own, True))) for own in (_kinds(task), ()))
    found = page_size(task, total=_question_bytes(page), most=MAX_QUESTION_BYTES, kinds=with_kinds - without)
    raise ValueError(too_large(found, task, hit.key, study.videos_per_hit))


def page_of(task: Mapping[str, Any], language: str, *, smaller: bool = False) -> str:
    """The page with a task's data, as `page_data` gives them, and with the parts that its questions need.

    With `smaller` its script is compressed, which browsers before 2023 cannot unpack: they show a text that says so.
    """
    before, after = _around_data(task, language, _kinds(task), smaller)
    return f"{before}{_json_for_script(shortened(task))}{after}"


def _kinds(task: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(question["kind"] for question in task["questions"]))


def _around_data(task: Mapping[str, Any], language: str, kinds: tuple[str, ...], smaller: bool) -> tuple[str, str]:
    """The parts of the page before and after its data, with the parts of these kinds of questions."""
    parts = {"sound": task["sound"], "quiz": bool(task.get("quiz")), "several": any(map(_has_several, items_of(task)))}
    texts = {name: task["words"][name] for name in _AROUND}
    around = (tuple(part.items()) for part in (texts, parts))
    return _around(language, task["title"], task["pay"], kinds, *around, smaller)


def _has_several(item: Mapping[str, Any]) -> bool:
    return len(item.get("clips", ())) + ("reference" in item) > 1


def page_words(language: str, own: Mapping[str, str], kinds: Iterable[str], *parts: str) -> dict[str, str]:
    """What the page says: the texts of every page, of the kinds of questions that it asks, and of its `parts`.

    A study's `own` texts come before those of its language. Parts are `SOUND_CHECK` and `QUIZ`.
    """
    known = common_wording(language).keys() | {key for kind in kinds for key in question_wording(kind, language)}
    absent = tuple(start for part in (SOUND_CHECK, QUIZ) if part not in parts for start in (part, f"step_{part}"))
    words = {**wording(language), **{FORMER_KEYS.get(key, key): text for key, text in own.items()}}
    return {key: text for key, text in words.items() if key in known and not key.startswith(absent)}


def check_pages(
    study: Study, design: Design, media_url: Callable[[str], str] = address, *, pay: str | None = None
) -> None:
    """Check before publication that platforms accept the design's largest page.

    Raises:
        ValueError: as `render_page`.
    """
    blocks = {hit.block: hit for hit in design.hits}.values()

    def size(hit: HitDesign) -> int:  # of the part that differs between pages
        return len(_json_for_script([_item(study, design, item, str) for item in hit.items]).encode())

    largest = max(blocks, key=size)
    render_page(study, design, largest, media_url, pay=pay_shown(study, platform_pays=True) if pay is None else pay)


@lru_cache(maxsize=8)
def _around(
    language: str,
    title: str,
    pay: str,
    kinds: tuple[str, ...],
    texts: tuple[tuple[str, str], ...],
    parts: tuple[tuple[str, bool], ...],
    smaller: bool,
) -> tuple[str, str]:
    """The parts of a study's pages before and after the task's data; only the data differ between HITs."""
    script = script_of(kinds, **dict(parts))
    page = (
        environment()
        .get_template("task/page.html.j2")
        .render(
            language=language,
            title=title,
            pay=pay,
            words=dict(texts),
            style=style_of(kinds, several=dict(parts)["several"]),
            script=unpacking() if smaller else script,
            packed=packed(script) if smaller else "",
            task=_HERE,
        )
    )
    page = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", page)  # not allowed in XML
    before, _, after = page.partition(_HERE)
    return before, after


def html_question(html: str) -> str:
    """The HTMLQuestion with the page and the height of its frame.

    Raises:
        ValueError: it is longer than platforms accept.
    """
    size = _question_bytes(html)
    if size > MAX_QUESTION_BYTES:
        raise ValueError(f"question: has {size} bytes, {MAX_QUESTION_BYTES} are allowed")
    before, after = _wrapper()
    return f"{before}{_in_cdata(html)}{after}"


def _question_bytes(html: str) -> int:
    """The length of the page's question, in bytes of UTF-8."""
    return len(_in_cdata(html).encode()) + sum(len(part.encode()) for part in _wrapper())


def _in_cdata(html: str) -> str:
    """The page with the ends of CDATA sections escaped, to be put in a CDATA section."""
    return html.replace("]]>", "]]]]><![CDATA[>")


@cache
def _wrapper() -> tuple[str, str]:
    """The parts of a question before and after the page."""
    before, _, after = environment().get_template("task/question.xml.j2").render(html=_HERE).partition(_HERE)
    return before, after


def pay_shown(study: Study, *, platform_pays: bool) -> str:
    """The pay for a task as shown to participants, e.g. "$0.80"; empty if there is none, or the recruiter pays."""
    reward = dollars(study.reward_usd, "reward_usd")
    if not reward or not (platform_pays or study.payment) or describe(study.recruiter).pays:
        return ""
    return f"{shown(reward)} ({study.payment})" if study.payment and not platform_pays else shown(reward)


def page_data(
    study: Study, design: Design, hit: HitDesign, media_url: Callable[[str], str], *, pay: str = ""
) -> dict[str, Any]:
    """The data for the page's script."""
    sound = study.sound == "on"
    kinds = {question.KIND for question in design.questions}
    own = [part for part, there in ((SOUND_CHECK, sound), (QUIZ, study.quiz)) if there]
    words = page_words(study.language, study.wording, kinds, *own)
    words = {key: text for key, text in words.items() if _is_said(key, study.language, design.questions)}
    consent = consent_text(study, words)
    names = {OTHER: words["other"], UNCLEAR: words["unclear"]} if Naming.KIND in kinds else {}
    once = {when: [question.id for question in design.asked_once(when)] for when in ONCE}

    def entries(items: Iterable[TaskItem]) -> list[dict[str, Any]]:
        return [_item(study, design, item, media_url) for item in items]

    return {
        "study": design.sha256[:16],
        "hit": hit.key,
        "seed": design.seed,
        "title": study.title,
        "contact": study.contact,
        "consent": consent,
        "minutes": max(1, round(expected_s(study, design, hit) / 60)),
        "limit_s": study.assignment_duration_s,
        "pay": pay,
        "paid_elsewhere": describe(study.recruiter).pays,
        "size": study.size,
        "sound": sound,
        "questions": [_question(question, design) for question in design.questions],
        "texts": {**names, **study.option_texts},
        "words": words,
        "prompt": study.prompt,
        "once": once if any(once.values()) else None,
        "training": entries(hit.of_kind(TRAINING)),
        "parts": [[entries(window) for window in windows] for windows in _parts(hit)],
        "checks": entries(item for item in hit.items if item.window == ANYWHERE),
        **_instructions(study, design, media_url),
    }


def _is_said(word: str, language: str, questions: Sequence[Question]) -> bool:
    """Whether the word belongs to the page itself, or to a question that needs it."""
    owners = [question for question in questions if word in question_wording(question.KIND, language)]
    return not owners or any(question.says(word) for question in owners)


def _instructions(study: Study, design: Design, media_url: Callable[[str], str]) -> dict[str, Any]:
    """What comes before the items, as far as the study has it, and whether the questions' order is random."""
    known = {video.file_name: video for video in design.videos}
    sound = study.sound == "on"
    found: dict[str, Any] = {}
    if study.examples:
        found["examples"] = [
            {"clips": [_clip(known[example.file_name], media_url, sound)], "text": example.text}
            for example in study.examples
        ]
    if study.quiz:
        found |= {"quiz": [question.to_table() for question in study.quiz], "quiz_failed": study.quiz_failed}
        found["quiz_tries"] = TRIES
    return found | ({"shuffle_questions": True} if study.question_order == "shuffled" else {})


def _parts(hit: HitDesign) -> list[list[list[TaskItem]]]:
    """The windows of the items about videos, of those about pairs and of those about sets, as far as there are any."""
    parts: dict[str, dict[int, list[TaskItem]]] = {}
    for item in hit.items:
        if item.kind != TRAINING and item.window != ANYWHERE:
            parts.setdefault(item.about, {}).setdefault(item.window, []).append(item)
    return [[window for _, window in sorted(windows.items())] for windows in parts.values()]


def _question(question: Question, design: Design) -> dict[str, Any]:
    """The question's data in the page."""
    entry: dict[str, Any] = {"id": question.id, "kind": question.KIND, "text": question.text}
    if question.KIND == Naming.KIND:
        entry["options"] = list(design.options)
    if question.help:
        entry["help"] = question.help
    if not question.required:
        entry["required"] = False
    if question.condition:
        entry["ask_if"] = {"question": question.condition[0], "is": list(question.condition[1])}
    return entry | question.page()


def _item(study: Study, design: Design, item: TaskItem, media_url: Callable[[str], str]) -> dict[str, Any]:
    """The item's data in the page: without its label, unless it is for training."""
    if item.kind == ATTENTION:
        question = design.attention_question
        return {"key": item.key, "kind": ATTENTION, "asked": item.asked, "question": question.id if question else ""}
    videos = [design.video(video_id) for video_id in item.video_ids]
    sound = study.sound == "on"
    questions = design.questions_about(item.about)
    entry: dict[str, Any] = {
        "key": item.key,
        "clips": [_clip(video, media_url, sound) for video in videos],
        "questions": [question.id for question in questions],
    }
    if item.data:
        entry["asked"] = item.data
    if study.prompt != "hidden" and videos[0].prompt:
        entry["prompt"] = videos[0].prompt
    if videos[0].reference and any("reference" in question.columns for question in questions):
        entry["reference"] = _reference(videos[0], media_url)
    if item.kind == TRAINING:
        entry |= {"kind": TRAINING, "labels": list(videos[0].labels)}
    return entry


def _clip(video: Video, media_url: Callable[[str], str], sound: bool) -> dict[str, Any]:
    """How the page shows a video."""
    entry: dict[str, Any] = {
        "url": media_url(video.file_name),
        "seconds": video.fallback_duration_s or video.duration_s,  # of the picture, if one is shown
        "width": video.width,
        "height": video.height,
    }
    if video.file_name.lower().endswith(FALLBACKS):
        entry["picture"] = True
    elif video.fallback and not sound:  # a picture has no sound
        entry["fallback"] = media_url(video.fallback)
    return entry


def _reference(video: Video, media_url: Callable[[str], str]) -> dict[str, Any]:
    """The picture or the clip with which a video is compared, in a frame of the video's shape."""
    entry = {"url": media_url(video.reference), "width": video.width, "height": video.height}
    if (guess_type(video.reference)[0] or "").startswith("image/"):
        entry["picture"] = True
    return entry


def _json_for_script(value: Any) -> Markup:
    """JSON that is safe in a script element: `<` and `>` are escaped, so that it ends no element or comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    escaped = re.sub(r"[<>\x7f-\x9f\u2028\u2029\ufdd0-\ufdef\ufffe\uffff]", lambda one: f"\\u{ord(one[0]):04x}", text)
    return Markup(escaped)  # noqa: S704  cannot end the script element
