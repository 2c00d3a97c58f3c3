"""The wheel: what is in it, and that it works where there is no checkout."""

import csv
import json
import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

import vidgen
from analysis.versions import PACKAGES as PACKAGES_ANALYSED
from docs.generate_site import TARGET, outside_code
from vidgen import distribution

ROOT = Path(__file__).parent.parent
PACKAGES = ("vidgen", "crowd", "analysis", "templates")
#: What the packages need besides Python modules.
RESOURCES = ("templates/**/*.j2", "templates/**/*.css", "templates/**/*.js", "templates/**/*.toml")
WEIGHTS = ROOT / "vidgen" / "weights"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout without a network."""
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (built,) = out.glob("crowd_video_evaluation-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked far from the checkout."""
    place = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)
    return place


def tracked() -> set[str]:
    """Every file of the packages that is in the repository, or about to be."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *PACKAGES]
    done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("not a git checkout")
    return {name for name in done.stdout.splitlines() if (ROOT / name).is_file()}


def test_the_wheel_holds_the_four_packages_and_nothing_else(wheel: Path) -> None:
    """Every file of the four packages is in the wheel; no test, document, benchmark or stray file is."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == tracked()
    assert {name.partition("/")[0] for name in names} == set(PACKAGES)
    assert not [name for name in names if "__pycache__" in name or "partial" in name]


def test_the_wheel_holds_its_resources(wheel: Path) -> None:
    """Templates with their styles, scripts and words, the 528 drawings, the SQL and the platform's model are in it."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for pattern in RESOURCES:
        assert [path for path in ROOT.glob(pattern) if str(path.relative_to(ROOT)) not in names] == []
    drawings = [name for name in names if name.startswith("vidgen/dataset/sprites/") and name.endswith(".svg")]
    assert len(drawings) == 528
    assert "crowd/localplatform/store/schema.sql" in names
    assert any(name.startswith("crowd/localplatform/model/") and name.endswith(".json") for name in names)


def test_the_packages_are_typed(wheel: Path) -> None:
    """Each package says that its annotations are for type checkers of programs that use it (PEP 561)."""
    with zipfile.ZipFile(wheel) as archive:
        assert {f"{package}/py.typed" for package in PACKAGES} <= set(archive.namelist())


@pytest.mark.skipif(not any(WEIGHTS.rglob("*.safetensors")), reason="the checkout has no weights")
def test_the_wheel_holds_the_weights(wheel: Path) -> None:
    """The compact networks come with the package and take at most 12 MB."""
    names = ("c3d", "tempcae", "judge", "prior", "c3d_robust", "tempcae_deep")
    with zipfile.ZipFile(wheel) as archive:
        sizes = {info.filename: info.file_size for info in archive.infolist() if "/weights/" in info.filename}
    expected = {f"vidgen/weights/compact/{name}.safetensors" for name in names}
    assert expected <= set(sizes)
    assert sum(sizes.values()) <= 12_000_000


def test_the_wheel_holds_the_demonstrations_videos(wheel: Path) -> None:
    """What `vidgen demo` shows without torch comes along in less than a megabyte, with its origin and its licence."""
    with zipfile.ZipFile(wheel) as archive:
        sizes = {info.filename: info.file_size for info in archive.infolist() if "/demo_videos/" in info.filename}
        about = archive.read("vidgen/demo_videos/README.md").decode()
        table = archive.read("vidgen/demo_videos/metadata.csv").decode()
    assert {f"vidgen/demo_videos/{row['file_name']}" for row in csv.DictReader(table.splitlines())} <= set(sizes)
    assert {"vidgen/demo_videos/response_probabilities.csv", "vidgen/demo_videos/judge.json"} <= set(sizes)
    assert sum(sizes.values()) <= 1_000_000
    assert "Licence: Apache-2.0" in about


def test_what_the_wheel_says_of_itself(wheel: Path) -> None:
    """Name, licence, programs, and torch as an extra: studies of other people's videos do without it."""
    with zipfile.ZipFile(wheel) as archive:
        (folder,) = {name.partition("/")[0] for name in archive.namelist() if ".dist-info/" in name}
        about = Parser().parsestr(archive.read(f"{folder}/METADATA").decode())
        programs = archive.read(f"{folder}/entry_points.txt").decode()
        assert f"{folder}/licenses/LICENSE" in archive.namelist()
    assert (about["Name"], about["License-Expression"]) == ("crowd-video-evaluation", "Apache-2.0")
    for name in ("vidgen", "generate-batch", "publish-tasks", "accuracy-report"):
        assert f"\n{name} = " in programs
    needed = about.get_all("Requires-Dist") or []
    assert any(line.startswith("boto3") and "extra" not in line for line in needed)
    assert all("extra ==" in line for line in needed if line.startswith("torch"))
    assert any(line.startswith("torch") and "'generation'" in line for line in needed)
    assert any(line.startswith("selenium") and "'browser'" in line for line in needed)
    assert not [line for line in needed if line.startswith("vidgen")]
    assert about["Version"] == vidgen.__version__


