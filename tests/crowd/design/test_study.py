"""`crowd.design.study`: the study file, its defaults and its mistakes."""

import re
import tomllib
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowd.design.blocks import design
from crowd.design.study import Study, documentation, naming_the_line
from crowd.design.study_file import FREE_SECTIONS, LISTS, RECRUITERS, SECTIONS
from crowd.texts import unholdable
from crowd.wording import LANGUAGES, headings, wording
from tests.crowd.clips import LABELS, write_videos
from tests.crowd.questions.made import BETTER, NATURAL, videos


def test_labels_become_options(tmp_path: Path) -> None:
    """A study of a directory has its labels as options, and "Other" and "Unclear" behind them."""
    study = Study.from_videos(write_videos(tmp_path), reward_usd="1.00")
    assert study.options == LABELS
    assert study.all_options == (*LABELS, "Other", "Unclear")
    assert study.reward_usd == "1.00"
    assert study.title == Study().title
    assert Study.from_videos(tmp_path, language="ja").title.startswith("短い動画")
    assert Study.from_videos(tmp_path, language="ja", title="T").title == "T"


def test_the_file_says_what_every_key_means(tmp_path: Path) -> None:
    """Each field stands in the written file with a comment before it, and each section has an introduction."""
    lines = Study().to_toml().splitlines()
    for section, entries in documentation().items():
        if section in LISTS:
            assert any(line.startswith(f"# {entries[0][1]} Each is a table below [[{section}]]") for line in lines)
            continue
        assert lines[lines.index(f"[{section}]") - 1] == f"# {SECTIONS[section]}"
        for name, doc in entries:
            if section not in FREE_SECTIONS:
                assert doc.endswith(".")
                place = next(number for number, line in enumerate(lines) if line.startswith(f"{name} = "))
                assert lines[place - 1] == f"# {doc}"
    assert {field.metadata["section"] for field in fields(Study)} == {*SECTIONS, *LISTS, RECRUITERS}
    assert max(map(len, lines)) < 140


def test_the_keys_of_a_recruiter_come_back(tmp_path: Path) -> None:
    """Its table is written with the meaning of each key, and read whichever recruiter is chosen."""
    table = {"id_parameter": "who", "complete": "https://panel.example/done?id={id}"}
    for recruiter, most_tasks in (("panel", 1), ("links", 0)):
        study = Study(recruiter=recruiter, recruit={"panel": table})
        study.save(tmp_path / "study.toml")
        assert Study.load(tmp_path / "study.toml") == study
        assert study.most_tasks == most_tasks
        assert "\n# The parameter of the address that holds the person's id.\nid_parameter = " in study.to_toml()
    assert replace(study, tasks_per_participant=3).most_tasks == 3


def test_a_file_comes_back_as_it_was(tmp_path: Path) -> None:
    """What is saved is loaded again, quotes, line ends, languages and tables included."""
    study = Study(
        title='Say "what" you\\see',
        consent="One.\n\nTwo — ü 日本",
        options=('a "b"', "c\\d", "左へ"),
        gold_share=0.25,
        countries=("US", "JP"),
        wording={"start": "Here we go", "question": 'What "is" it?'},
        option_texts={'a "b"': "x = y", "Other": "None"},
        max_attention_failures=-1,
    )
    study.save(tmp_path / "study.toml")
    assert Study.load(tmp_path / "study.toml") == study


@pytest.mark.parametrize(("character", "point"), [("\ufffe", "FFFE"), ("\ud800", "D800"), ("\x1b", "001B")])
def test_characters_that_no_answer_can_hold_are_refused(character: str, point: str) -> None:
    """An option with such a character is refused before anything is published, with its code point."""
    for values in ({"options": ("a", f"b{character}")}, {"option_texts": {"a": character}}):
        with pytest.raises(ValueError, match=rf"^option\w+: holds U\+{point}, a character that no answer can hold$"):
            Study(**values)  # type: ignore[arg-type]


