"""Where tasks are published: one small protocol, and one place that chooses by name."""

from contextlib import AbstractContextManager
from pathlib import Path

from crowd.platforms.protocol import Platform, PlatformUnreachableError, RequestRefusedError
from crowd.pricing import FEES, PLAY_FEES, Fees

__all__ = ["NAMES", "Platform", "PlatformUnreachableError", "RequestRefusedError", "fees_of", "open_platform", "pays"]

#: The platforms there are; nothing else, and no bare URL, is ever published to.
NAMES = ("local", "mturk-sandbox", "mturk")


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
    raise _unknown(name)


def fees_of(name: str) -> Fees:
    """The price list of the platform of that name.

    Raises:
        ValueError: no platform has that name.
    """
    if name not in NAMES:
        raise _unknown(name)
    return PLAY_FEES if name == "local" else FEES


def pays(name: str) -> bool:
    """Whether participants get the reward from the platform of that name.

    Raises:
        ValueError: no platform has that name.
    """
    if name not in NAMES:
        raise _unknown(name)
    return name != "local"


def _unknown(name: str) -> ValueError:
    return ValueError(f"platform {name!r} is unknown; there are {', '.join(NAMES)}")
