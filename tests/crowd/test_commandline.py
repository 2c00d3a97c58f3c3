"""Commands in messages can be pasted as they stand, whatever the paths are called."""

import re
import shlex
import sys
from pathlib import Path

import pytest

from crowd import commandline
from crowd.design.study import Study
from tests.cli.program import program, vidgen
from tests.crowd.clips import write_videos

NAMES = ["plain", "my study", "it's mine", 'the "first"', "-dashed", "$HOME", "a*b", "日本 語"]


@pytest.mark.parametrize("name", NAMES)
def test_a_shell_takes_each_path_for_one_word(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spaces, quotes and signs of the shell stay what they are, and a path is never taken for an option."""
    monkeypatch.setattr(sys, "argv", ["/nowhere/bin/vidgen"])
    called, *words = shlex.split(commandline.to_paste("plan-study", Path(name), "--study", Path(name)))
    assert (called, words[0], words[2]) == ("/nowhere/bin/vidgen", "plan-study", "--study")
    assert not words[1].startswith("-")
    assert Path(words[1]) == Path(words[3]) == Path(name)


@pytest.mark.parametrize(
    ("argv0", "on_path", "begin"),
    [
        ("/env/bin/vidgen", "/env/bin/vidgen", ["vidgen"]),
        ("/env/bin/vidgen", "/other/bin/vidgen", ["/env/bin/vidgen"]),
        (".venv/bin/vidgen", None, [".venv/bin/vidgen"]),
        ("/site/vidgen/__main__.py", None, [sys.executable, "-m", "vidgen"]),
        ("/env/bin/publish-tasks", "/env/bin/vidgen", [sys.executable, "-m", "vidgen"]),
    ],
)
def test_the_program_is_the_one_that_was_called(
    argv0: str, on_path: str | None, begin: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`vidgen` stands alone only where that word starts this program."""
    monkeypatch.setattr(sys, "argv", [argv0])
    monkeypatch.setattr("shutil.which", lambda name: on_path)
    assert shlex.split(commandline.to_paste("check")) == [*begin, "check"]


#: Calls that are refused with a command to type.
REFUSED = {
    "approve": "approve-answers --study STUDY",
    "report": "accuracy-report --study STUDY",
    "invite": "invite --study STUDY",
    "revoke": "invite --study STUDY --revoke x",
    "rehearse": "rehearse --study STUDY/none --videos .",
    "simulate": "simulate-answers --study STUDY",
}


@pytest.mark.parametrize("name", ["it's my study", "-dashed"])
@pytest.mark.parametrize("call", REFUSED)
def test_what_a_refusal_says_to_type_is_one_command(
    name: str, call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command between the backticks begins with this program, and has the study as one word."""
    monkeypatch.chdir(tmp_path)
    Path(name).mkdir()
    Study().save(Path(name, "study.toml"))
    done = vidgen(*(word.replace("STUDY", name) for word in REFUSED[call].split()))
    (line,) = re.findall("`([^`]*)`", done.stderr)
    words = shlex.split(line)
    assert words[:3] == [sys.executable, "-m", "vidgen"]
    study = words[words.index("--study") + 1]
    assert Path(study).parts[0] == name
    assert not study.startswith("-")


def test_what_a_new_study_says_to_do_next_works(tmp_path: Path) -> None:
    """Each line that `new-study` prints runs where it was printed, for folders whose names begin with a dash."""
    write_videos(tmp_path / "-my videos", per_label=2)
    made = program("new-study", "./-my videos", "--study", "it's mine", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    lines = [line.strip() for line in made.stdout.splitlines() if line.startswith("  ")]
    assert [shlex.split(line)[-3:] for line in lines] == [
        ["./-my videos", "--study", "it's mine"],
        ["it's mine", "--videos", "./-my videos"],
        ["./-my videos", "--study", "it's mine"],
    ]
    _, *words = shlex.split(lines[0])
    planned = program(*words, cwd=tmp_path)
    assert planned.returncode == 0, planned.stderr
