"""What every platform offers, and how it says no."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol


class Platform(Protocol):
    """A place that speaks Mechanical Turk's requester protocol of 2017-01-17."""

    @property
    def name(self) -> str:
        """One of `crowd.platforms.NAMES`."""
        ...

    @property
    def real_money(self) -> bool:
        """Whether its dollars are dollars."""
        ...

    @property
    def pays(self) -> bool:
        """Whether participants get the reward from it."""
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
