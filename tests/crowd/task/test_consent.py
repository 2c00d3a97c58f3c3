"""The text of consent says who answers for the study, and every accepted version is kept."""

import pytest

from crowd.design.study import Study
from crowd.task.consent import FACTS, consent_text
from crowd.task.page import page_words
from crowd.wording import LANGUAGES

DECLARED = {"institution": "Example University", "min_age": 18, "data_retention": "ten years, in {place}"}


def text_of(study: Study) -> str:
    """The text of consent of the study's page."""
    return consent_text(study, page_words(study.language, study.wording, ("naming",)))


def test_what_is_declared_stands_below_the_text() -> None:
    """In order, one paragraph each, as it was written; what is not declared is not there."""
    assert text_of(Study(consent="We ask you.", **DECLARED)).split("\n\n") == [
        "We ask you.",
        "Responsible for this study: Example University",
        "To take part you must be at least 18 years old.",
        "How your answers are kept: ten years, in {place}",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_says_all_of_it(language: str) -> None:
    """Nothing but the page's own words stands there without a declaration, and with one every value."""
    assert "\n" not in text_of(Study(language=language))
    study = Study(language=language, ethics_approval="Board 26-17", **DECLARED)
    for name in FACTS:
        assert str(getattr(study, name)) in text_of(study)


def test_the_study_may_say_it_in_its_own_words() -> None:
    """Words of the section `wording` take the place of the page's."""
    study = Study(min_age=21, wording={"consent_min_age": "Over {min_age}s only {please}"})
    assert text_of(study).endswith("\n\nOver 21s only {please}")


def test_the_words_of_the_text_are_not_sent_once_more() -> None:
    """What is in the text is not among the words of the page, whose size is limited."""
    words = page_words("en", {}, ("naming",))
    consent_text(Study(), words)
    assert [key for key in words if key == "consent" or key.removeprefix("consent_") in FACTS] == []
