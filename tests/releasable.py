"""Whether a tag may be released: `python tests/releasable.py v0.2.0`. It needs nothing but Python."""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]


def reasons(tag: str, root: Path = ROOT) -> Iterator[str]:
    """What speaks against the release, each a sentence."""
    read = {
        name: (root / name).read_text(encoding="utf-8")
        for name in ("vidgen/release.py", "CITATION.cff", "CHANGELOG.md")
    }
    version = tag.removeprefix("v")
    if not re.fullmatch(r"v\d+\.\d+\.\d+(rc\d+)?", tag):
        yield f"tag {tag}: is not a v and a version, such as v0.2.0"
    if f'"{version}"' not in read["vidgen/release.py"]:
        yield f"vidgen/release.py: has another version than {tag}"
    if f"version: {version}\n" not in read["CITATION.cff"] or "date-released:" not in read["CITATION.cff"]:
        yield f"CITATION.cff: needs version: {version} and date-released"
    if not re.search(rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$", read["CHANGELOG.md"], re.MULTILINE):
        yield f"CHANGELOG.md: needs a section [{version}] with its date"
    if re.search(r"^## \[Unreleased\]\n+(?!## )\S", read["CHANGELOG.md"], re.MULTILINE):
        yield "CHANGELOG.md: still has unreleased changes"
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    if "example.org" in project["urls"]["Repository"]:
        yield "pyproject.toml: Repository is not the project's address yet"


if __name__ == "__main__":
    found = list(reasons(sys.argv[1]))
    print(*found, sep="\n")
    sys.exit(bool(found))
