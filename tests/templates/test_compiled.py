"""Compiled templates are kept between runs."""

import sys
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from templates.compiled import CompiledTemplates


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a template and the module with the settings."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "settings.py").write_text("")
    (tmp_path / "page.j2").write_text("Hello {{ name }}")
    return tmp_path


def rendered(folder: Path, kept: Path) -> str:
    """What a process renders that has just begun."""
    cache = CompiledTemplates(folder / "settings.py", kept)
    environment = Environment(loader=FileSystemLoader(folder), bytecode_cache=cache, autoescape=True)
    return environment.get_template("page.j2").render(name="you")


def test_a_template_is_compiled_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second process renders the same without compiling."""
    assert rendered(folder, folder / "kept") == "Hello you"
    monkeypatch.setattr(Environment, "compile", None)
    assert rendered(folder, folder / "kept") == "Hello you"


def test_what_changes_is_compiled_again(folder: Path) -> None:
    """Another text gives another page, and other settings leave what was kept aside."""
    rendered(folder, folder / "kept")
    (folder / "page.j2").write_text("Bye {{ name }}")
    assert rendered(folder, folder / "kept") == "Bye you"
    assert len(list((folder / "kept").iterdir())) == 1
    (folder / "settings.py").write_text("trim_blocks = True")
    rendered(folder, folder / "kept")
    assert len(list((folder / "kept").iterdir())) == 2


def test_where_nothing_can_be_written_templates_are_compiled(folder: Path) -> None:
    """A place that is no folder, as one that may not be written to, costs no page."""
    (folder / "kept").write_text("a file")
    assert rendered(folder, folder / "kept" / "below") == "Hello you"


def test_python_that_keeps_no_bytecode_keeps_no_templates(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`python -B` and `PYTHONDONTWRITEBYTECODE` hold for templates too."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert rendered(folder, folder / "kept") == "Hello you"
    assert not (folder / "kept").exists()


def test_a_broken_file_is_compiled_again(folder: Path) -> None:
    """What another program left there is not taken for a template."""
    rendered(folder, folder / "kept")
    for file in (folder / "kept").iterdir():
        file.write_bytes(file.read_bytes()[:30])
    assert rendered(folder, folder / "kept") == "Hello you"
