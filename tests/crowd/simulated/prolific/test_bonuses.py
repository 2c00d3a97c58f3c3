"""Bonuses, which are the one thing that costs money twice when it is asked for twice.

Source: https://docs.prolific.com/api-reference/bonuses.
"""

import httpx
import pytest

from crowd.localplatform.clock import ManualClock
from crowd.simulated.prolific import Oddities, RunningProlific, SimulatedProlific, running
from tests.crowd.simulated.prolific.researcher import balance, finish, publish


def create(api: httpx.Client, study_id: str, lines: str) -> httpx.Response:
    """Set bonuses up."""
    return api.post("submissions/bonus-payments/", json={"study_id": study_id, "csv_bonuses": lines})


def test_amounts_are_in_main_currency_and_answers_in_cents(service: RunningProlific, api: httpx.Client) -> None:
    """A line of 1.50 sets 150 up, and one of 30 sets 3000 up, with fees and tax; nothing is paid by that."""
    submission = finish(service, publish(api))
    before = balance(service, api)
    answer = create(api, submission.study_id, f"{submission.id},1.50\n{submission.participant_id},30\n")
    made = answer.json()
    assert (answer.status_code, made["study"], made["amount"]) == (201, submission.study_id, 3150)
    charges = [service.prolific.prices.charge(amount) for amount in (150, 3000)]
    assert made["fees"] == sum(one.fees for one in charges)
    assert made["vat"] == sum(one.tax for one in charges)
    assert made["total_amount"] == made["amount"] + made["fees"] + made["vat"]
    assert (balance(service, api), submission.bonuses) == (before, [])


def test_paying_twice_pays_twice(service: RunningProlific, api: httpx.Client) -> None:
    """Each POST to the same batch pays everybody in it."""
    submission = finish(service, publish(api))
    total, available = balance(service, api)
    made = create(api, submission.study_id, f"{submission.id},1.50").json()
    for times in (1, 2):
        answer = api.post(f"bulk-bonus-payments/{made['id']}/pay/")
        assert (answer.status_code, type(answer.json())) == (202, str)
        paid = times * made["total_amount"]
        assert balance(service, api) == (total - paid, available - paid)
        assert api.get(f"submissions/{submission.id}/").json()["bonus_payments"] == [150] * times
    told = api.get(f"studies/{submission.study_id}/cost/").json()
    assert told["bonuses"]["bonuses"]["amount"] == 300


@pytest.mark.parametrize("lines", ["", "{id}", "{id},", "{id},much", "{id},0", "{id},-1", "{id},1.505", "{id},nan"])
def test_a_malformed_line_is_refused(service: RunningProlific, api: httpx.Client, lines: str) -> None:
    """Amounts are positive decimals in whole units."""
    submission = finish(service, publish(api))
    assert create(api, submission.study_id, lines.format(id=submission.id)).status_code == 400


def test_those_who_took_no_part_are_named(service: RunningProlific, api: httpx.Client) -> None:
    """A line for somebody else is refused with the id; so is one of another study."""
    here, elsewhere = finish(service, publish(api), 0), finish(service, publish(api), 1)
    answer = create(api, here.study_id, f"{here.id},1\n{elsewhere.id},1")
    assert answer.status_code == 400
    assert elsewhere.id in answer.text
    assert here.id not in answer.text


def test_paying_needs_the_money(clock: ManualClock) -> None:
    """A batch may be set up beyond the balance, and is not paid."""
    with running(SimulatedProlific(clock=clock, paid_in=1000), hooks=False) as service, service.client() as api:
        submission = finish(service, publish(api))
        made = create(api, submission.study_id, f"{submission.id},30").json()
        assert api.post(f"bulk-bonus-payments/{made['id']}/pay/").status_code == 400
        assert submission.bonuses == []


def test_bonuses_may_appear_late(clock: ManualClock) -> None:
    """Payment goes on after the answer: the balance falls at once, the submission shows the bonus minutes later."""
    prolific = SimulatedProlific(clock=clock, oddities=Oddities(bonus_delay_s=120))
    with running(prolific, hooks=False) as service, service.client() as api:
        submission = finish(service, publish(api))
        made = create(api, submission.study_id, f"{submission.id},1").json()
        api.post(f"bulk-bonus-payments/{made['id']}/pay/")
        assert api.get(f"submissions/{submission.id}/").json()["bonus_payments"] == []
        clock.advance(120)
        assert api.get(f"submissions/{submission.id}/").json()["bonus_payments"] == [100]
