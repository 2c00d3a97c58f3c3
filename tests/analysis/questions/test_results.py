"""Reports on questions of several kinds: what each section has, what does not change it, what a new kind needs."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import Report, analyse, analyse_study
from analysis.records.questions import QuestionResult
from crowd.design.study import Study
from crowd.questions import question_of
from tests.analysis.questions.tables import METHODS, mirrored, naming_rows, preference_rows, rating_rows
from tests.analysis.tables import table

ROOT = Path(__file__).parents[3]


def several() -> pd.DataFrame:
    return pd.concat([naming_rows(), preference_rows()], ignore_index=True)


def only(frame: pd.DataFrame, **choices: object) -> QuestionResult:
    """The result of a table's only question."""
    (question,) = analyse(frame, **choices).questions
    return question


def test_votes_of_other_kinds_do_not_change_a_naming_result() -> None:
    """The report's own keys are those of the naming rows alone, whatever else the table holds."""
    alone, together = analyse(naming_rows()).to_dict(), analyse(several()).to_dict()
    changed = {key for key, value in alone.items() if value != together[key]}
    assert changed == {"questions", "headline", "inputs"}
    assert alone["questions"][0] == together["questions"][0]
    assert alone["headline"]["title"] == together["headline"]["title"]
    assert "The primary question is naming, the first; the other one is secondary." in together["headline"]["remarks"]


def test_naming_does_not_change_the_result_of_another_question() -> None:
    """A question of preference gives the same beside a naming question as alone."""
    alone, (_, beside) = only(preference_rows()), analyse(several()).questions
    assert replace(beside, primary=True) == alone


def test_naming_is_a_question_with_the_numbers_of_the_top_level() -> None:
    """`questions[]` has naming too, with the accuracies and differences of the report's own keys."""
    report = analyse(naming_rows())
    (question,) = report.questions
    assert (question.id, question.kind, question.primary, question.top_level) == ("naming", "naming", True, True)
    for row, same in zip(question.methods, report.methods, strict=True):
        assert (row.name, row.estimate, row.ci_low, row.ci_high) == (
            same.name,
            same.accuracy,
            same.ci_low,
            same.ci_high,
        )
    for pair, own in zip(question.comparisons, report.comparisons, strict=True):
        assert (pair.a, pair.b, pair.difference, pair.p_value) == (own.a, own.b, own.difference, own.p_value)


def test_the_headline_is_about_the_first_question() -> None:
    """The first question is the primary one: first screen, Markdown and page say so, and what it found."""
    frame = pd.concat([preference_rows(), naming_rows()], ignore_index=True)
    report = analyse(frame)
    assert [question.primary for question in report.questions] == [True, False]
    assert report.headline.title.startswith("ours is preferred to theirs, by ")
    for text in (report.to_html(), report.to_markdown(), repr(report)):
        assert "The primary question is overall, the first; the other one is secondary." in text


def test_a_report_without_naming_has_no_naming_sections() -> None:
    """Page, Markdown and LaTeX leave out labels and accuracies, and have the question's own section."""
    report = analyse(preference_rows())
    assert not report.methods
    assert report.answered is None
    page, text, tex = report.to_html(), report.to_markdown(), report.to_latex()
    for left_out in ('id="accuracy"', 'id="classes"', 'id="answers"', "Confusion"):
        assert left_out not in page
    assert "Accuracy" not in text
    assert "Accuracy" not in tex
    assert "net win rate" in tex
    for part in ("net win rate", "is preferred to"):
        assert part in page.lower()
        assert part in text


@pytest.mark.thorough
def test_report_json_reads_back(tmp_path: Path) -> None:
    """A report with details is the same after saving and loading, and a report of an earlier release still loads."""
    report = analyse(several())
    report.save(tmp_path)
    assert Report.load(tmp_path) == report
    earlier = json.loads((tmp_path / "report.json").read_text())
    del earlier["questions"]
    (tmp_path / "earlier.json").write_text(json.dumps(earlier))
    assert Report.load(tmp_path / "earlier.json").questions == []
    assert "Confusion tables" in Report.load(tmp_path / "earlier.json").to_html()


