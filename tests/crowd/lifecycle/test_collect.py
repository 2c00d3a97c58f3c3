"""Fetching answers."""

import csv
import json
import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from crowd.design.study import Study
from crowd.ledger.ledger import Ledger
from crowd.lifecycle import collect as collecting
from crowd.lifecycle import watch as watching
from crowd.lifecycle.collect import collect, is_simulated, pseudonym
from crowd.lifecycle.publish import publish
from crowd.lifecycle.review import approve
from crowd.localplatform import invite, running
from crowd.localplatform.answerxml import answer_xml
from crowd.localplatform.faults import Fault
from crowd.platforms import PlatformUnreachableError, open_platform
from crowd.sqlite_file import connect
from tests.crowd.answering import answer

STUDY_FILE = "study.toml"


def test_all_answers_are_in_the_table(study_at: Callable[[str], Path]) -> None:
    """Six assignments of three videos and an attention item give their rows, in both formats and the funnel."""
    study_dir = study_at("collect")
    got = collect(study_dir)
    table = pq.read_table(study_dir / "answers.parquet").to_pylist()
    assert (got.new, got.assignments, got.wanted, got.rows) == (6, 6, 6, len(table))
    assert len(table) == 6 * 4
    assert got.unreadable == ()
    with (study_dir / "answers.csv").open(encoding="utf-8") as lines:
        assert [row["assignment_id"] for row in csv.DictReader(lines)] == [row["assignment_id"] for row in table]
    funnel = json.loads((study_dir / "funnel.json").read_text(encoding="utf-8"))
    assert (funnel["submitted"], funnel["approved"], funnel["workers"]) == (6, 0, 2)


def test_programs_are_labelled_as_such(study_at: Callable[[str], Path]) -> None:
    """Rows and funnel of simulated participants say so, and worker ids are pseudonyms."""
    study_dir = study_at("collect")
    assert collect(study_dir).simulated
    table = pq.read_table(study_dir / "answers.parquet").to_pylist()
    assert all(row["simulated"] for row in table)
    assert json.loads((study_dir / "funnel.json").read_text(encoding="utf-8"))["simulated"]
    with Ledger(study_dir) as ledger:
        workers = {assignment.worker_id for assignment in ledger.assignments()}
    assert all(is_simulated(worker) for worker in workers)
    text = (study_dir / "answers.csv").read_text(encoding="utf-8")
    assert not any(worker in text for worker in workers)


def test_pseudonyms_are_stable_within_a_study_only() -> None:
    """The same key and worker give the same name, another key another; people's ids are not taken for programs'."""
    assert pseudonym("a", "A1") == pseudonym("a", "A1") != pseudonym("b", "A1")
    assert pseudonym("a", "A1") != pseudonym("a", "A2")
    assert not is_simulated("A1SIMULATED")


def test_collecting_again_changes_nothing(study_at: Callable[[str], Path]) -> None:
    """A second run fetches nothing new and writes the same table."""
    study_dir = study_at("collect")
    collect(study_dir)
    before = (study_dir / "answers.csv").read_bytes()
    again = collect(study_dir)
    assert (again.new, again.assignments) == (0, 6)
    assert (study_dir / "answers.csv").read_bytes() == before


def test_hits_that_are_settled_are_not_fetched_again(study_at: Callable[[str], Path]) -> None:
    """Once all of a HIT's assignments are reviewed it costs no call anymore."""
    study_dir = study_at("collect")
    with running(study_dir) as server:
        approve(study_dir)
        server.platform.faults.calls.clear()
        collect(study_dir)
        assert "ListAssignmentsForHIT" not in server.platform.faults.calls


def test_only_hits_with_news_are_asked_for(study_at: Callable[[str], Path]) -> None:
    """The platform's counts tell which HITs have answers or reviews that are not stored; nothing new costs one list."""
    study_dir = study_at("approve")
    with running(study_dir) as server:
        collect(study_dir)
        calls = server.platform.faults.calls
        calls.clear()
        assert collect(study_dir).new == 0
        assert calls == ["ListHITs", "ListHITs"], "a page with HITs, and the empty one behind it"
        with open_platform("local", study_dir) as platform, Ledger(study_dir) as ledger:
            one = ledger.assignments()[0]
            platform.wire.call("RejectAssignment", {"AssignmentId": one.assignment_id, "RequesterFeedback": "no"})
        calls.clear()
        collect(study_dir)
        assert calls.count("ListAssignmentsForHIT") == 2, "the same of one HIT"
    with Ledger(study_dir) as ledger:
        assert ledger.assignment(one.assignment_id).status == "Rejected"


