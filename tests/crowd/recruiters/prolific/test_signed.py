"""Arrivals that Prolific signs: whoever has no token, somebody else's or an old one does not begin."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

import crowd
from crowd.design.design import Design
from crowd.design.study import Study
from crowd.localplatform import Running
from crowd.localplatform import running as serving
from crowd.recruiters import VisitError
from crowd.recruiters.prolific.signed import ISSUER, TOKEN, fresh_until
from crowd.simulated.prolific import RunningProlific, SimulatedProlific, participation, running, signing
from crowd.simulated.prolific.study_work import StudyWork
from crowd.simulated.prolific.visits import Conduct, bring
from crowd.simulated.response_probabilities import choose_probabilities
from crowd.simulated.workers import JSON
from tests.crowd.simulated.prolific.researcher import enter, someone

IDS = {"PROLIFIC_PID": "a" * 24, "STUDY_ID": "b" * 24, "SESSION_ID": "c" * 24}
PLACE = "https://study.example/join?PROLIFIC_PID={{%PROLIFIC_PID%}}"
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "aud": "https://study.example/join?PROLIFIC_PID=" + "a" * 24,
    "sub": IDS["SESSION_ID"],
    "exp": 1000,
    "prolific": {**IDS, "workspace_id": "d" * 24},
}


@pytest.fixture(scope="module")
def key() -> RSAKey:
    """The service's."""
    return RSAKey.generate_key(2048, auto_kid=True)


def token(key: Any, algorithm: str = "RS256", **changes: Any) -> str:
    """What a service with that key signs."""
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not None}
    return jwt.encode({"alg": algorithm, "kid": key.kid}, claims, key, [algorithm])


def base64(content: bytes) -> str:
    """As tokens have it."""
    return urlsafe_b64encode(content).decode().rstrip("=")


def read(text: str, *keys: RSAKey) -> float:
    """Until when the token lets somebody begin."""
    known = {"keys": [one.as_dict(private=False) for one in keys]}
    return fresh_until(text, IDS, session=IDS["SESSION_ID"], keys=known, join_url=PLACE)


def test_a_token_of_the_service_says_until_when_it_holds(key: RSAKey) -> None:
    """Among several keys its own is found by the name; the clocks may differ by five minutes."""
    other = RSAKey.generate_key(2048, auto_kid=True)
    assert read(token(key), other, key) == 1300
    assert read(token(key, aud=["https://elsewhere.example/", CLAIMS["aud"]]), key) == 1300


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"iss": "https://www.prolific.example"}, "by or for somebody else"),
        ({"aud": "https://another.example/join"}, "by or for somebody else"),
        ({"aud": None}, "by or for somebody else"),
        ({"sub": "e" * 24}, "are not those"),
        ({"prolific": {**IDS, "PROLIFIC_PID": "e" * 24}}, "are not those"),
        ({"prolific": {name: value for name, value in IDS.items() if name != "STUDY_ID"}}, "are not those"),
        ({"prolific": "everything"}, "are not those"),
        ({"exp": None}, "until when"),
        ({"exp": "for ever"}, "until when"),
    ],
    ids=str,
)
def test_a_token_for_something_else_is_refused(changes: dict[str, Any], words: str, key: RSAKey) -> None:
    with pytest.raises(VisitError, match=words):
        read(token(key, **changes), key)


def test_what_the_service_did_not_sign_is_refused(key: RSAKey) -> None:
    """Nothing at all, another's key, a key's public part as a password, no algorithm, or changed claims."""
    head, claims, tail = token(key).split(".")
    hashed = f"{base64(json.dumps({'alg': 'HS256', 'kid': key.kid}).encode())}.{claims}"
    forged = f"{hashed}.{base64(hmac.digest(key.as_pem(private=False), hashed.encode(), 'sha256'))}"
    changed = ".".join([head, token(key, sub="e" * 24).split(".")[1], tail])
    unsigned = f"{base64(json.dumps({'alg': 'none'}).encode())}.{claims}."
    for text in ("", "x", "a.b.c", token(RSAKey.generate_key(2048, auto_kid=True)), forged, changed, unsigned):
        with pytest.raises(VisitError, match="not signed by a known key"):
            read(text, key)
    with pytest.raises(VisitError, match="not signed by a known key"):
        read(token(key))


@pytest.fixture
def service() -> Iterator[RunningProlific]:
    """An account whose workspace has signed arrivals."""
    with running(SimulatedProlific(features=frozenset({"signed-arrivals"})), hooks=False) as started:
        yield started


@pytest.fixture
def ours(service: RunningProlific, videos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """A study of two tasks for two people each, open there with signed arrivals."""
    monkeypatch.setenv("PROLIFIC_TOKEN", service.token)
    monkeypatch.setenv("PROLIFIC_URL", service.url)
    values = {"videos_per_hit": 5, "answers_per_video": 2, "training_items": 0, "budget_usd": "500"}
    recruit = {"prolific": {"currency": "GBP", "signed": True}}
    Study.from_videos(videos, recruiter="prolific", recruit=recruit, **values).save(tmp_path / "study.toml")
    crowd.publish(tmp_path, videos)
    with serving(tmp_path) as server:
        crowd.draft(tmp_path, server.endpoint_url)
        crowd.open_at_recruiter(tmp_path)
        yield server


@pytest.mark.thorough
def test_people_of_a_signed_study_work_and_others_do_not_begin(
    ours: Running, service: RunningProlific, tmp_path: Path
) -> None:
    """Made-up ids open nothing, nor does somebody's token with another's ids; a visit is found again for ever."""
    (study_id,) = service.prolific.studies
    design = Design.load(tmp_path)
    work = StudyWork(design=design, probabilities=choose_probabilities(design, accuracy=0.8))
    bring(service.url, study_id, [someone(service, 0)], work, [Conduct.FINISH])
    assert crowd.recruitment(tmp_path).cells == {(True, True): 1}
    ann = enter(service, study_id, 1)
    with service.prolific.acting():
        place = httpx.URL(participation.start(service.prolific, ann))
    forged = place.copy_merge_params({"SESSION_ID": "facade" + "1" * 18})
    for address in (place.copy_remove_param(TOKEN), forged, aged(service, place)):
        assert httpx.get(address, headers=JSON, trust_env=False).status_code == 400
    came = httpx.get(place, headers=JSON, trust_env=False)
    assert httpx.get(aged(service, place), headers=JSON, trust_env=False).json() == came.json()
    assert len(crowd.status(tmp_path).came_from) == 1


def aged(service: RunningProlific, place: httpx.URL) -> httpx.URL:
    """The address as it was signed a quarter of an hour ago."""
    key = service.prolific.signing_key
    known = KeySet.import_key_set(signing.keys(service.prolific))  # type: ignore[arg-type]
    claims = jwt.decode(place.params[TOKEN], known, ["RS256"]).claims
    before = {**claims, "iat": int(time.time()) - 900, "exp": int(time.time()) - 780}
    return place.copy_set_param(TOKEN, jwt.encode({"alg": "RS256", "kid": key.kid}, before, key))
