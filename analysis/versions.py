"""The versions of Python and of the packages that an analysis ran on."""

import platform
from importlib.metadata import PackageNotFoundError, version

#: Packages whose versions can change a figure, with the names of their distributions.
PACKAGES = {"vidgen": "crowd-video-evaluation"} | {name: name for name in ("numpy", "scipy", "pandas", "duckdb")}


def versions() -> dict[str, str]:
    """The version of Python and of each package that computes."""
    found = {"python": platform.python_version()}
    for name, distribution in PACKAGES.items():
        try:
            found[name] = version(distribution)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
