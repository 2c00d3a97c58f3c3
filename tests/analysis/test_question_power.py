"""What planned questions are likely to find."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.planned_questions import planned_questions
from analysis.question_power import (
    assumed,
    plannable,
    power_lines,
    prompts_needed,
    question_power,
    settings_that_matter,
    size_of,
)
from analysis.score_models import PreferenceModel, RatingModel
from analysis.score_power import ScoreDesign, planned_scores, score_power
from crowd.design.blocks import design
from crowd.questions import KINDS, question_of
from tests.analysis.questions.tables import preference_rows, rating_rows
from tests.crowd.questions.made import BETTER, NATURAL, study, videos

TABLES = [
    BETTER,
    BETTER | {"ties": "none"},
    NATURAL,
    NATURAL | {"points": 100},
    {"id": "fits", "kind": "caption"},
    {"id": "true", "kind": "statement", "truth": "true"},
    {"id": "order", "kind": "ranking"},
]


def test_kinds_that_compare_are_planned() -> None:
    """Naming has a plan of its own; the others compare nothing by scores."""
    assert [kind for kind in KINDS if plannable(kind)] == ["caption", "preference", "rating", "statement", "ranking"]


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_every_kind_finds_less_with_less(table: dict[str, object]) -> None:
    """What is found lies within what can be, and more prompts, more people and fewer comparisons find smaller ones."""
    own = study(table, answers_per_video=12)
    (planned,) = planned_questions(own, design(own, videos(20)))
    assumption = assumed(planned.question, {})
    found = question_power(planned, assumption, 0.95, these=False)
    assert found.fewest is not None
    assert found.most is not None
    sizes = [found.most.detectable_with_more_prompts, found.most.detectable, found.fewest.detectable]
    assert all(size is not None and 0 < size < assumption.model.largest for size in sizes)
    assert sizes == sorted(sizes)  # type: ignore[type-var]
    these = question_power(planned, assumption, 0.95, these=True)
    assert these.most is not None
    assert these.most.detectable < found.most.detectable  # type: ignore[operator]
    kind = plannable(planned.question.KIND)
    assert kind is not None
    model = kind.assumed(planned.question.to_table())
    pair = planned.narrowest
    assert pair is not None
    asked = ScoreDesign(
        prompts=pair.prompts, people=pair.most_people, answers_per_prompt=12, comparisons=planned.shared_level
    )
    assert found.most.detectable == pytest.approx(planned_scores(asked, model).detectable)


def test_one_prompt_or_one_person_finds_nothing() -> None:
    """There is nothing to infer from."""
    for prompts, people in ((1, 9), (6, 1)):
        own = study(BETTER, answers_per_video=people, videos_per_hit=100)
        (planned,) = planned_questions(own, design(own, videos(prompts)))
        found = question_power(planned, assumed(planned.question, {}), 0.95, these=False)
        assert found.most is None


def test_a_scale_is_assumed_to_vary_as_five_points_do() -> None:
    """In parts of the scale a slider finds what five points find."""
    slider, five = (assumed(question_of(NATURAL | {"points": points}), {}).model for points in (100, 5))
    ratio = planned_scores(ScoreDesign(), slider).detectable / planned_scores(ScoreDesign(), five).detectable  # type: ignore[operator]
    assert ratio == pytest.approx(25, rel=0.05)


def test_a_pilot_sets_the_variances(tmp_path: Path) -> None:
    """The question of the same id is taken, else one of its kind; who assumes values too is told so."""
    path = tmp_path / "pilot.csv"
    votes = preference_rows(question="better")
    pd.concat([votes, rating_rows()]).to_csv(path, index=False)
    own = assumed(question_of(BETTER), {}, path)
    assert own.model.largest == 1
    pair = votes[(votes["left_method"] != "theirs") & (votes["right_method"] != "theirs")]
    wins = pair["answer"].map({"left": 1, "tie": 0, "right": -1}) * pair["left_method"].map({"base": 1, "ours": -1})
    total = sum(getattr(own.model.components, name) for name in ("prompt", "people", "answer"))
    assert total == pytest.approx(wins.var())
    assert "SD of scores from base and ours of 'better' in" in own.source
    assert "of 'quality' in" in assumed(question_of(NATURAL), {}, path).source
    with pytest.raises(ValueError, match="ties: is what the pilot sets; leave one of them out"):
        assumed(question_of(BETTER), {"ties": 0.1}, path)
    with pytest.raises(
        ValueError, match=r"no question of kind caption; there are better \(preference\), quality \(rat"
    ):
        assumed(question_of({"id": "fits", "kind": "caption"}), {}, path)


def test_a_pilot_of_right_answers_and_of_orders(tmp_path: Path) -> None:
    """Captions and statements vary as right and wrong answers do, orders as the pair whose order most tell."""
    path, right = tmp_path / "pilot.csv", rating_rows(methods=("new", "old"))
    right["answer"] = (right["answer"].astype(int) > 3).map({True: "yes", False: "no"})
    captions = right.assign(label="yes", question="fits", question_kind="caption")
    statements = right.assign(label="yes", question="true", question_kind="statement")
    orders = right[right["method"] == "new"].drop(columns=["method", "video_id"])
    orders["answer"] = orders["answer"].map({"yes": "new > old", "no": "old > new"})
    pd.concat([captions, statements, orders.assign(question="order", question_kind="ranking")]).to_csv(
        path, index=False
    )
    yes = (right["answer"] == "yes").astype(float)
    expected = {
        "caption": yes.groupby(right["method"]).var().sum(),
        "statement": yes.groupby(right["method"]).var().sum(),
        "ranking": (2 * yes - 1)[right["method"] == "new"].var(),
    }
    for kind, total in expected.items():
        components = assumed(question_of({"id": "any", "kind": kind}), {}, path).model.components
        assert components.prompt + components.people + components.answer == pytest.approx(total, rel=0.15)


def test_a_pilot_of_answers_that_are_all_alike_tells_nothing(tmp_path: Path) -> None:
    """Neither does one of a single method."""
    path = tmp_path / "pilot.csv"
    preference_rows(methods=("a", "b"), strengths=(0.0, 0.0)).assign(answer="tie").to_csv(path, index=False)
    with pytest.raises(ValueError, match="are all alike: this pilot says nothing of how answers vary"):
        assumed(question_of(BETTER), {}, path)
    rating_rows(methods=("a",)).to_csv(path, index=False)
    with pytest.raises(ValueError, match="question 'quality' has one method; a pilot needs two"):
        assumed(question_of(NATURAL), {}, path)


def test_as_many_prompts_as_needed() -> None:
    """One fewer would not do; no number helps against people who differ."""
    model, asked = PreferenceModel(), ScoreDesign()
    needed = prompts_needed(0.25, asked, model)
    assert needed is not None
    powers = [score_power(asked.with_prompts(prompts), model.at(0.25)) for prompts in (needed - 1, needed)]
    assert powers[0] < 0.8 <= powers[1]
    assert prompts_needed(0.01, ScoreDesign(people=10), model) is None


def test_settings_that_change_the_plan() -> None:
    """Of all that a question declares, those alone that its kind's model depends on, where they are not usual."""
    assert settings_that_matter(question_of(BETTER)) == {}
    assert settings_that_matter(question_of(BETTER | {"ties": "none"})) == {"ties": "none"}
    assert settings_that_matter(question_of(NATURAL | {"points": 9, "best_first": False})) == {"points": 9}


def test_the_lines_say_what_was_assumed_and_found() -> None:
    """With a difference its power, with studies their simulation; a difference beyond the scale is refused."""
    question = question_of(NATURAL)
    lines = power_lines(question, assumed(question, {}), ScoreDesign(comparisons=3), difference=0.5, studies=5)
    assert lines[0].startswith("assumed: mean 3, sd_prompt 0.5")
    assert "each of 3 comparisons is tested at" in lines[1]
    assert any(line.startswith("for 0.50 points of the scale: power ") for line in lines)
    assert lines[-1].startswith("simulated 5 studies with seed 0: power ")
    with pytest.raises(ValueError, match="difference: must be less than 4, is 5"):
        power_lines(question, assumed(question, {}), ScoreDesign(), difference=5.0)


def test_sizes_have_their_unit() -> None:
    """Fractions are points of a hundred, ratings points of the scale."""
    for kind, value, text in (("preference", 0.123, "12.3 points"), ("rating", 0.5, "0.50 points of the scale")):
        found = plannable(kind)
        assert found is not None
        assert size_of(found.measure, value) == text
        assert size_of(found.measure, None) == "none"
    assert RatingModel().largest == 4
