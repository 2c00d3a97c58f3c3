"""The `vidgen` program: one module per command, each imported only when it is named."""

import importlib
import os
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click

from vidgen import __version__
from vidgen.cli.shared import messages, one_line
from vidgen.cli.stopping import STATUS, stopped
from vidgen.cli.types import check_places
from vidgen.distribution import EXTRAS, install_line, require

# By its path, since the name `crowd` itself may lead elsewhere until this has run.
runpy.run_path(str(Path(__file__).parents[2] / "crowd" / "siblings.py"))["take"](
    "templates", "crowd", "analysis", quiet=True
)

#: Every command with its line in the overview; the module of that name (with underscores) holds it as `command`.
COMMANDS = {
    "demo": "Run the whole pipeline, labels to report, in one directory.",
    "make-dataset": "Make the moving-objects dataset.",
    "train": "Train the classifier and the auto-encoder.",
    "generate-batch": "Generate videos by gradient descent on their pixels.",
    "new-study": "Write a commented study file for a directory of videos.",
    "plan-study": "Show what a study takes (tasks, people, time, money) and what it can detect.",
    "rehearse": "Rehearse a study in a copy of it, with simulated participants.",
    "rehearse-recruiting": "Rehearse the whole way over Prolific, with a simulated one.",
    "judge": "Let an independent classifier judge the videos.",
    "bench-gpu": "Measure seconds a video and TFLOP/s on a CUDA device.",
    "preregister": "Write the plan of a study as a document to register.",
    "publish-tasks": "Publish a study of a directory of videos.",
    "serve-tasks": "Run the local crowdsourcing platform.",
    "invite": "Make links for participants.",
    "demo-prolific": "Run a stand-in for Prolific whose participants answer a study.",
    "recruit": "Open a study at its recruiter, and let people in.",
    "simulate-answers": "Let simulated participants answer a study.",
    "collect-answers": "Fetch a study's answers.",
    "completion-codes": "Show who has which completion code.",
    "study-status": "Show what was published, spent and fetched.",
    "recover": "Rebuild a lost ledger from what the platform shows.",
    "check": "Check that a study's files are as they were written.",
    "backup": "Write a study into one ZIP file.",
    "restore": "Make a study directory from a backup.",
    "erase": "Erase a participant, or what identifies those whose work is long over.",
    "claim-study": "Say that this copy of a study is the study now.",
    "extend-study": "Ask for more answers, or keep a study open for longer.",
    "approve-answers": "Approve submitted work, which pays for it.",
    "reject-answers": "Reject work that was not done.",
    "pay-bonus": "Pay bonuses.",
    "expire-study": "Close a study to new participants.",
    "delete-study": "Delete a study's HITs from the platform.",
    "accuracy-report": "Report the accuracy per method.",
    "release": "Write a public bundle of a study, without what identifies people.",
    "power": "Say what a study can find, or how many videos it needs.",
    "completion": "Print the shell completion script.",
}

#: Commands that are programs of their own, too.
PROGRAMS = ("generate-batch", "publish-tasks", "accuracy-report")


class Command(click.Command):
    """A command whose bad input ends in one clear line: exit 1 for what it was given, 2 for how it was called."""

    needs: tuple[str, ...] = ()
    """Packages of an extra that it cannot do without."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; `VIDGEN_DEBUG=1` shows the traceback behind an error."""
        try:
            require(self.needs)
            with messages():
                check_places(ctx)
                return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort) as error:
            if not _by_hand(error):
                raise
            click.echo(f"\n{stopped(str(self.name), ctx.params)}", err=True)
            raise click.exceptions.Exit(STATUS) from error
        except BrokenPipeError:  # whoever reads the output has enough, as `| head` has: click ends without a word
            raise
        except (ValueError, OSError, FloatingPointError) as error:
            if os.environ.get("VIDGEN_DEBUG"):
                raise
            raise click.ClickException(one_line(error)) from error
        except ModuleNotFoundError as error:
            if error.name not in EXTRAS:
                raise
            raise click.ClickException(
                f"{self.name}: needs the package {error.name}, which is not installed: {install_line(error.name)}"
            ) from error


def _by_hand(error: BaseException) -> bool:
    """Whether Ctrl+C was pressed; click also aborts where nobody is there to type."""
    return isinstance(error, KeyboardInterrupt) or isinstance(error.__context__, KeyboardInterrupt)


class Program(click.Group):
    """Commands that are looked up by name, so that `--help` imports none of them."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the named command; one that is stopped before it has begun has done nothing."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            click.echo(f"\n{stopped('', {})}", err=True)
            raise click.exceptions.Exit(STATUS) from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of the pipeline."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        return load(cmd_name) if cmd_name in COMMANDS else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the overview from the table above."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def load(name: str) -> click.Command:
    """The command object of the module that carries the command's name."""
    command: click.Command = importlib.import_module(f"vidgen.cli.{name.replace('-', '_')}").command
    return command


def command(name: str, examples: str, *, needs: tuple[str, ...] = ()) -> Callable[[Callable[..., Any]], Command]:
    """Declare a command; its examples end the help text as they stand, and it runs only where `needs` are installed."""

    def declare(function: Callable[..., Any]) -> Command:
        declared = click.command(
            name=name,
            cls=Command,
            short_help=COMMANDS[name],
            epilog="\b\nExamples:\n" + "\n".join(f"  {line}" for line in examples.strip().splitlines()),
            context_settings={"help_option_names": ["-h", "--help"], "show_default": True},
        )(function)
        declared.needs = needs
        return declared

    return declare


@click.command(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="\b\nExamples:\n  vidgen demo --out demo\n  vidgen publish-tasks my-videos --study my-study",
)
@click.version_option(__version__)
def main() -> None:
    """Generate videos, ask people what they see in them, and report how often they were right."""


def generate_batch() -> NoReturn:
    """Entry point of the program `generate-batch`."""
    sys.exit(load("generate-batch")())


def publish_tasks() -> NoReturn:
    """Entry point of the program `publish-tasks`."""
    sys.exit(load("publish-tasks")())


def accuracy_report() -> NoReturn:
    """Entry point of the program `accuracy-report`."""
    sys.exit(load("accuracy-report")())
