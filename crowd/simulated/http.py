"""Brings simulated participants to a study on its local platform."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

from crowd import fileformat
from crowd.commandline import to_paste
from crowd.design.design import Design
from crowd.ledger.calls import Progress
from crowd.lifecycle.invitation_checks import wanted_countries, what_ended
from crowd.lifecycle.place import settle
from crowd.lifecycle.prepare import check_unchanged, published_design
from crowd.lifecycle.video_folder import locate_videos
from crowd.localplatform import invite, people, running
from crowd.localplatform.discovery import announced
from crowd.localplatform.store import has_store
from crowd.simulated import workers
from crowd.simulated.qualities import Qualities, all_alike, from_table
from crowd.simulated.response_probabilities import ResponseProbabilities, choose_probabilities, source_of
from crowd.simulated.workers import ResponseStyle
from crowd.studydir import StudyDirectory
from crowd.texts import people_are


@dataclass(frozen=True, kw_only=True, slots=True)
class SimulatedWork:
    """What simulated participants did."""

    num_workers: int
    """How many came."""
    submitted: tuple[str, ...]
    """The ids of the assignments that they finished."""
    num_there: int
    """Assignments that programs have finished by now, in this run or before."""
    num_wanted: int
    """Assignments that the study asks for in all."""


def simulate(
    study_dir: str | Path,
    num_workers: int | None = None,
    *,
    videos_dir: str | Path | None = None,
    probabilities: str | Path | None = None,
    confusion: str | Path | None = None,
    accuracy: float | None = None,
    qualities: str | Path | None = None,
    style: ResponseStyle | None = None,
    seed: int = 0,
    note: str | None = None,
    among_people: bool = False,
    browser: bool = False,
    progress: Progress | None = None,
) -> SimulatedWork:
    """Let simulated participants answer a study on the local platform.

    They come over HTTP, by links of their own, and do every task that they are offered. All their answers are marked as
    simulated, in the answers table and in reports. The study's server is used where it runs; otherwise one runs
    meanwhile.

    Args:
        study_dir: a published study.
        num_workers: how many participants; by default as many as see each video.
        videos_dir: where the published videos are now, if they were moved; remembered.
        probabilities: a CSV file with `video_id` and a probability per option, which they follow; by default
            `response_probabilities.csv` in the videos directory, if there is one.
        confusion: a CSV file with `label` and a probability per option, instead.
        accuracy: the probability with which they choose a label of the video, instead; by default 0.8.
        qualities: for questions other than naming, a CSV file with `method` or `video_id`, and `quality` or a column
            per question: how good each video is on a logit scale; by default all are alike.
        style: how carelessly and how fast they answer.
        seed: the same seed gives the same participants.
        note: what they answer from, for the report; by default the source's name.
        among_people: let them answer although people are invited, in places beside those that people have.
        browser: drive a real Chromium, in real time, instead of sending what it would send.
        progress: called after each assignment with how many are finished, and of how many.

    Returns:
        How many came and what they finished.

    Raises:
        ValueError: the study is not published on the local platform, its videos are not those that were published,
            people are invited to it, or a table cannot be followed.
        OSError: the server does not answer, or a file cannot be read.
        ModuleNotFoundError: `browser`, and selenium is not installed.

    Example:
        >>> simulated = crowd.simulate("my-study", 4, accuracy=0.9)
        >>> len(simulated.submitted), simulated.num_wanted
        (4, 9)
    """
    root, style = Path(study_dir), style or ResponseStyle()
    published_design(root)
    locate_videos(root, videos_dir)
    design = published_design(root)
    source = source_of(design, probabilities, confusion, accuracy, qualities)
    source += f"; {style.carelessness:.0%} of answers are blind guesses"
    wanted = sum(hit.num_assignments for hit in design.hits)
    num_workers = num_workers or max(hit.num_assignments for hit in design.hits)
    submitted = simulate_study(
        root,
        num_workers,
        choose_probabilities(design, probabilities=probabilities, confusion=confusion, accuracy=accuracy),
        style=style,
        seed=seed,
        browser=browser,
        among_people=among_people,
        qualities=all_alike if qualities is None else from_table(qualities, design),
        note=note or source,
        callback=counting(progress, wanted),
    )
    return SimulatedWork(
        num_workers=num_workers,
        submitted=tuple(submitted),
        num_there=sum(link.num_sent for link in people.everybody(root) if link.number is None),
        num_wanted=wanted,
    )


def counting(progress: Progress | None, wanted: int) -> Callable[[str], None]:
    """A callback for finished assignments that tells `progress` how many there are, of how many."""
    finished = itertools.count(1)

    def count(_: str) -> None:
        if progress:
            progress(next(finished), wanted)

    return count


def simulate_study(
    study_dir: Path,
    count: int,
    probabilities: ResponseProbabilities,
    *,
    style: ResponseStyle | None = None,
    seed: int = 0,
    browser: bool = False,
    among_people: bool = False,
    qualities: Qualities = all_alike,
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
    if not has_store(study_dir):
        raise ValueError(
            f"{study_dir}: not published on the local platform, and simulated participants go nowhere else; publish a "
            "copy there, with --platform local and another --study"
        )
    num_people, _ = people.invited(study_dir)
    if num_people and not among_people:
        rehearse = to_paste("rehearse", "--study", study_dir, "--videos", Path(design.videos_dir))
        raise ValueError(
            f"{study_dir}: {people_are(num_people)} invited to this study, and answers of programs would stand among "
            f"theirs: rehearse in a copy (`{rehearse}`), or say --among-people"
        )
    if browser:
        from crowd.simulated.browser import browse, find_programs

        find_programs()
    settle(study_dir)
    check_unchanged(study_dir)
    locate_videos(study_dir)
    if over := what_ended(study_dir):
        raise ValueError(f"{study_dir}: {over}")
    design = Design.load(study_dir)
    fileformat.save(files.simulation, {"answers_from": note, "workers": count, "seed": seed})
    with _serving(study_dir) as base:
        country = next(iter(wanted_countries(study_dir)), None)
        links = [urljoin(base + "/", link) for link in invite(study_dir, count, simulated=True, country=country)]
        if browser:
            return browse(links, design, probabilities, style=style, seed=seed, qualities=qualities, callback=callback)
        return workers.simulate(
            links, design, probabilities, style=style, seed=seed, qualities=qualities, callback=callback
        )


@contextmanager
def _serving(study_dir: Path) -> Iterator[str]:
    server = announced(study_dir)
    if server:
        yield server.endpoint_url.rstrip("/")
    else:
        with running(study_dir) as own:
            yield own.endpoint_url.rstrip("/")