def test_options_are_kept_as_people_read_them() -> None:
    """Two spellings that look the same are one option; two options that only look the same are refused."""
    assert Study(options=("cafe\u0301", "b\u00a0 c")).options == ("caf\u00e9", "b c")
    with pytest.raises(ValueError, match="options: 'café' stands 2 times"):
        Study(options=("cafe\u0301", "caf\u00e9"))
    with pytest.raises(ValueError, match=r"look alike but differ at character 2: U\+0430, U\+0061"):
        Study(options=("c\u0430t", "cat"))


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where writing breaks off in the middle, the earlier file stands as it was."""
    path = tmp_path / "study.toml"
    Study(seed=1).save(path)
    monkeypatch.setattr(Study, "to_toml", lambda study: "[design]\nseed = 2\n\ud800")  # which UTF-8 cannot write
    with pytest.raises(UnicodeEncodeError):
        Study(seed=2).save(path)
    assert Study.load(path).seed == 1


texts = st.text(
    st.characters(exclude_categories=["Cs"]).filter(lambda character: unholdable(character) is None),
    min_size=1,
    max_size=50,
)


@given(
    texts,
    st.floats(0, 1),
    st.integers(0, 2**32 - 1),
)
def test_any_text_and_number_comes_back(text: str, share: float, seed: int) -> None:
    """The file is TOML whatever is written in it."""
    table = tomllib.loads(Study(title=text, gold_share=share, seed=seed, wording={"start": text}).to_toml())
    assert (table["study"]["title"], table["design"]["gold_share"], table["design"]["seed"]) == (text, share, seed)
    assert table["wording"]["start"] == text


def test_an_empty_file_is_the_defaults(tmp_path: Path) -> None:
    """Every key may be left out."""
    (tmp_path / "study.toml").write_text("")
    assert Study.load(tmp_path / "study.toml") == Study()


def test_whole_numbers_may_stand_for_fractions(tmp_path: Path) -> None:
    """`seconds_per_item = 5` is as good as 5.0."""
    (tmp_path / "study.toml").write_text("[time]\nseconds_per_item = 5\n")
    assert Study.load(tmp_path / "study.toml").seconds_per_item == 5.0


#: A question.
RATED = "[[questions]]\nid = 'a'\nkind = 'rating'\n"

MISTAKES = {
    "[study]\ntitle = \n": r":2: not TOML: ",
    "[study\n": r":1: not TOML: ",
    "[studdy]\n": r":1: unknown section 'studdy'; sections are study, ethics, question",
    "title = 'x'\n": r":1: unknown section 'title'",
    "\n[design]\nvideos = 3\n": r":3: unknown key 'videos'; \[design\] has videos_per_hit",
    "[pay]\n\nvideos_per_hit = 3\n": r":3: unknown key 'videos_per_hit'; \[pay\] has reward_usd",
    "[design]\nvideos_per_hit = '3'\n": r":2: videos_per_hit: must be a whole number, is '3'",
    "[design]\nvideos_per_hit = 0\n": r":2: videos_per_hit: must be between 1 and 500, is 0",
    "[design]\n# a comment\n  gold_share = 1.5\n": r":3: gold_share: must be between 0 and 1, is 1\.5",
    "[design]\ngold_share = nan\n": r":2: gold_share: must be between 0 and 1, is nan",
    "[design]\ngold_share = true\n": r":2: gold_share: must be a number, is True",
    "[clips]\nsize = 'big'\n": r":2: size: must be \"fit\", \"native\" or a width from 16 to 7680 pixels, is 'big'",
    "[clips]\nsize = 0\n": r":2: size: must be \"fit\", \"native\" or a width from 16 to 7680 pixels, is 0",
    "[clips]\nsize = true\n": r":2: size: must be text or a whole number, is True",
    "[clips]\nsize = 2.5\n": r":2: size: must be text or a whole number, is 2\.5",
    "[clips]\nsound = true\n": r":2: sound: must be text, is True",
    "[clips]\nsound = 'loud'\n": r":2: sound: must be one of off, on, is 'loud'",
    "[time]\ngrace_s = -1\n": r":2: grace_s: must be between 0 and 86400, is -1",
    "[study]\nlanguage = 'fr'\n": r":2: language: must be one of en, ja, is 'fr'",
    "[study]\ntitle = ''\n": r":2: title: must have 1 to 128 characters, has 0",
    "[pay]\nreward_usd = 0.5\n": r":2: reward_usd: must be text, is 0\.5",
    "[pay]\nreward_usd = '0.505'\n": r":2: reward_usd: must be dollars and cents as text",
    "[pay]\nreward_usd = '-1'\n": r":2: reward_usd: must be dollars and cents as text",
    "[pay]\nreward_usd = 'NaN'\n": r":2: reward_usd: must be dollars and cents as text",
    "[question]\noptions = ['a', 1]\n": r":2: options: must be a list of texts",
    "[question]\noptions = ['a', 'a']\n": r":2: options: 'a' stands 2 times",
    "[question]\noptions = ['a', 'other']\n": r":2: options: 'other' is always there, leave it out",
    "[question]\noptions = ['a cat', 'A  Cat']\n": r":2: options: 'a cat' and 'A Cat' differ in capitals only",
    "[question]\noptions = ['a', ' ']\n": r":2: options: one of them is empty",
    "[recruit]\nrecruiter = 'panels'\n": r":2: recruiter: must be one of links, panel, prolific, is 'panels'",
    "[recruit]\nrecruiter = 'panel'\n": r": recruit\.panel\.id_parameter: is missing",
    "[recruit]\n[recruit.panel]\ncolour = 1\n": r":3: recruit\.panel\.colour: is unknown; there are id_parameter, ",
    "[recruit.panel]\nid_parameter = 'a'\ncomplete = 'http://b'\n": r":3: recruit\.panel\.complete: must be an address",
    "[recruit.panels]\n": r":1: unknown key 'panels'; \[recruit\] has recruiter, ",
    "[recruit]\npanel = 1\n": r":2: panel: must be a table, is 1",
    "[participants]\ncountries = ['usa']\n": r":2: countries: must be two capital letters each, has 'usa'",
    "[analysis]\ncomparisons = ['a - a']\n": r":2: comparisons: must be \"one method - another\", has 'a - a'",
    "[analysis]\ntarget = 'all'\n": r":2: target: must be one of new-videos, these-videos, new-labels, is 'all'",
    "[wording]\nstart = 3\n": r":2: start: must be text, is 3",
    "[wording]\nbegin = 'x'\n": r":1: wording: no 'begin' on the page; it has direction",
    f"{RATED}[[questions]]\nkind = 'text'\nid = 'a'\n": r":6: questions: two have the id 'a'",
    "[[questions]]\nid = 'a'\nkind = 'naming'\n[[questions]]\nid = 'b'\nkind = 'naming'\n": r":6: questions: two are",
    "[[questions]]\nid = 'a'\nkind = 'text'\nask_if = 'b = 1'\n": r":4: questions: 'a' is asked after"
    r" 'b', which is no earlier question about the same; there are none",
    f"{RATED}[[questions]]\nid = 'b'\nkind = 'choice'\nasked = 'video'\noptions = ['x', 'y']\nask_if = 'a = 6'\n": r":9"
    r": questions: 'b' is asked after the answer '6', but 'a' has 1, 2, 3, 4, 5",
    f"{RATED}ask_if = 'a'\n": r':4: ask_if: must be "question = answer, answer", is',
    "[question]\noptions=['a']\n[option_texts]\nb = 'x'\n": r":3: option_texts: 'b' is no option; options are a, Other",
}


@pytest.mark.parametrize("size", ["fit", "native", 480])
def test_sizes_are_words_or_pixels(tmp_path: Path, size: int | str) -> None:
    """What is declared comes back from the file in its own type."""
    Study(size=size).save(tmp_path / "study.toml")
    assert Study.load(tmp_path / "study.toml").size == size


@pytest.mark.parametrize(("text", "message"), MISTAKES.items(), ids=range(len(MISTAKES)))
def test_mistakes_are_named_with_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    """Every mistake in a study file is one line with the file, the line and the key."""
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"study\.toml" + message) as caught:
        Study.load(path)
    assert "\n" not in str(caught.value)


BESIDE_VIDEOS = {
    "[[questions]]\nid = 'a'\nkind = 'caption'\nchoices = 7\n": r":1: questions: 'a' shows 7 captions, and the",
    "\n[[questions]]\nid = 'a'\nkind = 'statement'\ncolumn = 'says'\n": r":2: questions: 'a' needs the column says",
    "[design]\nseed = 1\npair_reference = 'x'\n[[questions]]\nid = 'a'\nkind = 'preference'\n": r":3: pair_reference: ",
    f"[analysis]\ncomparisons = ['x - new']\n{RATED}": r":2: comparisons: 'x - new': no video of method 'x'",
}


@pytest.mark.parametrize(("text", "message"), BESIDE_VIDEOS.items(), ids=range(len(BESIDE_VIDEOS)))
def test_what_cannot_be_asked_about_the_videos_is_named_with_file_and_line(
    tmp_path: Path, text: str, message: str
) -> None:
    """What only the videos show stands with the line of the question, or of the key."""
    path = tmp_path / "study.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"study\.toml" + message) as caught, naming_the_line(path):
        design(Study.load(path), videos())
    assert "\n" not in str(caught.value)


def test_other_mistakes_and_studies_without_a_file_have_no_line(tmp_path: Path) -> None:
    """What is no key of the study file is said as it is."""
    for path, message in ((tmp_path / "none.toml", "seed: x"), (tmp_path / "study.toml", "hit b001: x")):
        (tmp_path / "study.toml").write_text("[design]\nseed = 1\n")
        with pytest.raises(ValueError, match=f"^{message}$"), naming_the_line(path):
            raise ValueError(message)


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_fit_what_is_asked(tmp_path: Path, language: str) -> None:
    """A study that asks no labels does not say that it asks what videos show, also where its file has no title."""
    named, neutral = (headings(language, naming=naming) for naming in (True, False))
    assert named == LANGUAGES[language]
    assert not set(named) & set(neutral)
    asked = Study.of(videos(), language=language, questions=(NATURAL,))
    assert (asked.title, asked.description) == neutral
    assert Study.of(videos(), language=language).title == named[0]
    path = tmp_path / "study.toml"
    path.write_text(f"[study]\nlanguage = '{language}'\n[[questions]]\nid = 'a'\nkind = 'rating'\n")
    assert (Study.load(path).title, Study.load(path).description) == neutral


def test_a_question_is_written_with_the_meaning_of_its_keys(tmp_path: Path) -> None:
    """Every key but the kind has its comment, and the file comes back."""
    study = Study(questions=(NATURAL, BETTER))
    lines = study.to_toml().splitlines()
    for question in study.questions:
        for item in fields(question):
            place = lines.index(f"# {item.metadata['doc']}")
            assert lines[place + 1].startswith(f"{item.name} = ")
    study.save(tmp_path / "study.toml")
    assert Study.load(tmp_path / "study.toml").questions == study.questions


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are told as such."""
    (tmp_path / "study.toml").write_bytes(b"[study]\ntitle = '\xff'\n")
    with pytest.raises(ValueError, match=r"study\.toml: not UTF-8 text"):
        Study.load(tmp_path / "study.toml")


