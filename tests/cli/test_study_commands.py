"""The commands of a study's life, as they are typed."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crowd.ledger.ledger import Ledger
from crowd.localplatform import running
from crowd.pricing import cost_of_hits
from tests.crowd.answering import answer
from tests.crowd.clips import write_metadata, write_videos
from vidgen.cli import load


def vidgen(*words: object, typed: str = "") -> Result:
    """Type a command; what it prints and how it ends."""
    name, *rest = map(str, words)
    return CliRunner().invoke(load(name), rest, input=typed)


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nine videos: three methods, three labels."""
    return write_videos(tmp_path_factory.mktemp("videos"))


def test_a_study_from_publishing_to_deletion(videos: Path, tmp_path: Path) -> None:
    """Every command does its part and says so in a line."""
    study = tmp_path / "study"
    with running(study) as server:
        shown = vidgen("publish-tasks", videos, "--study", study, "--cap", "20", "--anyway").output
        assert "rewards of $0.80" in shown
        assert "(play money)" in shown
        assert "local: 1 HIT created, 0 were there" in shown
        assert "0 HITs created, 1 were there" in vidgen("publish-tasks", videos, "--study", study).output
        answer(server, study, 3)
        assert "3 of 9 assignments (3 new)" in (collected := vidgen("collect-answers", "--study", study).output)
        assert "Participants are simulated" in collected
        assert "3 assignments approved" in vidgen("approve-answers", "--study", study).output
        with Ledger(study) as ledger:
            one = ledger.assignments()[0].assignment_id
        thanks = ("pay-bonus", "--study", study, "--amount", "0.20", "--reason", "Thanks", "--assignment", one)
        assert "1 bonus paid" in vidgen(*thanks).output
        assert "0 bonuses paid, 1 were before" in vidgen(*thanks).output
        assert "1 HIT extended, 0 created" in vidgen("extend-study", "--study", study, "--answers", 11).output
        assert "1 HIT kept open" in vidgen("extend-study", "--study", study, "--until", "2099-01-01").output
        assert "1 HIT expired" in vidgen("expire-study", "--study", study).output
        status = vidgen("study-status", "--study", study).output
        assert "cap $20.00" in status
        assert "3 of 11 fetched (3 approved)" in status
        explained = re.findall(r"(\w+): [a-z ]+", status.splitlines()[-1])
        assert explained == re.search(r"(?m)^call +(.*)$", status)[1].split(), "each column is explained"
        assert "1 HIT deleted" in vidgen("delete-study", "--study", study, typed="1\n").output


