"""A rehearsal: a copy of a study goes its whole way on a local platform, with programs in people's place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from crowd.design.design import Design
from crowd.design.study import Study
from crowd.ledger.calls import Progress
from crowd.lifecycle.collect import Collected, collect
from crowd.lifecycle.publish import open_due_rounds, publish
from crowd.localplatform import running
from crowd.pricing import shown
from crowd.simulated.browser import find_programs
from crowd.simulated.copying import Copy, Original, copy_study, emptied_on_failure, read_original
from crowd.simulated.http import counting, simulate_study
from crowd.simulated.qualities import Qualities, all_alike, from_table
from crowd.simulated.response_probabilities import ResponseProbabilities, choose_probabilities, source_of
from crowd.simulated.workers import ResponseStyle
from crowd.texts import counted


@dataclass(frozen=True, kw_only=True, slots=True)
class Rehearsal:
    """What a rehearsal came to; everything in it is simulated."""

    directory: Path
    """The copy: `study`, `videos` and `try`."""
    study_dir: Path
    """The study that programs answered; `analysis.analyse_study` reports on it."""
    try_dir: Path
    """The same study once more, published and unanswered, to see the task pages with `crowd.serve`."""
    num_workers: int
    """Simulated participants that came."""
    num_submitted: int
    """Assignments that they finished, of as many as `num_wanted`."""
    num_wanted: int
    collected: Collected
    """Their answers."""
    differences: tuple[str, ...]
    """In what the rehearsal differs from the study with people, in sentences."""


#: Called with the title of each step as it begins, and again with what came of it.
StepShown = Callable[[str, str | None], None]


def rehearse(
    study: str | Path,
    videos_dir: str | Path | None = None,
    *,
    out: str | Path | None = None,
    probabilities: str | Path | None = None,
    confusion: str | Path | None = None,
    accuracy: float | None = None,
    qualities: str | Path | None = None,
    style: ResponseStyle | None = None,
    seed: int = 0,
    browser: bool = False,
    check: Callable[[Study, Design], None] | None = None,
    step: StepShown | None = None,
    progress: Progress | None = None,
) -> Rehearsal:
    """Rehearse a study before people come: publish a copy of it, let programs answer, and collect the answers.

    The copy is published on a local platform of its own, and as many simulated participants come as the study wants
    answers. The study itself is only read. A rehearsal that fails leaves no files behind.

    Args:
        study: a study directory, published or not, or a study file.
        videos_dir: the videos; by default those of the published study.
        out: directory of the copy, new or empty; by default a temporary one.
        probabilities: a CSV file with `video_id` and a probability per option, which the programs follow; by default
            `response_probabilities.csv` in the videos directory, if there is one.
        confusion: a CSV file with `label` and a probability per option, instead.
        accuracy: the probability with which they choose a label of the video, instead; by default 0.8.
        qualities: for questions other than naming, a CSV file as in `crowd.simulate`; by default all videos are alike.
        style: how carelessly and how fast they answer.
        seed: the same seed gives the same participants.
        browser: drive a real Chromium, in real time, instead of sending what it would send.
        check: called with the settings and the design before the copy is published; may refuse with a ValueError.
        step: called with the title of each step and None as it begins, and with what came of it as it ends.
        progress: called after each assignment with how many are finished, and of how many.

    Returns:
        Where the copy is, and what came of it.

    Raises:
        ValueError: the study cannot be published, `out` is not empty, or a table cannot be followed.
        OSError: a file cannot be read or written.
        ModuleNotFoundError: `browser`, and selenium is not installed.

    Example:
        >>> rehearsed = crowd.rehearse("my-study", "my-videos", out="rehearsal", accuracy=0.7)
        >>> rehearsed.num_submitted, rehearsed.collected.simulated
        (9, True)
    """
    if browser:
        find_programs()
    style, step = style or ResponseStyle(), step or _silent
    original = read_original(Path(study), videos_dir)
    note = source_of(original.design, probabilities, confusion, accuracy, qualities)
    found = all_alike if qualities is None else from_table(qualities, original.design)
    chosen = choose_probabilities(original.design, probabilities=probabilities, confusion=confusion, accuracy=accuracy)
    if style.carelessness:
        note += f"; {style.carelessness:.0%} of answers are blind guesses"

    with emptied_on_failure(out) as directory:
        step(title := "A copy of the study", None)
        copy = copy_study(original, directory)
        size = f"{counted(copy.num_files, 'file')} ({copy.num_bytes / 1e6:.1f} MB) of {original.videos_dir}"
        step(title, f"{original.study_file} and {size}, copied to {directory}")

        with platform_of(copy) as address:
            step(title := "Tasks, published on a local platform of the copy", None)
            done = publish(copy.study_dir, copy.videos_dir, check=check)
            waiting = f", {done.waiting} wait for the round before them" if done.waiting else ""
            step(title, f"{counted(done.created, 'HIT')} created at {address}{waiting}")

            step(title := "Simulated participants do the tasks", None)
            came, submitted, wanted = participate(
                copy, chosen, found, style=style, seed=seed, browser=browser, note=note, progress=progress
            )
            step(
                title,
                f"{counted(came, 'simulated participant')} submitted {submitted} of {counted(wanted, 'assignment')}",
            )

            step(title := "Answers", None)
            collected = collect(copy.study_dir)
            rows, assignments = counted(collected.rows, "answer"), counted(collected.assignments, "assignment")
            step(title, f"{rows} of {assignments}, all simulated")
        publish(copy.try_dir, copy.videos_dir)  # the programs have done all tasks of the other one
    return Rehearsal(
        directory=directory,
        study_dir=copy.study_dir,
        try_dir=copy.try_dir,
        num_workers=came,
        num_submitted=submitted,
        num_wanted=wanted,
        collected=collected,
        differences=tuple(_differences(original, note, browser=browser)),
    )


def _silent(title: str, outcome: str | None) -> None:
    """Show nothing."""


def _differences(original: Original, note: str, *, browser: bool) -> Iterator[str]:
    """In what the rehearsal differs from the study with people."""
    yield f"Programs answered, from {note}. No figure says what people see."
    if browser:
        yield "They clicked through the pages in Chromium, and never tire, misread or give up."
    else:
        yield "They sent what the pages send, at once: nobody watched a video, and the times are made up."
    yield "The local platform showed the copied videos: no Mechanical Turk, no S3; nobody was invited or paid."
    cost = f"Money was play money: with people the study costs {shown(original.total_usd)} on Mechanical Turk."
    if original.total_usd > original.budget_usd:
        cost += f" Its budget_usd is {shown(original.budget_usd)}, so publish-tasks refuses it there."
    yield cost
    if original.unasked:
        yield f"{' and '.join(original.unasked)} were not asked for: programs have no earlier work."


@contextmanager
def platform_of(copy: Copy) -> Iterator[str]:
    """A local platform of the copy's own, with play money enough, until the block ends; gives its address."""
    with running(copy.study_dir, balance_usd=str(max(2 * copy.total_usd, Decimal(10_000)))) as server:
        yield server.endpoint_url


def participate(
    copy: Copy,
    probabilities: ResponseProbabilities,
    qualities: Qualities = all_alike,
    *,
    style: ResponseStyle,
    seed: int = 0,
    browser: bool = False,
    note: str = "",
    progress: Progress | None = None,
) -> tuple[int, int, int]:
    """Let as many simulated participants come as the study wants answers, round after round.

    Returns:
        How many came, and how many assignments they submitted of how many.

    Raises:
        ValueError, OSError: as `crowd.simulated.http.simulate_study`.
    """
    hits = Design.load(copy.study_dir).hits
    wanted = sum(hit.num_assignments for hit in hits)
    count = counting(progress, wanted)
    came, submitted = 0, 0
    for turn in sorted({hit.round for hit in hits}):
        if turn > 1:
            open_due_rounds(copy.study_dir)
        size = max(hit.num_assignments for hit in hits if hit.round == turn)
        came += size
        submitted += len(
            simulate_study(
                copy.study_dir,
                size,
                probabilities,
                style=style,
                seed=seed + turn - 1,
                browser=browser,
                qualities=qualities,
                note=note,
                callback=count,
            )
        )
    return came, submitted, wanted
