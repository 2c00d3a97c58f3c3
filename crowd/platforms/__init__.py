"""Where tasks are published: one small protocol, and one place that chooses by name."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

#: The platforms there are; nothing else, and no bare URL, is ever published to.
NAMES = ("local", "mturk-sandbox", "mturk")


class Platform(Protocol):
    """A place that speaks Mechanical Turk's requester protocol of 2017-01-17."""

    @property
    def name(self) -> str:
        """One of `NAMES`."""
        ...

    @property
    def real_money(self) -> bool:
        """Whether its dollars are dollars."""
        ...

    @property
    def link_origin(self) -> str:
        """The origin of the pages that load the videos; a bucket's CORS rules must admit it."""
        ...

    @property
    def serves_media(self) -> bool:
        """Whether it serves the videos directory itself, under `/media/`."""
        ...

    def call(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """One call of the requester API by its name (`CreateHITType`), tried again when throttled.

        Raises:
            RequestRefusedError: the platform understood and said no.
            PlatformUnreachableError: no answer, or none that says what happened.
        """
        ...

    def pages(self, operation: str, parameters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """All pages of a listing call; errors as in `call`."""
        ...


class RequestRefusedError(ValueError):
    """The platform refused a call, which then had no effect."""

    def __init__(self, operation: str, code: str, message: str) -> None:
        super().__init__(f"{operation}: {message} [{code}]" if code else f"{operation}: {message}")
        self.code = code
        """The platform's own code without its prefix, for instance `HITDoesNotExist`."""
        self.message = message
        """The platform's own words."""


class PlatformUnreachableError(ConnectionError):
    """The platform gave no usable answer; the call may have had its effect, and a rerun finds out."""


def open_platform(name: str, study_dir: str | Path) -> AbstractContextManager[Platform]:
    """The platform of that name, for the duration of a `with` block.

    `local` is the study's own server: the one that runs already (`platform.json`), else one that runs until the block
    ends.

    Raises:
        ValueError: no platform has that name; URLs are not accepted.
    """
    if name == "local":
        from crowd.platforms.local import open_local

        return open_local(Path(study_dir))
    if name in NAMES:
        from crowd.platforms.mturk import open_mturk

        return open_mturk(name)
    raise ValueError(f"platform {name!r} is unknown; there are {', '.join(NAMES)}")
