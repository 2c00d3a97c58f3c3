"""A study in which nobody answers is noticed, once, and only while somebody could answer."""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from crowd.lifecycle.stall import sentence, stalled, watching
from crowd.localplatform import people, running
from crowd.localplatform.clock import ManualClock
from crowd.localplatform.store.progress import Activity
from crowd.simulated.browser import until
from tests.crowd.localplatform.market import Market, requester

#: Appends what the command was told to the file that it is given.
TELL = (
    "import json, os, sys; told = {name: os.environ[name] for name in os.environ if name.startswith('VIDGEN_')}; "
    "open(sys.argv[1], 'a').write(json.dumps(told) + chr(10)); sys.exit(3)"
)


def quiet(hours: float, places: int = 3) -> Activity:
    return Activity(open_places=places, open_assignments=0, submitted=0, quiet_s=hours * 3600)


def test_a_study_stalls_after_hours_without_an_answer() -> None:
    """At the hour that was given and not before; the sentence counts hours and places."""
    assert [stalled(quiet(hours), 24) for hours in (0, 23.99, 24, 100)] == [False, False, True, True]
    assert sentence(quiet(30.9, 12)) == "no answer for 30 hours, while 12 places are open"
    assert sentence(quiet(1, 1)) == "no answer for 1 hour, while 1 place is open"


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Market]:
    """A served study whose clock is thirty hours behind."""
    clock = ManualClock(time.time() - 30 * 3600)
    with (
        running(tmp_path / "study", clock=clock) as server,
        requester(server.endpoint_url, tmp_path / "study") as client,
        httpx.Client(trust_env=False, timeout=60) as http,
    ):
        yield Market(server, tmp_path / "study", client, http)


YEAR = {"LifetimeInSeconds": 31_000_000}


def test_only_open_places_wait_for_answers(market: Market) -> None:
    """A study without tasks and one whose tasks are all done wait for nobody."""
    assert people.activity(market.study).quiet_s == 0
    hit = market.hit(**YEAR, MaxAssignments=2)
    assert people.activity(market.study).quiet_s == pytest.approx(30 * 3600, abs=100)
    market.work(hit)
    found = people.activity(market.study)
    assert (found.open_places, found.submitted) == (1, 1)
    assert found.quiet_s == pytest.approx(30 * 3600, abs=100)
    market.work(hit)
    assert people.activity(market.study) == Activity(open_places=0, open_assignments=0, submitted=2, quiet_s=0)


def test_places_that_programs_took_are_open_once_people_are_invited(market: Market) -> None:
    """As everywhere, programs' work counts until then."""
    person, hit = market.person(simulated=True), market.hit(**YEAR)
    person.submit(person.accept(hit).json()["assignment_id"])
    assert people.activity(market.study).open_places == 0
    market.person()
    assert people.activity(market.study).open_places == 1


def test_a_hit_that_has_ended_waits_for_nobody(market: Market) -> None:
    """Its places are closed."""
    market.hit(LifetimeInSeconds=3600)
    assert people.activity(market.study).quiet_s == 0


class Study:
    """What is found at each look at a study, as the test says."""

    def __init__(self) -> None:
        self.found: Activity | Exception = quiet(0)
        self.looks = 0

    def __call__(self, _: Path) -> Activity:
        self.looks += 1
        if isinstance(self.found, Exception):
            raise self.found
        return self.found

    def becomes(self, found: Activity | Exception) -> None:
        """Change, and wait until that was seen, several times."""
        self.found, before = found, self.looks
        until(lambda: self.looks > before + 5, 60)


@pytest.fixture
def study(monkeypatch: pytest.MonkeyPatch) -> Study:
    """A study that is looked at all the time."""
    found = Study()
    monkeypatch.setattr(people, "activity", found)
    return found


def test_the_command_is_run_once_for_each_stall(study: Study, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is told which study, how long and how many places; after an answer the next stall is told again."""
    told = tmp_path / "told"
    command = f"{sys.executable} -c \"{TELL}\" '{told}'"
    with watching(tmp_path, hours=20, command=command, period_s=0.001):
        for hours in (19, 30, 31, 0, 20, 21):
            study.becomes(quiet(hours))
    assert [json.loads(line) for line in told.read_text().splitlines()] == [
        {"VIDGEN_STUDY": str(tmp_path.resolve()), "VIDGEN_HOURS": hours, "VIDGEN_PLACES": "3"} for hours in ("30", "20")
    ]
    assert caplog.text.count("while 3 places are open") == 2
    assert caplog.text.count("ended with exit status 3") == 2


def test_a_store_that_is_away_does_not_end_the_watch(
    study: Study, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged, and the next look counts."""
    with watching(tmp_path, hours=20, period_s=0.001):
        study.becomes(OSError("the disk has gone"))
        study.becomes(quiet(30))
    assert "could not look whether the study stalls" in caplog.text
    assert caplog.text.count("no answer for 30 hours") == 1


def test_a_command_that_is_not_there_is_logged(study: Study, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The watch goes on."""
    study.found = quiet(30)
    with watching(tmp_path, hours=20, command=str(tmp_path / "nothing"), period_s=0.001):
        until(lambda: "did not run" in caplog.text, 60)


@pytest.mark.parametrize(("hours", "command"), [(0, None), (-1, None), (24, ""), (24, "echo 'a")])
def test_what_cannot_be_watched_or_run_is_refused(tmp_path: Path, hours: float, command: str | None) -> None:
    """Before the study is served."""
    with (
        pytest.raises(ValueError, match=r"stall_hours is|is not a command"),
        watching(tmp_path, hours=hours, command=command),
    ):
        pass
