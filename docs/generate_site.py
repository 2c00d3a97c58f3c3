"""Builds the documentation site in build/site: `python -m docs.generate_site`, or `make docs`.

The sources are the Markdown files of the repository, whose links are those of a code host. They are staged in
build/docs under the addresses that they have on the site; links between them follow, and other files that they link to
are copied beside them. Zensical then builds the site, and any broken link is an error.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[1]
CONFIG = ROOT / "zensical.toml"
#: Sources that are not in docs/, by the address of their page.
ELSEWHERE = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "reporting.md",
}
#: The target of a Markdown link or picture, and of a `src` or `href` in HTML; not those with a scheme or of this page.
TARGET = re.compile(r"""(\]\(|(?:src|href|srcset)=")(?![a-z]+:|#)([^)"\s#]+)""")
_FENCE = re.compile(r"^(```.*?^```$)", re.MULTILINE | re.DOTALL)


def pages() -> dict[str, str]:
    """The address of each page on the site, by its path in the repository."""
    here = {f"docs/{path.name}": path.name for path in sorted((ROOT / "docs").glob("*.md"))}
    examples = {
        path.relative_to(ROOT).as_posix(): f"examples/{path.parent.name}.md"
        for path in sorted((ROOT / "examples").glob("*/README.md"))
    }
    records = {
        path.relative_to(ROOT).as_posix(): f"benchmarks/{path.name}"
        for path in sorted((ROOT / "benchmarks/results").glob("*.md"))
    }
    return here | examples | records | ELSEWHERE


def linked(source: str, target: str) -> str:
    """The path in the repository of a link's target.

    Raises:
        FileNotFoundError: there is no such file.
    """
    path = os.path.normpath(PurePosixPath(source).parent / target)
    if not (ROOT / path).is_file():
        raise FileNotFoundError(f"{source}: links to {target}, which is no file")
    return PurePosixPath(path).as_posix()


def outside_code(text: str) -> list[str]:
    """The text in parts, of which every second one is a fenced block of code."""
    return _FENCE.split(text)


def stage(source: str, address: str, addresses: dict[str, str], staged: Path) -> None:
    """Write a page under its address, with links to where their targets are on the site, and copy what is no page."""
    start = str(PurePosixPath(address).parent)

    def relinked(found: re.Match[str]) -> str:
        path = linked(source, found[2])
        if path not in addresses:
            copy = staged / path.removeprefix("docs/")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, copy)
        target = addresses.get(path, path.removeprefix("docs/"))
        return found[1] + PurePosixPath(os.path.relpath(target, start)).as_posix()

    parts = outside_code((ROOT / source).read_text(encoding="utf-8"))
    parts[::2] = [TARGET.sub(relinked, part) for part in parts[::2]]
    page = staged / address
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("".join(parts), encoding="utf-8")


def stage_all(staged: Path) -> None:
    """Write every page into a folder, in place of what was there."""
    shutil.rmtree(staged, ignore_errors=True)
    shutil.copytree(ROOT / "docs/site", staged / "site")
    addresses = pages()
    for source, address in addresses.items():
        stage(source, address, addresses, staged)


def build(place: Path = ROOT) -> int:
    """Stage the pages in `place`/build/docs and build the site in `place`/build/site.

    Returns:
        The exit status of Zensical, which is not 0 after any warning.
    """
    if place != ROOT:
        shutil.copyfile(CONFIG, place / CONFIG.name)
    stage_all(place / "build/docs")
    program = [sys.executable, "-m", "zensical", "build", "--strict", "--clean"]
    return subprocess.run(program, cwd=place, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(build())
