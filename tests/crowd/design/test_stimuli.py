"""`crowd.design.stimuli`: which videos are compared, and on which side they stand."""

import random
from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowd.design.design import Design
from crowd.design.stimuli import stimuli, with_balanced_sides
from crowd.questions.question import QuestionError
from crowd.task.ordering import shown_order
from tests.crowd.questions.made import BETTER, METHODS, NATURAL, WHY, planned, study, videos

RANKED = {"id": "order", "kind": "ranking"}


def pairs_of(plan: Design) -> list[tuple[str, str]]:
    """The ids of all pairs, left first, as half of the participants see them."""
    return [item.videos for hit in plan.hits for item in hit.items if item.about == "pair"]  # type: ignore[misc]


def test_every_pair_of_methods_is_asked_about_for_every_prompt() -> None:
    """Both videos have one prompt; no pair comes twice."""
    found = stimuli(study(BETTER), videos(5), "pair", random.Random(1))
    assert len(found) == 5 * 3
    assert all(len({video.prompt for video in pair.videos}) == 1 for pair in found)
    assert len({frozenset(video.video_id for video in pair.videos) for pair in found}) == 15


def test_videos_that_cannot_be_compared_are_refused() -> None:
    """All of one method, or each prompt with one method only; the error says which question it is."""
    one = videos(3, methods=("new",))
    apart = [*one, *(replace(video, method="old", prompt=f"{video.prompt}!") for video in videos(3, methods=("base",)))]
    for shown, message in (
        (one, "questions: 'better' compares methods, and all videos are of the method 'new'"),
        (apart, "questions: 'better' compares videos of one prompt .* as 'a cat does thing 0' of 'new' has"),
    ):
        with pytest.raises(QuestionError, match=message) as caught:
            planned(NATURAL, BETTER, shown=shown)
        assert caught.value.number == 1


def test_videos_without_a_counterpart_are_noted() -> None:
    """A prompt that one method alone has is in no pair, which the design says; videos shown alone need no other."""
    shown = [*videos(3), *(replace(video, prompt="alone") for video in videos(4, methods=("new",))[3:])]
    assert planned(BETTER, shown=shown).notes == (
        "1 video in no pair or set, such as new-03-0.mp4: no other method has one of the same prompt for it",
    )
    assert planned(NATURAL, shown=shown).notes == ()
    assert planned(BETTER).notes == ()


def test_replicates_are_matched() -> None:
    """The second video of one method is paired with the second of another, never with the first."""
    found = stimuli(study(BETTER), videos(2, replicates=3), "pair", random.Random(1))
    assert len(found) == 2 * 3 * 3
    assert all(pair.videos[0].video_id[-1] == pair.videos[1].video_id[-1] for pair in found)


def test_a_reference_is_in_every_pair() -> None:
    """Where all are compared with one method, the others are not compared with each other."""
    found = stimuli(study(BETTER, pair_reference="base"), videos(4), "pair", random.Random(1))
    assert len(found) == 4 * 2
    assert all("base" in {video.method for video in pair.videos} for pair in found)


@settings(max_examples=30)
@given(st.integers(3, 12), st.integers(2, 6), st.integers(1, 4), st.integers(0, 99))
def test_an_incomplete_design_asks_about_each_pair_equally_often(
    num_prompts: int, num_methods: int, per_prompt: int, seed: int
) -> None:
    """Counts of pairs of methods differ by at most one, and each prompt has its number."""
    shown = videos(num_prompts, [f"m{number}" for number in range(num_methods)])
    found = stimuli(study(BETTER, pairs_per_prompt=per_prompt), shown, "pair", random.Random(seed))
    every = len(list(combinations(range(num_methods), 2)))
    assert set(Counter(pair.videos[0].prompt for pair in found).values()) == {min(per_prompt, every)}
    counts = Counter(pair.method for pair in found)
    assert max(counts.values()) - min(counts.get(pair, 0) for pair in counts) <= 1
    assert len(counts) == min(every, num_prompts * per_prompt)


@given(st.integers(2, 6), st.integers(1, 9), st.integers(0, 99))
def test_each_method_is_left_as_often_as_right(num_methods: int, num_prompts: int, seed: int) -> None:
    """In one task the numbers differ by no more than the number of its opponents needs."""
    shown = videos(num_prompts, [f"m{number}" for number in range(num_methods)])
    found = stimuli(study(BETTER), shown, "pair", random.Random(seed))
    placed = with_balanced_sides(found, random.Random(seed))
    assert [set(pair.videos) for pair in placed] == [set(pair.videos) for pair in found]
    lead = Counter(pair.videos[0].method for pair in placed)
    lead.subtract(pair.videos[1].method for pair in placed)
    assert max(map(abs, lead.values())) <= num_methods


def test_half_of_the_participants_see_the_sides_exchanged() -> None:
    """A participant sees all pairs as designed or all the other way round, by a seed that can be computed again."""
    turned = [shown_order(2, f"p{place:02}", 7, f"W{number}") for number in range(2000) for place in range(3)]
    assert all(turned[start] == turned[start + 1] == turned[start + 2] for start in range(0, len(turned), 3))
    assert sum(order == [1, 0] for order in turned) / len(turned) == pytest.approx(0.5, abs=0.03)


def test_sets_have_at_most_four_methods_each_equally_often() -> None:
    """Of six methods each prompt shows four."""
    names = [f"m{number}" for number in range(6)]
    found = stimuli(study(RANKED), videos(12, names), "set", random.Random(3))
    assert {len(one.videos) for one in found} == {4}
    assert set(Counter(video.method for one in found for video in one.videos).values()) == {8}


def test_videos_without_a_partner_are_refused() -> None:
    """A single method cannot be compared with anything."""
    with pytest.raises(ValueError, match="no prompt has two methods"):
        stimuli(study(BETTER), videos(3, ["only"]), "pair", random.Random(1))
    with pytest.raises(ValueError, match=r"pair_reference: no prompt has videos of 'best' .* are base, new, old"):
        stimuli(study(BETTER, pair_reference="best"), videos(3), "pair", random.Random(1))


def test_tasks_have_their_share_of_everything() -> None:
    """Pairs and videos are dealt to all tasks alike, and every method, pair and side is balanced in each."""
    plan = planned(BETTER, NATURAL, WHY, shown=videos(20), videos_per_hit=30)
    assert len(plan.hits) == 4
    for hit in plan.hits:
        abouts = Counter(item.about for item in hit.items)
        assert abouts["pair"] == abouts["video"] == 15
        assert set(Counter(plan.video(item.video_id).method for item in hit.items if not item.videos).values()) == {5}
        pairs = [item.videos for item in hit.items if item.videos]
        assert set(Counter(frozenset(plan.video(name).method for name in pair) for pair in pairs).values()) == {5}
        left = Counter(plan.video(pair[0]).method for pair in pairs)
        assert all(abs(left[method] - 5) <= 1 for method in METHODS)
    assert len({frozenset(pair) for pair in pairs_of(plan)}) == 60
