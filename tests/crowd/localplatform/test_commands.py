"""`vidgen serve-tasks`, `vidgen invite` and `vidgen completion-codes`."""

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from crowd.commandline import to_paste
from crowd.design.study import Study
from crowd.lifecycle.publish import publish
from crowd.lifecycle.stall import STALL_HOURS
from crowd.localplatform import addresses, endpoint_of, invite, running
from crowd.localplatform.discovery import announced
from crowd.localplatform.people import links
from crowd.localplatform.store import progress
from crowd.simulated.browser import until
from tests.crowd import clips
from tests.crowd.localplatform.market import Market
from vidgen.cli import load, main

_MAIN = "import sys; from vidgen.cli import main; main(sys.argv[1:])"
NO_NETWORK = addresses.own_address() is None


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A study that is not published yet."""
    directory = tmp_path / "study"
    directory.mkdir()
    Study().save(directory / "study.toml")
    return directory


def vidgen(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@contextmanager
def serving(study: Path, *options: str) -> Iterator[list[str]]:
    """What serve-tasks prints, while it runs; it is stopped by SIGTERM, and then must end well."""
    command = [sys.executable, "-c", _MAIN, "serve-tasks", "--study", str(study), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if line.startswith("Stop with"):
                break
        try:
            yield lines
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0, "\n".join(lines)


def printed(lines: list[str]) -> list[str]:
    """The participants' links among the lines."""
    return [line for line in lines if re.fullmatch(r"https?://\S+/p/\S+", line)]


def test_serving_until_told_to_stop(study: Path) -> None:
    """serve-tasks prints its addresses, a working progress page and a working link per participant, and stops."""
    with serving(study, "--participants", "2", "--this-machine") as lines:
        url = json.loads((study / "platform.json").read_text())["endpoint_url"]
        assert lines[0] == f"Participants: {url}"
        assert lines[2] == f"Requester API: {url}"
        pages = [lines[1].removeprefix("Progress: "), *printed(lines)]
        assert len(pages) == 3
        assert {httpx.get(page, trust_env=False).status_code for page in pages} == {200}
    assert not (study / "platform.json").exists()
    assert not (study / "participants.html").exists(), "a sheet of links that open on this machine only"


