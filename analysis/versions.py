"""What an analysis ran on."""

import platform
from importlib.metadata import PackageNotFoundError, version

#: Packages whose versions can change a figure.
PACKAGES = ("vidgen", "numpy", "scipy", "pandas", "duckdb")


def versions() -> dict[str, str]:
    """The version of Python and of each package that computes."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
