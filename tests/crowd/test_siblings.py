"""A user's own files that have the names of our packages: programs pass them over, and scripts are told of them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.program import PROGRAMS
from tests.crowd.clips import write_videos

ROOT = Path(__file__).parents[2]
#: A command that needs all of our packages.
WORDS = ("plan-study", "my-videos", "--study", "my-study", "--anyway")
FILES = {"analysis": "analysis/__init__.py", "templates": "templates.py", "crowd": "crowd/__init__.py"}


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_videos(tmp_path_factory.mktemp("videos"))


def write_own(folder: Path, *names: str, content: str = "mine = True\n") -> None:
    """Put a user's modules of these names into the folder."""
    for name in names:
        path = folder / FILES[name]
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)


def run(folder: Path, *command: str, first: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command in the folder; `first` comes before the packages on Python's path."""
    path = os.pathsep.join(map(str, filter(None, (first, ROOT))))
    return subprocess.run(
        command, cwd=folder, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize(
    "started",
    ["vidgen", *(pytest.param(one, marks=pytest.mark.thorough) for one in ("python -m vidgen", "PYTHONPATH"))],
)
def test_programs_take_their_own_packages(tmp_path: Path, videos: Path, started: str) -> None:
    """However it is started, the program works, and says nothing: whoever types it imports nothing of their own."""
    (tmp_path / "my-videos").symlink_to(videos)
    write_own(tmp_path, *FILES, content="raise SystemExit('the file of the user was run')\n")
    program = [sys.executable, "-m", "vidgen"] if started.startswith("python") else [str(PROGRAMS / "vidgen")]
    done = run(tmp_path, *program, *WORDS, first=tmp_path if started == "PYTHONPATH" else None)
    assert done.returncode == 0, done.stderr
    assert "videos        9" in done.stdout
    assert "rename" not in done.stderr


@pytest.mark.parametrize("name", FILES)
def test_the_module_is_the_program_beside_any_file(tmp_path: Path, name: str) -> None:
    """`python -m vidgen` starts beside a file or folder of the name of each package."""
    write_own(tmp_path, name, content="raise SystemExit('the file of the user was run')\n")
    done = run(tmp_path, sys.executable, "-m", "vidgen", "--version")
    assert done.stdout.startswith("python -m vidgen, version"), done.stderr


@pytest.mark.parametrize("how", ["-c", "script"])
def test_scripts_are_told_what_is_hidden(tmp_path: Path, videos: Path, how: str) -> None:
    """`crowd` works with its own templates, beside a user's as in a notebook, and one line names the hidden file."""
    write_own(tmp_path, "templates")
    script = (
        f"import crowd; print(crowd.plan('s', {str(videos)!r}).num_videos)\nimport templates; templates.environment"
    )
    (tmp_path / "script.py").write_text(script)
    done = run(tmp_path, sys.executable, *(["-c", script] if how == "-c" else ["script.py"]))
    assert done.stdout == "9\n", done.stderr
    assert done.stderr == (
        f"templates is now crowd-video-evaluation's package, not {tmp_path / 'templates.py'}: rename that one to use "
        "both\n"
    )


def test_analysis_takes_its_own_crowd(tmp_path: Path) -> None:
    """So does `analysis`, whose parts import `crowd`."""
    write_own(tmp_path, "crowd", "templates")
    done = run(tmp_path, sys.executable, "-c", "import analysis; print(analysis.Report.__module__)")
    assert done.stdout == "analysis.report\n", done.stderr
    assert [line.split()[0] for line in done.stderr.splitlines()] == ["crowd", "templates"]


def test_another_analysis_is_named(tmp_path: Path) -> None:
    """Who imports `crowd` is told that `import analysis` gives another file, which is left to them."""
    write_own(tmp_path, "analysis")
    done = run(tmp_path, sys.executable, "-c", "import crowd, analysis; print(analysis.mine)")
    assert done.stdout == "True\n"
    assert done.stderr == (
        f"`import analysis` gives {tmp_path / 'analysis/__init__.py'}, not crowd-video-evaluation's package: rename it "
        "to use both\n"
    )


def test_a_folder_of_files_hides_nothing(tmp_path: Path) -> None:
    """Folders without `__init__.py`, such as one with notebooks or pages, are no packages that Python would prefer."""
    for name in FILES:
        (tmp_path / name).mkdir()
    done = run(tmp_path, sys.executable, "-c", "import crowd, analysis; crowd.Study, analysis.Report")
    assert (done.returncode, done.stderr) == (0, "")


def test_what_was_imported_before_is_refused(tmp_path: Path) -> None:
    """Where the user's file was imported first, ours cannot be: the error's line names the file."""
    write_own(tmp_path, "templates")
    done = run(tmp_path, sys.executable, "-c", "import templates, crowd")
    file = tmp_path / "templates.py"
    assert done.stderr.splitlines()[-1] == (
        f"ImportError: crowd-video-evaluation needs its package templates, and {file} was imported under that name: "
        "rename that file or folder"
    )


def test_vidgen_needs_none_of_them(tmp_path: Path) -> None:
    """`import vidgen` is silent whatever else is there."""
    write_own(tmp_path, *FILES)
    done = run(tmp_path, sys.executable, "-c", "import vidgen; vidgen.generate")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.thorough
def test_figures_are_drawn_by_our_own_analysis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that draws them has the path of the program, and does not run a user's file on it either."""
    from analysis import drawing

    write_own(tmp_path, "analysis", content="raise SystemExit('the file of the user was run')\n")
    monkeypatch.syspath_prepend(tmp_path)
    process = drawing._start()
    assert process is not None
    written, _ = process.communicate(b"", timeout=60)
    assert (process.returncode, written) == (0, b"{}")
