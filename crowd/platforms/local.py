"""The study's own platform, on this machine."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from crowd.credentials import load_or_create
from crowd.localplatform import running
from crowd.localplatform.discovery import announced
from crowd.platforms.requester import Requester, make_client
from crowd.platforms.servicemodel import botocore_session

#: How long a server may take to start or stop before it counts as stuck.
_PATIENCE_S = 10

#: Operations whose answers hold questions that nobody here reads.
_IN_SHORT = ("ListHITs", "CreateHITWithHITType")


@contextmanager
def open_local(study_dir: Path) -> Iterator[Requester]:
    """The study's server where it runs already, else one that runs until the block ends."""
    with ExitStack() as stack:
        server = announced(study_dir)
        yield _requester(study_dir, server.endpoint_url if server else _start(study_dir, stack))


def _start(study_dir: Path, stack: ExitStack) -> str:
    """Serve the study until the stack closes, or find the server that another process was just starting."""
    give_up = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return stack.enter_context(running(study_dir)).endpoint_url
        except ValueError:
            if server := announced(study_dir):
                return server.endpoint_url
            if time.monotonic() > give_up:
                raise
            time.sleep(0.1)


def _requester(study_dir: Path, endpoint_url: str) -> Requester:
    session = botocore_session(own_settings=True)
    secrets = load_or_create(study_dir)
    session.set_credentials(secrets.access_key_id, secrets.secret_access_key)
    client = make_client(session, endpoint_url, proxies={})
    for operation in _IN_SHORT:
        client.meta.events.register(f"before-call.mturk.{operation}", _in_short)
    return Requester(
        name="local",
        client=client,
        real_money=False,
        pays=False,
        link_origin=endpoint_url,
        serves_media=True,
        when_gone="Start it with `vidgen serve-tasks`, and run the same command again.",
    )


def _in_short(params: dict[str, Any], **_: Any) -> None:
    """Ask for HITs without their questions, each of which is as long as a page."""
    params["headers"]["Prefer"] = "return=minimal"