@pytest.mark.thorough
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 1000), ties=st.sampled_from([0.0, 0.2, 0.6]))
def test_exchanging_left_and_right_mirrors_the_side_alone(seed: int, ties: float) -> None:
    """With left and right exchanged methods keep their results, and the effect of the side is turned around."""
    votes = preference_rows(seed=seed, ties=ties, prompts=5, workers=6)
    one, other = only(votes), only(mirrored(votes))
    assert other.details.position.left == pytest.approx(1 - one.details.position.left)
    for a, b in zip(one.comparisons, other.comparisons, strict=True):
        assert (a.a, a.b) == (b.a, b.b)
        assert (a.difference, a.p_value, a.ci_low) == pytest.approx((b.difference, b.p_value, b.ci_low))
    for first, second in zip(one.strengths, other.strengths, strict=True):
        assert first.name == second.name
        assert first.strength == pytest.approx(second.strength, abs=1e-6)
        assert (first.rank_low, first.rank_high) == (second.rank_low, second.rank_high)


def test_names_of_people_and_prompts_change_nothing() -> None:
    """Participants and prompts are only told apart: other names, in another order, give the same result."""
    votes = preference_rows()
    renamed = votes.assign(
        worker_id=votes["worker_id"].map(lambda name: f"person {99 - int(name[1:])}"),
        prompt=votes["prompt"].map(lambda name: f"{9 - int(name[-1])} of nine"),
    )
    one, other = only(votes), only(renamed)
    for a, b in zip(one.comparisons, other.comparisons, strict=True):
        assert (a.a, a.b, a.n_units, a.n_workers) == (b.a, b.b, b.n_units, b.n_workers)
        assert (a.difference, a.ci_low, a.ci_high, a.p_adjusted) == pytest.approx(
            (b.difference, b.ci_low, b.ci_high, b.p_adjusted)
        )


def test_the_order_of_rows_changes_nothing() -> None:
    """Rows in any order give the same result."""
    votes = preference_rows()
    shuffled = votes.sample(frac=1, random_state=3)
    assert [row.difference for row in only(shuffled).comparisons] == pytest.approx(
        [row.difference for row in only(votes).comparisons]
    )


def test_control_items_never_enter_estimates() -> None:
    """Rows of gold, training and attention items change no estimate, and the funnel counts them."""
    votes = preference_rows()
    control = votes.head(30).assign(kind="gold", answer="right")
    frame = pd.concat([votes.assign(kind="evaluation"), control], ignore_index=True)
    one, other = only(votes), only(frame)
    assert one.comparisons == other.comparisons
    assert [(step.name, step.removed) for step in other.funnel.steps] == [("gold, training and attention items", 30)]


def test_simulated_participants_are_said_and_left_out(tmp_path: Path) -> None:
    """A report on votes of programs says so on every output; of people only it is the report of the people's votes."""
    people = preference_rows(simulated=False)
    programs = preference_rows(seed=1, simulated=True).assign(worker_id=lambda frame: "bot" + frame["worker_id"])
    frame = pd.concat([people, programs], ignore_index=True)
    mixed, alone = analyse(frame), analyse(frame, people_only=True)
    assert mixed.simulated
    for text in (mixed.to_html(), mixed.to_markdown(), mixed.to_latex(), repr(mixed)):
        assert "imulated participants" in text
    assert alone.questions[0].comparisons == only(people).comparisons
    assert alone.questions[0].funnel.steps[0].removed == len(programs)
    with pytest.raises(ValueError, match="all 12 participants are programs; of people alone there are no answers"):
        analyse(programs, people_only=True)


def test_one_program_is_no_person() -> None:
    """Of a single simulated participant no text speaks in the plural."""
    report = analyse(preference_rows(workers=1, simulated=True))
    assert "the only participant is a program, not a person" in report.to_markdown()
    assert "1 simulated participant (a program, not a person) gave" in report.to_html()


