"""What each planned question will get, against the items of the design."""

import pytest

from analysis.planned_questions import PlannedQuestion, planned_questions
from crowd.design.blocks import design
from tests.crowd.questions.made import BETTER, NATURAL, WHY, study, videos

RANKED = {"id": "order", "kind": "ranking"}


def planned(*questions: dict[str, object], prompts: int = 6, replicates: int = 1, **values: object) -> PlannedQuestion:
    """The first question of such a study."""
    own = study(*questions, **values)  # type: ignore[arg-type]
    return planned_questions(own, design(own, videos(prompts, replicates=replicates)))[0]


@pytest.mark.parametrize(
    ("question", "items", "each"),
    [(BETTER, 18, 2 * 6 * 9), (NATURAL, 18, 6 * 9), (RANKED, 6, 6 * 9)],
    ids=["pairs", "videos", "sets"],
)
def test_answers_are_counted_by_method_pair_and_prompt(question: dict[str, object], items: int, each: int) -> None:
    """Three methods, six prompts and nine people for each item: a pair is about two methods, a set about three."""
    found = planned(question)
    assert (found.items, found.answers_per_item, found.shared_level) == (items, 9, 3)
    assert found.answers == dict.fromkeys(("base", "new", "old"), each)
    assert [(pair.prompts, pair.answers, pair.answers_per_prompt) for pair in found.pairs] == [(6, 54, 9)] * 3


def test_people_are_those_of_the_tasks_with_the_pair() -> None:
    """Nine if everybody does all tasks; with two tasks, eighteen if everybody does one."""
    one, two = planned(BETTER, videos_per_hit=18), planned(BETTER, videos_per_hit=9)
    assert {(pair.fewest_people, pair.most_people) for pair in one.pairs} == {(9, 9)}
    assert {(pair.fewest_people, pair.most_people) for pair in two.pairs} == {(9, 18)}


def test_rounds_of_a_block_add_up() -> None:
    """Where a HIT takes four people, nine are asked in three rounds, and all of them see the pair."""
    found = planned(BETTER, assignments_per_hit=4)
    assert {pair.fewest_people for pair in found.pairs} == {9}


def test_a_part_of_the_pairs_has_fewer_prompts() -> None:
    """With one pair per prompt each pair of methods has a third of them; the narrowest decides what is found."""
    found = planned(BETTER, prompts=7, pairs_per_prompt=1)
    assert sorted(pair.prompts for pair in found.pairs) == [2, 2, 3]
    assert found.narrowest is not None
    assert found.narrowest.prompts == 2


def test_planned_comparisons_alone_are_compared() -> None:
    """The plan's pairs, or those with the reference."""
    assert [(pair.a, pair.b) for pair in planned(NATURAL, comparisons=("new - old",)).pairs] == [("new", "old")]
    assert {(pair.a, pair.b) for pair in planned(BETTER, pair_reference="base").pairs} == {
        ("base", "new"),
        ("base", "old"),
    }


def test_pairs_that_nobody_sees_share_no_level() -> None:
    """Of three methods two are compared with the reference, and Holm divides the level by two, as in the report."""
    assert planned(BETTER).shared_level == 3
    assert planned(BETTER, pair_reference="base").shared_level == 2


def test_a_reference_may_be_the_control() -> None:
    """Pairs with the control are planned where no others are shown."""
    own = study(BETTER, pair_reference="real")
    shown = videos(6, methods=("new", "old", "real"))
    (found,) = planned_questions(own, design(own, shown))
    assert {(pair.a, pair.b) for pair in found.pairs} == {("new", "real"), ("old", "real")}
    assert found.shared_level == 2


def test_several_videos_of_a_prompt_are_one_prompt() -> None:
    """Two videos of each method and prompt double the answers, not the prompts."""
    found = planned(BETTER, replicates=2, videos_per_hit=40).pairs[0]
    assert (found.prompts, found.answers) == (6, 2 * 54)


def test_questions_asked_once_are_not_planned() -> None:
    """What is asked of the person has no methods."""
    own = study(NATURAL, WHY)
    assert [found.question.id for found in planned_questions(own, design(own, videos()))] == ["natural"]
