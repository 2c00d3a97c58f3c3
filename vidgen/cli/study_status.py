"""`vidgen study-status`."""

from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.opening import open_option, show_in_browser
from vidgen.cli.shared import study_option


@declare("study-status", "vidgen study-status --study my-study")
@study_option
@open_option
def command(study_dir: Path, opens: bool) -> None:
    """Show what the study's ledger knows: money, answers, and the calls to the platform with what came of them.

    --open shows the live page of a study that the local platform serves.

    No platform is asked. A call is one request that changes something there, such as the creation of a HIT.
    """
    import crowd
    from crowd.lifecycle.came_from import in_words
    from crowd.lifecycle.stall import sentence, stalled
    from crowd.lifecycle.status import STATES
    from crowd.platforms import describe
    from crowd.pricing import shown

    now = crowd.status(study_dir)
    click.echo(f"study {now.study_id} on {now.platform}")
    cap = "no cap" if now.cap_usd is None else f"cap {shown(now.cap_usd, now.currency)}"
    play = "" if describe(now.platform).real_money or now.recruiter_pays else " of play money"
    where = f" at {now.recruiter_pays}" if now.recruiter_pays else ""
    if now.recruiter_pays and not now.held_usd:
        click.echo(f"money: nothing spent or promised{where} yet, which pays once the study is open there")
    else:
        click.echo(f"money: {shown(now.held_usd, now.currency)}{play} spent or promised{where}, {cap}")
    by_status = ", ".join(f"{count} {name.lower()}" for name, count in sorted(now.assignments.items()))
    fetched = sum(now.assignments.values())
    click.echo(f"assignments: {fetched} of {now.wanted} fetched" + (f" ({by_status})" if fetched else ""))
    if now.is_paused:
        click.echo("paused: nobody can begin a task until resume-study")
    if now.simulated:
        which = f"of these {fetched}" if fetched == now.simulated else "beside people's"
        click.echo(f"simulated: {now.simulated} {which} were done by programs, not people")
    for came in now.came_from:
        click.echo(f"from {in_words(came)}")
    if now.activity is not None and stalled(now.activity):
        click.echo(f"stalled: {sentence(now.activity)}")
    if now.progress_url is not None:
        click.echo(f"progress: {now.progress_url}")
    if opens and now.progress_url is None:
        raise ValueError(f"{study_dir}: is not being served, so there is no progress page to open")
    if opens and now.progress_url is not None:
        show_in_browser(now.progress_url)
    width = max([len(operation) for operation in now.calls] + [4])
    click.echo(f"\n{'call':<{width}}" + "".join(f"  {state:>8}" for state in STATES))
    for operation, counts in now.calls.items():
        click.echo(f"{operation:<{width}}" + "".join(f"  {counts[state]:>8}" for state in STATES))
    click.echo(f"\n{'; '.join(f'{state}: {meaning}' for state, meaning in STATES.items())}")
    for entry in now.unfinished:
        what = "no outcome known" if entry.state == "sent" else str((entry.outcome or {}).get("refused"))
        click.echo(f"{entry.key}: {what}; running the command again settles it")
