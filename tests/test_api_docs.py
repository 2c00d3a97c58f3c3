"""What the packages export is documented, typed, imported late, and docs/api.md is made of it."""

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from docs import generate_api
from docs.generate_api import PACKAGES, entries, sections_of

#: Libraries that take long to import; `import crowd` needs none of them.
SLOW = ("torch", "pandas", "boto3", "numpy", "scipy", "matplotlib", "av", "duckdb", "starlette", "jinja2")


#: The packages that list what they export for `dir`.
LISTED = {name: module for name in PACKAGES if "__dir__" in vars(module := importlib.import_module(name))}


def public(kind: Any) -> list[tuple[str, str]]:
    """Package and name of everything of that kind that is exported."""
    return [
        (package, name) for package, module in LISTED.items() for name in module.__all__ if kind(getattr(module, name))
    ]


def test_the_page_is_up_to_date() -> None:
    """docs/api.md is what `python -m docs.generate_api` writes today."""
    assert generate_api.PAGE.read_text(encoding="utf-8") == generate_api.text(), "run: python -m docs.generate_api"


@pytest.mark.parametrize(("package", "name"), public(inspect.isfunction))
def test_every_function_is_documented(package: str, name: str) -> None:
    """It has a summary, explains each parameter, the result and the errors, has an example, and its own name."""
    function = getattr(importlib.import_module(package), name)
    sections, signature = sections_of(function), inspect.signature(function)
    assert sections[""].partition("\n")[0].endswith((".", ":"))
    assert [entry.lstrip("*") for entry in entries(sections.get("Args", ""))] == list(signature.parameters)
    assert signature.return_annotation in (None, "None") or {"Returns", "Yields"} & set(sections)
    assert "Raises" in sections
    assert f"{package}.{name}(" in sections["Example"]
    assert function.__name__ == name, "help and errors say this name"


@pytest.mark.parametrize(("package", "name"), public(inspect.isclass))
def test_every_class_is_documented(package: str, name: str) -> None:
    """It has a docstring of its own."""
    documented = getattr(importlib.import_module(package), name)
    assert documented.__doc__
    assert not documented.__doc__.startswith(f"{documented.__name__}("), "what dataclasses write where there is none"


@pytest.mark.parametrize("package", LISTED)
def test_dir_lists_what_is_exported(package: str) -> None:
    """`dir` and completion in notebooks show every public name before it is used."""
    script = f"import {package}; assert dir({package}) == sorted({package}.__all__)"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_importing_crowd_is_quick() -> None:
    """Nothing slow is loaded before something is used."""
    script = f"import crowd, sys; print([name for name in {SLOW!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"


def test_type_checkers_see_the_same_names_of_crowd() -> None:
    """What is imported for type checkers is what is exported, from the same modules."""
    import crowd

    tree = ast.parse(Path(crowd.__file__).read_text(encoding="utf-8"))
    (block,) = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    seen = {
        (alias.name, node.module) for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    homes = [(name, *home.split(":")) for name, home in crowd._HOMES.items()]
    assert seen == {(renamed[0] if renamed else name, module) for name, module, *renamed in homes}
    aliases = {
        name
        for node in block.body
        if isinstance(node, ast.Assign)
        for name in ast.unparse(node.targets[0])[1:-1].split(", ")
    }
    assert aliases == {name for name, _, *renamed in homes if renamed}


def test_a_name_that_does_not_exist() -> None:
    """It is an AttributeError that names the package."""
    import crowd

    with pytest.raises(AttributeError, match="module 'crowd' has no attribute 'nonsense'"):
        _ = crowd.nonsense
