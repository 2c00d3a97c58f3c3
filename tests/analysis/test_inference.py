"""One inference per target: what must hold of every table, published values, and what each correction is for."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from analysis.answers import read_answers
from analysis.comparisons import Comparison, Conclusion, Rules, compare, layout_of
from analysis.counts import Counts, count
from analysis.estimates import estimate
from analysis.inference import TARGETS, Inference
from analysis.intervals import newcombe, t_quantile, wilson
from analysis.scoring import score
from analysis.simulator import Spreads, StudyModel, studies
from analysis.simulator import counted as simulated
from analysis.variance import Part, over_workers, satterthwaite, two_way

LEVELS = (0.5, 0.8, 0.9, 0.95, 0.99, 0.999)
SLOW = settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.filter_too_much])


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """An answers table of two methods: any numbers of videos by label, anybody sees any of them, any share right."""
    labels = draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    workers, paired = draw(st.integers(1, 8)), draw(st.booleans())
    seen, share = draw(st.sampled_from([0.4, 0.8, 1.0])), draw(st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]))
    nested = draw(st.booleans())
    rows = []
    for method in "ab":
        for label in range(labels):
            for video in range(draw(st.integers(0, 3))):
                for worker in range(workers):
                    if rng.random() < seen and not (nested and (worker % 2 == 0) == (method == "a")):
                        answer = f"L{label}" if rng.random() < share else "Other"
                        item = f"{label}-{video}" if paired else ""
                        rows.append((f"w{worker}", f"{method}{label}-{video}", method, f"L{label}", answer, item))
    names = ["worker_id", "video_id", "method", "label", "answer", "pair"]
    frame = pd.DataFrame(rows, columns=names)
    assume(set(frame["method"]) == {"a", "b"})
    return frame


def counted(frame: pd.DataFrame) -> Counts:
    with read_answers(frame) as answers:
        return count(answers)


def compared(frame: pd.DataFrame, a: str = "a", b: str = "b", **rules: object) -> Comparison:
    found = compare(counted(frame), a, b, np.random.default_rng(0), Rules(**rules), primary_only=True)  # type: ignore[arg-type]
    assert found is not None
    return found


@SLOW
@given(tables())
def test_the_test_and_the_interval_say_the_same_at_every_level(frame: pd.DataFrame) -> None:
    """For every target and level p lies below α exactly where the interval leaves out 0."""
    found = compared(frame)
    for target in TARGETS:
        p = found.conclusions[target].p_value()
        for level in LEVELS:
            interval = found.interval(target, level)
            if abs(p - (1 - level)) > 1e-9:
                assert (p < 1 - level) == (not interval.low <= 0 <= interval.high)
            assert -1 <= interval.low <= found.difference + 1e-9
            assert found.difference - 1e-9 <= interval.high <= 1


@SLOW
@given(tables())
def test_a_wider_target_has_the_wider_interval(frame: pd.DataFrame) -> None:
    """The interval for new videos holds that for these videos, and the one for new labels holds both."""
    found = compared(frame)
    for level in LEVELS:
        these, new, labels = (found.interval(target, level) for target in TARGETS)
        assert labels.low <= new.low <= these.low
        assert these.high <= new.high <= labels.high


@pytest.mark.thorough
@SLOW
@given(tables())
def test_swapping_the_methods_mirrors_everything(frame: pd.DataFrame) -> None:
    """B against a is a against b with every sign turned, and `swapped` is the same as comparing the other way."""
    one, other = compared(frame), compared(frame, "b", "a")
    assert other.difference == pytest.approx(-one.difference, abs=1e-12)
    for found in (other, one.swapped()):
        for target in TARGETS:
            here, there = one.interval(target), found.interval(target)
            assert (there.low, there.high) == pytest.approx((-here.high, -here.low), abs=1e-9)
            p = one.conclusions[target].p_value()
            assert found.conclusions[target].p_value() == pytest.approx(p, abs=1e-9)
        assert found.smallest_p == pytest.approx(one.smallest_p, abs=1e-9)


@pytest.mark.thorough
@SLOW
@given(tables(), st.integers(0, 2**32 - 1))
def test_names_and_the_order_of_rows_mean_nothing(frame: pd.DataFrame, seed: int) -> None:
    """Rows in another order, people, videos and items renamed: every figure stays."""
    rng = np.random.default_rng(seed)
    changed = frame.sample(frac=1, random_state=seed)
    for column in ("worker_id", "video_id", "pair"):
        values = [value for value in sorted(set(changed[column])) if value]
        names = dict(zip(values, [f"n{place}" for place in rng.permutation(len(values))], strict=True)) | {"": ""}
        changed = changed.assign(**{column: changed[column].map(names)})
    assert figures(compared(changed)) == pytest.approx(figures(compared(frame)), abs=1e-9)


@pytest.mark.thorough
@SLOW
@given(tables())
def test_a_label_of_one_method_changes_no_comparison(frame: pd.DataFrame) -> None:
    """Videos of a label that the other method lacks, and who saw only them, leave every figure as it was."""
    assume(set(frame[frame["method"] == "a"]["label"]) & set(frame[frame["method"] == "b"]["label"]))
    extra = [(f"x{w}", f"extra{v}", "a", "easy", "easy", "") for w in range(3) for v in range(2)]
    more = pd.concat([frame, pd.DataFrame(extra, columns=frame.columns)])
    assert figures(compared(more)) == pytest.approx(figures(compared(frame)), abs=1e-9)


@pytest.mark.thorough
@SLOW
@given(tables(), st.integers(2, 3))
def test_answers_that_stand_there_several_times_count_once(frame: pd.DataFrame, times: int) -> None:
    """A table copied below itself gives the figures of the table: nobody answers twice about a video."""
    from analysis import analyse

    once, often = (analyse(each).to_dict() for each in (frame, pd.concat([frame] * times)))
    assert often["comparisons"] == once["comparisons"]
    assert often["methods"] == once["methods"]


@pytest.mark.thorough
@SLOW
@given(tables(), st.sampled_from([0.25, 3.0]))
def test_weights_that_are_all_alike_change_nothing(frame: pd.DataFrame, weight: float) -> None:
    """Every answer weighted alike gives the figures without weights."""
    with read_answers(frame.assign(weight=weight)) as answers:
        weighted = compare(count(answers, weighted=True), "a", "b", np.random.default_rng(0), primary_only=True)
    assert weighted is not None
    assert figures(weighted) == pytest.approx(figures(compared(frame)), abs=1e-7)


def figures(found: Comparison) -> list[float]:
    """Everything that a comparison says in numbers."""
    values = [found.difference, found.smallest_p]
    for target in TARGETS:
        values += [*found.interval(target), found.conclusions[target].p_value()]
    return values


@pytest.mark.parametrize("p", [0.5, 0.8])
def test_two_one_sided_tests_are_as_published(p: float) -> None:
    """Equivalence of Moery & Calin-Jageman 2016, study 2 (Lakens, SPPS 2017): Welch's t, p .0009459 and .003838994.

    On a scale on which accuracies do not bend the interval: a thousandth of the published means.
    """
    scale = 1e-3
    difference, error = 0.03 * scale, math.sqrt(0.95**2 / 95 + 0.83**2 / 89) * scale
    df = satterthwaite([Part(0.95**2 / 95, 94), Part(0.83**2 / 89, 88)])
    assert df == pytest.approx(181.1344, abs=1e-4)
    inference = Inference((p + difference, p), (1e12, 1e12), (1e12, 1e12), (0.5, 0.5), Part(error**2, df))
    margin = 0.384 * scale
    assert inference.one_sided(-margin, above=True) == pytest.approx(0.0009458745, rel=0.02)
    assert inference.one_sided(margin, above=False) == pytest.approx(0.003838994, rel=0.02)
    interval = inference.interval(0.90)
    assert np.array([*interval]) / scale == pytest.approx([-0.1870843, 0.2470843], abs=2e-3)


def test_corrections_make_the_variance_right() -> None:
    """Over 1,500 complete studies of 5 people the mean of V is the variance of the difference, within 8 %.

    Without what centring takes it would be a fifth too small.
    """
    model = StudyModel(num_workers=5, videos=(30, 30), spreads=Spreads(worker_method=0.3))
    differences, corrected = [], []
    for drawn in studies(model, 1500, np.random.default_rng(8)):
        layout = layout_of(score(drawn.counts), (0, 1))
        accuracies = layout.accuracies
        differences.append(accuracies[0] - accuracies[1] - (drawn.new_videos[0] - drawn.new_videos[1]))
        corrected.append(two_way(layout, (1.0, -1.0), "video").variance)
    assert np.mean(corrected) == pytest.approx(np.var(differences), rel=0.08)


@pytest.mark.parametrize(("people", "df"), [("crossed", 11.0), ("nested", 10.0)])
def test_degrees_of_freedom_of_participants(people: str, df: float) -> None:
    """Twelve participants have 11 where all saw both methods and about 10 where six saw each."""
    model = StudyModel(num_workers=12, videos=(40, 40), people=people)  # type: ignore[arg-type]
    found = [
        over_workers(layout_of(score(drawn.counts), (0, 1)), (1.0, -1.0)).df
        for drawn in studies(model, 40, np.random.default_rng(3))
    ]
    assert np.median(found) == pytest.approx(df, abs=1.5)
    assert max(found) <= df + 1e-9


def test_nothing_is_inferred_from_one_participant() -> None:
    """With one participant, or one who alone judged a method, p is 1 and the interval −1 to 1."""
    frame = pd.DataFrame(
        [("w", f"{m}{v}", m, "cat", "cat" if m == "a" else "Other") for m in "ab" for v in range(9)],
        columns=["worker_id", "video_id", "method", "label", "answer"],
    )
    others = frame[frame["method"] == "b"].assign(worker_id="v")
    for table in (frame, pd.concat([frame[frame["method"] == "a"], others, others.assign(worker_id="u")])):
        found = compared(table)
        assert (found.p_value, tuple(found.interval())) == (1.0, (-1.0, 1.0))


def test_a_declared_test_by_rearrangement_must_be_passed_too() -> None:
    """Where the exact test does not reject, the interval reaches 0 and p is the exact one's."""
    narrow = Conclusion((Inference((0.7, 0.5), (900, 900), (20, 20), (0.5, 0.5), Part(0.001, 30)),))
    assert narrow.p_value() < 0.001
    held = replace(narrow, exact=0.2)
    assert held.p_value() == 0.2
    assert held.interval(0.95).low == 0.0
    assert held.interval(0.70).low > 0.0


