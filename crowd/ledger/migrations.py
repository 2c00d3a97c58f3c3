"""The tables of the ledger, and the migrations of a ledger that an earlier release wrote.

Before the second step, the ledger named calls by Mechanical Turk's operations and parameters; now it names them by the
verbs of `crowd.platforms.Platform` and their arguments. Keys, states and the tokens, which are derived from the keys,
do not change, so that a call that was sent before the migration is recognized after it.
"""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from crowd.sqlite_file import Migration
from crowd.system_qualifications import LOCALE, NUMBER_APPROVED, PERCENT_APPROVED

SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS calls (
    position INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    operation TEXT NOT NULL,
    details TEXT NOT NULL,
    micro_usd INTEGER NOT NULL CHECK (micro_usd >= 0),
    state TEXT NOT NULL CHECK (state IN ('planned', 'sent', 'done', 'refused')),
    outcome TEXT,
    planned_at REAL NOT NULL,
    sent_at REAL,
    ended_at REAL
) STRICT;
CREATE TABLE IF NOT EXISTS assignments (
    assignment_id TEXT PRIMARY KEY,
    hit_id TEXT NOT NULL,
    worker_id TEXT NOT NULL,
    status TEXT NOT NULL,
    submitted_at REAL NOT NULL,
    answer TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS assignments_by_hit ON assignments (hit_id);
"""

#: The verb for each operation; a change of a HIT's expiration is one of two verbs.
_VERBS = {
    "CreateHITType": "register",
    "CreateHITWithHITType": "create",
    "CreateAdditionalAssignmentsForHIT": "extend",
    "DeleteHIT": "delete",
    "ApproveAssignment": "approve",
    "RejectAssignment": "reject",
    "SendBonus": "bonus",
    "CreateQualificationType": "create_qualification",
    "AssociateQualificationWithWorker": "exclude",
}
_ARGUMENTS = {
    "HITId": "hit_id",
    "HITTypeId": "hit_type_id",
    "HITGroupId": "hit_group_id",
    "AssignmentId": "assignment_id",
    "WorkerId": "worker_id",
    "QualificationTypeId": "qualification_id",
    "MaxAssignments": "num_assignments",
    "LifetimeInSeconds": "lifetime_s",
    "RequesterAnnotation": "annotation",
    "NumberOfAdditionalAssignments": "num_additional",
    "ExpireAt": "until",
    "RequesterFeedback": "reason",
    "BonusAmount": "amount_usd",
    "Reason": "reason",
    "Name": "name",
    "Title": "title",
    "Description": "description",
    "Keywords": "keywords",
    "Reward": "reward_usd",
    "AssignmentDurationInSeconds": "assignment_duration_s",
    "AutoApprovalDelayInSeconds": "auto_approval_s",
}
#: Parameters that were the same in every call of their operation, and are not arguments of the verb.
_ALWAYS_ALIKE = frozenset({"QualificationTypeStatus", "IntegerValue", "SendNotification"})
#: The expiration that was set to close a HIT at once.
_CLOSED_AT = "2015-01-01T00:00:00+00:00"


def _to_verbs(connection: sqlite3.Connection) -> None:
    for position, operation, details, outcome in connection.execute(
        "SELECT position, operation, details, outcome FROM calls"
    ).fetchall():
        verb, arguments = _translated(operation, json.loads(details))
        ids = None if outcome is None else json.dumps(_renamed(json.loads(outcome)))
        connection.execute(
            "UPDATE calls SET operation = ?, details = ?, outcome = ? WHERE position = ?",
            (verb, json.dumps(arguments, sort_keys=True), ids, position),
        )


def _translated(operation: str, details: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The verb and the arguments for an operation and its parameters."""
    requirements = details.pop("QualificationRequirements", None)
    arguments = _renamed(details)
    if operation == "UpdateExpirationForHIT":
        if arguments.get("until") != _CLOSED_AT:
            return "keep_open", arguments
        del arguments["until"]
        return "close", arguments
    if requirements is not None:
        arguments |= _conditions(requirements)
    return _VERBS.get(operation, operation), arguments


def _renamed(table: Mapping[str, Any]) -> dict[str, Any]:
    return {_ARGUMENTS.get(name, name): value for name, value in table.items() if name not in _ALWAYS_ALIKE}


def _conditions(requirements: list[dict[str, Any]]) -> dict[str, Any]:
    """The conditions of a HIT type, from its requirements, which hold at most one of each kind."""
    asked = {one["QualificationTypeId"]: one for one in requirements}
    percent, number, locale = (asked.pop(name, {}) for name in (PERCENT_APPROVED, NUMBER_APPROVED, LOCALE))
    return {
        "min_approved_percent": percent.get("IntegerValues", [0])[0],
        "min_approved_hits": number.get("IntegerValues", [0])[0],
        "countries": [value["Country"] for value in locale.get("LocaleValues", ())],
        "without_qualification": next(iter(asked), None),
    }


#: Each is run once, in this order. The first adds checksums to the rows.
MIGRATIONS: list[Migration] = [lambda connection: None, _to_verbs]
