"""The commands of a study at its recruiter, as they are typed, and what they print."""

import re
from pathlib import Path

import pytest

from crowd.simulated.prolific.visits import Conduct
from tests.cli.program import vidgen
from tests.crowd.clips import write_videos
from tests.crowd.recruited import assignments_of, recruited


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nine videos: three methods, three labels."""
    return write_videos(tmp_path_factory.mktemp("videos"))


@pytest.mark.thorough
def test_a_study_at_its_recruiter_from_the_draft_to_the_end(videos: Path, tmp_path: Path) -> None:
    """Every command says what was done and what is to do; amounts are in the account's currency."""
    with recruited(tmp_path, videos, answers=1, min_answer_s=600.0) as there:
        study = ("--study", there.study_dir)
        assert "no draft yet" in vidgen("recruit", *study).output
        drafted = vidgen("recruit", *study, "--draft", there.server.endpoint_url).output
        assert "3 places, 1.50 GBP each" in drafted
        assert "opening it holds 6.30 GBP" in drafted
        opened = vidgen("recruit", *study, "--open").output
        assert "6.30 GBP" in opened
        assert "prolific: open, 3 places, 3 people wanted" in opened
        there.bring(Conduct.FINISH, Conduct.SKIP)
        finished, idle = there.sessions("AWAITING REVIEW")
        collected = vidgen("collect-answers", *study).output
        assert "1  right code, all tasks sent" in collected
        assert f"visit {idle} waits for review there without all tasks" in collected
        assert re.search(r"1 more place is needed: .*recruit .*--places 4", collected)
        assert "prolific: open, 4 places" in vidgen("recruit", *study, "--places", 4).output
        asked = ("recruit", *study, "--ask-to-return", idle)
        assert vidgen(*asked).exit_code == 1
        assert "asked to give its place back" in vidgen(*asked, "--reason", "No task was done.").output
        decline = ("recruit", *study, "--reject", idle, "--category", "NO_DATA", "--reason", "No answer came. " * 8)
        assert "nothing was done" in vidgen(*decline, typed="no\n").output
        (work,) = assignments_of(there, [finished])
        reject = ("reject-answers", *study, "--assignment", work, "--rule", "min_answer_s", "--reason", "Too quick.")
        assert "category: must be among" in vidgen(*reject).output
        assert "asks for 100 characters" in vidgen(*reject, "--category", "TOO_QUICKLY").output
        approved = vidgen("approve-answers", *study).output
        assert "1 assignment approved" in approved
        assert f"visit {idle} ended at the recruiter without all tasks" in approved
        thanks = ("pay-bonus", *study, "--amount", "0.50", "--reason", "Thanks", "--assignment", work)
        assert "1 bonus paid" in vidgen(*thanks).output
        assert "0 bonuses paid, 1 were before" in vidgen(*thanks).output
        status = vidgen("study-status", *study).output
        assert "money: 9.10 GBP spent or promised at prolific, cap 100.00 GBP" in status
        assert "recruit" in vidgen("extend-study", *study, "--answers", 2).output
        assert "--end" in vidgen("expire-study", *study).output
        assert "prolific: full, 4 places" in vidgen("recruit", *study, "--end").output
        assert "money: 4.90 GBP spent or promised at prolific" in vidgen("study-status", *study).output
        assert "prolific: closed, 4 places" in vidgen(*decline, typed="reject\n").output
        assert "money: 2.80 GBP spent or promised at prolific" in vidgen("study-status", *study).output


def test_options_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    for words in (["--open", "--pause"], ["--places", "3", "--end"]):
        found = vidgen("recruit", "--study", tmp_path, *words)
        assert found.exit_code == 2, found.output