def test_what_programs_do_beside_people_is_found(study_at: Callable[[str], Path]) -> None:
    """Counts of a platform with people leave programs out, so there every HIT is asked for."""
    study_dir = study_at("extend")
    with running(study_dir) as server:
        invite(study_dir, 1)
        collect(study_dir)
        assert len(answer(server, study_dir, 1)) == 3
        got = collect(study_dir)
        assert (got.new, got.programs, got.assignments) == (3, 3, 0)


def test_a_study_of_more_than_a_page_arrives_whole(study_at: Callable[[str], Path], videos: Path) -> None:
    """The hundred assignments that fill a page, and the empty page behind them, come through the paginator."""
    study_dir = study_at("publish")
    big = Study.load(study_dir / STUDY_FILE)
    big = replace(big, videos_per_hit=9, answers_per_video=100, assignments_per_hit=100, budget_usd="500.00")
    big.save(study_dir / STUDY_FILE)
    with running(study_dir) as server:
        publish(study_dir, videos)
        answer(server, study_dir, 100)
        assert collect(study_dir).assignments == 100
        assert server.platform.faults.calls.count("ListAssignmentsForHIT") == 2


@pytest.mark.parametrize(
    "answer",
    [
        "<!DOCTYPE a [<!ENTITY b 'c'>]><QuestionFormAnswers>&b;</QuestionFormAnswers>",
        answer_xml([("item.v00", "[" * 200_000)]),
        answer_xml([("item.v00", '{"answer": "Other", "options": ' + "[" * 5_000)]),
        answer_xml([("item.v00", '{"time_to_answer_s": ' + "9" * 400 + "}")]),
        "",
    ],
)
def test_answers_that_no_page_of_ours_sends_are_kept_and_told(study_at: Callable[[str], Path], answer: str) -> None:
    """An assignment with foreign or hostile fields is stored and named, and the others are in the table."""
    study_dir = study_at("bonus")
    with Ledger(study_dir) as ledger:
        first = ledger.assignments()[0]
    with closing(connect(study_dir / "ledger.sqlite")) as database, database:
        database.execute(
            "UPDATE assignments SET answer = ? WHERE assignment_id = ?",
            (answer, first.assignment_id),
        )
    got = collect(study_dir)
    assert len(got.unreadable) == 1
    assert got.rows == 5 * 4
    assert got.assignments == 6


def test_answers_to_a_hit_that_the_ledger_never_heard_of_are_found(
    study_at: Callable[[str], Path], videos: Path
) -> None:
    """After a run that died between a HIT's creation and its record, collecting finds the HIT and its answers."""
    study_dir = study_at("publish")
    with running(study_dir) as server:
        server.platform.faults.plan.append(Fault(kind="cut-after", operation="CreateHITWithHITType", skip=2, times=9))
        os.environ["AWS_MAX_ATTEMPTS"] = "1"
        try:
            with pytest.raises(PlatformUnreachableError):
                publish(study_dir, videos)
        finally:
            del os.environ["AWS_MAX_ATTEMPTS"]
        answer(server, study_dir, 1)
        assert collect(study_dir).assignments == 3


def test_a_directory_that_cannot_be_written_is_told(
    study_at: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is an operating-system error that names the file, and what was fetched is kept."""
    study_dir = study_at("collect")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", str(study_dir / "answers.csv"))

    monkeypatch.setattr(collecting, "write_answers", full)
    with pytest.raises(OSError, match="No space left"):
        collect(study_dir)
    monkeypatch.undo()
    assert collect(study_dir).new == 0, "the answers were stored before the table failed"


def test_nothing_published_is_told(tmp_path: Path) -> None:
    """There is nothing to collect where nothing was published."""
    with pytest.raises(ValueError, match="nothing was published from here"):
        collect(tmp_path)


def test_watching_ends_when_all_answers_are_there(
    study_at: Callable[[str], Path], videos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Watching collects what comes, opens later rounds when they are due, outlives an outage, and ends by itself."""
    study_dir = study_at("publish")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with running(study_dir) as server:
        publish(study_dir, videos)
        looks = iter(["outage", 1, 1, 1])

        def meanwhile(_: float) -> None:
            event = next(looks)
            if event == "outage":
                fault = Fault(kind="cut-before", operation="ListHITs", times=20)
                server.platform.faults.plan.append(fault)
            else:
                server.platform.faults.plan.clear()
                answer(server, study_dir, int(event))

        news = [got.assignments for got in watching.watch(study_dir, every_s=1, sleep=meanwhile)]
    assert news == [0, 3, 6]
