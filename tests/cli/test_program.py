"""The program as a whole: its overview, its speed, the help of every command, and the reference made from it."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from docs import generate_cli
from tests.cli.program import PROGRAMS as PROGRAMS_OF_VENV
from tests.cli.program import program, vidgen
from tests.crowd.clips import write_videos
from vidgen.cli import COMMANDS, PROGRAMS, load, main

#: Libraries that take long to import; none is needed to say what there is.
SLOW = ("torch", "pandas", "boto3", "numpy", "scipy", "matplotlib", "av", "duckdb", "starlette", "jinja2")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["simulate-answers", "--help"]])
def test_help_imports_nothing_slow(arguments):
    """The overview and a command's help come without any library that takes long to import."""
    script = (
        "import sys\n"
        "from vidgen.cli import main\n"
        f"try: main({arguments!r})\n"
        "except SystemExit as end: assert not end.code\n"
        f"print('imported:', *[name for name in {SLOW!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("imported:\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_imports_torch_before_it_runs(name):
    """A command's module, with its options and defaults, loads without the libraries that do the work."""
    script = (
        "import sys\nfrom vidgen.cli import load\n"
        f"load({name!r})\n"
        "assert not {'torch', 'pandas', 'boto3', 'matplotlib'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_the_overview_lists_every_command_in_the_order_of_the_pipeline():
    """`vidgen --help` has a line for each command."""
    text = vidgen("--help").stdout
    places = [text.index(f"\n  {name} ") for name in COMMANDS]
    assert places == sorted(places)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_examples(name):
    """A command says what it does, what each of its options means, and shows at least one call of itself."""
    command = load(name)
    assert command.name == name
    assert command.help
    for parameter in command.params:
        if parameter.param_type_name == "option":
            assert parameter.help, parameter.name
    result = vidgen(name, "--help")
    assert result.exit_code == 0
    examples = result.stdout.partition("Examples:")[2]
    assert f"vidgen {name}" in examples


def test_examples_name_options_that_exist():
    """Every option in a command's examples is one of its own."""
    for name in COMMANDS:
        command = load(name)
        known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        used = {word for word in (command.epilog or "").split() if word.startswith("--") and word != "--"}
        assert used <= known, name


def test_an_unknown_command_is_a_usage_error():
    """A command that does not exist ends with exit status 2 and a line that names it."""
    result = vidgen("dream")
    assert result.exit_code == 2
    assert "No such command 'dream'." in result.stderr


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["study-statsu"], "No such command 'study-statsu' (did you mean 'study-status'?)."),
        (["study-status", "--stuyd", "s"], "--study"),
        (["new-study", "videos", "--ask", "ratting"], "unknown kind 'ratting' (did you mean 'rating'?); known"),
        (["generate-batch", "--methods", "propsed"], "unknown method 'propsed' (did you mean 'proposed'?); known"),
        (["publish-tasks", "v", "--platform", "mturk-sandox"], "(did you mean 'mturk-sandbox'?)"),
    ],
)
def test_a_mistyped_name_is_answered_with_the_one_that_was_meant(arguments, meant):
    """Commands, options and their values."""
    result = vidgen(*arguments)
    assert result.exit_code == 2
    assert meant in result.stderr


@pytest.mark.parametrize("name", ["generate-batch", "publish-tasks", "accuracy-report"])
def test_the_three_programs_are_installed(name):
    """The three commands that the users named are programs of their own."""
    done = program("--help", name=name)
    assert done.returncode == 0
    assert f"vidgen {name}" in done.stdout


@pytest.mark.parametrize(("shell", "mark"), [("bash", "complete "), ("zsh", "#compdef"), ("fish", "complete ")])
def test_completion_scripts(shell, mark):
    """Each shell gets a script of its own that asks vidgen for completions."""
    result = vidgen("completion", shell)
    assert result.exit_code == 0, result.output
    assert mark in result.stdout
    assert "_VIDGEN_COMPLETE" in result.stdout


