"""Has tasks done anew whose answers do not count, since the recruiter does not pay for the visit."""

from collections import Counter
from collections.abc import Collection

from crowd.ledger.calls import Call, carry_out
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.apply import grown
from crowd.lifecycle.hits import hit_ids, published_sizes, replaced
from crowd.platforms import Platform


def replace_work(platform: Platform, ledger: Ledger, assignment_ids: Collection[str]) -> int:
    """Add one assignment to the HIT of each of these assignments, once for each; return how many were added."""
    done = {key for key, state in ledger.states("replace/").items() if state == "done"}
    sizes, keys = published_sizes(ledger), {hit_id: key for key, hit_id in hit_ids(ledger).items()}
    more: Counter[str] = replaced(ledger)
    calls = []
    for assignment in ledger.each_assignment():
        key, hit_id = f"replace/{assignment.assignment_id}", assignment.hit_id
        if assignment.assignment_id in assignment_ids and key not in done:
            more[hit_id] += 1
            calls.append(
                Call(
                    key=key,
                    verb="extend",
                    arguments={"hit_id": hit_id, "num_additional": 1},
                    with_token=True,
                    find=grown(platform, hit_id, sizes[keys[hit_id]] + more[hit_id]),
                )
            )
    tally = carry_out(platform, ledger, calls, stop_at_refusal=False)
    return tally.made + tally.found
