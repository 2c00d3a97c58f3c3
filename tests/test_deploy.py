"""What deploy/ holds is accepted by the programs that read it, and fits the commands and the measurements."""

import importlib.metadata
import json
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from packaging.requirements import Requirement

from crowd.localplatform.metrics import Metrics
from crowd.localplatform.store.progress import Activity
from tests.reverseproxy import CADDY, DEPLOY, NGINX, caddy_command, nginx_command, write_deployed_nginx
from vidgen.cli import load

ROOT = DEPLOY.parent
SYSTEMD = shutil.which("systemd-analyze")
UNITS = ("vidgen@.service", "vidgen-backup@.service", "vidgen-backup@.timer")

needs_systemd = pytest.mark.skipif(not SYSTEMD, reason="no systemd-analyze on this machine")


def read(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file."""
    found: dict[str, Any] = yaml.safe_load(read("compose.yaml"))
    return found


def options_of(command: str) -> set[str]:
    return {name for one in load(command).params if isinstance(one, click.Option) for name in one.opts}


def used(words: list[str]) -> set[str]:
    return {word.partition("=")[0] for word in words if word.startswith("--")}


def test_compose_runs_commands_that_there_are(compose: dict[str, Any]) -> None:
    """Every option that the server is started with is one of serve-tasks."""
    name, *options = compose["services"]["server"]["command"]
    assert used(options) <= options_of(name)
    assert {"--study", "--public-url", "--trusted-proxy", "--log"} <= used(options)


def test_compose_asks_for_what_its_example_names(compose: dict[str, Any]) -> None:
    """The variables are those of .env.example; nothing secret has a default."""
    asked = set(re.findall(r"\$\{(\w+)", read("compose.yaml")))
    assert asked == set(re.findall(r"^(\w+)=", read(".env.example"), re.MULTILINE))
    assert "POSTGRES_PASSWORD:?" in read("compose.yaml")
    assert "POSTGRES_PASSWORD:-" not in read("compose.yaml")


def test_compose_opens_nothing_but_caddy(compose: dict[str, Any]) -> None:
    """No other service has a port; the database is reached by the server alone, and Caddy is whom it trusts."""
    services = compose["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["caddy"]
    assert [name for name, service in services.items() if "inside" in service["networks"]] == ["server", "database"]
    assert compose["networks"]["inside"]["internal"] is True
    (subnet,) = (one["subnet"] for one in compose["networks"]["outside"]["ipam"]["config"])
    assert f"--trusted-proxy={subnet}" in services["server"]["command"]
    assert services["database"]["networks"] == ["inside"]
    assert services["server"]["hostname"], "the study notes the machine's name"


def test_compose_mounts_what_there_is(compose: dict[str, Any]) -> None:
    """Files of this folder, and volumes that are declared; the image is built from the checkout."""
    build = compose["services"]["server"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).is_file()
    for service in compose["services"].values():
        for volume in service["volumes"]:
            source = volume.partition(":")[0]
            assert source in compose["volumes"] or source == "./studies" or (DEPLOY / source).is_file()


def test_the_image_has_what_it_needs_and_no_torch() -> None:
    """What is copied exists, the extras exist, and no package that they bring depends on torch."""
    text = read("Dockerfile")
    for line in re.findall(r"^COPY (.+) \S+$", text, re.MULTILINE):
        assert all((ROOT / name).exists() for name in line.split())
        assert all(f"!{name}" in read("Dockerfile.dockerignore").splitlines() for name in line.split())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    match = re.search(r"\"\.\[([\w,]+)\]\"", text)
    assert match is not None
    extras = match[1].split(",")
    assert set(extras) <= set(project["optional-dependencies"])
    wanted = [*project["dependencies"], *(one for extra in extras for one in project["optional-dependencies"][extra])]
    assert "torch" not in everything_needed(wanted)


def everything_needed(requirements: list[str]) -> set[str]:
    """The names of packages that these bring, as far as they are installed here."""
    found: set[str] = set()
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        one = waiting.pop()
        if one.marker is not None and not one.marker.evaluate({"extra": ""}):
            continue
        if one.name.lower() not in found:
            found.add(one.name.lower())
            try:
                waiting += map(Requirement, importlib.metadata.requires(one.name) or [])
            except importlib.metadata.PackageNotFoundError:  # for another system, or an extra that is not installed
                continue
    return found


@pytest.mark.skipif(not CADDY, reason="no caddy on this machine")
def test_caddy_takes_its_file(tmp_path: Path) -> None:
    """Without a warning, formatted as Caddy does; the server it names is that of the unit and of compose."""
    (tmp_path / "Caddyfile").write_text(read("Caddyfile"))
    done = subprocess.run(caddy_command(tmp_path, "validate"), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert [line for line in lines if line["level"] in ("warn", "error")] == []
    formatted = subprocess.run([CADDY, "fmt", DEPLOY / "Caddyfile"], capture_output=True, text=True, timeout=60)
    assert formatted.stdout == read("Caddyfile")


@pytest.mark.skipif(not NGINX, reason="no nginx on this machine")
def test_nginx_takes_its_file(tmp_path: Path) -> None:
    """As a site of an nginx whose certificate is there."""
    write_deployed_nginx(tmp_path, "http://127.0.0.1:8000", 8443)
    done = subprocess.run([*nginx_command(tmp_path), "-t"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr


@needs_systemd
@pytest.mark.parametrize("unit", UNITS)
def test_systemd_takes_its_units(unit: str) -> None:
    """Nothing is amiss but that the program is not installed here."""
    done = subprocess.run([SYSTEMD, "verify", DEPLOY / unit], capture_output=True, text=True, timeout=60)
    amiss = [
        line for line in done.stderr.splitlines() if "is not executable" not in line and unit.split("@")[0] in line
    ]
    assert amiss == []


@needs_systemd
def test_the_service_may_do_little() -> None:
    """Systemd rates what a break-in could reach between 0 and 10; a service without restrictions has 9.6."""
    done = subprocess.run(
        [SYSTEMD, "security", "--offline=true", DEPLOY / "vidgen@.service"], capture_output=True, text=True, timeout=60
    )
    match = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert match is not None, done.stdout + done.stderr
    assert float(match[1]) <= 2.0


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.endswith(".service")])
def test_units_run_commands_that_there_are(unit: str) -> None:
    """With options that these commands have."""
    (line,) = re.findall(r"^ExecStart=(.+)$", read(unit), re.MULTILINE)
    words = shlex.split(line)
    words = shlex.split(words[-1]) if words[0] == "/bin/sh" else words
    at = words.index("/opt/vidgen/bin/vidgen") + 1
    assert used(words[at + 1 :]) <= options_of(words[at])


GUIDE = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")
TYPED = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
    if re.search(r"\bvidgen [a-z]+-?[a-z]* |compose run .* server ", line)
]


@pytest.mark.parametrize("line", TYPED)
def test_the_guide_types_commands_that_there_are(line: str) -> None:
    """With options that these commands have."""
    words = shlex.split(line, comments=True)
    at = max(place for place, word in enumerate(words) if word.rpartition("/")[2] in ("vidgen", "server"))
    assert used(words[at + 2 :]) <= options_of(words[at + 1])


def test_the_guide_names_files_and_measurements_that_there_are() -> None:
    """Every file of deploy/ is in the guide, and every measurement in it is given."""
    files = [path.name for path in DEPLOY.iterdir() if path.name != "Dockerfile.dockerignore"]
    assert [name for name in files if name not in GUIDE and name != "Dockerfile"] == []
    given = Metrics().page(Activity(open_places=1, open_assignments=1, submitted=1, quiet_s=1.0)).decode()
    for name in re.findall(r"`(vidgen_\w+)`", GUIDE):
        assert f"# HELP {name} " in given or f"# HELP {name.removesuffix('_total')}" in given
    assert len(TYPED) >= 8


def test_alerts_ask_for_measurements_that_there_are() -> None:
    """Every name in a rule is one that the server gives, or Prometheus itself; each alert says what is the matter."""
    metrics = Metrics()
    metrics.answered("GET", "/", 200, 0.01)
    metrics.stored(0.01)
    page = metrics.page(Activity(open_places=1, open_assignments=1, submitted=1, quiet_s=1.0)).decode()
    given = set(re.findall(r"^(vidgen_\w+)", page, re.MULTILINE))
    rules = [rule for group in yaml.safe_load(read("alerts.yml"))["groups"] for rule in group["rules"]]
    assert len(rules) >= 4
    for rule in rules:
        asked = set(re.findall(r"vidgen_\w+", rule["expr"]))
        assert asked <= given
        assert asked or "up{" in rule["expr"]
        assert rule["annotations"]["summary"].endswith(".")
    prometheus = yaml.safe_load(read("prometheus.yml"))
    assert prometheus["rule_files"] == ["alerts.yml"]
    (job,) = prometheus["scrape_configs"]
    assert job["authorization"]["credentials_file"].endswith("private/metrics_key")
