"""Optional packages and what installs them; `tests/test_packaging.py` compares the extras with pyproject.toml."""

import sys

import pytest

from vidgen.distribution import EXTRAS, install_line, is_installed, require


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error has the package's name, with which the line that installs it is found."""
    monkeypatch.setitem(sys.modules, "selenium", None)
    require(["json"])
    with pytest.raises(ModuleNotFoundError) as caught:
        require(["json", "selenium", "torch"])
    assert caught.value.name == "selenium"
    assert install_line("selenium").endswith("pip install 'crowd-video-evaluation[browser]'")


def test_looking_imports_nothing() -> None:
    """Whether a package is there is found out without running it."""
    before = set(sys.modules)
    assert is_installed("this")  # which would print a poem
    assert "this" not in set(sys.modules) - before
    assert set(EXTRAS.values()) == {"generation", "browser"}