@pytest.mark.thorough
def test_a_service_prints_its_log_and_no_link(study: Path) -> None:
    """With --log - standard output is JSON lines, and neither the progress page nor anybody's link is in it."""
    options = ["--log", "-", "--participants", "2", "--this-machine"]
    command = [sys.executable, "-c", _MAIN, "serve-tasks", "--study", str(study), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        until(lambda: announced(study), 60)
        url = endpoint_of(study)
        until(lambda: len(links(study)) == 2, 60)
        for link in links(study):
            assert httpx.get(url + link, trust_env=False).status_code == 200
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert [json.loads(line)["route"] for line in out.splitlines()] == ["/p/{token}"] * 2
    assert not [link for link in links(study) if link in out]


def test_the_command_and_the_function_call_a_study_stalled_at_the_same_time() -> None:
    """The option's default is the function's."""
    (option,) = (one for one in load("serve-tasks").params if one.name == "stall_hours")
    assert option.default == STALL_HOURS


@pytest.mark.parametrize(
    "options",
    [
        "", "--host localhost", "--host 127.0.0.2", "--host ::1", "--public-url http://localhost:8000",
        "--public-url http://127.0.0.1/study", "--public-url http://[::1]:80", "--public-url http://127.1:8000",
        "--public-url http://0.0.0.0:8000", "--public-url https://LOCALHOST.:8000", "--public-url http://a.localhost",
        "--public-url http://[::ffff:127.0.0.1]", "--host 0.0.0.0 --public-url http://localhost:8000",
    ],
)  # fmt: skip
def test_no_link_leads_others_to_their_own_machine(study: Path, options: str) -> None:
    """Links that open on this machine only are refused with what helps, by any of its names; nobody is invited."""
    refused = vidgen("serve-tasks", "--study", study, "--participants", 20, *options.split())
    assert refused.exit_code == 1, refused.output
    assert refused.output.startswith("Error: links at http")
    assert refused.output.count("\n") == 1
    assert "--public-url" in refused.output
    assert "--this-machine" in refused.output
    assert not (study / "platform.sqlite").exists()
    assert not (study / "participants.html").exists()


@pytest.mark.parametrize(
    "address", ["study.example.org", "ftp://x", "https://", "https://a/?b", "https://u:p@a", "http://a:b", "http://a b"]
)
def test_a_public_address_is_a_web_site(study: Path, address: str) -> None:
    """What is no address of a web site is refused in one line, by serve-tasks and by invite."""
    for command, option in (("serve-tasks", "--public-url"), ("invite", "--url")):
        refused = vidgen(command, "--study", study, option, address)
        assert (refused.exit_code, refused.output.count("\n")) == (1, 1), refused.output
        assert "is not an address that participants can open: write https://HOST" in refused.output


@pytest.mark.thorough
@pytest.mark.skipif(NO_NETWORK, reason="this machine is in no network")
@pytest.mark.parametrize("host", ["0.0.0.0", "own address", "::"])  # noqa: S104  to be bound to
def test_a_sheet_has_the_address_of_this_machine_in_its_network(study: Path, host: str) -> None:
    """Served to the network, links name an address at which this machine really answers, and no loopback."""
    listened = str(addresses.own_address()) if host == "own address" else host
    with serving(study, "--participants", "2", "--host", listened) as lines:
        people = printed(lines)
        assert len(people) == 2
        assert not any(addresses.only_here(link) for link in people)
        assert {httpx.get(link, trust_env=False).status_code for link in people} == {200}
        sheet = (study / "participants.html").read_text()
        assert all(link in sheet for link in people)
        assert "127.0.0.1" not in sheet


def test_the_same_command_asks_for_the_same_people(study: Path) -> None:
    """--participants is a target: again 20 are the same 20, 15 take nobody away, 22 add two; the sheet has them all."""
    options = ["--public-url", "https://example.org/study"]
    seen = []
    for wanted, there in ((20, 20), (20, 20), (15, 20), (22, 22)):
        with serving(study, "--participants", str(wanted), *options) as lines:
            seen.append(printed(lines))
        assert len(seen[-1]) == there
        assert seen[-1][: len(seen[0])] == seen[0]
        assert all(link.startswith("https://example.org/study/p/") for link in seen[-1])
        sheet = (study / "participants.html").read_text()
        assert sheet.count("<svg") == there
        assert all(link in sheet for link in seen[-1])
    assert links(study) == [link.removeprefix("https://example.org/study") for link in seen[-1]]


@pytest.mark.thorough
def test_programs_are_no_people(study: Path) -> None:
    """Simulated participants neither count for --participants nor stand on the sheet."""
    invite(study, 5, simulated=True)
    with serving(study, "--participants", "3", "--public-url", "https://example.org") as lines:
        assert len(printed(lines)) == 3
    assert (study / "participants.html").read_text().count("<svg") == 3


@pytest.mark.thorough
def test_people_of_several_countries_have_targets_of_their_own(study: Path) -> None:
    """With --country so many of that country are invited; the sheet shows those of all countries."""
    Study(countries=("JP", "US")).save(study / "study.toml")
    for country, there in (("JP", 2), ("JP", 2), ("US", 4)):
        with serving(study, "--participants", "2", "--country", country, "--public-url", "https://a.example") as lines:
            assert len(printed(lines)) == there
    assert (study / "participants.html").read_text().count("<svg") == 4
    refused = vidgen("serve-tasks", "--study", study, "--participants", 2, "--public-url", "https://a.example")
    assert (refused.exit_code, "say where they are with --country" in refused.output) == (1, True)
    assert len(links(study)) == 4


def test_inviting_more_keeps_everybody_on_the_sheet(study: Path) -> None:
    """`invite` prints the new links; the sheet, also one that an earlier release wrote, then has all people."""
    first = vidgen("invite", "--study", study, "--count", 3, "--url", "https://study.example/")
    assert first.exit_code == 0, first.output
    (study / "participants.html").write_text("<svg></svg>")
    second = vidgen("invite", "--study", study, "--count", 2, "--url", "https://study.example")
    new = printed(second.output.splitlines())
    assert len(new) == 2
    sheet = (study / "participants.html").read_text()
    assert sheet.count("<svg") == 5
    assert all(link in sheet for link in [*printed(first.output.splitlines()), *new])
    assert (study / "participants.html").stat().st_mode & 0o077 == 0
    assert vidgen("invite", "--study", study, "--count", 0).exit_code == 2


def test_the_sheet_has_nobody_whose_link_is_taken_back(study: Path) -> None:
    """Not even where the next name that was given is nobody's, which ends the command."""
    assert vidgen("invite", "--study", study, "--count", 3, "--url", "https://study.example").exit_code == 0
    refused = vidgen("invite", "--study", study, "--revoke", 2, "--revoke", 7)
    assert (refused.exit_code, "'7': nobody has this number" in refused.output) == (1, True)
    assert (study / "participants.html").read_text().count("<svg") == len(links(study)) == 2


def test_links_of_a_running_server(study: Path) -> None:
    """Without --url links have the running server's address: the public one; none that others cannot open."""
    result = vidgen("invite", "--study", study)
    assert (result.exit_code, "is not being served; start it with `" in result.output) == (1, True)
    with running(study) as server:
        refused = vidgen("invite", "--study", study, "--count", 3)
        assert refused.exit_code == 1
        assert refused.output.startswith(f"Error: links at {server.endpoint_url} open on this machine only")
        assert links(study) == []
        tried = vidgen("invite", "--study", study, "--this-machine")
        assert httpx.get(printed(tried.output.splitlines())[0], trust_env=False).status_code == 200
        assert not (study / "participants.html").exists()
    with running(study, public_url="https://study.example/a/"):
        assert vidgen("invite", "--study", study).output.startswith("https://study.example/a/p/")


@pytest.mark.parametrize("problem", ["port", "study", "directory", "host"])
def test_what_keeps_it_from_serving(study: Path, problem: str) -> None:
    """A port in use, a study that is being served, a file and another machine's address are one line with advice."""
    with socket.create_server(("127.0.0.1", 0)) as taken, running(study):
        port = taken.getsockname()[1]
        (study / "file").write_text("")
        other = study.parent / "other"
        other.mkdir()
        Study().save(other / "study.toml")
        arguments, words = {
            "port": (["--study", other, "--port", port], f"127.0.0.1:{port}: Address already in use; choose another"),
            "study": (["--study", study], "is being served already at http://127.0.0.1"),
            "directory": (["--study", study / "file"], "is a file; name a directory"),
            "host": (["--study", other, "--host", "192.0.2.7"], "--host takes an address of this machine"),
        }[problem]
        result = vidgen("serve-tasks", *arguments)
    assert result.exit_code == 1
    message = result.output.strip().splitlines()[-1]
    assert message.startswith("Error: ")
    assert words in message


def test_a_port_that_was_taken_meanwhile_is_told(study: Path) -> None:
    """Links of last time name a port; when another study has it, the requester is told that they are dead."""
    with running(study) as server:
        port = int(server.endpoint_url.rpartition(":")[2])
    with socket.create_server(("127.0.0.1", port)), serving(study) as lines:
        assert any(line.startswith(f"warning: port {port}, which links of last time name, is taken") for line in lines)


def test_completion_codes_are_looked_up(market: Market) -> None:
    """The command tells who has which code and what is finished, for everybody or for one code; unknown ones fail."""
    hit_id, (first, second, third) = market.hit(MaxAssignments=3), [market.person() for _ in range(3)]
    assignment_id = first.accept(hit_id).json()["assignment_id"]
    first.submit(assignment_id)
    second.accept(hit_id)
    program = market.person(simulated=True)
    code = first.get(f"/thanks/{assignment_id}").json()["completion_code"]
    everybody = vidgen("completion-codes", "--study", market.study)
    assert everybody.exit_code == 0, everybody.output
    rows = [re.split(r" {2,}", line) for line in everybody.output.splitlines()[1:]]
    assert [(row[0], row[1], row[2], row[-1]) for row in rows] == [
        ("1", first.worker_id, "finished, waiting for review", code),
        ("2", second.worker_id, "in progress", "–"),
        ("3", third.worker_id, "not begun", "–"),
        ("program", program.worker_id, "not begun", "–"),
    ]
    one = vidgen("completion-codes", "--study", market.study, code.lower())
    assert (one.exit_code, one.output.count("\n"), first.worker_id in one.output) == (0, 2, True)
    missing = vidgen("completion-codes", "--study", market.study, code, "3NOBODYS")
    assert (missing.exit_code, first.worker_id in missing.output) == (1, True)
    assert "3NOBODYS: no task of this study ended with that code" in missing.output
    nobody = vidgen("completion-codes", "--study", market.study, "3NOBODYS")
    assert (nobody.exit_code, "participant" in nobody.output) == (1, False)


def test_the_requester_page_has_the_completion_codes(market: Market) -> None:
    """Who has which code, and whether it was finished, stands on the progress page, in its data too."""
    hit_id, person = market.hit(MaxAssignments=2), market.person()
    assignment_id = person.accept(hit_id).json()["assignment_id"]
    url = market.server.endpoint_url + market.server.requester_path
    assert "in progress" in market.http.get(url).text.partition("Completion codes</h2>")[2]
    person.submit(assignment_id)
    code = person.get(f"/thanks/{assignment_id}").json()["completion_code"]
    page = market.http.get(url).text
    assert f"<code>{code}</code>" in page
    assert "finished, waiting for review" in page
    (row,) = market.http.get(url, headers={"Accept": "application/json"}).json()["work"]
    assert (row["number"], row["worker_id"], row["completion_code"]) == (1, person.worker_id, code)
    assert market.server.platform.transact(progress.work) == [row]


def test_codes_of_a_study_elsewhere(study: Path) -> None:
    """A study without a local platform has no completion codes, and gets no platform by the question."""
    result = vidgen("completion-codes", "--study", study)
    assert (result.exit_code, "not published on the local platform" in result.output) == (1, True)
    assert not (study / "platform.sqlite").exists()


@pytest.mark.thorough
def test_a_server_that_invited_people_cannot_reach_says_so(study: Path) -> None:
    """Served again without the address that links have, the study is out of people's reach: the requester is told."""
    assert vidgen("invite", "--study", study, "--count", 4, "--url", "https://study.example").exit_code == 0
    with serving(study) as lines:
        assert any(line.startswith("warning: 4 people are invited, and only this machine can open") for line in lines)
    with serving(study, "--public-url", "https://study.example") as lines:
        assert not any("warning" in line for line in lines)


def warnings(*arguments: object) -> list[str]:
    """What the command warns of."""
    result = vidgen(*arguments)
    assert result.exit_code == 0, result.output
    return [line for line in result.stderr.splitlines() if line.startswith("warning: ")]


def test_who_invites_is_told_what_people_would_miss(tmp_path: Path) -> None:
    """Before tasks are published, where people outnumber places, and after the end, `invite` says what to do."""
    videos, study = clips.write_videos(tmp_path / "videos"), tmp_path / "study"
    study.mkdir(exist_ok=True)
    Study.from_videos(videos, answers_per_video=2, training_items=0).save(study / "study.toml")
    invite = ("invite", "--study", study, "--url", "https://study.example")
    (line,) = warnings(*invite)
    publish_it = to_paste("publish-tasks", "VIDEOS_DIR", "--study", study)
    assert f"nothing is published yet, so people find no tasks: `{publish_it}`" in line
    publish(study, videos)
    assert warnings(*invite) == []
    (line,) = warnings(*invite)
    assert "3 people are invited, and there are places for 2 tasks: `" in line
    assert "vidgen extend-study" in line
    assert vidgen("expire-study", "--study", study).exit_code == 0
    (line,) = warnings(*invite)
    assert f"vidgen extend-study --study {study} --until DATE` opens them again" in line


def test_another_address_than_before_is_told(study: Path) -> None:
    """Links that were handed out begin with the old address: whoever writes a sheet with another one is told."""
    address = ("invite", "--study", study, "--url")
    assert not any("another address" in line for line in warnings(*address, "https://study.example"))
    assert not any("another address" in line for line in warnings(*address, "https://study.example/"))
    assert any(
        "another address than https://study.example:8" in line for line in warnings(*address, "https://study.example:8")
    )
