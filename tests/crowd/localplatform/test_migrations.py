"""Stores of earlier releases."""

import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from crowd.credentials import load_or_create
from crowd.localplatform import running
from crowd.localplatform.store.sqlite import SqliteDatabase
from crowd.sqlite_file import connect
from tests.crowd.earlier import without_checksums
from tests.crowd.localplatform.market import HIT, QUESTION_FORM, TYPE, Market, requester

pytestmark = pytest.mark.sqlite

DATABASE_FILE = "platform.sqlite"

_REQUIREMENT = '{"Comparator": "Exists", "QualificationTypeId": "00000000000000000040"}'
_PROPERTIES = (
    '{{"AssignmentDurationInSeconds": 600, "AutoApprovalDelayInSeconds": 2592000, "Description": "{description}", '
    '"QualificationRequirements": [{requirements}], "Reward": "{reward}", "Title": "What do you see?"}}'
)


def _as_before(path: Path, *rows: tuple[str, str, str]) -> None:
    """Turn the store back into one of the release before: HIT types with rewards and requirements as they were sent."""
    with without_checksums(path) as store:
        for hit_type_id, reward, requirements in rows:
            properties = _PROPERTIES.format(description=TYPE["Description"], reward=reward, requirements=requirements)
            store.execute(
                "INSERT INTO hit_types VALUES (?, ?, ?, ?, NULL, ?, 600, 2592000, ?)",
                (hit_type_id, properties, TYPE["Title"], TYPE["Description"], 4000, f"[{requirements}]"),
            )
            store.execute(
                "INSERT INTO hits (hit_id, hit_type_id, created, visible_from, expiration, max_assignments, "
                "first_max_assignments, cost) VALUES (?, ?, 1, 1, 9e9, 1, 1, 4800)",
                (f"3HIT{hit_type_id}", hit_type_id),
            )
            store.execute("INSERT INTO questions VALUES (?, ?)", (f"3HIT{hit_type_id}", HIT["Question"]))
        for table in ("qualification_tests", "recruits", "arrivals"):
            store.execute(f"DROP TABLE {table}")


@pytest.fixture
def store(study: Path) -> Path:
    """An empty store."""
    study.mkdir(exist_ok=True)
    load_or_create(study)
    SqliteDatabase(study / DATABASE_FILE).close()
    return study / DATABASE_FILE


def test_a_type_of_before_is_still_the_same_type(store: Path, study: Path) -> None:
    """Types that were stored as they were sent are found by the same values, however they are written now."""
    _as_before(store, ("3PLAIN", "0.4", ""), ("3NEEDS", "0.40", _REQUIREMENT))
    with running(study) as server, requester(server.endpoint_url, study) as client:
        assert client.create_hit_type(**TYPE)["HITTypeId"] == "3PLAIN"
        requirement = {"QualificationTypeId": "00000000000000000040", "Comparator": "Exists"}
        assert client.create_hit_type(**TYPE, QualificationRequirements=[requirement])["HITTypeId"] == "3NEEDS"
        hit = client.get_hit(HITId="3HIT3NEEDS")["HIT"]
        complete = {"ActionsGuarded": "Accept", "RequiredToPreview": False}
        assert hit["QualificationRequirements"] == [requirement | complete]


def test_two_types_that_were_one_keep_their_hits(store: Path, study: Path, http: httpx.Client) -> None:
    """Where "0.4" and "0.40" had made two types, both keep their HITs, people can work, and one answers from now on."""
    _as_before(store, ("3FIRST", "0.4", ""), ("3SECOND", "0.40", ""))
    with running(study) as server, requester(server.endpoint_url, study) as client:
        types = {hit["HITTypeId"] for hit in client.list_hits()["HITs"]}
        assert types == {"3FIRST", "3SECOND"}
        assert client.create_hit_type(**TYPE)["HITTypeId"] in types
        assert Market(server, study, client, http).person().accept("3HIT3SECOND").is_success


def test_a_migrated_store_is_migrated_once(store: Path) -> None:
    """Opening a store again changes nothing."""
    _as_before(store, ("3PLAIN", "0.4", ""))
    for _ in range(2):
        SqliteDatabase(store).close()
        found = sqlite3.connect(store)
        dumped = list(found.iterdump())
        found.close()
        assert any('"Reward": "0.40"' in line for line in dumped)


def test_a_newer_store_is_refused_in_one_line(store: Path) -> None:
    """A store of a release to come is left alone."""
    newer = sqlite3.connect(store)
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(ValueError, match=r"platform\.sqlite: was written by vidgen .*, with version 99 of its schema"):
        SqliteDatabase(store)


def test_a_test_that_was_never_checked_is_not_given(store: Path, study: Path, http: httpx.Client) -> None:
    """A test that today's checks refuse cannot be begun, so that nobody's answers to it are lost."""
    with running(study) as server, requester(server.endpoint_url, study) as client:
        given = {"Name": "Q", "Description": "d", "QualificationTypeStatus": "Active"}
        made = client.create_qualification_type(**given, Test=QUESTION_FORM, TestDurationInSeconds=60)
        type_id = made["QualificationType"]["QualificationTypeId"]
        old = connect(store)
        old.execute("UPDATE qualification_types SET properties = replace(properties, 'IsRequired', 'Odd')")
        old.close()
        person = Market(server, study, client, http).person()
        assert person.post(f"/qualifications/{type_id}/request").status_code == 404


def test_questions_that_were_never_checked_lose_no_answer(store: Path, study: Path, http: httpx.Client) -> None:
    """An answer to a question that today's checks refuse is kept as its fields."""
    _as_before(store, ("3PLAIN", "0.4", ""))
    old = connect(store)
    old.execute("UPDATE questions SET question = ?", (QUESTION_FORM.replace("<IsRequired>", "<Odd/><IsRequired>"),))
    old.close()
    with running(study) as server, requester(server.endpoint_url, study) as client:
        person = Market(server, study, client, http).person()
        assignment_id = person.accept("3HIT3PLAIN").json().get("assignment_id")
        assignment_id = assignment_id or next(iter(person.get().json()["hits"]))["assignment_id"]
        assert person.submit(assignment_id, ball="b").is_redirect
        assert "<FreeText>b</FreeText>" in client.get_assignment(AssignmentId=assignment_id)["Assignment"]["Answer"]


def test_hits_of_studies_lose_the_fee_that_they_had(store: Path, study: Path) -> None:
    """What a study's open HIT holds is its reward, as for a new one; HITs of other clients keep their fee."""
    _as_before(store, ("3PLAIN", "0.4", ""), ("3STUDY", "0.40", _REQUIREMENT))
    with closing(sqlite3.connect(store, isolation_level=None)) as earlier:
        earlier.execute("UPDATE hits SET annotation = 'vidgen/study/b001-r1' WHERE hit_id = '3HIT3STUDY'")
    with running(study) as server, requester(server.endpoint_url, study) as client:
        assert client.get_account_balance()["OnHoldBalance"] == "0.88"
