"""Checks that people may be invited to a study, and that they could open it and find tasks."""

from pathlib import Path

from crowd.commandline import to_paste
from crowd.design.design import Design
from crowd.design.study import Study
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.hits import hit_ids
from crowd.lifecycle.prepare import load
from crowd.localplatform import addresses, people
from crowd.studydir import StudyDirectory
from crowd.texts import people_are


def check_invitation(study_dir: Path, country: str | None) -> None:
    """Refuse people whom the study does not accept.

    Raises:
        ValueError: it accepts people from certain countries only, and `country` is none of them or not given; or
            programs have opened its later rounds, in which people would see the first round's videos again.
    """
    num_people, programs = people.invited(study_dir)
    if programs and not num_people and _later_rounds_are_open(study_dir):
        raise ValueError(
            f"{study_dir}: programs have rehearsed later rounds of this study, where people would meet the videos of "
            "the first round again: publish it to a new study directory for people, with a copy of its study.toml"
        )
    people.check_country(country)
    wanted = wanted_countries(study_dir)
    if wanted and (country or "").partition("-")[0] not in wanted:
        raise ValueError(
            f"country {country or 'of these participants'}: the study takes people from {', '.join(wanted)} only "
            "(countries in study.toml); say where they are with --country"
        )


def for_others(url: str | None, here: str) -> str:
    """The address that people's links begin with: `url`, if other machines can open it.

    Args:
        url: the address for other machines, if there is one.
        here: the study's address on this machine, for the message.

    Raises:
        ValueError: only this machine can open it; the message says what helps.
    """
    if url is not None and not addresses.only_here(url):
        return url
    own = addresses.own_address()
    network = f"--host 0.0.0.0 for people in your network (your address there is {own}) or with " if own else ""
    raise ValueError(
        f"links at {url or here} open on this machine only: serve the study with {network}--public-url for people who "
        "come through a reverse proxy or tunnel; --this-machine makes links all the same, to try tasks here"
    )


def what_people_lack(study_dir: Path) -> list[str]:
    """What keeps invited people from finding tasks, each with what to do; empty if nothing does."""
    counts = people.counts(study_dir)
    num_people = len(people.links(study_dir))
    if not counts["hits"]:
        publish = to_paste("publish-tasks", "VIDEOS_DIR", "--study", study_dir)
        return [f"nothing is published yet, so people find no tasks: `{publish}`"]
    if over := what_ended(study_dir):
        return [over]
    if num_people > counts["wanted"]:
        waiting = _planned_assignments(study_dir) > counts["wanted"]
        watch = to_paste("collect-answers", "--study", study_dir, "--watch")
        extend = to_paste("extend-study", "--study", study_dir, "--answers", "N")
        helps = f"`{watch}` opens the next round when this one is full" if waiting else f"`{extend}` makes more"
        return [f"{people_are(num_people)} invited, and there are places for {counts['wanted']} tasks: {helps}"]
    return []


def what_ended(study_dir: Path) -> str:
    """A message that all tasks have ended, with what to do; empty if they have not."""
    counts = people.counts(study_dir)
    if not counts["hits"] or counts["expired"] < counts["hits"]:
        return ""
    extend = to_paste("extend-study", "--study", study_dir, "--until", "DATE")
    return f"the time of all tasks is over: `{extend}` opens them again"


def wanted_countries(study_dir: Path) -> tuple[str, ...]:
    """The countries that the study accepts people from; empty if it accepts everybody or has no study file yet."""
    study_file = StudyDirectory(study_dir).study_file
    return Study.load(study_file).countries if study_file.exists() else ()


def _planned_assignments(study_dir: Path) -> int:
    """How many assignments the design asks for; 0 if there is no design."""
    try:
        return sum(hit.num_assignments for hit in Design.load(study_dir).hits)
    except (OSError, ValueError):
        return 0


def _later_rounds_are_open(study_dir: Path) -> bool:
    if not StudyDirectory(study_dir).ledger.exists():
        return False
    _, planned = load(study_dir)
    with Ledger(study_dir) as ledger:
        ids = hit_ids(ledger)
    return any(hit.round > 1 and hit.key in ids for hit in planned.hits)
