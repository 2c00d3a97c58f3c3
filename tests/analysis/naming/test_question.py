"""Naming as a question among others: the same numbers by the kind's own way as at the top of a report."""

import pandas as pd
import pytest

from analysis import analyse
from tests.analysis.questions.tables import naming_rows


@pytest.mark.parametrize("paired", [False, True])
def test_a_further_naming_question_has_the_estimates_of_the_first(paired: bool) -> None:
    """The same answers under another question give the same accuracies, intervals and tests, also paired by prompt."""
    first = naming_rows()
    if paired:
        first["prompt"] = first["video_id"].str.split("/", n=1).str[1]
    again = first.assign(question="again")
    report = analyse(pd.concat([first, again], ignore_index=True))
    one, other = report.questions
    assert (one.top_level, other.top_level) == (True, False)
    assert one.methods == other.methods
    assert one.comparisons == other.comparisons
    assert one.units == other.units == ("prompts" if paired else "videos")


def test_an_answer_that_is_no_label_is_refused() -> None:
    """In a further question too, with its row."""
    again = naming_rows(question="again")
    again.loc[4, "answer"] = "truck"
    with pytest.raises(ValueError, match="row 101 has an answer to question 'again' that is none of cat, dog, Other, "):
        analyse(pd.concat([naming_rows(), again], ignore_index=True))
