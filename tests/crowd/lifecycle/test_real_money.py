"""`--platform mturk` from the first flag to the last bonus, with Amazon's address played by the local endpoint."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner, Result
from moto.server import ThreadedMotoServer

from crowd.credentials import load_or_create
from crowd.design.study import Study
from crowd.ledger.ledger import Ledger
from crowd.localplatform import Running, running
from crowd.platforms import mturk
from tests.crowd.answering import answer
from vidgen.cli import load

STUDY_FILE = "study.toml"


@pytest.fixture
def amazon(tmp_path: Path, videos: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """An endpoint that speaks Mechanical Turk's protocol, and a bucket, with credentials for both."""
    study = tmp_path / "study"
    study.mkdir()
    Study.from_videos(videos, training_items=0, lifetime_s=86_400).save(study / STUDY_FILE)
    secrets = load_or_create(study)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", secrets.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secrets.secret_access_key)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://{host}:{port}")
    boto3.client("s3").create_bucket(Bucket="clips")
    with running(study) as server:
        monkeypatch.setitem(mturk.ENDPOINTS, "mturk", server.endpoint_url)
        yield server
    moto.stop()


def vidgen(*words: Any, typed: str = "") -> Result:
    name, *rest = map(str, words)
    return CliRunner().invoke(load(name), rest, input=typed)


def test_real_money_is_spent_only_when_everything_was_said(amazon: Running, videos: Path, tmp_path: Path) -> None:
    """Without flag, cap or the very sum nothing is created; with them it is, once, and each later cost is asked for."""
    study = tmp_path / "study"
    publish = ("publish-tasks", videos, "--study", study, "--platform", "mturk", "--media", "s3", "--bucket", "clips")
    for words, typed, problem in (
        ((), "", "say so with --real-money"),
        (("--real-money",), "$8.64\n", "set the most it may ever be with --cap"),
        (("--real-money", "--cap", "8"), "$8.64\n", "passes the cap of $8.00"),
        (("--real-money", "--cap", "20"), "yes\n", "not confirmed"),
    ):
        done = vidgen(*publish, *words, typed=typed)
        assert (done.exit_code, problem in done.output) == (1, True), done.output
    assert "CreateHITWithHITType" not in amazon.platform.faults.calls

    done = vidgen(*publish, "--real-money", "--cap", "20", typed="$8.64\n")
    assert "Type $8.64 to spend it" in done.output
    assert "play money" not in done.output
    assert "mturk: 1 HIT created" in done.output
    assert "0 HITs created, 1 were there" in vidgen(*publish, "--real-money").output, "nothing new, no sum to type"

    (one,) = answer(amazon, study, 1)
    assert "1 of 9 assignments (1 new)" in vidgen("collect-answers", "--study", study).output
    assert "1 assignment approved" in vidgen("approve-answers", "--study", study).output
    bonus = ("pay-bonus", "--study", study, "--amount", "1", "--reason", "Thanks", "--assignment", one)
    assert "say so with --real-money" in vidgen(*bonus).output
    assert "not confirmed" in vidgen(*bonus, "--real-money", typed="1.20\n").output
    assert "1 bonus paid" in vidgen(*bonus, "--real-money", typed="$1.20\n").output
    with Ledger(study) as ledger:
        assert (ledger.platform, str(ledger.held())) == ("mturk", "9.84")
    assert "mturk" in vidgen("study-status", "--study", study).output
