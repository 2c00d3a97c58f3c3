"""Brings simulated participants to a study's local platform."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

from crowd.beliefs import Beliefs
from crowd.design import Design
from crowd.localplatform import invite, running
from crowd.platforms.local import running_endpoint
from crowd.simulation import Temper, simulate


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
        links = [urljoin(base + "/", link) for link in invite(study_dir, count, simulated=True)]
        if browser:
            from crowd.browsing import browse

            return browse(links, design, beliefs, temper=temper, seed=seed, callback=callback)
        return simulate(links, design, beliefs, temper=temper, seed=seed, callback=callback)


@contextmanager
def _serving(study_dir: Path) -> Iterator[str]:
    endpoint_url = running_endpoint(study_dir)
    if endpoint_url:
        yield endpoint_url.rstrip("/")
    else:
        with running(study_dir) as server:
            yield server.endpoint_url.rstrip("/")
