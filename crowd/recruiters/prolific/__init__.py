"""Prolific: people of its pool come to a study that stands on a server of its own, and are paid by Prolific."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from crowd.credentials import load_or_create
from crowd.recruiters.prolific.client import REAL_URL, TOKEN_VARIABLE, Client
from crowd.recruiters.prolific.codes import known, remember
from crowd.recruiters.prolific.door import ProlificDoor, open_prolific_door
from crowd.recruiters.prolific.recruiter import ProlificRecruiter
from crowd.recruiters.prolific.settings import Prolific
from crowd.recruiters.protocol import RecruiterDescription

SETTINGS = Prolific
#: Names the address of a simulated Prolific, in place of the real one.
URL_VARIABLE = "PROLIFIC_URL"


def open_door(settings: Prolific, study_dir: Path) -> ProlificDoor:
    """The way in and out."""
    return open_prolific_door(study_dir, signed=settings.signed)


@contextmanager
def open_recruiter(about: RecruiterDescription, settings: Prolific, study_dir: Path) -> Iterator[ProlificRecruiter]:
    """The study at Prolific.

    Raises:
        ValueError: there is no token, or the study was put on another service than this one.
    """
    token, url = os.environ.get(TOKEN_VARIABLE, ""), os.environ.get(URL_VARIABLE, REAL_URL).rstrip("/")
    if not token:
        raise ValueError(
            f"recruiter prolific: set {TOKEN_VARIABLE} to your account's token (Prolific: Settings, Go to API Tokens)"
        )
    before = known(study_dir).get("url")
    if before and before != url:
        raise ValueError(f"the study was put on {before}; set {URL_VARIABLE} to it, or begin another study for {url}")
    with closing(Client(url, token)) as client:
        if settings.signed:  # the service changes its keys, and asks to read them daily
            remember(study_dir, keys=client.keys())
        study_id = load_or_create(study_dir).study_id
        yield ProlificRecruiter(about=about, client=client, settings=settings, study_dir=study_dir, token=study_id)
