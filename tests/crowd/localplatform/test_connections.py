"""Clients that hold connections and send nothing, little or half of it, or take nothing: others go on as before."""

import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPResponse
from pathlib import Path

import httpx
import pytest

from crowd.localplatform import Running, endpoint_of, invite, running
from crowd.localplatform.addresses import network_of
from crowd.localplatform.connections import Connections
from crowd.localplatform.limits import ServerLimits

GET = b"GET /assets/participant.css HTTP/1.1\r\nHost: x\r\n\r\n"
HALF = b"GET /assets/participant.css HTTP/1.1\r\nHost: x\r\nX-"
#: Where nothing may close for having waited: a machine that stands still for 20 s would close everything else too.
PATIENT = {"request_s": 3600.0, "reading_s": 3600.0, "keep_alive_s": 3600}
BODY = b"POST /p/x/mturk/externalSubmit HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\na"


def connect(url: str, stack: ExitStack, *, source: str = "127.0.0.1") -> socket.socket:
    """A connection of a client with that address."""
    host, _, port = url.removeprefix("http://").partition(":")
    made = socket.create_connection((host, int(port)), timeout=30, source_address=(source, 0))
    return stack.enter_context(made)


def ask(connection: socket.socket) -> None:
    """Ask for a file, and read the whole answer."""
    connection.sendall(GET)
    answer = HTTPResponse(connection)
    answer.begin()
    assert answer.read()


def is_closed(connection: socket.socket) -> bool:
    """Whether the server has ended it; takes what the server sent."""
    connection.setblocking(False)
    try:
        while connection.recv(65_536):
            pass
        return True
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def wait_for(ask: Callable[[], bool], patience_s: float = 30) -> None:
    """Until that is so."""
    give_up = time.monotonic() + patience_s
    while not ask():
        assert time.monotonic() < give_up, "not so in time"
        time.sleep(0.01)


@contextmanager
def served(study: Path, **limits: float) -> Iterator[tuple[Running, ExitStack]]:
    """A server with these limits, and the connections that a test opens."""
    with ExitStack() as stack, running(study, limits=ServerLimits(**limits)) as server:  # type: ignore[arg-type]
        yield server, stack


@pytest.mark.parametrize("sent", [b"", HALF, BODY, GET + HALF], ids=["nothing", "half a head", "half a body", "more"])
def test_requests_that_do_not_arrive_are_given_up(study: Path, sent: bytes) -> None:
    """A client that sends nothing, or only a part, is waited for no longer than the limit."""
    with served(study, request_s=0.1, keep_alive_s=1) as (server, stack):
        connection = connect(server.endpoint_url, stack)
        connection.sendall(sent)
        while not is_closed(connection):
            time.sleep(0.02)


@pytest.mark.parametrize("start", [HALF, BODY])
def test_requests_that_trickle_are_given_up(study: Path, start: bytes) -> None:
    """Sending a byte now and then does not help: a request has its time, and a little more for what has come."""
    with served(study, request_s=0.1, request_bytes_per_s=10_000) as (server, stack):
        connection = connect(server.endpoint_url, stack)
        connection.sendall(start)
        began = time.monotonic()
        with suppress(ConnectionError):
            while time.monotonic() - began < 10:
                connection.sendall(b"a")
                time.sleep(0.02)
        assert time.monotonic() - began < 10


