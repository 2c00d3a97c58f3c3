"""The project's name for pip, and the extras that install optional packages."""

import shlex
import shutil
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

#: On PyPI `vidgen` is another project; packages and programs keep that name.
NAME = "crowd-video-evaluation"
#: Packages that making and judging videos needs.
GENERATION = ("torch", "safetensors", "resvg_py")
#: The extra that installs each optional package.
EXTRAS = {**dict.fromkeys(GENERATION, "generation"), "selenium": "browser"}


def install_line(package: str) -> str:
    """The command that installs a package of `EXTRAS`.

    It names this Python where the `pip` on PATH is another one's, or is not there.
    """
    pip = shutil.which("pip")
    own = pip is not None and Path(pip).parent == Path(sys.executable).parent
    return f"{'pip' if own else f'{shlex.quote(sys.executable)} -m pip'} install '{NAME}[{EXTRAS[package]}]'"


def require(packages: Iterable[str]) -> None:
    """Check that packages are installed, without importing them.

    Raises:
        ModuleNotFoundError: one is missing; the error's `name` is the package.
    """
    for name in packages:
        if not is_installed(name):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def is_installed(package: str) -> bool:
    """Whether the package can be imported; it is not imported."""
    try:
        return find_spec(package) is not None
    except (ModuleNotFoundError, ValueError):  # ValueError: sys.modules holds it without a specification
        return False
