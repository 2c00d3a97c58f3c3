"""Opens what a command has made in the web browser."""

import webbrowser
from pathlib import Path

import click

open_option = click.option("--open", "opens", is_flag=True, help="Open it in the web browser.")


def show_in_browser(page: Path | str) -> None:
    """Open a file or an address in the browser; where there is none, say so and go on."""
    address = page.resolve().as_uri() if isinstance(page, Path) else page
    if not webbrowser.open(address):
        click.echo(f"warning: no web browser could be started; open it yourself: {address}", err=True)