def test_slow_requests_of_honest_people_are_taken(study: Path, http: httpx.Client) -> None:
    """Somebody whose line takes longer than the limit for a form is heard to the end."""
    with served(study, request_s=0.5, request_bytes_per_s=1000) as (server, _):
        link = server.endpoint_url + invite(study, 1)[0]

        def slowly() -> Iterator[bytes]:
            for _ in range(12):
                time.sleep(0.2)
                yield b"a" * 1000

        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        answer = http.post(f"{link}/mturk/externalSubmit", content=slowly(), headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (404, "no-such-task")


def test_idle_connections_are_closed(study: Path) -> None:
    """A connection is kept for a next request, and not for ever."""
    with served(study, keep_alive_s=1) as (server, stack):
        connection = connect(server.endpoint_url, stack)
        connection.sendall(GET)
        assert connection.recv(10) == b"HTTP/1.1 2"
        while connection.recv(65_536):
            pass


def test_clients_that_take_nothing_are_given_up(study: Path) -> None:
    """Asking again and again and reading nothing ends the connection, whatever waits to be sent."""
    with served(study, reading_s=0.2) as (server, stack):
        connection = connect(server.endpoint_url, stack)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(0.2)
        began = time.monotonic()
        with suppress(ConnectionError):
            while time.monotonic() - began < 30:
                with suppress(TimeoutError):
                    connection.sendall(GET * 100)
        assert time.monotonic() - began < 30


def test_honest_people_come_in_where_all_connections_are_taken(study: Path, http: httpx.Client) -> None:
    """However many idle connections and half-sent requests are held, everybody else is answered."""
    with served(study, connections=20) as (server, stack):
        link = server.endpoint_url + invite(study, 1)[0]
        held = []
        for number in range(100):
            held.append(connect(server.endpoint_url, stack))
            held[-1].sendall((b"", HALF, BODY)[number % 3])
            if number % 10 == 0:
                assert httpx.get(link, trust_env=False).status_code == 200
                assert http.get(link).status_code == 200
        wait_for(lambda: sum(map(is_closed, held)) >= 80)


def test_the_longest_waiting_connection_makes_room(study: Path) -> None:
    """The one that closes is the one that nobody has used for longest."""
    with served(study, connections=20, **PATIENT) as (server, stack):
        held = [connect(server.endpoint_url, stack) for _ in range(20)]
        for connection in (*held[1:], held[0]):  # one that is answered was accepted before
            ask(connection)
        connect(server.endpoint_url, stack)
        wait_for(lambda: is_closed(held[1]))
        assert [number for number, one in enumerate(held) if number and is_closed(one)] == [1]


def test_an_address_that_takes_most_connections_pays_with_its_own(study: Path) -> None:
    """A flood from one address closes connections of that address; others keep theirs, though they are older."""
    with served(study, connections=20, **PATIENT) as (server, stack):
        honest = [connect(server.endpoint_url, stack) for _ in range(5)]
        flood = [connect(server.endpoint_url, stack, source="127.0.0.2") for _ in range(60)]
        wait_for(lambda: sum(map(is_closed, flood)) == 45)
        honest += [connect(server.endpoint_url, stack) for _ in range(4)]
        for connection in honest:
            connection.settimeout(30)
            connection.sendall(GET)
            assert connection.recv(10) == b"HTTP/1.1 2"


@pytest.mark.sqlite  # on PostgreSQL those who read do not wait for those who write
def test_a_server_at_work_for_all_says_so_at_once(study: Path, http: httpx.Client) -> None:
    """Requests in progress are finished; who comes meanwhile is told to come back, and can."""
    with served(study, connections=8) as (server, stack):
        path = invite(study, 1)[0]
        assert http.get(server.endpoint_url + path).status_code == 200
        http.close()
        held, go_on = threading.Event(), threading.Event()

        def hold(_: object) -> None:
            held.set()
            go_on.wait(30)

        holder = threading.Thread(target=server.platform.transact, args=(hold,))
        holder.start()
        held.wait(30)
        asked, busy = [], b""
        while not busy:
            asked.append(connect(server.endpoint_url, stack))
            asked[-1].sendall(b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n" % path.encode())
            asked[-1].settimeout(0.1)
            try:
                busy = asked[-1].recv(1000)
            except TimeoutError:
                continue
        assert busy.startswith(b"HTTP/1.1 503 ")
        assert b"Retry-After: " in busy
        go_on.set()
        holder.join()
        for connection in asked[:-1]:
            connection.settimeout(30)
            assert connection.recv(12) == b"HTTP/1.1 200"
        assert httpx.get(server.endpoint_url + path, trust_env=False).status_code == 200


_SERVE = "import sys; from vidgen.cli import main; main(['serve-tasks', '--study', sys.argv[1]])"


@contextmanager
def process(study: Path, files: tuple[int, int]) -> Iterator[subprocess.Popen[bytes]]:
    """A server in a process of its own, that begins with these soft and hard limits of open files."""
    study.mkdir(exist_ok=True)
    (study / "study.toml").touch()

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, files)

    with (study / "log").open("wb") as log:
        started = subprocess.Popen(
            [sys.executable, "-c", _SERVE, study], stdout=subprocess.PIPE, stderr=log, preexec_fn=limit
        )
    try:
        assert started.stdout is not None
        while b"Ctrl+C" not in started.stdout.readline():
            assert started.poll() is None
        yield started
    finally:
        started.kill()
        started.communicate()


def cpu_s(pid: int) -> float:
    """Processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_few_open_files_are_enough(study: Path) -> None:
    """A low soft limit is raised; at the hard limit people are served beside three times as many idle connections."""
    with process(study, (100, 256)) as server, ExitStack() as stack:
        assert resource.prlimit(server.pid, resource.RLIMIT_NOFILE) == (256, 256)
        url = endpoint_of(study)
        link = url + invite(study, 1)[0]
        for number in range(600):
            connect(url, stack).sendall(HALF if number % 2 else b"")
            if number % 60 == 0:
                assert httpx.get(link, trust_env=False).status_code == 200
        assert (study / "log").read_text() == ""


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="limits of another process can be changed on Linux only")
def test_a_system_without_free_files_is_told_once(study: Path) -> None:
    """Where no connection can be accepted, the log has one line, the processor is idle, and it goes on afterwards."""
    with process(study, (400, 400)) as server, ExitStack() as stack:
        url = endpoint_of(study)
        link = url + invite(study, 1)[0]
        open_files = len(list(Path(f"/proc/{server.pid}/fd").iterdir()))
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (open_files, 400))
        for _ in range(50):
            connect(url, stack)
        log = study / "log"
        wait_for(lambda: bool(log.read_text()))
        before = cpu_s(server.pid)
        time.sleep(2)  # the time in which it must not spin
        assert cpu_s(server.pid) - before < 0.5
        assert log.read_text().count("\n") == 1
        assert "raise the limit of open files" in log.read_text()
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (400, 400))
        assert httpx.get(link, trust_env=False, timeout=30).status_code == 200


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("nonsense", "non sense", False),
    ],
)
def test_who_counts_as_one_client(one: str, other: str, same: bool) -> None:
    """One IPv4 address, or all of an IPv6 network of 64 bits."""
    assert (network_of(one) == network_of(other)) is same


def test_the_number_of_connections_fits_the_files() -> None:
    """Each may take two files, and the server keeps some for itself."""
    limits = ServerLimits(connections=10_000)
    assert Connections(limits, 1_000_000).most == 10_000
    assert Connections(limits, 1024).most == 480
    assert Connections(limits, 10).most == 8
