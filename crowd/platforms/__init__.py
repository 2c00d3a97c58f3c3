"""Where tasks stand: one protocol for every platform, and the one place that chooses a platform by its name."""

from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path

from crowd.platforms.descriptions import DEFAULT, NAMES, describe
from crowd.platforms.protocol import (
    AlreadyCreatedError,
    BonusPayment,
    Description,
    HitType,
    Ids,
    NoSuchHitError,
    Platform,
    PlatformUnreachableError,
    PublishedHit,
    Reach,
    RequestRefusedError,
    Submission,
)

__all__ = [
    "DEFAULT",
    "NAMES",
    "AlreadyCreatedError",
    "BonusPayment",
    "Description",
    "HitType",
    "Ids",
    "NoSuchHitError",
    "Platform",
    "PlatformUnreachableError",
    "PublishedHit",
    "Reach",
    "RequestRefusedError",
    "Submission",
    "describe",
    "open_platform",
]


def open_platform(name: str, study_dir: str | Path) -> AbstractContextManager[Platform]:
    """The platform of that name, for the duration of a `with` block.

    `local` is the study's own server: the one that runs already (`platform.json`), else one that runs until the block
    ends.

    Raises:
        ValueError: no platform has that name; URLs are not accepted.
    """
    about = describe(name)
    opened: AbstractContextManager[Platform] = import_module(f"crowd.platforms.{about.module}").open_platform(
        about, Path(study_dir)
    )
    return opened
