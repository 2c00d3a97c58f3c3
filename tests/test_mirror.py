"""Every module has a test of its name, or stands in CONTRIBUTING.md beside the test that holds it."""

import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("vidgen", "crowd", "analysis", "templates")
#: Rows `| test | modules |` of the table: the test, and the modules it holds, of which some are patterns.
ROWS = [
    (test, re.findall(r"`(\S+?)`", modules))
    for test, modules in re.findall(
        r"^\| `(tests/\S+\.py)` \| (.+) \|$", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE
    )
]
MODULES = [
    str(path.relative_to(ROOT))
    for folder in FOLDERS
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path.name not in ("__init__.py", "__main__.py")
]


def own_test(module: str) -> str:
    """The test of the module's name, in the same folder below tests; commands have theirs in tests/cli."""
    folder, _, name = module.rpartition("/")
    return f"tests/{folder.replace('vidgen/cli', 'cli', 1)}/test_{name}"


def holders(module: str) -> list[str]:
    """The tests that the table names for the module."""
    return [test for test, modules in ROWS for pattern in modules if fnmatch(module, pattern)]


@pytest.mark.parametrize("module", MODULES)
def test_every_module_is_held_by_a_test(module: str) -> None:
    """It has a test of its name, or the table names one."""
    assert (ROOT / own_test(module)).is_file() or holders(module), f"write {own_test(module)}, or add it to the table"


@pytest.mark.parametrize(("test", "modules"), ROWS)
def test_the_table_is_true(test: str, modules: list[str]) -> None:
    """Each of its tests is there, and so is every module that it names, without a test of its name."""
    assert (ROOT / test).is_file()
    for pattern in modules:
        found = [module for module in MODULES if fnmatch(module, pattern)]
        assert found, f"{pattern} is no module"
        assert not [module for module in found if (ROOT / own_test(module)).is_file() and "*" not in pattern]