def test_rejecting_asks_and_explains(videos: Path, tmp_path: Path) -> None:
    """Who kept to the rules cannot be rejected, whatever is typed."""
    study = tmp_path / "study"
    with running(study) as server:
        vidgen("publish-tasks", videos, "--study", study, "--anyway")
        (one,) = answer(server, study, 1)
        words = ("reject-answers", "--study", study, "--assignment", one, "--reason", "x", "--rule")
        done = vidgen(*words, "max_attention_failures", typed="reject\n")
        assert (done.exit_code, "does not break the rule" in done.output) == (1, True)
        done = vidgen(*words, "wrong")
        assert (done.exit_code, "no ground for rejection" in done.output) == (1, True)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory, videos: Path) -> Path:
    """A directory of directories with mistakes."""
    root = tmp_path_factory.mktemp("broken")
    for name in ("missing", "cut"):
        shutil.copytree(videos, root / name)
    (root / "missing" / "new-0-0.mp4").unlink()
    (root / "cut" / "new-0-0.mp4").write_bytes((videos / "new-0-0.mp4").read_bytes()[:300])
    write_metadata(root / "columns", [{"file_name": "a.mp4", "method": "new"}])
    write_metadata(root / "empty", [{"file_name": "", "method": "new", "label": "x"}])
    (root / "nothing").mkdir()
    (root / "file").write_text("no directory")
    return root


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("publish-tasks", "{broken}/nowhere", "--study", "{study}"), "nowhere: there is no such directory"),
        (("publish-tasks", "{broken}/nothing", "--study", "{study}"), "nothing/metadata.csv: No such file"),
        (("publish-tasks", "{broken}/missing", "--study", "{study}"), "missing new-0-0.mp4, listed in metadata.csv"),
        (("publish-tasks", "{broken}/cut", "--study", "{study}"), "new-0-0.mp4: broken video"),
        (("publish-tasks", "{broken}/columns", "--study", "{study}"), "no column label"),
        (("publish-tasks", "{broken}/empty", "--study", "{study}"), "file_name is empty"),
        (("publish-tasks", "{videos}", "--study", "/proc/study"), "/proc/study"),
        (("publish-tasks", "{videos}", "--study", "{broken}/file"), "file"),
        (("publish-tasks", "{alone}", "--study", "{study}", "--platform", "mturk"), "serves no videos itself"),
        (("publish-tasks", "{alone}", "--study", "{study}", "--cap", "1"), "passes the cap of $1.00"),
        (("publish-tasks", "{videos}", "--study", "{study}", "--media", "s3"), "--bucket"),
        (("collect-answers", "--study", "{study}"), "nothing was published from here"),
        (("study-status", "--study", "{study}"), "nothing was published from here"),
        (("approve-answers", "--study", "{study}"), "nothing was published from here"),
        (("expire-study", "--study", "{study}"), "nothing was published from here"),
        (("delete-study", "--study", "{study}"), "nothing was published from here"),
        (("extend-study", "--study", "{study}", "--answers", "3"), "nothing was published from here"),
        (("pay-bonus", "--study", "{study}", "--from", "{broken}/none.csv"), "none.csv: there is no such file"),
    ],
)
def test_bad_input_is_one_line(
    words: tuple[str, ...], problem: str, videos: Path, broken: Path, tmp_path: Path
) -> None:
    """Each mistake ends with exit 1 and one line that names it."""
    places = {"broken": str(broken), "videos": str(videos), "study": str(tmp_path / "study")}
    if "{alone}" in words:
        places["alone"] = str(write_videos(tmp_path / "alone", methods=("new",)))
    done = vidgen(*(word.format(**places) for word in words))
    assert done.exit_code == 1
    assert problem in done.output
    assert len(done.output.strip().splitlines()) == 1
    assert done.output.startswith("Error: ")


@pytest.mark.parametrize(
    "words",
    [
        ("extend-study", "--study", "s"),
        ("pay-bonus", "--study", "s"),
        ("publish-tasks", "v"),
        ("publish-tasks", "v", "--study", "s", "--platform", "mars"),
        ("publish-tasks", "v", "--study", "s", "--cap", "much"),
    ],
)
def test_calls_that_lack_something_are_usage_errors(words: tuple[str, ...]) -> None:
    """What was called wrongly ends with exit 2."""
    assert vidgen(*words).exit_code == 2


def test_real_money_has_to_be_typed() -> None:
    """Only the very sum confirms it."""
    from decimal import Decimal

    import click

    from vidgen.cli.shared import confirmation

    cost = cost_of_hits(Decimal("1.00"), [9])

    @click.command()
    def ask() -> None:
        click.echo(f"confirmed: {confirmation(real_money=True)(cost)}")

    for typed, confirmed in (("$10.80", True), ("10.80", False), ("", False), ("yes", False)):
        assert f"confirmed: {confirmed}" in CliRunner().invoke(ask, input=f"{typed}\n").output


def test_a_study_that_is_made_with_the_defaults_says_so(videos: Path, tmp_path: Path) -> None:
    """Who mistypes the study reads that none was there, and not again when it is."""
    note = f"note: {tmp_path}/mistyped/study.toml: was not there, and is made with the defaults"
    publish = ("publish-tasks", videos, "--study", tmp_path / "mistyped", "--anyway")
    assert note in vidgen(*publish).output
    assert "defaults" not in vidgen(*publish).output
