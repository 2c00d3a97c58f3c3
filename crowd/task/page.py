"""Makes the HTML page of a HIT, which is the same on every platform, and its HTMLQuestion for Mechanical Turk.

The page does not contain the labels of evaluated videos; they stay in `design.json`. A study's texts are in the page as
JSON, and its script shows them as text, never as markup.
"""

import json
import re
import secrets
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import Any

from markupsafe import Markup

from crowd.design.design import ANYWHERE, ATTENTION, TRAINING, Design, HitDesign, TaskItem
from crowd.design.planning import expected_s
from crowd.design.study import Study
from crowd.opaque_names import address
from crowd.pricing import dollars, shown
from crowd.questions.naming import Naming
from crowd.questions.question import Question
from crowd.videos.metadata import FALLBACKS, Video
from crowd.wording import OTHER, UNCLEAR, wording
from templates import environment

#: Longest question that Mechanical Turk accepts, in bytes of UTF-8.
MAX_QUESTION_BYTES = 65_535
#: The study's texts in a page that are outside its task's data.
_AROUND = ("no_script", "preview", "progress")
#: Marks the place of the data in the page that is made once for all HITs; no text contains it.
_HERE = secrets.token_hex(16)


def render_page(study: Study, design: Design, hit: HitDesign, media_url: Callable[[str], str], *, pay: str = "") -> str:
    """The page of `hit`; `media_url` returns the address of a file of the videos directory, `pay` is from `pay_shown`.

    Raises:
        ValueError: the page is too long for a question; the message says what to change.
    """
    task = page_data(study, design, hit, media_url, pay=pay)
    texts = tuple(task["words"][name] for name in _AROUND)
    before, after = _around(study.language, study.title, pay, task["sound"], texts)
    page = f"{before}{_json_for_script(task)}{after}"
    size = _question_bytes(page)
    if size > MAX_QUESTION_BYTES:
        options = task["questions"][0].get("options", [])
        room = len(json.dumps([options, task["texts"]], ensure_ascii=False).encode())
        help_ = f"lower videos_per_hit ({study.videos_per_hit}) or use shorter addresses for the videos"
        if room > (size - MAX_QUESTION_BYTES) and room > MAX_QUESTION_BYTES // 4:
            help_ = f"{room} of them are {len(options)} options: ask about fewer or shorter labels"
        raise ValueError(f"hit {hit.key}: its page has {size} bytes, {MAX_QUESTION_BYTES} are allowed; {help_}")
    return page


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
def _around(language: str, title: str, pay: str, sound: bool, texts: tuple[str, ...]) -> tuple[str, str]:
    """The parts of a study's pages before and after the task's data; only the data differ between HITs."""
    page = (
        environment()
        .get_template("task/page.html.j2")
        .render(
            language=language,
            title=title,
            pay=pay,
            sound=sound,
            words=dict(zip(_AROUND, texts, strict=True)),
            task=_HERE,
        )
    )
    page = re.sub(r"(?m)^ *(//.*\n)?", "", page)  # indentation and comments would count towards the limit
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
    """The pay for a task as shown to participants, e.g. "$0.80"; empty if there is none."""
    reward = dollars(study.reward_usd, "reward_usd")
    if not reward or not (platform_pays or study.payment):
        return ""
    return f"{shown(reward)} ({study.payment})" if study.payment and not platform_pays else shown(reward)


def page_data(
    study: Study, design: Design, hit: HitDesign, media_url: Callable[[str], str], *, pay: str = ""
) -> dict[str, Any]:
    """The data for the page's script."""
    words = {**wording(study.language), **study.wording}
    consent = words.pop("consent")
    sound = study.sound == "on"

    def entries(items: Iterable[TaskItem]) -> list[dict[str, Any]]:
        return [_item(study, design, item, media_url) for item in items]

    return {
        "study": design.sha256[:16],
        "hit": hit.key,
        "seed": design.seed,
        "title": study.title,
        "contact": study.contact,
        "consent": study.consent or consent,
        "minutes": max(1, round(expected_s(study, design, hit) / 60)),
        "limit_s": study.assignment_duration_s,
        "pay": pay,
        "size": study.size,
        "sound": sound,
        "questions": [_question(question, design) for question in design.questions],
        "texts": {OTHER: words["other"], UNCLEAR: words["unclear"], **study.option_texts},
        "words": {key: text for key, text in words.items() if sound or not key.startswith("sound_check_")},
        "training": entries(hit.of_kind(TRAINING)),
        "parts": [[entries(window) for window in windows] for windows in _parts(hit)],
        "checks": entries(item for item in hit.items if item.window == ANYWHERE),
    }


def _parts(hit: HitDesign) -> list[list[list[TaskItem]]]:
    """The windows of the items about videos, of those about pairs and of those about sets, as far as there are any."""
    parts: dict[str, dict[int, list[TaskItem]]] = {}
    for item in hit.items:
        if item.kind != TRAINING and item.window != ANYWHERE:
            parts.setdefault(item.about, {}).setdefault(item.window, []).append(item)
    return [[window for _, window in sorted(windows.items())] for windows in parts.values()]


def _question(question: Question, design: Design) -> dict[str, Any]:
    """The question's data in the page."""
    entry: dict[str, Any] = {"id": question.id, "kind": question.KIND, "about": question.about, "text": question.text}
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
    entry: dict[str, Any] = {"key": item.key, "clips": [_clip(video, media_url, sound) for video in videos]}
    if item.data:
        entry["asked"] = item.data
    if study.prompt != "hidden" and videos[0].prompt:
        entry["prompt"] = videos[0].prompt
    if videos[0].reference and any("reference" in question.columns for question in design.questions_about(item.about)):
        entry["reference"] = media_url(videos[0].reference)
    if item.kind == TRAINING:
        entry |= {"kind": TRAINING, "labels": list(videos[0].labels)}
    return entry


def _clip(video: Video, media_url: Callable[[str], str], sound: bool) -> dict[str, Any]:
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


def _json_for_script(value: Any) -> Markup:
    """JSON that is safe in a script element: `<` and `>` are escaped, so that it ends no element or comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    escaped = re.sub(r"[<>\x7f-\x9f\u2028\u2029\ufdd0-\ufdef\ufffe\uffff]", lambda one: f"\\u{ord(one[0]):04x}", text)
    return Markup(escaped)  # noqa: S704  cannot end the script element
