"""Erased participants are nowhere in the study directory, stay erased, and what was paid for their work remains."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from crowd import fileformat
from crowd.credentials import load_or_create
from crowd.ledger.budget import Consent
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.backup import back_up, restore
from crowd.lifecycle.bonuses import Bonus, bonus
from crowd.lifecycle.check import check
from crowd.lifecycle.collect import collect, pseudonym
from crowd.lifecycle.erase import erase, erase_expired
from crowd.lifecycle.erasures import Erasures, erase_in_ledger
from crowd.lifecycle.extend import extend
from crowd.lifecycle.invite import invite, participants
from crowd.lifecycle.review import approve
from crowd.localplatform import people, running
from crowd.localplatform.store.places import database_url, schema_of
from crowd.localplatform.store.postgresql import connect
from crowd.studydir import StudyDirectory
from crowd.task.answers_file import read_parquet
from crowd.worker_ids import is_erased
from tests import postgresql as servers
from tests.crowd.answering import answer


def yes(sentence: str) -> bool:
    """Stands for the word that is typed."""
    return True


def identities(study: Path, worker_id: str) -> set[bytes]:
    """What names a participant: their id, pseudonym, and link."""
    tokens = {row["token"] for row in people.names(study) if row["worker_id"] == worker_id}
    names = {worker_id, pseudonym(load_or_create(study).pseudonym_key, worker_id), *tokens}
    return {name.encode() for name in names}


def answers_of(study: Path, worker_id: str) -> set[bytes]:
    """What a participant has answered, as the platform keeps it."""
    return {text.encode() for _, worker, text in people.stored_answers(study) if worker == worker_id}


def holding(folder: Path, sought: set[bytes]) -> list[Path]:
    """The files below the folder, and those of its study's database, that hold one of these."""
    contents = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    if url := database_url(folder):
        contents |= files_of_database(url, schema_of(folder))
    return [path for path, content in contents.items() if any(one in content for one in sought)]


def files_of_database(url: str, schema: str) -> dict[Path, bytes]:
    """The files in which PostgreSQL keeps the schema's tables and indexes, and the values in its statistics of them."""
    with closing(connect(url)) as connection:
        connection.execute("CHECKPOINT")  # until then they may lack what was written last
        rows = connection.execute(
            "SELECT relname, pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class WHERE relkind IN ('r', 'i', "
            "'t') AND (relnamespace = %s::regnamespace OR oid IN (SELECT reltoastrelid FROM pg_class WHERE "
            "relnamespace = %s::regnamespace))",
            (schema, schema),
        )
        files = {Path(name): bytes(content) for name, content in rows}
        shown = connection.execute("SELECT pg_stats::text FROM pg_stats WHERE schemaname = %s", (schema,))
        return files | {Path("pg_stats"): "".join(text for (text,) in shown).encode()}


def workers(study: Path) -> list[str]:
    """Everybody who has sent answers, in the order of invitation, and is not erased."""
    return [one.worker_id for one in participants(study) if one.num_sent and not one.erased]


def test_nothing_of_an_erased_participant_is_left(study_at: Callable[[str], Path]) -> None:
    """No file holds their id, pseudonym, link or an answer of theirs; others' answers and all payments remain."""
    study = study_at("delete")  # all work is approved
    with running(study):
        collect(study)
    gone, stays = workers(study)
    sought = identities(study, gone) | answers_of(study, gone)
    assert len(holding(study, sought)) >= 4, "the store, the ledger and both tables"
    payments = paid(study)
    rows = read_parquet(study / "answers.parquet")
    done = erase(study, gone, confirm=yes)
    assert (done.people, done.before, done.left_in, done.backups) == (1, (), (), ())
    assert holding(study, sought) == []
    assert check(study) == []
    assert [one[::2] for one in paid(study)] == [one[::2] for one in payments]
    kept = [row for row in rows if row["worker_id"].encode() not in sought]
    assert read_parquet(study / "answers.parquet") == kept
    assert {row["worker_id"].encode() for row in kept} <= identities(study, stays)
    funnel = fileformat.load(study / "funnel.json")
    assert funnel["erased"] == {"assignments": done.assignments, "workers": 1}
    assert done.assignments == 3
    assert funnel["submitted"] == 6


