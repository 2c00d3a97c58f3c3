"""Random bodies, signed and not: the server never answers 5xx, and still works afterwards."""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from crowd.credentials import load_or_create
from crowd.localplatform import running
from crowd.localplatform.limits import ServerLimits
from crowd.localplatform.model import service_model
from crowd.localplatform.operations import OPERATIONS
from tests.crowd.localplatform.market import HIT, TYPE, Market, requester
from tests.crowd.localplatform.test_signing import post, signed

_TARGET = service_model()["metadata"]["targetPrefix"]
_NASTY: list[Any] = [
    None, True, 0, -1, 1, 30, 3600, 2**31, 2**63, 2**70, 1e308, 0.1, "", "0.40", "3A", "A1", "\x00", "\ud800", "é" * 40,
    "x" * 70_000, "<a/>", "<!DOCTYPE a>", "' OR 1=1 --", "2026-01-01", [], {}, [[]], [None], {"": None},
    "9" * 400 + ".99",
]  # fmt: skip


def _value(chance: random.Random, shape_name: str, depth: int = 0) -> Any:
    """A value that may fit the shape, or anything."""
    if chance.random() < 0.15 or depth > 6:
        return chance.choice(_NASTY)
    shape = service_model()["shapes"][shape_name]
    if shape["type"] == "structure":
        required = set(shape.get("required", []))
        return {
            name: _value(chance, member["shape"], depth + 1)
            for name, member in shape["members"].items()
            if chance.random() < (0.95 if name in required else 0.4)
        }
    if shape["type"] == "list":
        return [_value(chance, shape["member"]["shape"], depth + 1) for _ in range(chance.randrange(3))]
    if "enum" in shape:
        return chance.choice(shape["enum"])
    fitting: dict[str, list[Any]] = {
        "EntityId": ["3A", "3" * 64], "CustomerId": ["A1"], "CurrencyAmount": ["0.40", "1", "99999999999999999999"],
        "String": ["text", HIT["Question"], TYPE["Title"]], "ResultSize": [1, 100], "IdempotencyToken": ["t"],
        "PaginationToken": ["cDox", "cDo5OTk5OTk5OTk5OTk5OTk5OTk5OTk=", "cDot"], "CountryParameters": ["US"],
    }  # fmt: skip
    by_type = {"integer": [0, 1, 60, 2**31 - 1], "long": [30, 600, 2**63 - 1], "boolean": [True, False]}
    by_type["timestamp"] = [0, 1.8e9, -1e10, 9e10]  # type: ignore[list-item]
    return chance.choice(fitting.get(shape_name) or by_type.get(shape["type"]) or _NASTY)


def _api_body(chance: random.Random, operation: str) -> bytes:
    shape = service_model()["operations"][operation]["input"]["shape"]
    body = json.dumps(_value(chance, shape)).encode()
    if chance.random() < 0.2:
        spot = chance.randrange(len(body) + 1)
        body = body[:spot] + chance.randbytes(chance.randrange(8)) + body[spot + chance.randrange(4) :]
    return body


def _form_body(chance: random.Random, assignment_id: str) -> tuple[str, bytes]:
    kind = chance.choice(
        ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "multipart/form-data", "a/b", ""]
    )
    text = f"assignmentId={assignment_id}&answer=x&answer=%ff%00&%=&=&&;".encode()
    if "boundary" in kind:
        text = (
            f'--b\r\nContent-Disposition: form-data; name="assignmentId"\r\n\r\n{assignment_id}\r\n--b--\r\n'.encode()
        )
    spot = chance.randrange(len(text) + 1)
    return kind, text[:spot] + chance.randbytes(chance.randrange(20)) + text[spot + chance.randrange(5) :]


def _fuzz(study: Path, http: httpx.Client, cases: int) -> Counter[int]:
    """Throw so many bodies at the server; how often each status came."""
    chance, statuses = random.Random(20_261_122), Counter[int]()
    wide = ServerLimits(strangers_burst=10**9)
    with running(study, limits=wide) as server, requester(server.endpoint_url, study) as client:
        market = Market(server, study, client, http)
        person, secrets = market.person(simulated=True), load_or_create(study)
        for case in range(cases):
            if case % 3:
                operation = chance.choice(list(OPERATIONS))
                body = _api_body(chance, operation)
                headers = signed(server.endpoint_url, secrets, body, target=f"{_TARGET}.{operation}")
                if case % 3 == 2 and chance.random() < 0.3:
                    headers["Authorization"] = headers["Authorization"][: chance.randrange(200)].strip()
                statuses[post(market, headers, body).status_code] += 1
            else:
                kind, body = _form_body(chance, chance.choice(["", "3A", "é"]))
                path = chance.choice(["/mturk/externalSubmit", "/hits/3A/accept", "/assignments/3A/return"])
                statuses[person.post(path, content=body, headers={"Content-Type": kind}).status_code] += 1
        assert client.get_account_balance()["AvailableBalance"]
        market.work(market.hit())
    return statuses


def test_fuzzed_bodies(study: Path, http: httpx.Client) -> None:
    """No random body brings a server error."""
    statuses = _fuzz(study, http, 600)
    assert max(statuses) < 500, statuses
    assert statuses[200] > 20, "the bodies never get past validation"


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_ten_thousand_fuzzed_bodies(study: Path, http: httpx.Client) -> None:
    """None of 10,000 random bodies brings a server error."""
    statuses = _fuzz(study, http, 10_000)
    assert max(statuses) < 500, statuses
