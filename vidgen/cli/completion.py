"""`vidgen completion`."""

import click
from click.shell_completion import get_completion_class

from vidgen.cli import command as declare
from vidgen.cli import main

EXAMPLES = """
eval "$(vidgen completion bash)"
vidgen completion fish > ~/.config/fish/completions/vidgen.fish
"""


@declare("completion", EXAMPLES)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script that makes SHELL complete vidgen's commands and options."""
    completion = get_completion_class(shell)
    assert completion is not None  # noqa: S101  the choice lists what click has
    click.echo(completion(main, {}, "vidgen", "_VIDGEN_COMPLETE").source())
