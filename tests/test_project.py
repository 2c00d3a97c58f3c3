"""What surrounds the code: citation, issue forms, workflows, hooks, the list of commands, and what may be released."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

import vidgen
from tests.releasable import reasons

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
FORMS = [path for path in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml"]
CHECKED = [
    ("vendor.citation-file-format", [ROOT / "CITATION.cff"]),
    ("vendor.github-issue-forms", FORMS),
    ("vendor.github-issue-config", [ROOT / ".github/ISSUE_TEMPLATE/config.yml"]),
    ("vendor.github-workflows", WORKFLOWS),
    ("custom.github-workflows-require-timeout", WORKFLOWS),
]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def loaded(path: Path) -> Any:
    """A YAML file's content."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("schema", "files"), CHECKED, ids=[schema for schema, _ in CHECKED])
def test_files_are_what_their_schema_says(schema: str, files: list[Path]) -> None:
    """By the schemas of the Citation File Format 1.2.0 and of GitHub, which check-jsonschema has with it."""
    assert files
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *files]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_citation_is_of_this_version() -> None:
    """Its version, licence and name are those of the package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    cited = loaded(ROOT / "CITATION.cff")
    assert (cited["version"], cited["license"]) == (vidgen.__version__, project["license"])
    assert cited["title"].startswith(project["name"])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_run_what_is_here(path: Path) -> None:
    """Each target of make and each script exists; tokens may read, and only releasing may do more."""
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"run: make ([\w-]+)", text):
        assert f"\n{target}: " in MAKEFILE, target
    for script in re.findall(r"python (\S+\.py)", text):
        assert (ROOT / script).is_file(), script
    workflow = loaded(path)
    assert workflow["permissions"] == {"contents": "read"}
    more = {name: job["permissions"] for name, job in workflow["jobs"].items() if "permissions" in job}
    assert more == ({"publish": {"id-token": "write"}} if path.stem == "release" else {})


def test_every_supported_python_is_tested() -> None:
    """The matrix has the versions that the package's classifiers name, and the lowest one is that of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    jobs = loaded(ROOT / ".github/workflows/test.yml")["jobs"]
    tested = jobs["suite"]["strategy"]["matrix"]["python"]
    named = [line.rpartition(" ")[2] for line in project["classifiers"] if re.search(r":: 3\.\d+$", line)]
    assert set(named) <= set(tested)
    assert project["requires-python"] == f">={tested[0]}"


def test_hooks_are_the_checks_of_make() -> None:
    """Before a commit the same programs run as by `make lint`, from the same environment."""
    hooks = [hook for source in loaded(ROOT / ".pre-commit-config.yaml")["repos"] for hook in source["hooks"]]
    entries = {hook["entry"].split()[0].removeprefix(".venv/bin/") for hook in hooks}
    lint = MAKEFILE.partition("\nlint:")[2].partition("\n\n")[0]
    assert entries >= set(re.findall(r"\$\(BIN\)/([\w-]+)", lint))


def test_what_speaks_against_a_release(tmp_path: Path) -> None:
    """A tag is refused while the version, the changelog, the citation or the address do not agree with it."""
    for name in ("vidgen/release.py", "CITATION.cff", "CHANGELOG.md", "pyproject.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    found = list(reasons("v9.8.7", tmp_path))
    assert [line.partition(":")[0] for line in found if "unreleased" not in line] == [
        "vidgen/release.py",
        "CITATION.cff",
        "CHANGELOG.md",
        "pyproject.toml",
    ]
    assert next(reasons("9.8", tmp_path)) == "tag 9.8: is not a v and a version, such as v0.2.0"
    (tmp_path / "vidgen/release.py").write_text('__version__ = "9.8.7"\n')
    (tmp_path / "CITATION.cff").write_text("version: 9.8.7\ndate-released: 2027-01-02\n")
    (tmp_path / "CHANGELOG.md").write_text("## [Unreleased]\n\n## [9.8.7] - 2027-01-02\n### Breaking\n- …\n")
    urls = {"Repository": "https://example.com/vidgen"}
    (tmp_path / "pyproject.toml").write_text(f"[project.urls]\nRepository = {json.dumps(urls['Repository'])}\n")
    assert list(reasons("v9.8.7", tmp_path)) == []
