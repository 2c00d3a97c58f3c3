"""Serves a simulated Prolific for one study, with an audience that answers it."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import httpx

from crowd.lifecycle.prepare import published_design
from crowd.pricing import CENT, dollars
from crowd.simulated.prolific.audience import USUAL, attend, drawn
from crowd.simulated.prolific.clock import FastClock
from crowd.simulated.prolific.server import RunningProlific, running
from crowd.simulated.prolific.state import SimulatedProlific
from crowd.simulated.prolific.study_work import StudyWork
from crowd.simulated.prolific.visits import SimulatedVisit, Work
from crowd.simulated.response_probabilities import choose_probabilities
from crowd.studydir import existing_study

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoProlific:
    """A simulated Prolific that is being served."""

    url: str
    """Its address, in place of ``https://api.prolific.com`` and ``https://app.prolific.com``."""
    token: str
    """What its API wants in place of a token of Prolific."""
    workspace_id: str
    project_id: str
    balance: Decimal
    """Play money in the wallet, in main currency."""
    currency: str


@contextmanager
def demo_prolific(
    study_dir: str | Path,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    participants: int = 300,
    balance: str = "10000",
    speed: float = 20.0,
    accuracy: float | None = None,
    seed: int = 0,
    file: str | Path | None = None,
    shown: Callable[[SimulatedVisit], None] = lambda visit: None,
) -> Iterator[DemoProlific]:
    """Serve a simulated Prolific while the block runs, whose participants answer a study.

    Its API is Prolific's as far as a study needs it, and its money is play money. As soon as the study is published
    there, simulated participants come to the address that it names, do the tasks, and go back with its completion code;
    some return, run out of time, or enter another code. Their answers are marked as simulated.

    Args:
        study_dir: the study directory; the study can be published while this runs.
        host: the address to listen on.
        port: the port; 0 takes any free one.
        participants: how many there are in the pool.
        balance: play money in the wallet, in main currency.
        speed: how many seconds pass there in one second, so that time limits are met while somebody watches.
        accuracy: the probability of a right answer; by default as the table beside the videos says, or 0.8.
        seed: the same seed gives the same participants.
        file: where its state is kept between runs.
        shown: called with every visit that has ended.

    Yields:
        Its address and its token.

    Raises:
        ValueError: there is no such study, or an amount, a speed or the file is not valid.
        OSError: the port is in use.

    Example:
        >>> with crowd.demo_prolific("my-study") as prolific:
        ...     print(prolific.balance, prolific.currency, prolific.url.startswith("http://127.0.0.1:"))
        10000.00 GBP True
    """
    root = existing_study(Path(study_dir))
    state = SimulatedProlific(
        clock=FastClock(speed),
        paid_in=int(dollars(balance, "balance") * 100),
        num_participants=participants,
        features=frozenset({"signed-arrivals"}),
        local_hooks=True,
    )
    with (
        running(state, host=host, port=port, file=Path(file) if file else None) as service,
        _audience(service, _work(root, accuracy, seed), seed, shown),
    ):
        yield DemoProlific(
            url=service.url,
            token=service.token,
            workspace_id=state.workspace_id,
            project_id=state.project_id,
            balance=(Decimal(state.wallet.total) / 100).quantize(CENT),
            currency=state.wallet.currency,
        )


def _work(study_dir: Path, accuracy: float | None, seed: int) -> Work:
    """The study's work, looked up when the first participant comes, since it may be published until then."""

    @cache
    def work() -> StudyWork:
        design = published_design(study_dir)
        return StudyWork(design=design, probabilities=choose_probabilities(design, accuracy=accuracy), seed=seed)

    def do(browser: httpx.Client, place: str) -> str | None:
        try:
            return work()(browser, place)
        except ValueError as error:
            _log.warning("a simulated participant could not begin, and returned: %s", error)
            return None

    return do


@contextmanager
def _audience(
    service: RunningProlific, work: Work, seed: int, shown: Callable[[SimulatedVisit], None]
) -> Iterator[None]:
    stop = threading.Event()
    arguments = (service, work, drawn(USUAL, seed), stop)
    thread = threading.Thread(target=attend, args=arguments, kwargs={"shown": shown}, name="prolific-audience")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
