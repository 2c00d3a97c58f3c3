"""Writes docs/cli.md from the help texts of the commands: `python -m docs.generate_cli`."""

from pathlib import Path

import click

from vidgen.cli import COMMANDS, load, main

PAGE = Path(__file__).with_name("cli.md")
_HEAD = """# Commands

Made from the programs' own help by `python -m docs.generate_cli`. `generate-batch`, `publish-tasks` and
`accuracy-report` are programs of their own too. Mistakes in what a command was given end in one line and exit status 1,
mistakes in how it was called in exit status 2; `VIDGEN_DEBUG=1` shows the traceback behind a line. Ctrl+C ends a
command with a line that says what is kept and what to do next, exit status 130.
"""


def text() -> str:
    """The page."""
    width = {"terminal_width": 100, "max_content_width": 100}
    parent = click.Context(main, info_name="vidgen")
    parts = [_HEAD]
    for name, line in COMMANDS.items():
        command = load(name)
        context = click.Context(command, info_name=name, parent=parent, **command.context_settings, **width)
        parts.append(f"## vidgen {name}\n\n{line}\n\n```\n{command.get_help(context).rstrip()}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
