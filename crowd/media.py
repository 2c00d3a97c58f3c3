"""Where participants' browsers get the videos from."""

from collections.abc import Sequence
from typing import Protocol
from urllib.parse import quote

from crowd.calls import Progress
from crowd.platforms import Platform
from crowd.videos import Video


class Media(Protocol):
    """A place for the videos."""

    def prepare(self, videos: Sequence[Video], *, needed_s: int, origin: str, progress: Progress | None = None) -> None:
        """See that every file is there and can be loaded for so long by pages of that origin.

        Raises:
            ValueError: it cannot; the message says what is wrong and what helps.
        """
        ...

    def url(self, file_name: str) -> str:
        """The address of one file, by its name relative to the videos directory."""
        ...


class OwnMedia:
    """The platform itself serves the videos directory, under `/media/` of its own address, whatever that is."""

    def prepare(self, videos: Sequence[Video], *, needed_s: int, origin: str, progress: Progress | None = None) -> None:
        """Nothing is needed: the server reads the directory, which was checked."""

    def url(self, file_name: str) -> str:
        """A path on the page's own server, so that the server may move to another port."""
        return "/media/" + quote(file_name)


def files_of(videos: Sequence[Video]) -> list[str]:
    """Every file that pages may load: the videos and their fallbacks."""
    return [name for video in videos for name in (video.file_name, video.fallback) if name]


def check_reachable(platform: Platform, media: Media) -> None:
    """Refuse videos that participants on that platform could not load.

    Raises:
        ValueError: the platform serves no files and the media have no address of their own.
    """
    if isinstance(media, OwnMedia) and not platform.serves_media:
        raise ValueError(f"{platform.name} serves no videos itself: put them on S3 with --media s3 --bucket NAME")
