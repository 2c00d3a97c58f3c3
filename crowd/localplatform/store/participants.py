"""The participants of the local platform, their links, and the HITs that they have viewed."""

import secrets

from crowd.localplatform.store import assignments
from crowd.localplatform.store.database import Row, Transaction, new_id
from crowd.worker_ids import SIMULATED_PREFIX, is_erased, is_simulated

#: Who sent a participant; nobody, if they have a link of their own.
_RECRUITER = "(SELECT recruiter FROM recruits WHERE worker_id = participants.worker_id) AS recruiter"
_PARTICIPANT = """SELECT participants.*,
  EXISTS (SELECT 1 FROM blocks WHERE worker_id = participants.worker_id) AS blocked,
  (SELECT count(*) FROM assignments WHERE worker_id = participants.worker_id) AS num_begun,
  (SELECT count(*) FROM assignments WHERE worker_id = participants.worker_id AND state = 'Accepted') AS num_in_hand,
  (SELECT count(*) FROM assignments WHERE worker_id = participants.worker_id AND submit_seq IS NOT NULL)
    AS num_finished,
  (SELECT count(*) FROM messages WHERE worker_id = participants.worker_id) AS num_messages,
  EXISTS (SELECT 1 FROM recruits WHERE worker_id = participants.worker_id) AS recruited
FROM participants"""


def invite(tx: Transaction, *, simulated: bool, country: str | None = None, worker_id: str | None = None) -> str:
    """Add a participant, with a worker id of `new_worker_id`; return the token of their link (192 random bits)."""
    token = secrets.token_urlsafe(24)
    tx.insert(
        "participants",
        {
            "token": token,
            "worker_id": worker_id or new_worker_id(simulated=simulated),
            "simulated": int(simulated),
            "country": country,
            "invited": tx.now,
        },
    )
    return token


def new_worker_id(*, simulated: bool) -> str:
    """An id for a participant, which says whether they are a program."""
    if simulated:
        return new_id(prefix=SIMULATED_PREFIX, length=len(SIMULATED_PREFIX) + 10)
    while is_simulated(worker_id := new_id(prefix="A", length=14)) or is_erased(worker_id):
        pass
    return worker_id


def find(tx: Transaction, token: str) -> Row | None:
    """The participant whose link this is, whether they are `blocked` or `recruited`, and what they have done and got.

    `num_begun` counts their assignments in any state, `num_in_hand` the accepted ones, `num_finished` those submitted.
    """
    return tx.row(f"{_PARTICIPANT} WHERE token = :token", token=token)


def of_worker_id(tx: Transaction, worker_id: str) -> Row | None:
    """The participant with this worker id, as `find` gives them."""
    return tx.row(f"{_PARTICIPANT} WHERE worker_id = :worker_id", worker_id=worker_id)


def people(tx: Transaction) -> list[Row]:
    """All people, without programs, in the order of invitation, with the `recruiter` who sent them."""
    return tx.rows(f"SELECT participants.*, {_RECRUITER} FROM participants WHERE simulated = 0 ORDER BY seq")  # noqa: S608


def everybody(tx: Transaction) -> list[Row]:
    """All participants in the order of invitation; `number` counts people, and is None for programs.

    `open` is how many tasks they have begun and not finished, `sent` how many they have submitted, `recruiter` who sent
    them, which is nobody if they have a link of their own.
    """
    return tx.rows(
        f"""SELECT participants.*,
          CASE WHEN simulated = 0 THEN row_number() OVER (PARTITION BY simulated ORDER BY seq) END AS number,
          (SELECT count(*) FROM assignments WHERE worker_id = participants.worker_id AND state = 'Accepted') AS open,
          (SELECT count(*) FROM assignments WHERE worker_id = participants.worker_id AND submitted IS NOT NULL) AS sent,
          {_RECRUITER}
        FROM participants ORDER BY seq"""  # noqa: S608
    )


def revoke(tx: Transaction, worker_id: str) -> None:
    """Revoke the participant's link and return their unfinished tasks; what they submitted is kept."""
    tx.execute("UPDATE participants SET revoked = :now WHERE worker_id = :worker_id", worker_id=worker_id)
    assignments.give_back_all(tx, worker_id)


def invited_after(tx: Transaction, seq: int) -> list[Row]:
    """The participants invited after the one with sequence number `seq`; all with 0."""
    return tx.rows("SELECT seq, token, simulated FROM participants WHERE seq > :seq", seq=seq)


def counts(tx: Transaction) -> tuple[int, int]:
    """The number of people and the number of programs."""
    everybody = int(tx.value("SELECT count(*) FROM participants"))
    programs = int(tx.value("SELECT count(*) FROM participants WHERE simulated = 1"))
    return everybody - programs, programs


def saw(tx: Transaction, hit_id: str, worker_id: str) -> None:
    """Store when a worker first viewed a HIT."""
    seen = "SELECT 1 FROM previews WHERE hit_id = :hit_id AND worker_id = :worker_id"
    if tx.reads_only and tx.value(seen, hit_id=hit_id, worker_id=worker_id) is not None:
        return
    tx.execute(
        "INSERT INTO previews (hit_id, worker_id, seen) VALUES (:hit_id, :worker_id, :now) ON CONFLICT DO NOTHING",
        hit_id=hit_id,
        worker_id=worker_id,
    )
