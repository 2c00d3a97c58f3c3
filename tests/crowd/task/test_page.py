"""`crowd.task.page`: a HIT as a page that tells participants what they need and nothing more."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import assume, given
from hypothesis import strategies as st

from crowd.design.blocks import design
from crowd.design.design import Design
from crowd.design.study import Study
from crowd.localplatform.limits import ServerLimits
from crowd.localplatform.operations.questions import parse_question
from crowd.opaque_names import address
from crowd.questions import question_of
from crowd.simulated.response_probabilities import by_accuracy
from crowd.simulated.workers import ResponseStyle, SimulatedWorker, filled_form
from crowd.task.clip_data import task_in
from crowd.task.consent import FACTS
from crowd.task.page import MAX_QUESTION_BYTES, check_pages, html_question, page_data, pay_shown, render_page
from crowd.texts import skeleton, unholdable
from crowd.videos.metadata import Video
from crowd.wording import LANGUAGES
from templates import environment

NAMESPACE = "{http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2011-11-11/HTMLQuestion.xsd}"
NASTY = "</script><script>alert(1)</script>]]><![CDATA[&amp;<!--\u2028'\"\\"


def videos(number: int = 30, **values: Any) -> list[Video]:
    """Videos of three methods and as many labels."""
    return [
        Video(
            **{
                "video_id": f"secret-{place}",
                "file_name": f"clip{place}.mp4",
                "fallback": f"clip{place}.gif",
                "method": f"method{place % 3}",
                "label": f"label {place % 5}",
                "duration_s": 2.0,
                "width": 128,
                "height": 96,
                "directory": "/v",
                **values,
            }
        )
        for place in range(number)
    ]


def rendered(
    study: Study, media_url: Callable[[str], str] = str, number: int = 30, **values: Any
) -> tuple[Design, str]:
    """The design and the page of its first HIT."""
    plan = design(study, videos(number, **values))
    return plan, render_page(study, plan, plan.hits[0], media_url)


def windows_of(data: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    """The windows of a page that asks about single videos."""
    (windows,) = data["parts"]
    return list(windows)


def clips_of(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The clips of all items in the windows."""
    return [clip for window in windows_of(data) for item in window for clip in item["clips"]]


def test_the_question_fits_and_is_xml() -> None:
    """A HIT of 22 videos with long addresses is a question of at most 65,535 bytes whose content is the page."""
    plan, page = rendered(Study(), lambda name: f"https://bucket.example/{name}?{'x' * 400}")
    question = html_question(page)
    assert len(question.encode()) <= MAX_QUESTION_BYTES
    root = fromstring(question)
    assert root.tag == f"{NAMESPACE}HTMLQuestion"
    assert root.find(f"{NAMESPACE}HTMLContent").text == page
    assert root.find(f"{NAMESPACE}FrameHeight").text == "0"
    assert len(plan.hits[0].items) == 16


def presigned(name: str) -> str:
    """An address on S3 as boto3 signs it, of usual length."""
    parts = {"Algorithm": "AWS4-HMAC-SHA256", "Credential": "A" * 60, "Date": "20261130T000000Z", "Expires": "604800"}
    parts |= {"SignedHeaders": "host", "Signature": sha256(name.encode()).hexdigest()}
    query = "&".join(f"X-Amz-{key}={value}" for key, value in parts.items())
    return f"https://bucket.s3.eu-central-1.amazonaws.com/vidgen{address(name).removeprefix('/media')}?{query}"


