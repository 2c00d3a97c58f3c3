"""`vidgen completion`."""

import click
from click.shell_completion import get_completion_class

from vidgen.cli import PROGRAMS, main
from vidgen.cli import command as declare

EXAMPLES = """
eval "$(vidgen completion bash)"
vidgen completion fish > ~/.config/fish/completions/vidgen.fish
"""


@declare("completion", EXAMPLES)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script that makes SHELL complete vidgen's commands, their options and these options' values.

    It completes `generate-batch`, `publish-tasks` and `accuracy-report` too.
    """
    completion = get_completion_class(shell)
    assert completion is not None  # noqa: S101  the choice lists what click has
    for program in ("vidgen", *PROGRAMS):
        variable = f"_{program.upper().replace('-', '_')}_COMPLETE"
        click.echo(completion(main, {}, program, variable).source())
