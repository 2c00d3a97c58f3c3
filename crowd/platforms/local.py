"""The study's own platform: its server on this machine, found where it runs or started for as long as needed."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from crowd.commandline import to_paste
from crowd.credentials import load_or_create
from crowd.localplatform import running
from crowd.localplatform.discovery import announced
from crowd.localplatform.store import has_store, open_store, progress
from crowd.platforms.protocol import Description, Reach
from crowd.platforms.requester import Requester, Wire, make_client
from crowd.platforms.servicemodel import botocore_session

#: How long a server may take to start or stop before it counts as stuck.
_PATIENCE_S = 10


@contextmanager
def open_platform(about: Description, study_dir: Path) -> Iterator[Requester]:
    """The study's server where it runs already, else one that runs until the block ends."""
    with ExitStack() as stack:
        server = announced(study_dir)
        yield _requester(about, study_dir, server.endpoint_url if server else _start(study_dir, stack))


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


def reach(study_dir: Path) -> Reach:
    """How many people saw and accepted tasks, by the study's own store; nothing is known before there is one."""
    if not has_store(study_dir):
        return Reach()
    with closing(open_store(study_dir)) as database, database.transaction(0, reads_only=True) as tx:
        counts = progress.summary(tx)
    median_s = counts["median_s"]
    took = None if median_s is None else round(median_s, 1)
    return Reach(seen=counts["seen"], accepted=counts["accepted"], median_task_s=took)


def _requester(about: Description, study_dir: Path, endpoint_url: str) -> Requester:
    session = botocore_session(own_settings=True)
    secrets = load_or_create(study_dir)
    session.set_credentials(secrets.access_key_id, secrets.secret_access_key)
    serve = to_paste("serve-tasks", "--study", study_dir)
    return Requester(
        about=about,
        wire=Wire(
            name=about.name,
            client=make_client(session, endpoint_url, proxies={}, without_pages=True),
            when_gone=f"Start it with `{serve}`, and run the same command again.",
        ),
        link_origin=endpoint_url,
        count_reach=lambda: reach(study_dir),
    )