@pytest.mark.parametrize(("media_url", "rated"), [(address, 5), (presigned, 40)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_task_of_twenty_pairs_fits(language: str, media_url: Callable[[str], str], rated: int) -> None:
    """20 pairs with prompts, fallbacks and two preferences fit, and ratings of their videos as well."""
    questions = [
        {"id": "quality", "kind": "preference", "ties": "both", "text": "Which clip looks better?"},
        {"id": "motion", "kind": "preference", "strength": 7, "text": "Which clip moves better?"},
        {"id": "overall", "kind": "rating", "text": "How good is the clip?"},
    ]
    clips = [
        replace(
            video,
            method=f"method{place % 2}",
            prompt=f"a red car that drives past house number {place // 2}",
        )
        for place, video in enumerate(videos(40))
    ]
    study = Study(language=language, videos_per_hit=60, prompt="above", questions=tuple(map(question_of, questions)))
    plan = design(study, clips)
    (hit,) = {hit.block: hit for hit in plan.hits}.values()
    pairs = [item for item in hit.items if len(item.video_ids) == 2]
    assert len(pairs) == 20
    ratings = [item for item in hit.items if item not in pairs and item.kind == "evaluation"][:rated]
    page = render_page(study, plan, replace(hit, items=(*pairs, *ratings)), media_url)
    assert len(html_question(page).encode()) <= MAX_QUESTION_BYTES


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_task_of_default_size_fits_with_signed_links(language: str) -> None:
    """22 videos, two for practice and their fallbacks, each with a presigned address of S3 of usual length."""
    query = "&".join(f"X-Amz-{name}={'x' * 20}" for name in ("Algorithm", "Credential", "Date", "Expires", "Headers"))
    address = f"https://bucket.s3.eu-central-1.amazonaws.com/vidgen/{'0' * 32}.mp4?{query}&X-Amz-Signature={'0' * 64}"
    study = Study(language=language)
    plan = design(study, videos(24, method="real"))
    assert len(plan.hits[0].items) == 25
    page = render_page(study, plan, plan.hits[0], lambda name: address.ljust(370, "x"))
    assert len(html_question(page).encode()) <= MAX_QUESTION_BYTES


def test_a_picture_is_shown_for_its_own_time() -> None:
    """Answers unlock after the fallback where that is shown; older designs know the video's time alone."""
    for fallback_s, seconds in ((4.0, 4.0), (0.0, 2.0)):
        plan = design(Study(), videos(fallback_duration_s=fallback_s))
        data = page_data(Study(), plan, plan.hits[0], str)
        assert {clip["seconds"] for clip in clips_of(data)} == {seconds}


def test_a_page_too_long_says_what_to_change() -> None:
    """What no platform takes is refused before anything is published."""
    with pytest.raises(ValueError, match=r"hit b001-r1: its page has \d+ bytes, 65535 are allowed; lower videos_"):
        rendered(Study(videos_per_hit=60), lambda name: f"https://bucket.example/{name}?{name * 100}", 60)
    with pytest.raises(ValueError, match="question: has 70"):
        html_question("x" * 70_000)


@pytest.mark.parametrize(
    ("question", "starts"),
    [
        ({"kind": "rating"}, ["question_rating", "rating_"]),
        ({"kind": "rating", "reference": True}, ["question_impairment", "impairment_"]),
        ({"kind": "rating", "labels": list("abcde")}, ["question_rating"]),
        ({"kind": "preference", "ties": "none"}, ["preference_left"]),
        ({"kind": "preference", "ties": "both"}, ["preference_left", "preference_both"]),
        ({"kind": "preference", "strength": 5}, ["preference_left", "preference_tie", "preference_much"]),
        ({"kind": "preference", "strength": 7}, ["preference_slightly", "preference_tie", "preference_much"]),
    ],
)
def test_a_page_has_the_words_that_its_questions_need(question: dict[str, Any], starts: list[str]) -> None:
    """Of the texts of a kind, those of other settings are left out."""
    clips = [
        replace(video, method=f"m{place % 2}", prompt=f"p{place // 2}", reference="r.png")
        for place, video in enumerate(videos(4))
    ]
    study = Study(questions=(question_of({"id": "q", **question}),), attention_items=0, training_items=0)
    plan = design(study, clips)
    words = page_data(study, plan, plan.hits[0], str)["words"]
    known = ("question_rating", "rating_", "question_impairment", "impairment_")
    known += tuple(f"preference_{start}" for start in ("tie", "both", "slightly", "much"))
    found = {start for start in known if any(word.startswith(start) for word in words)}
    assert found == set(starts) & set(known)


def long_labels(words: int) -> tuple[Study, Design]:
    """A study of 100 videos whose labels have so many words of some forty bytes."""
    clips = [replace(video, label=video.video_id + words * " 動く車が左から右へ進む様子") for video in videos(100)]
    study = Study.of(clips, training_items=0)
    return study, design(study, clips)


def test_too_long_options_are_refused_at_planning() -> None:
    """What no page can hold is said before anything is published, with what to change."""
    check_pages(*long_labels(2))
    with pytest.raises(ValueError, match=r"page has \d+ bytes, 65535 are allowed; \d+ of them are 102 options: ask"):
        check_pages(*long_labels(12))


def test_the_answers_to_the_fullest_page_can_be_sent() -> None:
    """With options as long as a page can hold, the form that a participant sends is one that the server takes."""
    for words in range(2, 12):
        study, plan = long_labels(words)
        try:
            check_pages(study, plan)
        except ValueError:
            break
        fullest = plan
    participant = SimulatedWorker(fullest, by_accuracy(0.9, fullest.options), ResponseStyle(), 0, "w")
    task = page_data(study, fullest, fullest.hits[0], str)
    form = filled_form(task, {"assignmentId": "A" * 30, "workerId": "W" * 30}, fullest, participant)
    form["comment"] = "車" * 2000
    assert len(urlencode(form)) < ServerLimits().body_bytes
    assert len(form) < ServerLimits().form_fields


def test_the_page_does_not_know_the_answers() -> None:
    """Methods, ids and labels of evaluated videos are not in the page, labels other than as options."""
    plan, page = rendered(Study(training_items=0))
    task = task_in(page)
    shown = json.dumps(task["parts"])
    assert "method" not in page.replace('method="post"', "").replace('method:"POST"', "")
    assert "secret" not in page
    assert "label" not in shown.replace('asked": "label', "")
    assert task["questions"][0]["options"] == list(plan.options)


def test_the_page_names_nothing_to_load_but_media() -> None:
    """There is no address in the page but those of the clips."""
    _, page = rendered(Study(), lambda name: f"media:{name}")
    assert not re.search(r"https?://|//[a-z]|@import|url\(|<link|<img|\ssrc=", page)


def test_every_word_is_used() -> None:
    """Each key of the wording is said somewhere in the page's template or scripts."""
    loader = environment().loader
    assert loader is not None
    names = [name for name in loader.list_templates() if re.fullmatch(r"task/.*\.(js|j2)", name)]
    sources = "".join(loader.get_source(environment(), name)[0] for name in names)
    from crowd.wording import wording

    for key in set(wording("en")) - {"other", "consent", *(f"consent_{name}" for name in FACTS)}:
        stems = [key, *(key[: found.end()] for found in re.finditer("_", key))]  # scripts put some keys together
        assert any(f'"{stem}"' in sources for stem in stems) or f"words.{key}" in sources, key


holdable = st.characters(exclude_characters="\r").filter(lambda character: unholdable(character) is None)


@given(st.text(holdable, min_size=1, max_size=100))
def test_any_text_arrives_as_it_is(text: str) -> None:
    """Whatever stands in a study is data in the page: it comes back whole and opens no element."""
    assume(skeleton(text) not in ("a", "other", "unclear", ""))
    study = Study(consent=text, contact=text, question=text, options=("a", text), wording={"start": text}, title=NASTY)
    plan = design(study, [replace(video, label="a") for video in videos(3)])
    page = render_page(study, plan, plan.hits[0], lambda name: name + text)
    task = task_in(page)
    assert task["consent"] == task["contact"] == task["questions"][0]["text"] == task["words"]["start"] == text
    assert task["title"] == NASTY
    assert page.count("<script") == 2
    assert page.count("</script") == 2
    assert page.count("<!--") == 0
    assert fromstring(html_question(page)).find(f"{NAMESPACE}HTMLContent").text.count("</html>") == 1


def test_wording_language_and_texts() -> None:
    """A study's own words come before the language's, and options keep their spelling in the answers."""
    study = Study(language="ja", wording={"start": "行く"}, option_texts={"label 1": "一"}, question="何？")
    _, page = rendered(study)
    task = task_in(page)
    assert '<html lang="ja" dir="ltr">' in page
    assert (task["words"]["start"], task["words"]["next"]) == ("行く", "次へ")
    assert task["questions"][0]["text"] == "何？"
    assert task["texts"] == {"label 1": "一", "Other": "その他", "Unclear": "わからない"}
    assert "label 1" in task["questions"][0]["options"]


def test_pictures_need_no_fallback() -> None:
    """A GIF is shown as a picture; a video without fallback has none."""
    study = Study(attention_items=0)
    plan = design(study, videos(3, file_name="a.gif"))
    entries = clips_of(page_data(study, plan, plan.hits[0], str))
    assert all(entry["picture"] and "fallback" not in entry for entry in entries)
    plan = design(study, videos(3, fallback=""))
    entries = clips_of(page_data(study, plan, plan.hits[0], str))
    assert all("picture" not in entry and "fallback" not in entry for entry in entries)


def test_control_characters_do_not_break_the_question() -> None:
    """Characters that XML forbids are escaped in the page's data and left out elsewhere."""
    _, page = rendered(Study(contact="a\x0bb\ufffe", title="\x00Title"))
    assert "<title>Title</title>" in page
    assert task_in(page)["contact"] == "a\x0bb\ufffe"
    assert fromstring(html_question(page)) is not None


PANEL = {"panel": {"id_parameter": "who", "complete": "C0DE"}}


@pytest.mark.parametrize(
    ("values", "platform_pays", "shown"),
    [
        ({}, False, ""),
        ({}, True, "$0.80"),
        ({"payment": "in cash"}, False, "$0.80 (in cash)"),
        ({"payment": "in cash"}, True, "$0.80"),
        ({"payment": "in cash", "reward_usd": "0.00"}, False, ""),
        ({"reward_usd": "0"}, True, ""),
        ({"recruiter": "panel", "recruit": PANEL}, True, ""),
        ({"recruiter": "panel", "recruit": PANEL, "payment": "in cash"}, False, ""),
    ],
)
def test_pay_is_what_somebody_pays(values: dict[str, Any], platform_pays: bool, shown: str) -> None:
    """The reward is named where the platform pays it or the study says how, where there is one, and no service pays."""
    assert pay_shown(Study(**values), platform_pays=platform_pays) == shown


def test_the_platform_learns_what_a_page_pays() -> None:
    """The page's head says what is paid and that it asks for consent; other pages say nothing of either."""
    study = Study()
    plan = design(study, videos())
    page = render_page(study, plan, plan.hits[0], str, pay='$1 (<b>"cash"</b>)')
    question = parse_question(html_question(page))
    assert (question.pay, question.asks_consent) == ('$1 (<b>"cash"</b>)', True)
    other = parse_question(html_question("<!DOCTYPE html><title>Q</title><p>What?</p>"))
    assert (other.pay, other.asks_consent) == (None, False)


def test_counts_are_of_what_is_shown() -> None:
    """Practice clips, clips and checks are apart, and a check is in no window."""
    study = Study(attention_items=2, training_items=1, videos_per_hit=12)
    plan = design(study, videos(10, method="real"))
    task = page_data(study, plan, plan.hits[0], str)
    assert (len(task["training"]), sum(map(len, windows_of(task))), len(task["checks"])) == (1, 9, 2)
    assert {check["kind"] for check in task["checks"]} == {"attention"}


def test_checks_of_earlier_designs_stay_in_their_windows() -> None:
    """A design that was published with its attention items in windows is rendered as before."""
    study = Study(attention_items=1, training_items=0)
    plan = design(study, videos(6))
    hit = plan.hits[0]
    old = replace(hit, items=tuple(replace(item, window=max(item.window, 0)) for item in hit.items))
    task = page_data(study, replace(plan, hits=(old,)), old, str)
    assert task["checks"] == []
    assert sum(map(len, windows_of(task))) == 7


def test_a_study_with_sound_has_no_silent_fallback() -> None:
    """A picture instead of a clip cannot be heard."""
    for sound, there in (("on", False), ("off", True)):
        study = Study(sound=sound)
        plan = design(study, videos())
        assert ("fallback" in clips_of(page_data(study, plan, plan.hits[0], str))[0]) == there


def test_words_of_earlier_releases_keep_their_place() -> None:
    """A study file that has a text under the name that it had before shows it, and keeps what was published."""
    study = Study(wording={"instructions_3": "Choose {other} or {unclear}.", "question": "What is it?"})
    _, page = rendered(study)
    words = task_in(page)["words"]
    assert words["instructions_naming"] == "Choose {other} or {unclear}."
    assert "What is it?" in page
    assert study.wording["instructions_3"] == "Choose {other} or {unclear}."