def test_the_package_index_shows_the_readme_with_whole_addresses(wheel: Path) -> None:
    """What README.md links to or shows is there in the repository, and has its address on the index's page."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    address = project["urls"]["Repository"]
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        shown = str(Parser().parsestr(archive.read(name).decode()).get_payload())
    assert not TARGET.search("".join(outside_code(shown)[::2]))
    here = {found[2] for found in TARGET.finditer((ROOT / "README.md").read_text(encoding="utf-8"))}
    there = set(re.findall(rf"{re.escape(address)}/(?:blob|raw)/main/([^)\"\s#]+)", shown))
    assert there == here >= {"docs/gallery/report.png", "docs/tutorial.md", "LICENSE"}
    assert f'src="{address}/raw/main/docs/gallery/report.png"' in shown
    assert f"]({address}/raw/main/docs/results.png)" in shown


def test_one_name_for_pip_is_used_everywhere() -> None:
    """Hints, reports and pages name the distribution as pyproject.toml does; on PyPI `vidgen` is a stranger's."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == distribution.NAME == PACKAGES_ANALYSED["vidgen"] == "crowd-video-evaluation"
    extras = project["optional-dependencies"]
    for package, extra in distribution.EXTRAS.items():
        assert any(needed.replace("-", "_").startswith(package) for needed in extras[extra]), package
    pages = [*ROOT.glob("*.md"), ROOT / "Makefile", ROOT / ".ci/run", *(ROOT / "docs").glob("*.md")]
    folders = (*PACKAGES, "benchmarks", "examples")
    sources = [path for folder in folders for kind in ("py", "j2", "md") for path in (ROOT / folder).rglob(f"*.{kind}")]
    for name in ("report.html.j2", "report.md.j2"):
        page = (ROOT / "templates/report" / name).read_text(encoding="utf-8")
        assert f"(for pip, {distribution.NAME})" in page, "whoever reads a report can install what made it"
    for path in (*pages, *sources):
        for wanted in re.findall(r"pip install[^\n`]*", path.read_text(encoding="utf-8")):
            assert not re.search(r"(?<![\w/.-])vidgen(?![\w/.-])", wanted), f"{path}: {wanted}"


def isolated(installed: Path, script: str) -> str:
    """Run a script that sees the unpacked wheel and the installed dependencies, and not the checkout."""
    paths = [str(installed), sysconfig.get_paths()["purelib"], sysconfig.get_paths()["platlib"]]
    # `-S` leaves out the .pth files, of which one is the editable installation of the checkout.
    preamble = f"import sys; sys.path += {paths!r}\n"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", preamble + script], cwd=installed, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_works_without_the_checkout(installed: Path) -> None:
    """Modules come from the wheel, the program runs, a template renders, a drawing is drawn."""
    script = """
import importlib, json
found = {name: importlib.import_module(name).__file__ for name in ("vidgen", "crowd", "analysis", "templates")}
from crowd.design.study import Study
from crowd.wording import wording
from templates import environment
from vidgen.dataset.drawing import load
toml = environment().get_template("study/study.toml.j2")
print(json.dumps({
    "found": found,
    "study": Study(options=("ball going up",)).to_toml(),
    "languages": [len(wording(language)) for language in ("en", "ja")],
    "templates": len(environment().list_templates()),
    "detail": load("car", 1).detail,
}))
"""
    said = json.loads(isolated(installed, script))
    assert all(path.startswith(str(installed)) for path in said["found"].values())
    assert '"ball going up"' in said["study"]
    assert said["languages"][0] == said["languages"][1] > 10
    assert said["templates"] >= 15
    assert said["detail"]


def test_the_program_of_the_wheel_runs(installed: Path) -> None:
    """`vidgen demo --help` and `vidgen --version` answer from the wheel."""
    script = "from vidgen.cli import main\nmain({!r}, prog_name='vidgen')"
    assert "Usage: vidgen demo" in isolated(installed, script.format(["demo", "--help"]))
    assert f"vidgen, version {vidgen.__version__}" in isolated(installed, script.format(["--version"]))


def test_the_module_of_the_wheel_is_the_program(installed: Path) -> None:
    """`python -m vidgen` does what `vidgen` does."""
    said = isolated(
        installed, "import runpy, sys\nsys.argv[1:] = ['--help']\nrunpy.run_module('vidgen', alter_sys=True)"
    )
    assert "publish-tasks" in said


@pytest.mark.slow
@pytest.mark.skipif(not any(WEIGHTS.rglob("*.safetensors")), reason="the checkout has no weights")
def test_the_demonstration_runs_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    """The whole pipeline runs outside the checkout, with the weights that came with the package."""
    arguments = ["demo", "--out", str(tmp_path / "demo"), "--per-label", "1"]
    printed = isolated(installed, f"from vidgen.cli import main\nmain({arguments!r}, prog_name='vidgen')")
    assert f"report: {tmp_path / 'demo' / 'report' / 'report.html'}" in printed
    report = json.loads((tmp_path / "demo" / "report" / "report.json").read_text(encoding="utf-8"))
    assert report["simulated"] is True
    assert {row["name"] for row in report["methods"]} >= {"proposed", "comparison", "real"}
