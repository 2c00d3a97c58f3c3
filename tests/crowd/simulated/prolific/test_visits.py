"""Simulated participants of Prolific, well- and ill-behaved."""

import ssl
import threading
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

import httpx
import pytest
import trustme

from crowd.localplatform.clock import ManualClock
from crowd.simulated.prolific import RunningProlific
from crowd.simulated.prolific.participation import NO_CODE
from crowd.simulated.prolific.visits import Conduct, bring, code_in, forged, visit
from crowd.worker_ids import is_simulated
from tests.crowd.simulated.prolific.researcher import DONE, PLACE, balance, publish, someone

pytestmark = pytest.mark.thorough

#: How each conduct ends: the status of the submission, the code noted, and how often the work was done.
ENDS = {
    Conduct.FINISH: ("AWAITING REVIEW", DONE, 1),
    Conduct.WRONG_CODE: ("AWAITING REVIEW", "another", 1),
    Conduct.NO_CODE: ("AWAITING REVIEW", NO_CODE, 1),
    Conduct.SKIP: ("AWAITING REVIEW", "another", 0),
    Conduct.RETURN: ("RETURNED", None, 0),
    Conduct.RETURN_AFTER_WORK: ("RETURNED", None, 1),
    Conduct.LAPSE: ("RESERVED", None, 0),
    Conduct.TIME_OUT: ("ACTIVE", None, 0),
    Conduct.LATE: ("TIMED-OUT", None, 1),
    Conduct.TWO_TABS: ("AWAITING REVIEW", DONE, 2),
    Conduct.FORGED: ("RETURNED", None, 1),
}


class Work:
    """Does nothing, and notes where it was done."""

    def __init__(self, departure: str | None = f"https://app.prolific.com/submissions/complete?cc={DONE}"):
        self.places: list[str] = []
        self._departure, self._lock = departure, threading.Lock()

    def __call__(self, _: httpx.Client, place: str) -> str | None:
        with self._lock:
            self.places.append(place)
        return self._departure


@pytest.mark.parametrize("conduct", Conduct)
def test_each_conduct(service: RunningProlific, api: httpx.Client, clock: ManualClock, conduct: Conduct) -> None:
    """Every conduct leaves its status and its code, and opens the study as often as it says."""
    study_id, work = publish(api), Work()
    came = visit(service.url, study_id, someone(service), work, conduct, wait=lambda: clock.advance(86_400))
    (submission,) = service.prolific.submissions.values()
    status, code, times = ENDS[conduct]
    assert (submission.status, len(work.places)) == (status, times)
    if code == "another":
        assert submission.entered_code not in (None, DONE, NO_CODE)
    else:
        assert submission.entered_code == code
    assert (came.status < 400) == (conduct not in (Conduct.LATE, Conduct.FORGED))
    genuine = [submission.id in place and submission.participant_id in place for place in work.places]
    assert genuine == [conduct != Conduct.FORGED] * times


def test_forged_ids_are_nobodys(service: RunningProlific) -> None:
    """They have the form of ids, are unknown, and can be told as a program's."""
    place = f"https://a.example/join?PROLIFIC_PID={'1' * 24}&STUDY_ID={'2' * 24}&SESSION_ID={'3' * 24}"
    made = forged(place)
    ids = dict(part.split("=") for part in made.partition("?")[2].split("&"))
    assert set(ids) == {"PROLIFIC_PID", "STUDY_ID", "SESSION_ID"}
    for value in ids.values():
        assert (len(value), is_simulated(value), value in place) == (24, True, False)


def test_whoever_is_refused_by_the_study_returns(service: RunningProlific, api: httpx.Client) -> None:
    """A study that has no work left gives no code, and the place becomes free."""
    study_id = publish(api)
    assert visit(service.url, study_id, someone(service), Work(None)).departure is None
    assert [one.status for one in service.prolific.submissions.values()] == ["RETURNED"]


def test_a_study_that_does_not_answer_is_named_without_the_ids(
    service: RunningProlific, api: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Participants return, and a warning says which site they could not use, and why."""

    def work(_: httpx.Client, __: str) -> str | None:
        raise httpx.ConnectError("certificate verify failed")

    came = visit(service.url, publish(api), someone(service), work)
    assert came.turned_away
    assert "could not do the tasks at https://study.example: certificate verify failed" in caplog.text
    assert came.participant_id not in caplog.text


def test_authorities_of_the_environment_are_believed(
    service: RunningProlific, api: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Participants believe those of SSL_CERT_FILE, as commands do, and so reach a server with a CA of its own."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with HTTPServer(("localhost", 0), SimpleHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        address = f"https://localhost:{server.server_port}/?cc={DONE}"
        came = visit(service.url, publish(api), someone(service), lambda browser, _: str(browser.head(address).url))
        thread.join()
    assert came.departure == address


def test_whoever_finds_no_place_does_nothing(service: RunningProlific, api: httpx.Client) -> None:
    """A full study is not opened."""
    study_id, work = publish(api, total_available_places=1), Work()
    visits = bring(service.url, study_id, [someone(service, n) for n in range(2)], work, [Conduct.FINISH] * 2)
    assert sorted(one.status for one in visits) == [200, 403]
    assert len(work.places) == 1


def test_a_crowd_of_all_kinds(service: RunningProlific, api: httpx.Client, clock: ManualClock) -> None:
    """Many at once, of every conduct: places and money are accounted for, and nobody is paid by coming."""
    total, available = balance(service, api)
    conducts = list(Conduct) * 2
    study_id = publish(api, total_available_places=len(conducts))
    people = [someone(service, number) for number in range(len(conducts))]
    visits = bring(service.url, study_id, people, Work(), conducts, wait=lambda: clock.advance(86_400))
    assert sorted(one.conduct for one in visits) == sorted(conducts)
    counts = api.get(f"studies/{study_id}/submissions/counts/").json()
    assert counts["TOTAL"] == len(conducts)
    assert counts["AWAITING REVIEW"] == 2 * sum(end[0] == "AWAITING REVIEW" for end in ENDS.values())
    assert balance(service, api) == (total, available - len(conducts) * PLACE)


@pytest.mark.parametrize("departure", ["C0DE", "https://a.example/?cc=C0DE", "https://a.example/?x=1&cc=C0DE#end"])
def test_codes_are_found_in_addresses(departure: str) -> None:
    """An address with a code, or the code alone."""
    assert code_in(departure) == "C0DE"
