"""Brings participants to a study's local platform: people by their links, and programs that answer by themselves."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

from crowd.beliefs import Beliefs
from crowd.design import Design
from crowd.localplatform import invite, running
from crowd.platforms.local import running_endpoint
from crowd.publishing import STUDY_FILE
from crowd.simulation import Temper, simulate
from crowd.study import Study
from crowd.videofolder import locate


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
        ValueError: the study is not published on the local platform, its videos are not those that were published, or
            the platform refuses something.
        OSError: the server does not answer.
    """
    if not (study_dir / "platform.sqlite").exists():
        raise ValueError(
            f"{study_dir}: not published on the local platform, and simulated participants go nowhere else"
        )
    if browser:
        from crowd.browsing import browse, find_programs

        find_programs()
    locate(study_dir)
    design = Design.load(study_dir)
    about = {"answers_from": note, "workers": count, "seed": seed}
    (study_dir / "simulation.json").write_text(json.dumps(about, ensure_ascii=False) + "\n", encoding="utf-8")
    with _serving(study_dir) as base:
        country = next(iter(wanted_countries(study_dir)), None)
        links = [urljoin(base + "/", link) for link in invite(study_dir, count, simulated=True, country=country)]
        if browser:
            return browse(links, design, beliefs, temper=temper, seed=seed, callback=callback)
        return simulate(links, design, beliefs, temper=temper, seed=seed, callback=callback)


def invite_people(study_dir: Path, count: int, *, country: str | None = None) -> list[str]:
    """Invite people to a study on the local platform; the paths of their links.

    Raises:
        ValueError: the study takes people from certain countries only, and this is none of them.
    """
    wanted = wanted_countries(study_dir)
    if wanted and (country or "").partition("-")[0] not in wanted:
        raise ValueError(
            f"country {country or 'of these participants'}: the study takes people from {', '.join(wanted)} only "
            "(countries in study.toml); say where they are with --country"
        )
    return invite(study_dir, count, country=country)


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
