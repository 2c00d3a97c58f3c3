"""What the local platform takes: crowds of participants, many HITs, held connections, a killed server. A figure each.

    python -m benchmarks.platform_load [FIGURE ...] [--out benchmarks/results]

Figures: people-1000, people-2000, hits-1000, hits-10000, held, killed, sqlite, postgresql; all by default, under four
minutes each. ``sqlite`` and ``postgresql`` are the same load, on one process with a file and on two with PostgreSQL,
which is started for it (Debian's package); with both, their rates are compared.
Participants are those of `benchmarks.participants`: each a connection that does whole tasks and thinks between.
``held`` has besides them a process that keeps as many connections open as the machine lets it (20,000 at most), a third
of them silent, a third with half of a request's head, a third with half of a body, and opens each again 10 to 20 s
after it ended, which makes a thousand new connections a second.
Percentiles are of all requests; the rate is that of the middle half of the run.
"""

import argparse
import asyncio
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.participants import TARGET_MS, Load, drive, prepare, serve, stored
from crowd.localplatform import endpoint_of
from crowd.localplatform.marketplace import Marketplace
from crowd.localplatform.store.places import keep_in
from tests import postgresql

#: Requests of one task.
_PER_TASK = 8
_HEAD = """# The local platform under load

`python -m benchmarks.platform_load --out benchmarks/results`. The aim: p99 of pages and submissions at most 250 ms, no
error, and every acknowledged answer in the store.

"""
#: After how many seconds somebody who holds connections opens one again that the server has ended.
_AGAIN_S = (10, 20)
_HALF_HEAD = b"GET / HTTP/1.1\r\nHost: x\r\nX-"
_HALF_BODY = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What one run looks like."""

    participants: int
    per_s: float
    """Requests a second that all participants together must make at least."""
    tasks: int
    """How many each participant does."""
    headroom: float = 1.12
    """So many times `per_s` they would make if no answer took time, and all were at it from the first to the last."""
    hits: int = 40
    held: int = 0
    """How many connections somebody holds beside them."""
    workers: int = 0
    """How many processes serve on PostgreSQL; 0 is one on SQLite."""
    kill: bool = False
    """Whether the server is killed and started again in the middle."""

    @property
    def think_s(self) -> float:
        """Mean thinking time of a task."""
        return self.participants * _PER_TASK / (self.headroom * self.per_s)


FIGURES = {
    "people-1000": Figure(participants=1000, per_s=800, tasks=8),
    "people-2000": Figure(participants=2000, per_s=600, tasks=3, headroom=1.4),
    "hits-1000": Figure(participants=300, per_s=267, tasks=8, hits=1000),
    "hits-10000": Figure(participants=300, per_s=267, tasks=8, hits=10_000),
    "held": Figure(participants=300, per_s=240, headroom=1.25, tasks=4, held=20_000),
    "killed": Figure(participants=300, per_s=267, tasks=8, kill=True),
    "sqlite": Figure(participants=1000, per_s=667, headroom=1.2, tasks=8, hits=10_000),
    "postgresql": Figure(participants=1000, per_s=534, headroom=1.5, tasks=8, hits=10_000, workers=2),
}
#: The least share of SQLite's rate that PostgreSQL is to serve.
SHARE = 0.8


def publish(study: Path, hits: int, places: int, database: str = "") -> None:
    """So many HITs with a page of 4 kB each, straight into the store: how fast that goes is not what is measured."""
    if database:
        keep_in(study, database)
    page = f"<!DOCTYPE html><title>Task</title><p>{'x' * 4000}"
    question = (
        '<HTMLQuestion xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2011-11-11/'
        f'HTMLQuestion.xsd"><HTMLContent><![CDATA[{page}]]></HTMLContent><FrameHeight>0</FrameHeight></HTMLQuestion>'
    )
    members = {
        "Title": "Load", "Description": "Load", "Reward": "0.01", "AssignmentDurationInSeconds": 3600,
        "LifetimeInSeconds": 86_400, "MaxAssignments": places, "Question": question,
    }  # fmt: skip

    async def create() -> None:
        for start in range(0, hits, 32):  # those of one batch share a flush
            batch = range(start, min(start + 32, hits))
            await asyncio.gather(*(market.perform("CreateHIT", members) for _ in batch))

    market = Marketplace(study, balance_usd="9999999.00")
    try:
        asyncio.run(create())
    finally:
        market.close()


async def hold(url: str, count: int) -> None:
    """Hold so many connections, whatever the server does about them; prints when all were opened once."""
    host, _, port = url.removeprefix("http://").partition(":")
    opened = 0

    async def one(number: int) -> None:
        nonlocal opened
        source = (f"127.0.0.{2 + number % 4}", 0)
        while True:
            try:
                reader, writer = await asyncio.open_connection(host, int(port), local_addr=source)
                writer.write((b"", _HALF_HEAD, _HALF_BODY)[number % 3])
                opened += 1
                if opened == count:
                    print("opened", flush=True)
                while await reader.read(4096):
                    pass
                writer.close()
            except OSError:
                pass
            await asyncio.sleep(random.uniform(*_AGAIN_S))

    await asyncio.gather(*(one(number) for number in range(count)))


@contextmanager
def holding(url: str, wanted: int) -> Iterator[int]:
    """A process that holds connections while the block runs; how many it tries to hold."""
    _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = min(wanted, files - 100)
    if not count:
        yield 0
        return
    command = [sys.executable, "-m", "benchmarks.platform_load", "--hold", url, str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            yield count
        finally:
            process.kill()


def measure(figure: Figure, seed: int) -> tuple[Load, float, set[str], int]:
    """Run it: what participants met, seconds, the assignments in the store afterwards, connections held."""
    if not figure.workers:
        return _measured(figure, seed, "", None)
    with closing(postgresql.Server(durable=True)) as database:
        return _measured(figure, seed, database.url, database.pid)


def _measured(figure: Figure, seed: int, database: str, pid: int | None) -> tuple[Load, float, set[str], int]:
    load = Load()
    args = argparse.Namespace(
        participants=figure.participants, tasks=figure.tasks, think_s=figure.think_s, kill=figure.kill, seed=seed
    )
    with tempfile.TemporaryDirectory() as directory:
        study = Path(directory)
        prepare(study)
        publish(study, figure.hits, figure.participants, database)
        server = [serve(study, database, figure.workers or 1)]
        try:
            with holding(endpoint_of(study), figure.held) as held:
                seconds = asyncio.run(drive(load, study, args, server, pid))
            return load, seconds, stored(study), held
        finally:
            server[0].terminate()
            server[0].wait()


def report(
    name: str, figure: Figure, load: Load, seconds: float, kept: set[str], held: int
) -> tuple[str, list[str], float]:
    """The figures as a line of Markdown's table, what falls short, and the rate."""
    finished = np.array(load.finished)
    low, high = np.quantile(finished, [0.25, 0.75])
    per_s = np.count_nonzero((finished >= low) & (finished < high)) / (high - low)
    late = {kind: np.percentile(load.milliseconds[kind], [50, 99]) for kind in ("page", "submit")}
    lost = set(load.acknowledged) - kept
    errors = sum(count for status, count in load.statuses.items() if status >= 400 and status != 409)
    cells = [
        name,
        figure.participants,
        figure.hits,
        held,
        f"{per_s:.0f}",
        *(f"{late[k][i]:.0f}" for k in late for i in (0, 1)),
    ]
    cells += [errors, load.lost_connections, len(load.acknowledged), len(lost)]
    cells += [f"{1000 * used / finished.size:.2f}" for used in (load.server_cpu_s, load.database_cpu_s)]
    cells += [f"{seconds:.0f}"]
    short = [f"p99 of {kind} is {p99:.0f} ms, above {TARGET_MS}" for kind, (_, p99) in late.items() if p99 > TARGET_MS]
    short += [f"{errors} errors"] * bool(errors) + [f"{len(lost)} acknowledged answers are lost"] * bool(lost)
    short += [f"{per_s:.0f} requests a second, fewer than {figure.per_s:.0f}"] * bool(per_s < figure.per_s)
    return "| " + " | ".join(map(str, cells)) + " |", [f"{name}: {line}" for line in short], per_s


