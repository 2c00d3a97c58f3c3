"""What `plan-study` and `publish-tasks` check of a planned study before it is published."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from crowd.design.design import Design
    from crowd.design.study import Study

anyway_option = click.option("--anyway", is_flag=True, help="Go on with a study that cannot show any difference.")


def check(study: "Study", design: "Design", *, anyway: bool = False) -> None:
    """Warn of what is too little, on stderr; refuse a study of which no outcome can show a difference.

    Raises:
        ValueError: it is refused, or its plan asks for a test that the design does not allow.
    """
    from analysis.feasibility import refusal_of, warnings_of

    why = refusal_of(study, design)
    if why and not anyway:
        raise ValueError(f"{why} (--anyway goes on all the same)")
    for text in [why] * bool(why) + warnings_of(study, design):
        click.echo(f"warning: {text}", err=True)
