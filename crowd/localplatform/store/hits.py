"""HIT types and HITs.

A HIT's status is not stored: it follows from its counts of assignments, its expiration and the time.

Until people are invited, simulated participants take the HIT's places. From then on its places are for people only, and
simulated participants have as many separate places, so they never keep a person out.
"""

import json
from typing import Any

from crowd.hit_annotation import key_in
from crowd.localplatform.fees import assignment_cost, parse_usd
from crowd.localplatform.hitproperties import as_key
from crowd.localplatform.store.database import Row, Transaction, new_id
from crowd.system_qualifications import MASTERS

#: Mechanical Turk disposes of HITs by itself after 120 days. Here the days count from the expiration, and a HIT with
#: unfinished or unreviewed work is kept.
DISPOSED_AFTER_S = 120 * 86_400

_PEOPLE_EXIST = "(SELECT EXISTS (SELECT 1 FROM participants WHERE simulated = 0))"
_TAKEN = f"(pending + submitted + approved + rejected - CASE WHEN {_PEOPLE_EXIST} THEN programs ELSE 0 END)"
_OPEN = f"({_TAKEN} < max_assignments AND expiration > :now)"
_OPEN_TO_PROGRAMS = "(disposed IS NULL AND programs < max_assignments AND expiration > :now)"
_STATUS = f"""CASE
  WHEN disposed IS NOT NULL OR (expiration <= :now - {DISPOSED_AFTER_S} AND pending + submitted = 0) THEN 'Disposed'
  WHEN {_OPEN} THEN 'Assignable'
  WHEN pending > 0 THEN 'Unassignable'
  WHEN reviewing = 1 THEN 'Reviewing'
  ELSE 'Reviewable' END"""
#: All HITs with their types' properties, ``status``, ``open_to_programs`` and ``available``.
WITH_STATUS = f"""SELECT * FROM (
  SELECT hits.*, title, description, keywords, reward, duration_s, auto_approval_s, requirements,
    {_STATUS} AS status, {_OPEN_TO_PROGRAMS} AS open_to_programs, max_assignments - {_TAKEN} AS available
  FROM hits JOIN hit_types USING (hit_type_id)) AS with_status"""  # noqa: S608  constants of this module


def create_type(tx: Transaction, properties: dict[str, Any]) -> str:
    """The id of the HIT type with these properties (`hitproperties.canonical`), which is added if it is new."""
    text = as_key(properties)
    known = tx.value("SELECT hit_type_id FROM hit_types WHERE properties = :text", text=text)
    if known is not None:
        return str(known)
    hit_type_id = new_id()
    tx.insert(
        "hit_types",
        {
            "hit_type_id": hit_type_id,
            "properties": text,
            "title": properties["Title"],
            "description": properties["Description"],
            "keywords": properties.get("Keywords"),
            "reward": parse_usd(properties["Reward"]),
            "duration_s": properties["AssignmentDurationInSeconds"],
            "auto_approval_s": properties["AutoApprovalDelayInSeconds"],
            "requirements": json.dumps(properties["QualificationRequirements"], ensure_ascii=False),
        },
    )
    return hit_type_id


def find_type(tx: Transaction, hit_type_id: str) -> Row | None:
    """The HIT type's row."""
    return tx.row("SELECT * FROM hit_types WHERE hit_type_id = :id", id=hit_type_id)


def is_of_a_study(hit: Row) -> bool:
    """Whether vidgen published the HIT; such HITs have no fees here (`crowd.pricing.NO_FEES`).

    HITs of other clients follow Mechanical Turk's price list: rewards and bonuses have a fee, which is higher for HITs
    of ten or more assignments; a HIT created with fewer cannot be extended to ten.
    """
    return key_in(hit["annotation"]) is not None


def cost_of(hit_type: Row, max_assignments: int, annotation: str | None) -> int:
    """Units of money that one approved assignment of such a HIT costs."""
    if key_in(annotation) is not None:
        return int(hit_type["reward"])
    wanted = {requirement["QualificationTypeId"] for requirement in json.loads(hit_type["requirements"])}
    return assignment_cost(hit_type["reward"], max_assignments, masters=bool(wanted & MASTERS))


def create(
    tx: Transaction, hit_type: Row, *, max_assignments: int, lifetime_s: int, question: str, annotation: str | None
) -> str:
    """Add a HIT; return its id."""
    hit_id = new_id()
    tx.insert(
        "hits",
        {
            "hit_id": hit_id,
            "hit_type_id": hit_type["hit_type_id"],
            "created": tx.now,
            "visible_from": tx.now + tx.new_hit_delay_s,
            "expiration": tx.now + lifetime_s,
            "max_assignments": max_assignments,
            "first_max_assignments": max_assignments,
            "cost": cost_of(hit_type, max_assignments, annotation),
            "annotation": annotation,
        },
    )
    tx.insert("questions", {"hit_id": hit_id, "question": question})
    return hit_id


def find(tx: Transaction, hit_id: str) -> Row | None:
    """The HIT with its type's properties, ``status`` and ``available``; None while a new one is still invisible."""
    return tx.row(f"{WITH_STATUS} WHERE hit_id = :hit_id AND visible_from <= :now", hit_id=hit_id)