def paid(study: Path) -> list[tuple[str, str, int]]:
    """The payments in the store: assignment, worker, amount."""
    with closing(sqlite3.connect(study / "platform.sqlite")) as store:
        return store.execute("SELECT assignment_id, worker_id, amount FROM payments ORDER BY seq").fetchall()


def test_erasing_twice_says_so(study_at: Callable[[str], Path]) -> None:
    """By each of their former names; nobody is asked, and somebody who never was is refused."""
    study = study_at("bonus")
    (gone, _), (link, *_) = workers(study), [one.link for one in participants(study) if one.num_sent]
    assert erase(study, [gone], confirm=yes).people == 1
    placeholder = next(one.worker_id for one in participants(study) if one.erased)
    for name in (gone, link, placeholder):
        again = erase(study, name, confirm=lambda sentence: pytest.fail("nobody is to be erased"))
        assert (again.people, [one for one, _ in again.before]) == (0, [name])
    with pytest.raises(ValueError, match="'ANOBODY': nobody has this number"):
        erase(study, "ANOBODY", confirm=yes)


def test_nothing_is_erased_without_confirmation(study_at: Callable[[str], Path]) -> None:
    """A refusal changes no file."""
    study = study_at("bonus")
    worker, asked = workers(study)[0], []
    sought = identities(study, worker) | answers_of(study, worker)
    with pytest.raises(ValueError, match="not confirmed, so nothing was erased"):
        erase(study, worker, confirm=lambda sentence: bool(asked.append(sentence)))
    assert worker in asked[0]
    assert len(holding(study, sought)) >= 4
    assert not (study / "private/erased.json").exists()


def test_a_study_goes_on_while_somebody_is_erased(study_at: Callable[[str], Path]) -> None:
    """Erased while it is served, with a task in hand; others answer on, reviews and collections go on."""
    study = study_at("collect")
    with running(study) as server:
        gone = workers(study)[0]
        sought = identities(study, gone) | answers_of(study, gone)
        erase(study, gone, confirm=yes)
        assert holding(study, sought) == []
        assert collect(study).submitted == 6
        with Ledger(study) as ledger:
            assert ledger.num_erased() == 3
            erased = next(work for work in ledger.assignments() if is_erased(work.worker_id))
        assert approve(study).made == 6
        thanks = Bonus(assignment_id=erased.assignment_id, amount_usd="0.20", reason="Thank you")
        assert bonus(study, [thanks], consent=Consent(cap_usd="50.00")).made == 1
        extend(study, 3, consent=Consent(cap_usd="50.00"))
        assert len(answer(server, study, 1)) == 3
        assert collect(study).new == 3
        assert holding(study, sought) == []
    assert check(study) == []


