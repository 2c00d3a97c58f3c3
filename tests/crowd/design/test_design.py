"""`crowd.design.design`: who sees what, over random studies."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from crowd.design.blocks import design
from crowd.design.design import ATTENTION, EVALUATION, GOLD, TRAINING, Design, HitDesign, hash_of_plan
from crowd.design.study import Study
from crowd.task.ordering import item_order, seed_of
from crowd.videos.metadata import Video


def videos_of(counts: dict[tuple[str, str], int]) -> list[Video]:
    """So many videos of each method and label."""
    return [
        Video(
            video_id=f"{method}/{label}/{take}",
            file_name=f"{method}{label}{take}.mp4",
            method=method,
            label=label,
            directory="/v",
        )
        for (method, label), count in counts.items()
        for take in range(count)
    ]


def even(methods: str = "ABr", labels: str = "xyz", per_label: int = 4) -> list[Video]:
    """A balanced set; the method "r" is the real one."""
    return videos_of({(method, label): per_label for method in methods for label in labels})


def blocks_of(plan: Design) -> list[HitDesign]:
    """The first round of each block."""
    return [hit for hit in plan.hits if hit.round == 1]


def shown(hit: HitDesign, *kinds: str) -> list[str]:
    """The ids of the HIT's videos of these kinds."""
    return [item.video_id for item in hit.of_kind(*(kinds or (EVALUATION, GOLD)))]


counts = st.dictionaries(
    st.tuples(st.sampled_from("ABCr"), st.sampled_from("wxyz")), st.integers(1, 7), min_size=1, max_size=16
).filter(lambda counts: sum(counts.values()) > 4)
studies = st.builds(
    Study,
    videos_per_hit=st.integers(1, 30),
    answers_per_video=st.integers(1, 40),
    assignments_per_hit=st.integers(1, 20),
    gold_share=st.sampled_from([0.0, 0.1, 0.25, 0.5]),
    gold_method=st.just("r"),
    attention_items=st.integers(0, 3),
    training_items=st.integers(0, 3),
    seed=st.integers(0, 2**32 - 1),
)


@given(studies, counts)
def test_every_video_has_exactly_its_answers(study: Study, counts: dict[tuple[str, str], int]) -> None:
    """Each video that is not for training is in one block, whose rounds have the wanted assignments in all."""
    videos = videos_of(counts)
    plan = design(study, videos)
    answers: Counter[str] = Counter()
    for hit in plan.hits:
        assert 1 <= hit.num_assignments <= study.assignments_per_hit
        for video_id in shown(hit):
            answers[video_id] += hit.num_assignments
    training = set(shown(plan.hits[0], TRAINING))
    assert dict(answers) == {
        video.video_id: study.answers_per_video for video in videos if video.video_id not in training
    }
    assert len({hit.key for hit in plan.hits}) == len(plan.hits)


@given(studies, counts)
def test_nobody_meets_a_video_twice(study: Study, counts: dict[tuple[str, str], int]) -> None:
    """Blocks share no video, a HIT shows none twice, practice is the same everywhere, and repeats are told."""
    plan = design(study, videos_of(counts))
    everywhere = [video_id for hit in blocks_of(plan) for video_id in shown(hit)]
    assert len(everywhere) == len(set(everywhere))
    assert len({tuple(shown(hit, TRAINING)) for hit in plan.hits}) == 1
    assert not set(shown(plan.hits[0], TRAINING)) & set(everywhere)
    requests = [item.video_id for hit in blocks_of(plan) for item in hit.of_kind(ATTENTION)]
    assert len(requests) == len(set(requests)) == study.attention_items * len(blocks_of(plan))
    for keys in plan.rounds.values():
        assert len({plan.hit(key).items for key in keys}) == 1
    assert any("rounds" in note for note in plan.notes) == (max(len(keys) for keys in plan.rounds.values()) > 1)