def test_the_plan_holds_what_must_not_change() -> None:
    """Design, exclusion, analysis and options are in the plan; words and pay are not."""
    study = Study(options=("a", "b"))
    assert {"options", "seed", "gold_share", "max_attention_failures", "primary_test"} <= set(study.plan)
    assert not {"title", "reward_usd", "wording", "lifetime_s"} & set(study.plan)
    assert replace(study, title="Another", reward_usd="2.00").plan == study.plan
    assert replace(study, confidence=0.9).plan != study.plan


@pytest.mark.parametrize("pages", ["task", "participant"])
def test_languages_say_the_same_things(pages: str) -> None:
    """Every language has the same keys, with the same words to fill in, and none is empty."""
    holes = {key: sorted(re.findall(r"\{\w+\}", text)) for key, text in wording("en", pages).items()}
    for language in LANGUAGES:
        texts = wording(language, pages)
        assert {key: sorted(re.findall(r"\{\w+\}", text)) for key, text in texts.items()} == holes
        assert all(text.strip() for text in texts.values())


def test_a_recruiter_s_filters_are_written_and_read_again(tmp_path: Path) -> None:
    """They are tables in a list, as the service's own interface has them."""
    filters = (
        {"filter_id": "age", "selected_range": {"lower": 20, "upper": 40}},
        {"filter_id": 'odd "id"\x7f', "selected_values": ["0", "1"]},
    )
    study = Study(recruiter="prolific", recruit={"prolific": {"filters": list(filters)}})
    study.save(tmp_path / "study.toml")
    assert Study.load(tmp_path / "study.toml") == study
    assert Study.load(tmp_path / "study.toml").recruiter_settings.filters == filters  # type: ignore[attr-defined]
