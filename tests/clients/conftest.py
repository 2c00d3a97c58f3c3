"""A platform for each client."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from crowd.credentials import load_or_create
from crowd.localplatform import running
from tests.clients.bridge import Client, connected
from tests.clients.scene import Scene
from tests.crowd.localplatform.market import JSON


@pytest.fixture
def scene(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[Client], Any]:
    """Opens a scene for a client."""

    @contextmanager
    def opened(client: Client) -> Iterator[Scene]:
        cache = request.config.cache.mkdir("clients") if hasattr(request.config, "cache") else tmp_path
        command, study = client.install(Path(cache)), tmp_path / "study"
        keys = load_or_create(study) if study.mkdir() is None else None
        assert keys is not None
        with (
            running(study) as server,
            httpx.Client(trust_env=False, timeout=30, headers=JSON) as http,
            connected(command, server.endpoint_url, keys.access_key_id, keys.secret_access_key) as call,
        ):
            yield Scene(call, server.endpoint_url, study, http)

    return opened