@given(studies, counts)
def test_blocks_are_alike(study: Study, counts: dict[tuple[str, str], int]) -> None:
    """Between blocks the sizes, each method's videos and each of its labels differ by at most one per kind."""
    videos = videos_of(counts)
    plan = design(study, videos)
    blocks = blocks_of(plan)
    sizes = [len(shown(hit)) for hit in blocks]
    assert max(sizes) <= study.videos_per_hit
    assert max(sizes) - min(sizes) <= 1
    assert len(blocks) == -(-sum(sizes) // study.videos_per_hit)
    for kind in (EVALUATION, GOLD):
        for method, label in counts:
            here = [[plan.video(video_id) for video_id in shown(hit, kind)] for hit in blocks]
            of_method = [sum(video.method == method for video in block) for block in here]
            of_label = [sum((video.method, video.label) == (method, label) for video in block) for block in here]
            assert max(of_method) - min(of_method) <= 1
            assert max(of_label) - min(of_label) <= 1


@given(st.integers(1, 6), st.integers(1, 4), st.integers(1, 30), st.integers(0, 99))
def test_methods_share_each_hit(per_label: int, num_labels: int, videos_per_hit: int, seed: int) -> None:
    """Where methods have equally many videos, their numbers in a HIT differ by at most one, in each window too."""
    videos = even("ABC", "wxyz"[:num_labels], per_label)
    plan = design(Study(videos_per_hit=videos_per_hit, training_items=0, attention_items=0, seed=seed), videos)
    for hit in plan.hits:
        shares = Counter(plan.video(video_id).method for video_id in shown(hit))
        numbers = [shares[method] for method in "ABC"]
        assert max(numbers) - min(numbers) <= 1
        windows: dict[int, list[str]] = {}
        for item in hit.items:
            windows.setdefault(item.window, []).append(plan.video(item.video_id).method)
        full = [window for window in windows.values() if len(window) == len(shares) and min(numbers) == max(numbers)]
        assert all(len(set(window)) == len(window) for window in full)


def order_of(plan: Design, hit: HitDesign, assignment_id: str) -> list[str]:
    """The videos of the HIT in the order of that assignment."""
    windows: dict[int, list[str]] = {}
    for item in hit.items:
        if item.kind != TRAINING:
            windows.setdefault(item.window, []).append(item.video_id)
    return item_order([[windows[window] for window in sorted(windows)]], seed_of("items", plan.seed, assignment_id))


@given(st.integers(1, 6), st.integers(1, 4), st.integers(1, 8), st.integers(0, 99), st.text(max_size=9))
def test_methods_keep_pace_in_every_assignment(
    per_label: int, num_labels: int, times: int, seed: int, assignment_id: str
) -> None:
    """However far a participant got, the methods that share a HIT alike were seen alike, to within one video."""
    videos = even("ABC", "wxyz"[:num_labels], per_label)
    plan = design(Study(videos_per_hit=3 * times, training_items=0, attention_items=0, seed=seed), videos)
    for hit in plan.hits:
        order = order_of(plan, hit, assignment_id)
        assert sorted(order) == sorted(shown(hit))
        if len({*Counter(plan.video(video_id).method for video_id in order).values()}) == 1:
            for place in range(1, len(order) + 1):
                seen = Counter(plan.video(video_id).method for video_id in order[:place])
                numbers = [seen[method] for method in "ABC"]
                assert max(numbers) - min(numbers) <= 1


def test_every_video_comes_at_every_position() -> None:
    """Over 3,000 assignments each of 12 videos stands equally often at each of 12 positions (χ², seeds fixed)."""
    plan = design(Study(videos_per_hit=12, training_items=0, attention_items=0), even("ABC", "wxyz", 1))
    places: Counter[tuple[str, int]] = Counter()
    for number in range(3000):
        order = order_of(plan, plan.hits[0], f"3ASSIGNMENT{number:05}")
        places.update((video_id, place) for place, video_id in enumerate(order))
    counts = np.array([[places[video_id, place] for place in range(12)] for video_id in shown(plan.hits[0])])
    assert counts.sum() == 36_000
    statistic = ((counts - 250) ** 2 / 250).sum()
    assert stats.chi2.sf(statistic, 121) > 0.001


@given(studies, counts)
def test_gold_shares_hold(study: Study, counts: dict[tuple[str, str], int]) -> None:
    """Gold is of the gold method, as much as asked for or all there is, and as much in each HIT, to within one."""
    videos = videos_of(counts)
    plan = design(study, videos)
    blocks = blocks_of(plan)
    training = set(shown(plan.hits[0], TRAINING))
    rest = [video for video in videos if video.video_id not in training]
    numbers = [len(shown(hit, GOLD)) for hit in blocks]
    wanted, there = round(study.gold_share * len(rest)), sum(video.method == "r" for video in rest)
    assert sum(numbers) == min(wanted, there)
    assert max(numbers) - min(numbers) <= 1
    assert {plan.video(video_id).method for hit in blocks for video_id in shown(hit, GOLD)} <= {"r"}
    assert any("gold" in note for note in plan.notes) == (there < wanted)
    if there >= wanted:
        for hit, number in zip(blocks, numbers, strict=True):
            assert abs(number - study.gold_share * len(shown(hit))) < 2


@given(studies, counts)
def test_practice_never_takes_the_last_real_clip(study: Study, counts: dict[tuple[str, str], int]) -> None:
    """Practice clips are real ones of labels that keep another; fewer than asked for are told."""
    videos = videos_of(counts)
    plan = design(study, videos)
    training = [plan.video(video_id) for video_id in shown(plan.hits[0], TRAINING)]
    for video in training:
        assert video.method == "r"
        assert counts["r", video.label] > sum(other.label == video.label for other in training)
    assert any("training" in note for note in plan.notes) == (len(training) < study.training_items)


def test_labels_of_different_methods_spread() -> None:
    """A block does not get the same labels of every method."""
    plan = design(Study(videos_per_hit=12, training_items=0), even("ABC", "kmnopqrstuvw", 1))
    for hit in plan.hits:
        labels = Counter(plan.video(video_id).label for video_id in shown(hit))
        assert max(labels.values()) <= 2


def test_the_seed_decides() -> None:
    """The same seed gives the same design, another one another."""
    study = Study(seed=1)
    assert design(study, even()) == design(study, even())
    assert design(study, even()).hits != design(replace(study, seed=2), even()).hits


def test_rounds_are_even() -> None:
    """Twenty people with nine to a HIT come in rounds of seven, seven and six."""
    for study, platforms in (
        (Study(answers_per_video=20), 9),
        (Study(answers_per_video=20, assignments_per_hit=9), None),
    ):
        plan = design(replace(study, videos_per_hit=100), even(), most_per_hit=platforms)
        assert [(hit.key, hit.num_assignments) for hit in plan.hits] == [("b001-r1", 7), ("b001-r2", 7), ("b001-r3", 6)]
        assert plan.rounds == {"b001": ["b001-r1", "b001-r2", "b001-r3"]}


def test_without_a_limit_there_are_no_rounds() -> None:
    """Where neither the study nor its platform limits the people of a HIT, a hundred are one round."""
    plan = design(Study(answers_per_video=100, videos_per_hit=100), even())
    assert [(hit.key, hit.num_assignments) for hit in plan.hits] == [("b001-r1", 100)]
    assert not any("rounds" in note for note in plan.notes)


def test_training_videos_can_be_chosen() -> None:
    """Named files are the practice clips, whatever their method."""
    plan = design(Study(training_videos=("Ax1.mp4",)), even())
    assert shown(plan.hits[0], TRAINING) == ["A/x/1"]
    with pytest.raises(ValueError, match=r"training_videos: 'no\.mp4' is not among the videos"):
        design(Study(training_videos=("no.mp4",)), even())


@pytest.mark.parametrize(
    ("rules", "missing"),
    [
        ({"comparisons": ("A - C",)}, "'C'"),
        ({"comparisons": ("A - B", "a - B")}, "'a'"),
        ({"comparisons": ("r - A",), "gold_method": "r", "gold_share": 1.0}, "'r'"),
        ({"comparisons": ("A - B", " B -  r ")}, None),
    ],
)
def test_planned_comparisons_are_of_evaluated_methods(rules: dict[str, Any], missing: str | None) -> None:
    """A comparison that no answer could serve is refused before anything is published."""
    study = Study(options=("x", "y", "z"), training_items=0, **rules)
    if missing is None:
        assert design(study, even()).hits
    else:
        with pytest.raises(ValueError, match=f"comparisons: .*no video of method {missing} is evaluated"):
            design(study, even())


def test_several_labels_must_each_be_options() -> None:
    """A video of two labels fits a study that has both."""
    both = [Video(video_id="v", file_name="v.mp4", method="m", label="x + y", directory="/v")]
    assert design(Study(options=("x", "y"), training_items=0), both).options == ("x", "y", "Other", "Unclear")
    with pytest.raises(ValueError, match=r"v\.mp4: label 'y' is no option; options are x, z"):
        design(Study(options=("x", "z")), both)


def test_attention_items_name_what_they_ask() -> None:
    """An attention item counts as a video of its own, whose label is what it asks for."""
    plan = design(Study(attention_items=2), even())
    items = plan.hits[0].of_kind(ATTENTION)
    assert len(items) == 2
    for item in items:
        assert plan.video(item.video_id).label == item.asked
        assert item.asked in "xyz"


def test_a_design_comes_back_from_its_file(tmp_path: Path) -> None:
    """What is saved is loaded again, and the plan's hash stands in the file as documented."""
    plan = design(Study(answers_per_video=20), even())
    plan.save(tmp_path)
    assert Design.load(tmp_path) == plan
    table = json.loads((tmp_path / "design.json").read_text(encoding="utf-8"))
    assert table["plan_sha256"] == plan.sha256 == hash_of_plan(table["plan"])
    assert not Path(table["videos_dir"]).is_absolute()
    assert (tmp_path / table["videos_dir"]).resolve() == Path("/v")
    assert [path.name for path in tmp_path.iterdir()] == ["design.json"]


def _break(tmp_path: Path, changes: Sequence[tuple[str, object]]) -> None:
    table = json.loads((tmp_path / "design.json").read_text(encoding="utf-8"))
    for key, value in changes:
        table[key] = value
    (tmp_path / "design.json").write_text(json.dumps(table))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([("plan", {"seed": 3})], "the plan was changed after publication"),
        ([("hits", [{}])], "not a design"),
        ([("videos", None)], "not a design"),
    ],
    ids=["plan", "hits", "videos"],
)
def test_a_changed_design_is_refused(tmp_path: Path, changes: list[tuple[str, object]], message: str) -> None:
    """A plan that no longer has its hash, or a file that is no design, is named."""
    design(Study(), even()).save(tmp_path)
    _break(tmp_path, changes)
    with pytest.raises(ValueError, match=rf"design\.json: {message}"):
        Design.load(tmp_path)


def test_unknown_keys_are_named() -> None:
    """A HIT or a video that the design does not have is told by its name."""
    plan = design(Study(), even())
    with pytest.raises(ValueError, match="hit 'b9': not in this design, which has b001-r1"):
        plan.hit("b9")
    with pytest.raises(ValueError, match="video 'v9': not in this design"):
        plan.video("v9")