def test_a_killed_erasure_is_completed_by_the_next(
    study_at: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it stops, running it again leaves nothing."""
    study = study_at("bonus")
    gone = workers(study)[0]
    sought = identities(study, gone) | answers_of(study, gone)
    for place in ("people.erase", "handouts.write_again", "scrub", "erase_in_ledger", "tabulate"):
        with monkeypatch.context() as patch:
            patch.setattr(f"crowd.lifecycle.erasing.{place}", stops)
            with pytest.raises(KeyboardInterrupt):
                erase(study, gone, confirm=yes)
    erase(study, gone, confirm=yes)
    assert holding(study, sought) == []
    assert check(study) == []


def stops(*arguments: object) -> None:
    """Stands for a kill."""
    raise KeyboardInterrupt


@pytest.mark.parametrize("where", ["in its place", "beside the archive", "named"])
def test_restoring_an_older_backup_erases_again(where: str, study_at: Callable[[str], Path], tmp_path: Path) -> None:
    """The list of the erased is found in the former study, beside the archive, or where it is named."""
    study, archive = study_at("bonus"), tmp_path / "backups" / "old.zip"
    archive.parent.mkdir()
    participants(study)  # notes the study's place
    gone, stays = workers(study)
    sought, others = identities(study, gone) | answers_of(study, gone), answers_of(study, stays)
    back_up(study, archive)
    assert erase(study, gone, confirm=yes).backups == (archive,)
    back_up(study, tmp_path / "new.zip")
    named = None
    if where != "in its place":
        named = shutil.copy(study / "private/erased.json", archive.parent if where[0] == "b" else tmp_path)
        shutil.rmtree(study)
    again = tmp_path / "again"
    restore(archive, again, erased=named if where == "named" else None)
    assert holding(again, sought) == []
    assert answers_of(again, stays) == others
    assert check(again) == []
    restore(tmp_path / "new.zip", tmp_path / "later")
    assert holding(tmp_path / "later", sought) == []


def test_the_archive_that_a_study_was_restored_from_is_named(study_at: Callable[[str], Path], tmp_path: Path) -> None:
    """It was written before it could be noted in itself, and it holds whoever is erased afterwards."""
    study, archive, again = study_at("bonus"), tmp_path / "old.zip", tmp_path / "again"
    back_up(study, archive)
    restore(archive, again)
    shutil.rmtree(study)
    assert erase(again, workers(again)[0], confirm=yes).backups == (archive,)


@pytest.mark.postgresql
@pytest.mark.thorough
def test_everything_holds_where_postgresql_keeps_the_store(
    study_at: Callable[[str], Path], postgresql: servers.Server, tmp_path: Path
) -> None:
    """Erased in the database, and again where an older backup goes to a database; later backups hold nothing."""
    study, first, later = study_at("bonus"), tmp_path / "first.zip", tmp_path / "later.zip"
    gone, stays = workers(study)
    sought, others = identities(study, gone) | answers_of(study, gone), answers_of(study, stays)
    back_up(study, first)
    shutil.rmtree(study)
    moved = tmp_path / "moved"
    restore(first, moved, database=postgresql.url)
    assert {Path("assignments"), Path("participants")} <= set(holding(moved, sought))
    erase(moved, gone, confirm=yes)
    assert holding(moved, sought) == []
    assert answers_of(moved, stays) == others
    assert check(moved) == []
    back_up(moved, later)
    restore(later, tmp_path / "file")
    assert holding(tmp_path / "file", sought) == []
    with closing(connect(postgresql.url)) as connection:
        connection.execute(f"DROP SCHEMA {schema_of(moved)} CASCADE")
    again = tmp_path / "again"
    restore(first, again, database=postgresql.url, erased=moved / "private" / "erased.json")
    assert holding(again, sought) == []
    assert answers_of(again, stays) == others


def test_a_ledger_rebuilt_from_a_platform_that_keeps_answers_stays_without_them(
    study_at: Callable[[str], Path],
) -> None:
    """What a platform like Mechanical Turk gives again of an erased worker is not stored; what others sent is."""
    study = study_at("bonus")
    with Ledger(study) as ledger:
        before = ledger.assignments()
    gone = before[0].worker_id
    erase(study, gone, confirm=yes)
    erasures = Erasures.load(study)
    given = [erasures.applied_to(work) for work in before]
    assert [work.answer == "" for work in given] == [work.worker_id == gone for work in before]
    with Ledger(study) as ledger:
        stored = {work.assignment_id: work for work in ledger.assignments()}
        ledger.store_assignments(given)
        assert {work.assignment_id: work for work in ledger.assignments()} == stored


def test_what_others_wrote_about_them_in_the_table_of_links_goes_too(study_at: Callable[[str], Path]) -> None:
    """The row with their address is removed from participants.csv, their code from the sheet; others' rows stay."""
    study = study_at("extend")
    invite(study, 2, url="https://study.example.org")
    table = StudyDirectory(study).recipients
    first, *rows = table.read_text().splitlines()
    table.write_text("\r\n".join([f"{first},mail", *(f"{row},p{n}@mail.example" for n, row in enumerate(rows))]))
    worker = next(one.worker_id for one in participants(study) if one.number == 1)
    sought = identities(study, worker) | {b"p0@mail.example"}
    erase(study, "1", confirm=yes)
    assert holding(study, sought) == []
    assert "p1@mail.example" in table.read_text()


def test_reports_that_name_an_erased_participant_are_named(study_at: Callable[[str], Path]) -> None:
    """What was made from the answers is not changed, but said to be left."""
    study = study_at("bonus")
    gone = workers(study)[0]
    pseudonym_ = pseudonym(load_or_create(study).pseudonym_key, gone)
    (study / "report").mkdir()
    (study / "report" / "table.csv").write_text(f"worker_id\n{pseudonym_}\n")
    assert erase(study, gone, confirm=yes).left_in == (study / "report" / "table.csv",)


@pytest.fixture
def expiring(study_at: Callable[[str], Path]) -> Path:
    """A study whose links are to be kept for a week."""
    study = study_at("delete")
    text = (study / "study.toml").read_text()
    assert "keep_days = 0" in text
    (study / "study.toml").write_text(text.replace("keep_days = 0", "keep_days = 7"))
    return study


def test_links_expire_and_answers_stay(expiring: Path) -> None:
    """A week after the last work links are gone, once; before it nothing is; answers stay under their pseudonyms."""
    with running(expiring):
        collect(expiring)
    sent = max(one["submitted"] for one in people.work_of_all(expiring) if one["submitted"])
    tokens = {row["token"].encode() for row in people.names(expiring)}
    rows = read_parquet(expiring / "answers.parquet")
    assert erase_expired(expiring, now=sent + 6 * 86_400) == 0
    assert holding(expiring, tokens)
    assert erase_expired(expiring, now=sent + 8 * 86_400) == 2
    assert erase_expired(expiring, now=sent + 9 * 86_400) == 0
    assert holding(expiring, tokens) == []
    assert check(expiring) == []
    with running(expiring):
        collect(expiring)
    assert read_parquet(expiring / "answers.parquet") == rows


def test_those_whose_work_is_not_reviewed_do_not_expire(study_at: Callable[[str], Path]) -> None:
    """They are still to be paid, perhaps by the recruiter's id."""
    assert people.forget_before(study_at("collect"), 9e9) == 0


def test_a_call_without_an_outcome_keeps_its_worker(study_at: Callable[[str], Path]) -> None:
    """Otherwise a bonus that may have been paid could not be found; after its outcome the worker is erased from it."""
    study = study_at("bonus")
    gone = workers(study)[0]
    key, details = "bonus/3A/0", {"assignment_id": "3A", "worker_id": gone, "amount_usd": "0.20", "reason": "Thanks"}
    with Ledger(study) as ledger:
        ledger.set_fact("cap_usd", "50")
        ledger.plan([(key, "bonus", details, Decimal("0.20"))])
        ledger.mark_sent(key)
    with pytest.raises(ValueError, match=f"{gone}: the call {key} has no outcome yet"):
        erase(study, gone, confirm=yes)
    with Ledger(study) as ledger:
        ledger.mark_done(key, {"assignment_id": "3A"})
        held = ledger.held()
    erase(study, gone, confirm=yes)
    with Ledger(study) as ledger:
        entry = ledger.entry(key)
        assert entry is not None
        assert is_erased(entry.details.pop("worker_id"))
        assert (entry.state, entry.cost, ledger.held()) == ("done", Decimal("0.20"), held)


def test_a_recruiters_ids_are_erased_from_calls(study_at: Callable[[str], Path]) -> None:
    """Calls that name a visit keep their state and money, and different visits stay different."""
    study = study_at("bonus")
    gone = workers(study)[0]
    with Ledger(study) as ledger:
        for visit in ("visit-of-ann-1", "visit-of-ann-2"):
            ledger.record(f"recruit/reject/{visit}", "reject", {"session_id": visit}, Decimal(1), {"session_id": visit})
        erasures = Erasures.load(study).with_names([("worker", gone)], 9e9)
        erase_in_ledger(ledger, erasures, {gone: ["visit-of-ann-1", "visit-of-ann-2"]})
        left = ledger.entries("recruit/reject/")
        assert [(entry.state, entry.cost) for entry in left] == [("done", 1), ("done", 1)]
        assert len({entry.details["session_id"] for entry in left}) == 2
        assert not any("visit-of" in str(entry) for entry in left)
