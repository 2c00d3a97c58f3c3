"""PostgreSQL servers for tests: of Debian's package, in a temporary directory, behind a Unix socket."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

_OWN_PLACE = Path("/usr/lib/postgresql")
#: initdb refuses root, who then becomes this user.
_USER = "postgres"
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "autovacuum_naptime": "10s",
    "log_min_messages": "panic",
}


def why_not() -> str | None:
    """Why no server can be started here; None if one can."""
    if not programs():
        return "no PostgreSQL on this machine: install Debian's package postgresql"
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return "psycopg is not installed"
    if os.getuid() == 0:
        try:
            pwd.getpwnam(_USER)
        except KeyError:
            return f"no user {_USER} on this machine, and PostgreSQL does not run as root"
    return None


def programs() -> Path | None:
    """The folder of the newest server's programs."""
    places = sorted(_OWN_PLACE.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = places[-1] if places else shutil.which("initdb")
    return Path(found).parent if found else None


def _end_with_parent() -> None:
    """Let the kernel stop this process when the tests are killed (prctl's PR_SET_PDEATHSIG, Linux alone)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


def _is_running(pid: int) -> bool:
    """Whether there is such a process that has not ended; what ended may wait for its parent to ask."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


class Server:
    """A server with an empty database; it runs from its start until it is stopped.

    With `durable` commits wait for the disk, as they do outside of tests.
    """

    def __init__(self, *, durable: bool = False):
        found = programs()
        assert found is not None
        self._programs = found
        self._folder = Path(tempfile.mkdtemp(prefix="vidgen-postgresql-", dir="/tmp"))
        shutil.chown(self._folder, _USER if os.getuid() == 0 else os.getuid())
        self._data = self._folder / "data"
        self._settings = _SETTINGS | {"unix_socket_directories": str(self._folder), "fsync": "on" if durable else "off"}
        self._process: subprocess.Popen[bytes] | None = None
        done = self._run("initdb", "--no-sync", "--auth=trust", "--username=vidgen", "--encoding=UTF8", "--locale=C")
        assert done.returncode == 0, done.stdout.decode()
        self.start()
        self._run("createdb", "--host", str(self._folder), "--username=vidgen", "vidgen", data=False)

    @property
    def url(self) -> str:
        """The address of the database."""
        return f"postgresql://vidgen@{quote(str(self._folder), safe='')}/vidgen"

    @property
    def pid(self) -> int:
        """Of the process that has started all others of the server."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        options = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        self._process = subprocess.Popen(
            [self._programs / "postgres", "-D", self._data, *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent,
            **self._as_owner(),
        )
        until = time.monotonic() + 60
        while self._run("pg_isready", "-q", "--host", str(self._folder), data=False).returncode:
            if self._process.poll() is not None or time.monotonic() > until:
                raise OSError("PostgreSQL does not start")
            time.sleep(0.05)

    def kill(self) -> None:
        """Kill the server and all of its processes at once."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)  # it starts no further ones meanwhile
        children = [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]
        for pid in (self.pid, *children):  # a process that serves a connection has a session of its own
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        until = time.monotonic() + 30
        while any(_is_running(pid) for pid in children):
            assert time.monotonic() < until, "a killed process does not end"
            time.sleep(0.005)

    def close(self) -> None:
        """Stop the server and remove its files."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(30)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str, data: bool = True) -> subprocess.CompletedProcess[bytes]:
        where = ["-D", str(self._data)] if data else []
        return subprocess.run(
            [self._programs / program, *where, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=120,
            **self._as_owner(),
        )

    def _as_owner(self) -> dict[str, object]:
        return {"user": _USER, "group": _USER, "extra_groups": [], "cwd": "/"} if os.getuid() == 0 else {"cwd": "/"}
