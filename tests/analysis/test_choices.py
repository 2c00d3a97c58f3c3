"""Rules that are chosen when the analysis is asked for."""

import pytest

from analysis.choices import parsed_choices


@pytest.mark.parametrize(
    ("words", "choices"),
    [
        (("target=these-videos", "margin = 0.05"), {"target": "these-videos", "margin": 0.05}),
        (("comparisons=a - b", "comparisons=a - c"), {"comparisons": ("a - b", "a - c")}),
        ((), {}),
    ],
)
def test_choices_as_a_command_gets_them(words: tuple[str, ...], choices: dict[str, object]) -> None:
    """Texts become values of the kind that each rule has."""
    assert parsed_choices(words) == choices


@pytest.mark.parametrize("word", ["colour=red", "margin", "margin=small"])
def test_wrong_choices_of_a_command_are_one_line(word: str) -> None:
    """A rule that does not exist, has no value or one of another kind is named."""
    with pytest.raises(ValueError, match=f"^rule '{word}': "):
        parsed_choices([word])
