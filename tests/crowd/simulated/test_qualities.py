"""`crowd.simulated.qualities`: known qualities of videos come out of the answers again, kind by kind."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from crowd.lifecycle.collect import collect
from crowd.lifecycle.publish import publish
from crowd.localplatform import running
from crowd.simulated.http import simulate_study
from crowd.simulated.qualities import all_alike, by_method, from_table
from crowd.simulated.response_probabilities import by_accuracy
from tests.browser.test_every_kind import ABOUT_ONE, ABOUT_SEVERAL, write_study
from tests.crowd.questions.made import BETTER, NATURAL, planned

STRENGTHS = {"new": 1.0, "old": 0.0, "base": -1.0}
ACCURACY = 0.7


def logistic(value: float) -> float:
    """The probability with that logit."""
    return 1 / (1 + math.exp(-value))


def within(shares: dict[str, float], answers: pd.Series) -> None:
    """The answers have these shares: a χ² test of goodness of fit, whose p is above .0005."""
    counts = answers.value_counts().reindex(list(shares), fill_value=0)
    assert counts.sum() == len(answers), set(answers) - set(shares)
    expected = np.array(list(shares.values())) * len(answers)
    assert stats.chisquare(counts, expected).pvalue > 0.0005


@pytest.fixture(scope="module", params=[ABOUT_ONE, ABOUT_SEVERAL], ids=["about one", "about several"])
def table(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """What 40 simulated participants answer over HTTP to studies of every kind."""
    questions = [question for question in request.param if "ask_if" not in question]
    study_dir, videos = write_study(tmp_path_factory.mktemp("study"), questions, answers_per_video=40)
    labels = by_accuracy(ACCURACY, ("trick 0", "trick 1", "trick 2", "Other", "Unclear"))
    with running(study_dir):
        publish(study_dir, videos)
        simulate_study(study_dir, 40, labels, qualities=by_method(STRENGTHS), seed=3)
        collect(study_dir)
    found = pd.read_parquet(study_dir / "answers.parquet")
    return found[found["kind"] == "evaluation"]


@pytest.mark.thorough
def test_known_behaviour_is_recovered(table: pd.DataFrame) -> None:
    """The shares of answers are those that each kind's model has for these qualities, within sampling error."""
    for (question, method), rows in table.groupby(["question", "method"]):
        quality = STRENGTHS.get(method, 0.0)
        if question == "what":
            right = rows["answer"].eq(rows["label"]).map({True: "right", False: "wrong"})
            within({"right": ACCURACY, "wrong": 1 - ACCURACY}, right)
        elif question == "caption":
            right = rows["answer"].eq(rows["prompt"]).map({True: "right", False: "wrong"})
            within({"right": logistic(quality + 1), "wrong": 1 - logistic(quality + 1)}, right)
        elif question == "jumps":
            yes = 0.9 * logistic(quality + 1)
            within({"yes": yes, "no": 0.9 - yes, "cannot_tell": 0.1}, rows["answer"])
        elif question == "natural":
            ends = stats.norm(quality).cdf((np.arange(1.5, 5) - 3) * 6 / 4)
            shares = np.diff([0, *ends, 1])
            within({str(point): share for point, share in enumerate(shares, start=1)}, rows["answer"])
        elif question in ("breaks", "frame"):
            none = rows["answer"].eq("none").map({True: "none", False: "marked"})
            within({"none": logistic(quality), "marked": 1 - logistic(quality)}, none)
    pairs = table[table["question"] == "better"]
    for (left, right), rows in pairs.groupby(["left_method", "right_method"]):
        a, b = math.exp(STRENGTHS[left]), math.exp(STRENGTHS[right])
        tie = 0.5 * math.sqrt(a * b)
        answers = rows["answer"].replace({"both_good": "tie", "both_bad": "tie"})
        within({"left": a / (a + b + tie), "right": b / (a + b + tie), "tie": tie / (a + b + tie)}, answers)
    sets = table[table["question"] == "order"]
    if len(sets):
        worth = {method: math.exp(strength) for method, strength in STRENGTHS.items()}
        firsts = sets["answer"].str.split(" > ").str[0]
        within({method: value / sum(worth.values()) for method, value in worth.items()}, firsts)


@pytest.mark.thorough
def test_sides_are_balanced_and_orders_recorded(table: pd.DataFrame) -> None:
    """Each method is on the left for about half of the participants, and sets say how they were shown."""
    pairs = table[table["left_video_id"] != ""]
    if len(pairs):
        share = pairs.groupby("left_method").size() / (2 * len(pairs) / 3)
        assert share.between(0.4, 0.6).all()
    for shown in table[table["question_kind"] == "ranking"]["options"]:
        assert len(set(json.loads(shown))) == 3


def test_qualities_come_from_a_table(tmp_path: Path) -> None:
    """By method or by video, for all questions or for one."""
    plan = planned(BETTER, NATURAL)
    better, natural = plan.questions
    path = tmp_path / "qualities.csv"
    path.write_text("method,quality,natural\nbase,-1,0.5\nnew,1,0.25\nold,0,0\n")
    quality = from_table(path, plan)
    assert (quality(better, plan.video("new-00-0")), quality(natural, plan.video("new-00-0"))) == (1, 0.25)
    path.write_text("video_id,quality\n" + "".join(f"{video.video_id},2\n" for video in plan.videos))
    assert from_table(path, plan)(natural, plan.video("old-03-0")) == 2
    assert all_alike(better, plan.video("old-03-0")) == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "name,quality\nbase,1\n",
            r"needs the column method or video_id, and quality or one per question \(better, nat",
        ),
        ("method,strength\nbase,1\n", r"needs the column method or video_id"),
        ("method,quality\nbase,1\n", r"no row for method 'new'"),
        ("method,quality\nbase,high\nnew,1\nold,1\n", r"csv:2: a quality must be a number, is 'high'"),
    ],
)
def test_what_is_no_table_of_qualities_is_named(text: str, message: str, tmp_path: Path) -> None:
    """One line with the file and what is missing."""
    path = tmp_path / "qualities.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        from_table(path, planned(BETTER, NATURAL))
