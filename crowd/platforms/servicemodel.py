"""A botocore session that knows Mechanical Turk, also after botocore has dropped it."""

from pathlib import Path

import botocore.session

from crowd.localplatform.model import SEARCH_PATH


def botocore_session() -> botocore.session.Session:
    """A session whose loader finds the service model: botocore's own, or else the copy that vidgen ships."""
    session = botocore.session.get_session()
    search_paths = session.get_component("data_loader").search_paths
    if not any((Path(path) / "mturk").is_dir() for path in search_paths):
        search_paths.append(str(SEARCH_PATH))
    return session