def test_a_study_declares_the_order_and_the_words_of_its_questions(tmp_path: Path) -> None:
    """Whatever the order of rows, the question that study.toml declares first is the primary one, in its words."""
    frame = pd.concat([rating_rows(workers=6), preference_rows(workers=6)], ignore_index=True)
    frame.to_parquet(tmp_path / "answers.parquet")
    overall = question_of({"id": "overall", "kind": "preference", "text": "Which is better?"})
    quality = question_of({"id": "quality", "kind": "rating", "points": 9})
    Study(questions=(overall, quality)).save(tmp_path / "study.toml")
    report = analyse_study(tmp_path, mixed=False)
    assert (report.questions[0].id, report.questions[0].text) == ("overall", "Which is better?")
    assert report.questions[1].details.high == 9
    assert "“Which is better?”" in report.headline.detail


def test_weights_count_in_naming_alone() -> None:
    """A question of another kind says that the column weight does not count in it."""
    question = only(preference_rows(weight=2.0))
    assert question.comparisons == only(preference_rows()).comparisons
    assert "The column weight counts in naming only" in question.notes[0]


def test_an_unfinished_study_compares_nothing(tmp_path: Path) -> None:
    """While tasks are to come the report says how many are in, and gives neither tests nor strengths."""
    preference_rows().to_parquet(tmp_path / "answers.parquet")
    (tmp_path / "funnel.json").write_text(json.dumps({"submitted": 4, "wanted": 12}))
    Study(options=("cat", "dog")).save(tmp_path / "study.toml")
    report = analyse_study(tmp_path)
    (question,) = report.questions
    assert question.comparisons == []
    assert question.strengths == []
    assert report.headline.title == "INTERIM: 4 of 12 tasks are in"
    assert "INTERIM: 4 of 12 tasks are in" in report.to_html()


def test_comparisons_are_adjusted_within_their_question() -> None:
    """Each question has its own Holm family: three comparisons in one do not cost the other anything."""
    report = analyse(several())
    assert [row.family for row in report.questions[0].comparisons] == [1]
    assert [row.family for row in report.questions[1].comparisons] == [3, 3, 3]
    smallest = min(report.questions[1].comparisons, key=lambda row: row.p_value)
    assert smallest.p_adjusted == pytest.approx(3 * smallest.p_value)


def test_planned_pairs_come_first() -> None:
    """Planned comparisons come first and are adjusted for each other; the others are marked."""
    question = only(preference_rows(), comparisons=["base - theirs"])
    assert [(row.planned, row.family) for row in question.comparisons] == [(True, 1), (False, 3), (False, 3)]
    assert {question.comparisons[0].a, question.comparisons[0].b} == {"base", "theirs"}
    with pytest.raises(ValueError, match="comparisons: no method 'none' in the answers; there are base, ours, theirs"):
        analyse(preference_rows(), comparisons=["base - none"])


def test_a_margin_tests_equivalence() -> None:
    """With a margin each comparison has two one-sided tests; equal methods are equivalent within a wide one."""
    equal = preference_rows(strengths=(0.0, 0.0, 0.0), prompts=12, workers=20, methods=METHODS[:2])
    (row,) = only(equal, margin=0.5).comparisons
    assert row.equivalence is not None
    assert row.equivalence.p_equivalence < 0.05
    assert "ours and theirs differ by less than 50.0 points (net win rate)" in analyse(equal, margin=0.5).headline.title


def test_a_margin_is_in_the_unit_of_the_primary_question() -> None:
    """A margin in points of a scale is not tested for shares, and the other way round."""
    frame = pd.concat([rating_rows(workers=6), preference_rows(workers=6)], ignore_index=True)
    ratings, votes = analyse(frame, margin=0.5, mixed=False).questions
    assert all(row.equivalence is not None for row in ratings.comparisons)
    assert all(row.equivalence is None for row in votes.comparisons)


def test_repeated_votes_count_once() -> None:
    """A participant's second vote on the same two videos is left out, also with the sides exchanged."""
    votes = preference_rows()
    again = mirrored(votes.head(20)).assign(answer="tie")
    question = only(pd.concat([votes, again], ignore_index=True))
    assert question.comparisons == only(votes).comparisons
    assert [(step.name, step.removed) for step in question.funnel.steps] == [("repeated answers", 20)]