def created(tx: Transaction, hit_id: str) -> Row:
    """Like `find`, for a HIT that must exist, also while it is still invisible."""
    row = tx.row(f"{WITH_STATUS} WHERE hit_id = :hit_id", hit_id=hit_id)
    assert row is not None  # noqa: S101
    return row


def asked(tx: Transaction, hit_id: str) -> Row:
    """The XML that the HIT was created with, `question`, its `annotation`, and its type's `auto_approval_s`."""
    row = tx.row(
        """SELECT question, annotation, auto_approval_s
        FROM questions JOIN hits USING (hit_id) JOIN hit_types USING (hit_type_id) WHERE hit_id = :hit_id""",
        hit_id=hit_id,
    )
    assert row is not None  # noqa: S101  every HIT has both
    return row


def question(tx: Transaction, hit_id: str) -> str:
    """The XML that the HIT was created with."""
    return str(tx.value("SELECT question FROM questions WHERE hit_id = :hit_id", hit_id=hit_id))


def page(
    tx: Transaction,
    *,
    before: int,
    limit: int,
    status: str | None = None,
    hit_type_id: str | None = None,
    qualification_type_id: str | None = None,
) -> list[Row]:
    """HITs that are not disposed, newest first, starting before `before`."""
    return tx.rows(
        f"""{WITH_STATUS} WHERE status <> 'Disposed' AND seq < :before AND visible_from <= :now
          AND status = coalesce(:status, status) AND hit_type_id = coalesce(:hit_type_id, hit_type_id)
          AND requirements LIKE :requirement
        ORDER BY seq DESC LIMIT :limit""",
        before=before,
        limit=limit,
        status=status,
        hit_type_id=hit_type_id,
        requirement=f'%"QualificationTypeId": "{qualification_type_id}"%' if qualification_type_id else "%",
    )


def is_open(hit: Row, *, simulated: bool) -> bool:
    """Whether a person, or a program, could accept the HIT now."""
    return bool(hit["open_to_programs"]) if simulated else hit["status"] == "Assignable"


def are_over(tx: Transaction) -> bool:
    """Whether there are HITs and none can be accepted any more unless it is extended."""
    return bool(
        tx.value(
            """SELECT EXISTS (SELECT 1 FROM hits)
            AND NOT EXISTS (SELECT 1 FROM hits WHERE disposed IS NULL AND expiration > :now)"""
        )
    )


def set_expiration(tx: Transaction, hit_id: str, expiration: float) -> None:
    """Set when the HIT stops being offered."""
    tx.execute("UPDATE hits SET expiration = :at WHERE hit_id = :hit_id", at=expiration, hit_id=hit_id)
    _end_review_if_open(tx, hit_id)


def extend(tx: Transaction, hit_id: str, additional: int) -> None:
    """Offer the HIT to more workers."""
    tx.execute(
        "UPDATE hits SET max_assignments = max_assignments + :additional WHERE hit_id = :hit_id",
        additional=additional,
        hit_id=hit_id,
    )
    _end_review_if_open(tx, hit_id)


def _end_review_if_open(tx: Transaction, hit_id: str) -> None:
    tx.execute(f"UPDATE hits SET reviewing = 0 WHERE hit_id = :hit_id AND {_OPEN}", hit_id=hit_id)  # noqa: S608


def set_type(tx: Transaction, hit_id: str, hit_type: Row, cost: int) -> None:
    """Change the HIT's type, and so its properties."""
    tx.execute(
        "UPDATE hits SET hit_type_id = :type, cost = :cost WHERE hit_id = :hit_id",
        type=hit_type["hit_type_id"],
        cost=cost,
        hit_id=hit_id,
    )


def set_reviewing(tx: Transaction, hit_id: str, *, reviewing: bool) -> None:
    """Mark a reviewable HIT as being reviewed, or remove the mark."""
    tx.execute("UPDATE hits SET reviewing = :reviewing WHERE hit_id = :hit_id", reviewing=int(reviewing), hit_id=hit_id)


def dispose(tx: Transaction, hit_id: str) -> None:
    """Delete the HIT as the API does: it is kept, but no longer listed."""
    tx.execute("UPDATE hits SET disposed = :now WHERE hit_id = :hit_id", hit_id=hit_id)


def held(tx: Transaction) -> int:
    """Units of money that HITs may still cost: the cost of all assignments that can still be approved."""
    return int(
        tx.value(
            f"""SELECT coalesce(sum(cost * (pending + submitted
              + CASE WHEN {_OPEN} THEN max_assignments - {_TAKEN} ELSE 0 END)), 0)
            FROM hits WHERE disposed IS NULL"""  # noqa: S608
        )
    )


def held_at_most(tx: Transaction) -> int:
    """An upper bound on `held` from two index lookups: the number of all HITs times the largest cost of one."""
    number = int(tx.value("SELECT coalesce(max(seq), 0) FROM hits"))
    return number * int(tx.value("SELECT coalesce(max(cost * (max_assignments + programs)), 0) FROM hits"))
