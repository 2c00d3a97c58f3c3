"""The verbs of a platform, on one that speaks Mechanical Turk's protocol."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from crowd.design.study import Study
from crowd.hit_annotation import annotation
from crowd.lifecycle.apply import hit_type
from crowd.localplatform import running
from crowd.platforms import BonusPayment, NoSuchHitError, RequestRefusedError, open_platform
from crowd.platforms.requester import Requester
from tests.crowd.localplatform.market import HTML_QUESTION, Market


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Requester]:
    """A local platform without HITs."""
    with running(tmp_path), open_platform("local", tmp_path) as opened:
        assert isinstance(opened, Requester)
        yield opened


@contextmanager
def running_market(platform: Requester, study_dir: Path) -> Iterator[Market]:
    """People who come to the platform."""
    with httpx.Client(trust_env=False, timeout=60) as http:
        server = SimpleNamespace(endpoint_url=platform.wire.client.meta.endpoint_url)
        yield Market(server, study_dir, platform.wire.client, http)


def create(platform: Requester, key: str = "b001-r1", called: str = "t", **changes: Any) -> str:
    """A HIT of the study `s`; its id."""
    study = Study(options=("x", "y"), reward_usd="0.40")
    arguments = {
        **platform.register(**hit_type(study)),
        "annotation": annotation("s", key),
        "num_assignments": 2,
        "lifetime_s": 3600,
        "question": HTML_QUESTION,
        "token": called,
    }
    return platform.create(**(arguments | changes))["hit_id"]


def test_a_study_s_hits_are_found_by_key(platform: Requester) -> None:
    """HITs of other studies and of other programs are not the study's; a new HIT is as it was asked for."""
    hit_id = create(platform)
    create(platform, called="u", annotation=annotation("other", "b001-r1"))
    create(platform, called="v", annotation="somebody else's")
    (found,) = platform.find("s").items()
    assert found == ("b001-r1", platform.inspect(hit_id))
    hit = found[1]
    assert (hit.hit_id, hit.reward_usd, hit.status) == (hit_id, Decimal("0.40"), "Assignable")
    assert (hit.num_assignments, hit.num_available, hit.num_submitted, hit.num_reviewed) == (2, 2, 0, 0)
    assert hit.ends_at - hit.created_at == timedelta(seconds=3600)
    assert not hit.is_deleted


def test_of_a_hit_that_was_made_twice_the_older_is_found(platform: Requester) -> None:
    """Which of both it is does not depend on the order in which the platform lists them."""
    first = create(platform)
    create(platform, called="u")
    assert platform.find("s")["b001-r1"].hit_id == first


def test_work_is_paid_and_listed(platform: Requester, tmp_path: Path) -> None:
    """Submissions, reviews and bonuses are what participants and the requester did."""
    hit_id = create(platform)
    with running_market(platform, tmp_path) as market:
        one, other = market.work(hit_id), market.work(hit_id)
    page = [submission for page in platform.submissions(hit_id) for submission in page]
    assert {(each.assignment_id, each.hit_id, each.status) for each in page} == {
        (one, hit_id, "Submitted"),
        (other, hit_id, "Submitted"),
    }
    workers = {each.assignment_id: each.worker_id for each in page}
    platform.approve(assignment_id=one)
    platform.reject(assignment_id=other, reason="not done")
    assert [platform.submission(each).status for each in (one, other)] == ["Approved", "Rejected"]
    payment = {"assignment_id": one, "worker_id": workers[one], "reason": "Thanks"}
    platform.bonus(**payment, amount_usd="0.10", token="b")
    assert list(platform.bonuses(hit_id)) == [BonusPayment(**payment, amount_usd=Decimal("0.10"))]
    with pytest.raises(RequestRefusedError, match="SendBonus"):
        platform.bonus(**payment, amount_usd="0.10", token="b")
    hit = platform.inspect(hit_id)
    assert (hit.num_available, hit.num_submitted, hit.num_reviewed) == (0, 2, 2)


def test_a_hit_grows_ends_and_goes(platform: Requester) -> None:
    """Each change shows in the HIT; a deleted one is no longer listed."""
    hit_id = create(platform)
    platform.extend(hit_id=hit_id, num_additional=3, token="e")
    assert platform.inspect(hit_id).num_assignments == 5
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    platform.keep_open(hit_id=hit_id, until=until.isoformat())
    assert platform.inspect(hit_id).ends_at == until
    platform.close(hit_id=hit_id)
    assert platform.inspect(hit_id).status == "Reviewable"
    platform.delete(hit_id=hit_id)
    assert platform.inspect(hit_id).is_deleted
    assert platform.find("s") == {}


def test_a_hit_that_is_not_there_has_no_submissions(platform: Requester) -> None:
    """One that is too new to be visible, or long deleted, is no error to who asks for its answers."""
    assert list(platform.submissions("3NOSUCHHIT")) == []
    with pytest.raises(NoSuchHitError):
        platform.inspect("3NOSUCHHIT")


def test_whoever_holds_the_qualification_is_excluded(platform: Requester, tmp_path: Path) -> None:
    """A HIT type without a qualification is not offered to participants who were given it."""
    made = platform.create_qualification(name="has taken part", description="d")
    assert platform.find_qualification("has taken part") == made
    assert platform.find_qualification("taken part") is None
    study = Study(options=("x", "y"))
    later = platform.register(**hit_type(study, without_qualification=made["qualification_id"]))
    hit_id = create(platform, **later)
    with running_market(platform, tmp_path) as market:
        kept_out, other = market.person(), market.person()
        platform.exclude(qualification_id=made["qualification_id"], worker_id=kept_out.worker_id)
        assert hit_id not in kept_out.offers()
        assert other.offers() == {hit_id: "available"}


def test_the_balance_is_what_is_left(platform: Requester) -> None:
    """What a HIT may cost is held as soon as it is created."""
    before = platform.balance()
    create(platform)
    assert platform.balance() < before == Decimal("10000.00")
