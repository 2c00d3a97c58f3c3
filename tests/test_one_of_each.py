"""One name for one thing: the files of a study directory are named in one module, and no class name is used twice."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from crowd.studydir import BackupArchive, ReportDirectory, StudyDirectory

ROOT = Path(__file__).parents[1]
HOME = ROOT / "crowd" / "studydir.py"
FILES = (*StudyDirectory.files(), *ReportDirectory.files(), *BackupArchive.files())
#: The last part of each file's name; folders are called by common words.
NAMES = {PurePosixPath(file.name).name for file in FILES if "." in file.name}
MODULES = [path for folder in ("crowd", "analysis", "vidgen", "templates") for path in (ROOT / folder).rglob("*.py")]
#: Names that the analysis still has to tell apart.
SHARED = {"Design", "Drawing", "Layout", "Plan", "Question", "Step", "Subject"}


def texts(module: ast.Module) -> Iterator[str]:
    """The string constants of a module, parts of f-strings too, without docstrings."""
    docs = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def file_names(source: str) -> list[str]:
    """The constants that name a file of a study; sentences that mention one do not count."""
    words = (text.strip("*") for text in texts(ast.parse(source)) if not any(map(str.isspace, text)))
    return [word for word in words if PurePosixPath(word).name in NAMES]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('path = folder / "design.json"', ["design.json"]),
        ('path = f"{folder}/private/secrets.json"', ["/private/secrets.json"]),
        ('pattern = "ledger.sqlite*"', ["ledger.sqlite"]),
        ('"""Reads design.json."""\nraise ValueError(f"{x}: put design.json back")', []),
    ],
)
def test_a_file_name_is_found_wherever_it_is_spelled(source: str, found: list[str]) -> None:
    """Paths, patterns and parts of f-strings count, documentation and messages do not."""
    assert file_names(source) == found


def test_the_files_of_a_study_are_named_in_one_module() -> None:
    """Everybody else takes their paths from `crowd.studydir`."""
    readers = [path for path in MODULES if path != HOME and path.parts[len(ROOT.parts)] in ("crowd", "analysis")]
    readers += (ROOT / "vidgen" / "cli").rglob("*.py")
    spelled = {path.relative_to(ROOT): file_names(path.read_text(encoding="utf-8")) for path in readers}
    assert {path: names for path, names in spelled.items() if names} == {}


@pytest.mark.parametrize(
    ("text", "home"),
    [
        (" + ", "crowd/texts.py"),
        ("ASIMULATED", "crowd/worker_ids.py"),
        ("metadata.csv", "crowd/videos/metadata.py"),
    ],
    ids=["label joiner", "prefix of simulated participants", "table of videos"],
)
def test_a_convention_stands_once(text: str, home: str) -> None:
    """Studies and their analysis agree since they read the same constant."""
    sources = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in MODULES}
    spelled = [
        name
        for name, source in sources.items()
        if name.startswith(("crowd/", "analysis/")) and text in list(texts(ast.parse(source)))
    ]
    assert spelled == [home]


def test_no_class_name_stands_for_two_things() -> None:
    """Whoever reads a class name knows which one is meant."""
    homes = defaultdict(list)
    for path in MODULES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(str(path.relative_to(ROOT)))
    assert {name: paths for name, paths in homes.items() if len(paths) > 1 and name not in SHARED} == {}
