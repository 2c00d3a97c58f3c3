"""What all HITs of a study have in common."""

from pathlib import Path

import boto3
import pytest
from botocore.stub import Stubber

from crowd.design.study import Study
from crowd.lifecycle.apply import hit_type
from crowd.platforms.requester.hittypes import as_parameters


def test_a_plain_study_excludes_nobody() -> None:
    """Without conditions the type has the study's words, pay and times, and no requirement."""
    study = Study(options=("x", "y"), reward_usd="0.8")
    made = as_parameters(hit_type(study))
    assert made["QualificationRequirements"] == []
    assert (made["Title"], made["Reward"]) == (study.title, "0.80")
    assert made["AutoApprovalDelayInSeconds"] == study.auto_approval_s


def test_conditions_become_requirements_that_botocore_accepts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Approval rate, experience, country and earlier rounds are each one requirement, in the API's form."""
    study = Study(options=("x", "y"), min_approved_percent=95, min_approved_hits=100, countries=("US", "JP"))
    made = as_parameters(hit_type(study, without_qualification="3QUAL"))
    client = boto3.client("mturk", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(client) as stub:
        stub.add_response("create_hit_type", {"HITTypeId": "3T"}, made)
        assert client.create_hit_type(**made)["HITTypeId"] == "3T"
    by_type = {one["QualificationTypeId"]: one for one in made["QualificationRequirements"]}
    assert by_type["000000000000000000L0"]["IntegerValues"] == [95]
    assert by_type["00000000000000000040"]["IntegerValues"] == [100]
    assert by_type["00000000000000000071"]["LocaleValues"] == [{"Country": "US"}, {"Country": "JP"}]
    assert by_type["3QUAL"]["Comparator"] == "DoesNotExist"
    assert by_type["3QUAL"]["ActionsGuarded"] == "DiscoverPreviewAndAccept"
