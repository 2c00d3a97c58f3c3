"""The service model: our copy, and what it allows."""

import gzip
import json
from pathlib import Path
from typing import Any

import botocore
import botocore.session
import pytest

from crowd.localplatform.errors import ApiError
from crowd.localplatform.model import LOCATION, SEARCH_PATH, service_model
from crowd.localplatform.model.derive import derive, without_documentation
from crowd.localplatform.operations import OPERATIONS
from crowd.localplatform.schema import check_request, check_response

_BOTOCORE = Path(botocore.__file__).parent / "data" / LOCATION / "service-2.json.gz"


def test_every_operation_is_there() -> None:
    """All 39 operations of the model are implemented, and no others."""
    assert len(OPERATIONS) == 39
    assert set(OPERATIONS) == set(service_model()["operations"])


@pytest.mark.skipif(not _BOTOCORE.exists(), reason="this botocore has dropped the mturk model")
def test_the_copy_is_botocores() -> None:
    """Our copy says what the installed botocore's model says, documentation aside."""
    original = json.loads(gzip.decompress(_BOTOCORE.read_bytes()))
    assert service_model() == without_documentation(original)


@pytest.mark.skipif(not _BOTOCORE.exists(), reason="this botocore has dropped the mturk model")
def test_the_copy_can_be_made_again(tmp_path: Path) -> None:
    """The recorded script writes the same files."""
    for file in derive(_BOTOCORE.parents[2], tmp_path):
        assert file.read_bytes() == (SEARCH_PATH / file.relative_to(tmp_path)).read_bytes()


def test_deriving_needs_a_model(tmp_path: Path) -> None:
    """Without the model the script says so."""
    with pytest.raises(FileNotFoundError, match="has no mturk model"):
        derive(tmp_path, tmp_path / "out")


def test_botocore_can_work_with_the_copy_alone() -> None:
    """A session whose loader knows no other model of the service makes a client with paginators from ours."""
    session = botocore.session.get_session()
    loader = session.get_component("data_loader")
    own = str(Path(botocore.__file__).parent / "data")
    load, exists = loader.file_loader.load_file, loader.file_loader.exists
    dropped = str(Path(own) / "mturk")
    loader.file_loader.load_file = lambda path: None if str(path).startswith(dropped) else load(path)
    loader.file_loader.exists = lambda path: not str(path).startswith(dropped) and exists(path)
    loader.search_paths.append(str(SEARCH_PATH))
    client = session.create_client("mturk", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    assert client.meta.endpoint_url == "https://mturk-requester.us-east-1.amazonaws.com"
    assert client.can_paginate("list_hits")
    client.close()


def error_of(operation: str, value: Any) -> str:
    with pytest.raises(ApiError) as refused:
        check_request(operation, value)
    return f"{refused.value.error_type}: {refused.value.fields.get('Message', '')}"


@pytest.mark.parametrize(
    ("operation", "value", "message"),
    [
        ("GetHIT", {}, "Value at 'hITId' failed to satisfy constraint: Member must not be null"),
        ("GetHIT", {"HITId": None}, "Member must not be null"),
        ("GetHIT", {"HITId": "lower"}, "Member must satisfy regular expression pattern: ^[A-Z0-9]+$"),
        ("GetHIT", {"HITId": "3A\n"}, "Member must satisfy regular expression pattern"),
        ("GetHIT", {"HITId": "3" * 65}, "Member must have length less than or equal to 64"),
        ("CreateWorkerBlock", {"WorkerId": "B1", "Reason": "r"}, "pattern: ^A[A-Z0-9]+$"),
        ("ListHITs", {"MaxResults": 0}, "Member must have value greater than or equal to 1"),
        ("ListHITs", {"MaxResults": 101}, "Member must have value less than or equal to 100"),
        ("ListReviewableHITs", {"Status": "Open"}, "enum value set: [Reviewable, Reviewing]"),
        ("SendBonus", {"WorkerId": "A1", "AssignmentId": "3", "Reason": "r", "BonusAmount": "1,5"}, "pattern"),
    ],
)
def test_what_the_model_forbids(operation: str, value: dict[str, Any], message: str) -> None:
    """A required member, a pattern, a length, a range or an enumeration that is hurt is a ValidationException."""
    error = error_of(operation, value)
    assert error.startswith("ValidationException")
    assert message in error


@pytest.mark.parametrize(
    ("operation", "value"),
    [
        ("GetHIT", []),
        ("GetHIT", "3"),
        ("GetHIT", {"HITId": 3}),
        ("GetHIT", {"HITId": "\ud800"}),
        ("GetHIT", {"HITId": "3", "Unknown": 1}),
        ("ListHITs", {"MaxResults": "10"}),
        ("ListHITs", {"MaxResults": True}),
        ("ListHITs", {"MaxResults": 1.5}),
        ("ListHITs", {"MaxResults": 2**31}),
        ("UpdateExpirationForHIT", {"HITId": "3", "ExpireAt": "2030-01-01"}),
        ("UpdateExpirationForHIT", {"HITId": "3", "ExpireAt": 1e300}),
        ("ListAssignmentsForHIT", {"HITId": "3", "AssignmentStatuses": "Submitted"}),
        ("ApproveAssignment", {"AssignmentId": "3", "OverrideRejection": 1}),
    ],
)
def test_wrong_types(operation: str, value: Any) -> None:
    """A wrong type or an unknown member is a SerializationException."""
    assert error_of(operation, value).startswith("SerializationException")


def test_several_problems_are_all_told() -> None:
    """A request with two mistakes is told of both."""
    error = error_of("CreateWorkerBlock", {"WorkerId": "B1"})
    assert "2 validation errors detected" in error


def test_a_null_is_an_absent_member() -> None:
    """An optional member may be null, which counts as left out."""
    assert check_request("ListHITs", {"NextToken": None, "MaxResults": 5})["MaxResults"] == 5


def test_our_own_mistakes_are_loud() -> None:
    """A response against the model is an error of ours and never sent."""
    with pytest.raises(AssertionError, match="GetAccountBalance answered against its model"):
        check_response("GetAccountBalance", {"AvailableBalance": 1})