def completions(words: str, name: str = "vidgen", shell: str = "bash") -> list[str]:
    """What the shell's script is told for the last word of a line, e.g. "plain,local"."""
    variable = f"_{name.upper().replace('-', '_')}_COMPLETE"
    begun = words.rpartition(" ")[2]
    asked = {"COMP_WORDS": words, "COMP_CWORD": begun if shell == "fish" else str(words.count(" "))}
    command = main if name == "vidgen" else load(name)
    done = CliRunner().invoke(command, prog_name=name, env={variable: f"{shell}_complete", **asked})
    assert done.stderr == ""
    return done.stdout.split("\n")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("vidgen acc", "plain,accuracy-report"),
        ("vidgen judge --we", "plain,--weights"),
        ("vidgen collect-answers --study my", "dir,my"),
        ("vidgen plan-study my", "dir,my"),
        ("vidgen generate-batch --out my", "dir,my"),
        ("vidgen serve-tasks --videos my", "dir,my"),
        ("vidgen accuracy-report --answers my", "file,my"),
        ("vidgen rehearse --probabilities my", "file,my"),
        ("vidgen publish-tasks videos --platform mt", "plain,mturk"),
        ("vidgen publish-tasks videos --media s", "plain,s3"),
        ("vidgen publish-tasks videos --links p", "plain,public"),
        ("vidgen new-study videos --language j", "plain,ja"),
        ("vidgen generate-batch --methods proposed,re", "plain,proposed,refined"),
        ("vidgen generate-batch --labels car-right,ro", "plain,car-right,rocket-up"),
        ("vidgen generate-batch --preset f", "plain,full"),
        ("vidgen generate-batch --device c", "plain,cuda"),
        ("vidgen train --networks c3d,j", "plain,c3d,judge"),
        ("vidgen make-dataset --split va", "plain,validation"),
        ("vidgen make-dataset --background s", "plain,soft"),
        ("vidgen new-study videos --ask rating --ask pre", "plain,preference"),
        ("vidgen power --people n", "plain,nested"),
        ("vidgen power --kind st", "plain,statement"),
        ("vidgen completion z", "plain,zsh"),
    ],
)
def test_completion_knows_commands_options_and_values(words, found):
    """What the scripts ask for comes: commands by their beginning, options, and values by what the option holds."""
    assert found in completions(words)


def test_completion_knows_the_studies(tmp_path, monkeypatch):
    """Of the folders of that beginning only studies are offered, also below another folder."""
    monkeypatch.chdir(tmp_path)
    for place in ("my-study", "more/my-other"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "study.toml").write_text("")
    (tmp_path / "my-videos").mkdir()
    assert completions("vidgen collect-answers --study my")[:-1] == ["plain,my-study"]
    assert completions("vidgen accuracy-report --study more/")[:-1] == ["plain,more/my-other"]
    assert "dir,you" in completions("vidgen collect-answers --study you")


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_of_their_own_complete_too(name):
    """The scripts hold a part for each, and it is answered."""
    assert f"_{name.upper().replace('-', '_')}_COMPLETE" in vidgen("completion", "bash").stdout
    assert any(line.startswith("plain,--") for line in completions(f"{name} --", name))


def test_bash_completes_a_value(tmp_path):
    """The script that is printed works in the shell itself."""
    script = vidgen("completion", "bash").stdout
    (tmp_path / "script").write_text(script)
    line = (
        f"source {tmp_path}/script; COMP_WORDS=(vidgen publish-tasks v --platform mturk-); COMP_CWORD=4; "
        f"_vidgen_completion {PROGRAMS_OF_VENV}/vidgen; echo ${{COMPREPLY[@]}}"
    )
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True)
    assert done.stdout == "mturk-sandbox\n"


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_are_answered_too(shell):
    """Zsh and fish ask in their own ways."""
    assert "mturk-sandbox" in "\n".join(completions("vidgen publish-tasks v --platform mturk-", shell=shell))


def test_the_reference_is_up_to_date():
    """docs/cli.md is what `python -m docs.generate_cli` writes today."""
    assert generate_cli.PAGE.read_text(encoding="utf-8") == generate_cli.text(), "run: python -m docs.generate_cli"


def test_a_reader_that_has_enough_is_no_mistake(tmp_path):
    """Where the output is cut off, as by `| head`, nothing is said of it."""
    command = f"{PROGRAMS_OF_VENV}/vidgen plan-study {write_videos(tmp_path / 'videos')} --study {tmp_path} --anyway"
    done = subprocess.run(["bash", "-c", f"{command} | true"], capture_output=True, text=True)
    assert "Broken pipe" not in done.stderr
    assert "Error" not in done.stderr
