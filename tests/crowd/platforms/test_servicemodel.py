"""The model of Mechanical Turk, and the settings of AWS."""

from pathlib import Path

import boto3
import pytest

from crowd.localplatform import running
from crowd.localplatform.model import SEARCH_PATH
from crowd.media.s3 import S3Media, S3Settings
from crowd.platforms import open_platform, servicemodel
from crowd.platforms.servicemodel import botocore_session


@pytest.fixture
def _botocore_without_mturk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A botocore as it will be: all its data but the model of Mechanical Turk."""
    import botocore
    from botocore.loaders import Loader

    data = tmp_path / "data"
    data.mkdir()
    for entry in (Path(botocore.__file__).parent / "data").iterdir():
        if entry.name != "mturk":
            (data / entry.name).symlink_to(entry)
    monkeypatch.setattr(Loader, "BUILTIN_DATA_PATH", str(data))
    monkeypatch.setattr(Loader, "CUSTOMER_DATA_PATH", str(tmp_path / "none"))
    monkeypatch.setattr(servicemodel, "_loader", servicemodel._loader.__wrapped__)


@pytest.mark.usefixtures("_botocore_without_mturk")
def test_the_client_survives_the_models_removal_from_botocore(tmp_path: Path) -> None:
    """With a botocore that has dropped Mechanical Turk the same calls and pages work, from our copy of the model."""
    with pytest.raises(Exception, match="Unknown service: 'mturk'"):
        boto3.Session().client("mturk", region_name="us-east-1")
    assert str(SEARCH_PATH) in botocore_session().get_component("data_loader").search_paths
    with running(tmp_path), open_platform("local", tmp_path) as platform:
        assert platform.wire.call("GetAccountBalance", {})["AvailableBalance"] == "10000.00"
        assert list(platform.wire.pages("ListHITs", {}))


def test_botocores_own_model_is_preferred() -> None:
    """Where botocore still has the model, ours is not in the way."""
    assert str(SEARCH_PATH) not in botocore_session().get_component("data_loader").search_paths


#: Mistakes in what boto3 takes from its surroundings.
MISTAKES = {
    "AWS_PROFILE": "no-such-profile",
    "AWS_DEFAULT_PROFILE": "no-such-profile",
    "AWS_CONFIG_FILE": "broken",
    "AWS_SHARED_CREDENTIALS_FILE": "broken",
    "AWS_DEFAULTS_MODE": "broken",
    "AWS_STS_REGIONAL_ENDPOINTS": "broken",
    "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES": "broken",
}


@pytest.mark.parametrize("variable", MISTAKES)
def test_mistakes_in_settings_of_aws_stop_what_uses_aws_alone(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The local platform works whatever they say; the others and S3 say in one line what is wrong with them."""
    (tmp_path / "broken").write_text("[x\nfoo")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable, MISTAKES[variable])
    with open_platform("local", tmp_path / "study") as platform:
        assert platform.wire.call("GetAccountBalance", {})["AvailableBalance"] == "10000.00"
    with pytest.raises(ValueError, match=r"^AWS settings cannot be used: "), open_platform("mturk-sandbox", tmp_path):
        pass
    with pytest.raises(ValueError, match=r"^AWS settings cannot be used: "):
        S3Media(S3Settings(bucket="clips")).prepare([], needed_s=0, origin="http://localhost")
