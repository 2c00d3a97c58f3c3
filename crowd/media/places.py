"""The places that participants' browsers load the videos from: the platform itself, or S3."""

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Protocol

from crowd.credentials import load_or_create
from crowd.ledger.calls import Progress
from crowd.ledger.ledger import Ledger
from crowd.media.s3 import S3Media, S3Settings
from crowd.opaque_names import address
from crowd.platforms import Platform
from crowd.videos.metadata import Video

_FACT = "media"


class Media(Protocol):
    """A place that serves the videos to participants."""

    def prepare(self, videos: Sequence[Video], *, needed_s: int, origin: str, progress: Progress | None = None) -> None:
        """Make every file available, and check that pages of `origin` can load it for `needed_s` seconds.

        Raises:
            ValueError, OSError: they cannot; the message says what is wrong and what helps.
        """
        ...

    def url(self, file_name: str) -> str:
        """The address of one file, by its name relative to the videos directory."""
        ...

    def links_last_s(self) -> int | None:
        """Seconds for which a link made now works; None: without end."""
        ...

    def settings(self) -> Mapping[str, str]:
        """The settings that a later run needs to use the same place."""
        ...


class OwnMedia:
    """The platform itself serves the videos directory, below `/media/` of its own address."""

    def __init__(self, study_dir: str | Path) -> None:
        self._study_dir = study_dir

    def prepare(self, videos: Sequence[Video], *, needed_s: int, origin: str, progress: Progress | None = None) -> None:
        """Do nothing: the server reads the videos directory, which was checked before."""

    def url(self, file_name: str) -> str:
        """A path on the page's own server, which works at any port and does not reveal the file's name."""
        return address(file_name, self._key)

    @cached_property
    def _key(self) -> str:
        return load_or_create(self._study_dir).media_key

    def links_last_s(self) -> int | None:
        """None: links work without end."""
        return None

    def settings(self) -> Mapping[str, str]:
        """Empty: there is nothing to set."""
        return {}


def check_reachable(platform: Platform, media: Media) -> None:
    """Check that participants on that platform can load the videos.

    Raises:
        ValueError: the platform serves no files, and the videos are nowhere else.
    """
    if isinstance(media, OwnMedia) and not platform.about.serves_media:
        raise ValueError(f"{platform.name} serves no videos itself: put them on S3 with --media s3 --bucket NAME")


def remember(ledger: Ledger, media: Media) -> None:
    """Store the place in the ledger, for later runs."""
    ledger.set_fact(_FACT, json.dumps(dict(media.settings())))


def remembered(ledger: Ledger) -> Media:
    """The place that the study's HITs use, from the ledger; the platform itself if none is stored."""
    settings = json.loads(ledger.fact(_FACT) or "{}")
    return S3Media(S3Settings(**settings)) if settings else OwnMedia(ledger.path.parent)
