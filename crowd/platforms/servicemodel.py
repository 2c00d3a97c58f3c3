"""A botocore session that knows Mechanical Turk, also after botocore has dropped it."""

from functools import cache
from pathlib import Path

import botocore.session
from botocore.loaders import Loader, create_loader

from crowd.localplatform.model import SEARCH_PATH


def botocore_session() -> botocore.session.Session:
    """A session whose loader finds the service model: botocore's own, or else the copy that vidgen ships."""
    session = botocore.session.get_session()
    loader = _loader(session.get_config_variable("data_path"))
    loader.search_paths[:] = dict.fromkeys(loader.search_paths)  # each boto3 session adds the same one
    session.register_component("data_loader", loader)
    return session


@cache
def _loader(data_path: str | None) -> Loader:
    """One loader for all sessions of the process: botocore's files are large, and are read once."""
    loader: Loader = create_loader(data_path)
    if not any((Path(path) / "mturk").is_dir() for path in loader.search_paths):
        loader.search_paths.append(str(SEARCH_PATH))
    return loader
