"""Amazon Mechanical Turk and its sandbox."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crowd.platforms.protocol import Description
from crowd.platforms.requester import Requester, Wire, make_client
from crowd.platforms.servicemodel import botocore_session

ENDPOINTS = {
    "mturk": "https://mturk-requester.us-east-1.amazonaws.com",
    "mturk-sandbox": "https://mturk-requester-sandbox.us-east-1.amazonaws.com",
}
GONE = (
    "Amazon closed Mechanical Turk on 30 September 2026. Use --platform local and hand out its participants' links, "
    "yourself or through a recruiting service such as Prolific (docs/platforms.md)."
)


@contextmanager
def open_platform(about: Description, study_dir: Path) -> Iterator[Requester]:
    """Mechanical Turk (`mturk`, real money) or its sandbox, with the credentials that boto3 finds."""
    yield Requester(
        about=about,
        wire=Wire(name=about.name, client=make_client(botocore_session(), ENDPOINTS[about.name]), when_gone=GONE),
        link_origin="https://www.mturkcontent.com",
    )
