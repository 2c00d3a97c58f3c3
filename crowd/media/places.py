"""Where participants' browsers get the videos from: the platform itself, or S3."""

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Protocol

from crowd.credentials import load_or_create
from crowd.design.videos import Video
from crowd.ledger.calls import Progress
from crowd.ledger.ledger import Ledger
from crowd.media.s3 import S3Media, S3Settings
from crowd.opaque_names import address
from crowd.platforms import Platform

_FACT = "media"


class Media(Protocol):
    """A place for the videos."""

    def prepare(self, videos: Sequence[Video], *, needed_s: int, origin: str, progress: Progress | None = None) -> None:
        """Put every file in its place, and check that pages of that origin can load it for so many seconds.

        Raises:
            ValueError, OSError: it cannot; the message says what is wrong and what helps.
        """
        ...

    def url(self, file_name: str) -> str:
        """The address of one file, by its name relative to the videos directory."""
        ...

    def links_last_s(self) -> int | None:
        """Seconds that a link made now is good for; None: for good."""
        ...

    def settings(self) -> Mapping[str, str]:
        """What a later run needs to use the same place."""
        ...


class OwnMedia:
    """The platform itself serves the videos directory, under `/media/` of its own address, whatever that is."""

    def __init__(self, study_dir: str | Path) -> None:
        self._study_dir = study_dir

    def prepare(self, videos: Sequence[Video], *, needed_s: int, origin: str, progress: Progress | None = None) -> None:
        """Do nothing: the server reads the directory, which was checked."""

    def url(self, file_name: str) -> str:
        """A path on the page's own server, which holds at any port; it says nothing about the video."""
        return address(file_name, self._key)

    @cached_property
    def _key(self) -> str:
        return load_or_create(self._study_dir).media_key

    def links_last_s(self) -> int | None:
        """For good."""
        return None

    def settings(self) -> Mapping[str, str]:
        """Nothing."""
        return {}


def check_reachable(platform: Platform, media: Media) -> None:
    """Refuse videos that participants on that platform could not load.

    Raises:
        ValueError: the platform serves no files and the media have no address of their own.
    """
    if isinstance(media, OwnMedia) and not platform.about.serves_media:
        raise ValueError(f"{platform.name} serves no videos itself: put them on S3 with --media s3 --bucket NAME")


def remember(ledger: Ledger, media: Media) -> None:
    """Let later runs use the same place."""
    ledger.set_fact(_FACT, json.dumps(dict(media.settings())))


def remembered(ledger: Ledger) -> Media:
    """The place that the study's HITs use; the platform itself where none was named."""
    settings = json.loads(ledger.fact(_FACT) or "{}")
    return S3Media(S3Settings(**settings)) if settings else OwnMedia(ledger.path.parent)