def test_excluded_votes_are_counted_by_rule_and_method() -> None:
    """Votes that a rule excluded at collection are left out, and the result says how many of which method."""
    votes = preference_rows(excluded="")
    votes.loc[votes["worker_id"] == "w3", "excluded"] = "min_answer_s"
    question = only(votes)
    removed = int((votes["worker_id"] == "w3").sum())
    assert [(step.name, step.removed) for step in question.funnel.steps] == [("tasks answered too fast", removed)]
    assert question.exclusions is not None
    assert {row.method: row.excluded for row in question.exclusions.methods} == dict.fromkeys(METHODS, removed * 2 // 3)


def test_participants_are_described_without_naming() -> None:
    """Answers per participant, times and control items are those of the table."""
    votes = preference_rows(time_to_answer_s=2.0, kind="evaluation")
    votes.loc[votes["worker_id"] == "w1", "answer"] = "left"
    control = votes.head(3).assign(kind="attention", answer="left", label=["left", "left", "right"])
    workers = analyse(pd.concat([votes, control], ignore_index=True)).workers
    assert workers.number == 12
    assert workers.answers_per_worker is not None
    assert workers.answers_per_worker.median == 24
    assert workers.typical_time_s is not None
    assert workers.typical_time_s.median == pytest.approx(2.0)
    assert workers.attention is not None
    assert (workers.attention.items, workers.attention.right) == (3, 2)
    assert "w1" in [row.worker_id for row in workers.most_patterns if "one answer" in row.patterns]
    assert {row.name: row.workers for row in workers.patterns}["uncommitted"] is None


def test_a_table_in_which_nothing_counts_is_refused() -> None:
    """The message says where the answers went."""
    with pytest.raises(ValueError, match=r"no answer to question 'overall' is left to count \(tasks answered too fast"):
        analyse(preference_rows(excluded="min_answer_s"))


TOY = '''
"""Whether people liked it."""

from dataclasses import dataclass

from analysis.clustering import cluster, contrast
from analysis.questions.comparisons import IntervalEstimate, Size, method_estimate
from analysis.records.questions import Findings, Measure


@dataclass(frozen=True)
class Details:
    loud: int


class Toy:
    columns = ("video_id", "method")
    details = Details

    def mistake(self, answer):
        return None if answer in ("aye", "nay") else "is neither aye nor nay"

    def analyse(self, rows, plan):
        score = rows.code("answer") == rows.words("answer").index("aye")
        found = contrast([score.mean()], cluster((score - score.mean()) / len(score), rows.worker, rows.item().code))
        size = Size(n_answers=len(rows), n_units=1, n_workers=1)
        return Findings(
            measure=Measure(name="share of ayes", unit="points", percent=True, more="is liked more than"),
            methods=[method_estimate("all", IntervalEstimate(found=found, limits=(0.0, 1.0)), size, plan)],
            comparisons=[],
            details=Details(loud=3),
        )


KIND = Toy()
'''


@pytest.mark.thorough
def test_a_new_kind_is_a_folder_and_its_templates(tmp_path: Path) -> None:
    """A kind that was added to a copy of the tree is read, analysed, shown and read back; no other file is touched."""
    for folder in ("analysis", "crowd", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "analysis" / "toy").mkdir()
    (tmp_path / "analysis" / "toy" / "__init__.py").write_text("")
    (tmp_path / "analysis" / "toy" / "question.py").write_text(TOY)
    questions = tmp_path / "templates" / "report" / "questions"
    (questions / "toy.html.j2").write_text('<h2 id="{{ anchor }}">Toy, {{ question.details.loud }}</h2>')
    (questions / "toy.md.j2").write_text("## Toy, {{ question.details.loud }}\n")
    frame = table({"a": 0.8}, labels=("cat", "dog"), workers=5).drop(columns="label").assign(prompt="p")
    frame["prompt"] = frame["video_id"]
    frame = frame.assign(answer=["aye", "nay"] * (len(frame) // 2), question="liking", question_kind="toy")
    frame.to_csv(tmp_path / "answers.csv", index=False)
    program = (
        "import analysis; r = analysis.analyse('answers.csv'); r.save('report'); "
        "assert analysis.Report.load('report') == r; print(r); print(r.questions[0].details)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "share of ayes" in done.stdout
    assert "Details(loud=3)" in done.stdout
    assert "Toy, 3" in (tmp_path / "report" / "report.html").read_text()
    assert "Toy, 3" in (tmp_path / "report" / "report.md").read_text()


def asked_once(number: int = 3) -> pd.DataFrame:
    """What people answered before the first task."""
    rows = [{"worker_id": f"w{person}", "answer": ("phone", "desk")[person % 2]} for person in range(number)]
    return pd.DataFrame(rows).assign(question="screen", question_kind="choice")


def test_the_primary_question_compares_methods_where_one_does() -> None:
    """What is asked before the first task has to be declared first, and is not what a study is about."""
    report = analyse(pd.concat([asked_once(), preference_rows()]))
    assert [(one.id, one.primary) for one in report.questions] == [("screen", False), ("overall", True)]
    assert report.headline.title.startswith("ours is preferred to theirs, by ")
    (remark,) = (one for one in report.headline.remarks if "primary" in one)
    assert remark == (
        "The primary question is overall, the first of those that compare methods; the other one is secondary."
    )


@pytest.mark.parametrize(("number", "answers"), [(1, "1 answer to screen"), (3, "3 answers to screen")])
def test_a_report_without_methods_speaks_of_the_people_who_answered(number: int, answers: str) -> None:
    """It speaks of no videos and counts the people."""
    headline = analyse(asked_once(number)).headline
    assert headline.detail == f"{answers}. This question compares no methods."
    assert headline.scope == f"This is about people like these {number}."


@pytest.mark.thorough
@pytest.mark.parametrize("left_out", [{"excluded": "attention"}, {"kind": "gold"}])
@pytest.mark.parametrize(("others", "rest"), [(preference_rows, naming_rows), (naming_rows, rating_rows)])
def test_a_question_without_answers_that_count_leaves_the_others_alone(
    left_out: dict[str, str], others: Callable[..., pd.DataFrame], rest: Callable[..., pd.DataFrame], tmp_path: Path
) -> None:
    """Whichever it is: it has no result and says what left its answers out, everywhere; alone it is refused."""
    without = rest(**left_out)
    report = analyse(pd.concat([without, others()]))
    empty, question = report.questions
    assert question == only(others())
    assert (empty.methods, empty.comparisons, empty.primary, empty.top_level) == ([], [], False, False)
    assert (empty.funnel.rows, empty.funnel.counted) == (len(without), 0)
    assert [step.removed for step in empty.funnel.steps] == [len(without)]
    assert len(empty.notes) == 1
    assert f": {len(without)})" in empty.notes[0]
    for text in (report.to_html(), report.to_markdown(), repr(report)):
        assert "No answer is left to count (" in text
    assert any(remark.startswith("No answer is left to count to ") for remark in report.headline.remarks)
    report.save(tmp_path)
    assert Report.load(tmp_path) == report
    with pytest.raises(ValueError, match=r"is left to count|holds no evaluation answers"):
        analyse(without)


@pytest.mark.thorough
@pytest.mark.parametrize("mark", ["none", '{"start_s": 0.1, "end_s": 0.2}', '{"start_s": 0, "end_s": 0, "what": ""}'])
def test_moments_are_reported_whether_or_not_breaks_have_kinds(mark: str) -> None:
    """Nobody marks anything, or all mark without a kind, which is not asked by default."""
    rows = rating_rows(question="breaks").assign(question_kind="moment", answer=mark)
    for answers in (rows, rows.assign(answer=rows["answer"].where(rows.index % 2 == 0, "none"))):
        question = only(answers)
        assert question.details.kinds == []
        assert question.details.naming.alpha is None


def test_what_cannot_be_inferred_from_many_answers_is_not_put_down_to_their_number() -> None:
    """Ratings that never vary leave the whole range open, but another study of this size could show a difference."""
    rows = rating_rows()
    report = analyse(rows.assign(answer=rows["method"].map({"ours": "5", "theirs": "1", "base": "1"})))
    assert report.headline.title == "No clear difference between ours and base"
    assert any("they do not vary" in remark for remark in report.headline.remarks)
    assert not any("whatever the answers" in remark for remark in report.headline.remarks)
    alone = analyse(rating_rows(workers=1)).headline
    assert any("whatever the answers" in remark for remark in alone.remarks)