def test_pairing_by_item_takes_out_what_items_share() -> None:
    """Where items are hard or easy for both methods, pairing makes the interval narrower; the difference stays."""
    model = StudyModel(
        num_workers=20, videos=(30, 30), paired=True, spreads=Spreads(video=0.2, item=1.5), accuracies=(0.7, 0.6)
    )
    drawn = next(studies(model, 1, np.random.default_rng(2)))
    rng = np.random.default_rng(0)
    paired = compare(drawn.counts, "a", "b", rng, primary_only=True)
    alone = compare(replace(drawn.counts, video_item=None, cell_item=None), "a", "b", rng, primary_only=True)
    assert paired is not None
    assert alone is not None
    assert paired.difference == alone.difference
    assert (paired.unit, paired.num_items, alone.unit) == ("item", 30, "video")
    widths = [found.interval().high - found.interval().low for found in (paired, alone)]
    assert widths[0] < 0.6 * widths[1]


def test_weights_give_the_weighted_share() -> None:
    """With unequal weights of participants each accuracy is the weighted share of right answers, labels alike."""
    rng = np.random.default_rng(3)
    rows = [
        (f"w{w}", f"{m}{label}{v}", m, label, label if rng.random() < 0.6 else "Other", 1.0 + w % 3)
        for m in "ab"
        for label in ("cat", "dog")
        for v in range(3)
        for w in range(9)
    ]
    frame = pd.DataFrame(rows, columns=["worker_id", "video_id", "method", "label", "answer", "weight"])
    with read_answers(frame) as answers:
        found = compare(count(answers, weighted=True), "a", "b", np.random.default_rng(0), primary_only=True)
    assert found is not None
    right = (frame["answer"] == frame["label"]) * frame["weight"]
    shares = right.groupby([frame["method"], frame["label"]]).sum() / frame.groupby(["method", "label"])["weight"].sum()
    assert found.accuracies == pytest.approx([shares["a"].mean(), shares["b"].mean()])
    alone = compared(frame.drop(columns="weight"))
    assert found.accuracies != pytest.approx(alone.accuracies)
    assert found.interval().high - found.interval().low > alone.interval().high - alone.interval().low


