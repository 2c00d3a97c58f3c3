"""Rounds: HITs that show the same videos to further people, opened one after the other.

A round is opened when the round before it is full and everybody in it has the study's qualification, which the HITs of
later rounds exclude. So nobody can take part in two rounds of the same videos.
"""

from collections.abc import Callable, Mapping, Sequence

from crowd.design.design import Design, HitDesign
from crowd.ledger.calls import Call, carry_out
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.erasures import Erasures
from crowd.platforms import Platform


def due(
    platform: Platform,
    design: Design,
    hit_ids: Mapping[str, str],
    fills: Callable[[str], bool] = lambda worker_id: True,
) -> tuple[list[HitDesign], set[str]]:
    """The HITs whose round is due, in the design's order, and the workers to keep out of later rounds.

    Args:
        platform: where the study was published.
        design: the study's design.
        hit_ids: the ids of the published HITs by key.
        fills: says for a worker's id whether their work counts towards the assignments wanted.
    """
    ready: list[HitDesign] = []
    seen: set[str] = set()
    for keys in design.rounds.values():
        for number, key in enumerate(keys):
            ready.append(design.hit(key))
            if number + 1 == len(keys):
                break
            workers = _workers(platform, hit_ids[key]) if key in hit_ids else []
            if sum(map(fills, workers)) < design.hit(key).num_assignments:
                break
            seen.update(workers)
    return ready, seen


def keep_apart(platform: Platform, ledger: Ledger, workers: Sequence[str]) -> str:
    """Give these workers the study's qualification; returns its id."""
    name = f"vidgen {ledger.study_id}: has taken part"
    qualification = Call(
        key="qualification",
        verb="create_qualification",
        arguments={"name": name, "description": "Has seen videos of this study, which later rounds show again."},
        # Names are unique, so if the platform refuses it, an earlier run has made it.
        find=lambda refusal: platform.find_qualification(name) if refusal else None,
    )
    carry_out(platform, ledger, [qualification])
    entry = ledger.entry(qualification.key)
    assert entry is not None  # noqa: S101  it was carried out
    assert entry.outcome is not None  # noqa: S101
    qualification_id = str(entry.outcome["qualification_id"])
    erasures = Erasures.load(ledger.path.parent)
    carry_out(platform, ledger, [_grant(erasures, qualification_id, worker) for worker in workers])
    return qualification_id


def _grant(erasures: Erasures, qualification_id: str, worker: str) -> Call:
    """The call that gives a worker the qualification; the ledger keeps no id of one who was erased."""
    kept, arguments = worker, {"worker_id": worker}
    if erasures.covers(worker):
        kept = erasures.placeholder(worker)
    return Call(
        key=f"qualify/{kept}",
        verb="exclude",
        arguments={"qualification_id": qualification_id, "worker_id": kept},
        bulk=lambda: arguments,
    )


def _workers(platform: Platform, hit_id: str) -> list[str]:
    return [submission.worker_id for page in platform.submissions(hit_id) for submission in page]