_COLUMNS = (
    "figure", "participants", "HITs", "held", "requests/s", "page p50 ms", "page p99 ms", "submit p50 ms",
    "submit p99 ms", "errors", "connections lost", "acknowledged", "of these lost", "server ms/request",
    "database ms/request", "seconds",
)  # fmt: skip


def main() -> int:
    """Run, print, and say by the exit status whether the aims were met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figures", nargs="*", help=f"{', '.join(FIGURES)}; all by default")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="directory for platform_load.md, to which the figures are appended")
    parser.add_argument("--hold", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    if args.hold:
        asyncio.run(hold(args.hold[0], int(args.hold[1])))
    rows, short, rates = [], [], {}
    for name in args.figures or FIGURES:
        if name not in FIGURES:
            parser.error(f"no figure {name}; there are {', '.join(FIGURES)}")
        row, missed, rates[name] = report(name, FIGURES[name], *measure(FIGURES[name], args.seed))
        print(row, *missed, sep="\n", flush=True)
        rows.append(row)
        short += missed
    if {"sqlite", "postgresql"} <= rates.keys() and rates["postgresql"] < SHARE * rates["sqlite"]:
        short.append(f"PostgreSQL serves less than {SHARE} of SQLite's rate")
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    text = (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit or 'unknown'}, seed {args.seed}, {os.cpu_count()} "
        f"cores ({platform.machine()}), load average {os.getloadavg()[0]:.1f} at the end, {files} open files allowed, "
        f"Python {platform.python_version()}; server and load share the machine.\n\n"
        f"| {' | '.join(_COLUMNS)} |\n|{'---|' * len(_COLUMNS)}\n" + "\n".join(rows) + "\n"
    )
    print(f"\n{text}\n" + ("\n".join(short) or "as it should be"))
    if args.out:
        path = args.out / "platform_load.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((path.read_text(encoding="utf-8") if path.exists() else _HEAD) + text + "\n", encoding="utf-8")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