def test_people_who_all_differ_alike_are_no_certainty() -> None:
    """Two people who each find method b right once more on three items have no variance, and the interval is wide."""
    model = StudyModel(num_workers=2, videos=(3, 3), paired=True)
    right = np.array([[1, 0, 0, 0, 1, 1], [0, 0, 0, 0, 0, 1]], bool)
    found = compare(drawn_counts(model, right), "a", "b", np.random.default_rng(0), primary_only=True)
    assert found is not None
    assert found.difference == pytest.approx(-1 / 3)
    own = [wilson(p, 2, t_quantile(1)) for p in (1 / 6, 1 / 2)]
    assert tuple(found.interval("these-videos")) == pytest.approx(tuple(newcombe(1 / 6, own[0], 1 / 2, own[1])))
    assert found.p_value > 0.05


@st.composite
def tiny_studies(draw: st.DrawFn) -> Counts:
    """Counts of 2 to 4 people's answers to 1 to 3 videos of each of 1 to 3 labels, paired or not, right or wrong."""
    model = StudyModel(
        num_workers=draw(st.integers(2, 4)),
        videos=(draw(st.integers(1, 3)),) * 2,
        num_labels=draw(st.integers(1, 3)),
        paired=draw(st.booleans()),
    )
    shape = (model.num_workers, sum(map(sum, model.table)))
    right = draw(st.lists(st.booleans(), min_size=math.prod(shape), max_size=math.prod(shape)))
    return drawn_counts(model, np.array(right).reshape(shape))


def drawn_counts(model: StudyModel, right: np.ndarray) -> Counts:
    return simulated(model, right, np.ones_like(right))


@settings(deadline=None, max_examples=100)
@given(tiny_studies())
def test_every_interval_of_a_tiny_study_has_a_width(counts: Counts) -> None:
    """Whatever a few people answer about a few videos, no interval of an accuracy or of a difference is a point."""
    found = compare(counts, "a", "b", np.random.default_rng(0), primary_only=True)
    own = estimate(counts.where(methods=["a"]))
    assert found is not None
    assert own is not None
    for low, high in (own.new_videos, own.these_videos, *(found.interval(target) for target in TARGETS)):
        assert high - low > 0.1
