"""`make dist-check`, which is `python -m tests.distributions DIST`: builds both distributions, checks and tries them.

The wheel is installed and tried (`tests/smoke.py`) in an environment of its own on each Python that is found; the
source distribution is unpacked, and runs tests of its own.
"""

import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
#: Tests of the unpacked source distribution that need neither a browser nor git.
OWN_TESTS = ("tests/test_project.py", "tests/test_site.py", "tests/crowd/design", "tests/analysis/test_intervals.py")


def run(*command: str | Path, cwd: Path = ROOT) -> None:
    """Run a program, whose failure ends this one."""
    print("$", *command, flush=True)
    subprocess.run(command, cwd=cwd, check=True)


def pythons() -> list[Path]:
    """The Python of each supported version that is on PATH or installed by pyenv."""
    found = []
    for version in PYTHONS:
        below = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
        on_path = shutil.which(f"python{version}")
        if below or on_path:
            found.append(below[-1] if below else Path(str(on_path)))
        else:
            print(f"python{version}: not on this machine")
    return found


def try_wheel(python: Path, wheel: Path) -> None:
    """Install the wheel for studies, without torch, and run the demonstration."""
    with tempfile.TemporaryDirectory() as place:
        run(python, "-m", "venv", place)
        (own,) = (path for path in (Path(place, "bin/python"), Path(place, "Scripts/python.exe")) if path.exists())
        constraints = ("--constraint", ROOT / "constraints.txt")
        run(own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *constraints, f"{wheel}[crowd]")
        run(own, ROOT / "tests/smoke.py", cwd=Path(place))


def try_source(archive: Path) -> None:
    """Unpack the source distribution and run tests of its own there."""
    with tempfile.TemporaryDirectory() as place:
        with tarfile.open(archive) as packed:
            packed.extractall(place, filter="data")
        (unpacked,) = Path(place).iterdir()
        run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *OWN_TESTS, cwd=unpacked)


def main(dist: Path) -> None:
    """Build into `dist`, in place of what was there, and check everything."""
    shutil.rmtree(dist, ignore_errors=True)
    run(sys.executable, "-m", "build", "--outdir", dist)
    (wheel,), (archive,) = dist.glob("*.whl"), dist.glob("*.tar.gz")
    run(sys.executable, "-m", "twine", "check", "--strict", wheel, archive)
    run(Path(sys.executable).with_name("check-wheel-contents"), wheel)
    try_source(archive)
    for python in pythons():
        try_wheel(python, wheel)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
