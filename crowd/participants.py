"""Brings participants to a study's local platform: people by their links, and programs that answer by themselves."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

from crowd.beliefs import Beliefs
from crowd.design import Design
from crowd.localplatform import addresses, invite, people, running
from crowd.platforms.local import running_endpoint
from crowd.preparing import STUDY_FILE
from crowd.simulation import Temper, simulate
from crowd.study import Study


def simulate_study(
    study_dir: Path,
    count: int,
    beliefs: Beliefs,
    *,
    temper: Temper | None = None,
    seed: int = 0,
    browser: bool = False,
    note: str = "",
    callback: Callable[[str], None] = lambda assignment_id: None,
) -> list[str]:
    """Invite `count` simulated participants and let them answer; gives the submitted assignments' ids.

    The study's server is used where it runs, else one runs meanwhile. What they answer from is noted in the study, in
    `simulation.json`, so that reports can say it.

    Raises:
        ValueError: the study is not published on the local platform, or that refuses something.
        OSError: the server does not answer.
    """
    design = Design.load(study_dir)
    if not (study_dir / "platform.sqlite").exists():
        raise ValueError(
            f"{study_dir}: not published on the local platform, and simulated participants go nowhere else"
        )
    about = {"answers_from": note, "workers": count, "seed": seed}
    (study_dir / "simulation.json").write_text(json.dumps(about, ensure_ascii=False) + "\n", encoding="utf-8")
    with _serving(study_dir) as base:
        country = next(iter(wanted_countries(study_dir)), None)
        links = [urljoin(base + "/", link) for link in invite(study_dir, count, simulated=True, country=country)]
        if browser:
            from crowd.browsing import browse

            return browse(links, design, beliefs, temper=temper, seed=seed, callback=callback)
        return simulate(links, design, beliefs, temper=temper, seed=seed, callback=callback)


def invite_people(study_dir: Path, count: int, *, country: str | None = None) -> list[str]:
    """Invite so many more people to a study on the local platform; the paths of their links.

    Raises:
        ValueError: the study takes people from certain countries only, and this is none of them.
    """
    check_country(study_dir, country)
    return invite(study_dir, count, country=country)


def check_country(study_dir: Path, country: str | None) -> None:
    """Refuse people whom the study does not take.

    Raises:
        ValueError: it takes people from certain countries only, and `country` is none of them, or no country.
    """
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


def wanted_countries(study_dir: Path) -> tuple[str, ...]:
    """The countries that the study takes people from; none where it takes everybody, or has no study file yet."""
    study_file = study_dir / STUDY_FILE
    return Study.load(study_file).countries if study_file.exists() else ()


@contextmanager
def _serving(study_dir: Path) -> Iterator[str]:
    endpoint_url = running_endpoint(study_dir)
    if endpoint_url:
        yield endpoint_url.rstrip("/")
    else:
        with running(study_dir) as server:
            yield server.endpoint_url.rstrip("/")
