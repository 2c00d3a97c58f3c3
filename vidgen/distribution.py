"""What pip calls this project, and what to install for a command that lacks a package."""

import shlex
import shutil
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

#: On PyPI the name `vidgen` is another project's; import names and programs keep it.
NAME = "crowd-video-evaluation"
#: What making and judging videos needs.
GENERATION = ("torch", "safetensors", "resvg_py")
#: The extra of this distribution that installs each package that may be missing.
EXTRAS = {**dict.fromkeys(GENERATION, "generation"), "selenium": "browser"}


def install_line(package: str) -> str:
    """The line to type for a package of `EXTRAS`, with the extra that holds it.

    It names this Python where the `pip` on PATH is another one's, or is not there.
    """
    pip = shutil.which("pip")
    own = pip is not None and Path(pip).parent == Path(sys.executable).parent
    return f"{'pip' if own else f'{shlex.quote(sys.executable)} -m pip'} install '{NAME}[{EXTRAS[package]}]'"


def require(packages: Iterable[str]) -> None:
    """See that packages are installed, without importing them.

    Raises:
        ModuleNotFoundError: one is not; `name` is the package.
    """
    for name in packages:
        if not is_installed(name):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def is_installed(package: str) -> bool:
    """Whether the package can be imported, found out without importing it."""
    try:
        return find_spec(package) is not None
    except (ModuleNotFoundError, ValueError):  # ValueError: sys.modules holds it without a specification
        return False
