"""Brings participants to a study's local platform: people by their links, and programs that answer by themselves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

from crowd import fileformat
from crowd.commandline import to_paste
from crowd.design.design import Design
from crowd.design.study import Study
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.hits import hit_ids
from crowd.lifecycle.place import settle
from crowd.lifecycle.prepare import check_unchanged, load, published_design
from crowd.lifecycle.video_folder import locate
from crowd.localplatform import addresses, invite, people, running
from crowd.localplatform.discovery import announced
from crowd.simulated.response_probabilities import Beliefs
from crowd.simulated.workers import Temper, simulate
from crowd.studydir import StudyDirectory


def simulate_study(
    study_dir: Path,
    count: int,
    beliefs: Beliefs,
    *,
    temper: Temper | None = None,
    seed: int = 0,
    browser: bool = False,
    among_people: bool = False,
    note: str = "",
    callback: Callable[[str], None] = lambda assignment_id: None,
) -> list[str]:
    """Invite `count` simulated participants and let them answer; gives the submitted assignments' ids.

    Where people are invited, programs have places of their own, and `among_people` must say that they may come. The
    study's server is used where it runs, else one runs meanwhile. What they answer from is noted in the study, in
    `simulation.json`, so that reports can say it.

    Raises:
        ValueError: the study is not published on the local platform, its videos are not those that were published,
            people are invited to it, the time of its tasks is over, or the platform refuses something.
        OSError: the server does not answer.
    """
    design = published_design(study_dir)
    files = StudyDirectory(study_dir)
    if not files.store.exists():
        raise ValueError(
            f"{study_dir}: not published on the local platform, and simulated participants go nowhere else; publish a "
            "copy there, with --platform local and another --study"
        )
    num_people, _ = people.invited(study_dir)
    if num_people and not among_people:
        rehearse = to_paste("rehearse", "--study", study_dir, "--videos", Path(design.videos_dir))
        raise ValueError(
            f"{study_dir}: {num_people} people are invited to this study, and answers of programs would stand among "
            f"theirs: rehearse in a copy (`{rehearse}`), or say --among-people"
        )
    if browser:
        from crowd.simulated.browser import browse, find_programs

        find_programs()
    settle(study_dir)
    check_unchanged(study_dir)
    locate(study_dir)
    if over := _what_ended(study_dir):
        raise ValueError(f"{study_dir}: {over}")
    design = Design.load(study_dir)
    fileformat.save(files.simulation, {"answers_from": note, "workers": count, "seed": seed})
    with _serving(study_dir) as base:
        country = next(iter(wanted_countries(study_dir)), None)
        links = [urljoin(base + "/", link) for link in invite(study_dir, count, simulated=True, country=country)]
        if browser:
            return browse(links, design, beliefs, temper=temper, seed=seed, callback=callback)
        return simulate(links, design, beliefs, temper=temper, seed=seed, callback=callback)


def invite_people(study_dir: Path, count: int, *, country: str | None = None) -> list[str]:
    """Invite so many more people to a study on the local platform; the paths of their links.

    Raises:
        ValueError: the study takes people from certain countries only, and this is none of them.
    """
    settle(study_dir)
    check_invitation(study_dir, country)
    return invite(study_dir, count, country=country)


def check_invitation(study_dir: Path, country: str | None) -> None:
    """Refuse people whom the study does not take.

    Raises:
        ValueError: it takes people from certain countries only, and `country` is none of them, or no country; or
            programs have opened later rounds of it, in which people would see the videos of the first again.
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
    """The address that people's links begin with: `url`, where other machines can open it.

    Args:
        url: the address, if there is one beside that for this machine.
        here: where this machine finds the study, for the message.

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
    """What keeps invited people from finding tasks, each with what helps; nothing where all is well."""
    counts = people.counts(study_dir)
    num_people = counts["invited"] - counts["simulated"]
    if not counts["hits"]:
        publish = to_paste("publish-tasks", "VIDEOS_DIR", "--study", study_dir)
        return [f"nothing is published yet, so people find no tasks: `{publish}`"]
    if over := _what_ended(study_dir):
        return [over]
    if num_people > counts["wanted"]:
        waiting = _planned_assignments(study_dir) > counts["wanted"]
        watch = to_paste("collect-answers", "--study", study_dir, "--watch")
        extend = to_paste("extend-study", "--study", study_dir, "--answers", "N")
        helps = f"`{watch}` opens the next round when this one is full" if waiting else f"`{extend}` makes more"
        return [f"{num_people} people are invited, and there are places for {counts['wanted']} tasks: {helps}"]
    return []


def _what_ended(study_dir: Path) -> str:
    """That the time of all tasks is over, with what helps; empty where it is not."""
    counts = people.counts(study_dir)
    if not counts["hits"] or counts["expired"] < counts["hits"]:
        return ""
    extend = to_paste("extend-study", "--study", study_dir, "--until", "DATE")
    return f"the time of all tasks is over: `{extend}` opens them again"


def wanted_countries(study_dir: Path) -> tuple[str, ...]:
    """The countries that the study takes people from; none where it takes everybody, or has no study file yet."""
    study_file = StudyDirectory(study_dir).study_file
    return Study.load(study_file).countries if study_file.exists() else ()


def _planned_assignments(study_dir: Path) -> int:
    """How many assignments the design asks for; 0 where HITs are published without one of ours."""
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


@contextmanager
def _serving(study_dir: Path) -> Iterator[str]:
    server = announced(study_dir)
    if server:
        yield server.endpoint_url.rstrip("/")
    else:
        with running(study_dir) as own:
            yield own.endpoint_url.rstrip("/")
