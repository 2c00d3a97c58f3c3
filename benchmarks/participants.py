"""How many participants one server can take: 300 at once, paced, from one load process, each doing whole tasks.

    python benchmarks/participants.py [--participants 300] [--kill] [--out benchmarks/results]

Each participant is a connection that opens home, accepts, loads the work page, the frame and a clip, thinks, submits
and reads the thank-you page, task after task; thinking times are drawn from the seed. ``--kill`` sends SIGKILL to the
server in the middle and starts it again. Afterwards every acknowledged answer must be in the store, read through boto3.
The participants are simulated (they are programs), but invited as people, so that every limit holds for them.
"""

import argparse
import asyncio
import json
import os
import platform
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin

import boto3
import numpy as np
from botocore.config import Config

from crowd.credentials import load_or_create
from crowd.localplatform import endpoint_of, invite
from crowd.opaque_names import address

JSON = "application/json"
TARGET_MS = 250
_HEAD = """# Participants at once

`python benchmarks/participants.py --out benchmarks/results`, and again with `--kill`. The aim: p99 below 250 ms for
pages and submissions, no error, and every acknowledged answer in the store.

"""
_SERVE = """
import sys, threading
from crowd.localplatform import running
with running(sys.argv[1], database=sys.argv[2] or None, workers=int(sys.argv[3])) as server:
    print(server.endpoint_url, flush=True)
    threading.Event().wait()
"""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    location: str
    body: bytes


class Connection:
    """One participant's connection, by hand: client libraries take more of the processor than the server does."""

    def __init__(self, base: str, chance: random.Random) -> None:
        self._where, self.chance = base.removeprefix("http://"), chance
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def request(self, method: str, path: str, *, accept: str = "text/html", form: str = "") -> Answer:
        """Ask once, over a new connection where there is none or the server has closed it.

        Raises:
            OSError, EOFError: the connection could not be made, or ended too soon.
        """
        try:
            if self._reader is None or self._writer is None or self._reader.at_eof():
                self.close()
                host, _, port = self._where.partition(":")
                self._reader, self._writer = await asyncio.open_connection(host, int(port))
            self._writer.write(
                f"{method} {path} HTTP/1.1\r\nHost: {self._where}\r\nAccept: {accept}\r\n"
                f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n{form}".encode()
            )
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            status, *lines = head.rstrip().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            body = await self._reader.readexactly(int(headers["content-length"]))
        except (OSError, EOFError):
            self.close()
            raise
        return Answer(int(status.split()[1]), headers.get("location", ""), body)

    def close(self) -> None:
        """End it."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None


@dataclass
class Load:
    """What the participants met."""

    milliseconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: Counter[int] = field(default_factory=Counter)
    finished: list[float] = field(default_factory=list)
    """When each answer came."""
    acknowledged: list[str] = field(default_factory=list)
    lost_connections: int = 0
    away_s: float = 0.0
    """How long no server listened after it was killed."""
    server_cpu_s: float = 0.0
    """Processor time of the server processes; unlike the waiting times it does not depend on who else is busy."""
    database_cpu_s: float = 0.0
    """Processor time of PostgreSQL's processes."""

    async def ask(self, connection: Connection, kind: str, *request: str, **options: str) -> Answer:
        """One request; while the server is away it is sent again after 1 to 5 s, as a person would try again."""
        while True:
            started = time.perf_counter()
            try:
                answer = await connection.request(*request, **options)
            except (OSError, EOFError):
                self.lost_connections += 1
                await asyncio.sleep(connection.chance.uniform(1, 5))
                continue
            self.milliseconds[kind].append(1000 * (time.perf_counter() - started))
            self.finished.append(time.perf_counter())
            self.statuses[answer.status] += 1
            return answer


async def participate(
    load: Load, base: str, link: str, media: str, tasks: int, think_s: float, chance: random.Random
) -> None:
    """One participant's visit."""
    await asyncio.sleep(chance.uniform(0, think_s))
    connection = Connection(base, chance)
    for _ in range(tasks):
        await load.ask(connection, "page", "GET", link)
        offers = json.loads((await load.ask(connection, "page", "GET", link, accept=JSON)).body)["hits"]
        hit = next((offer for offer in offers if offer["state"] in ("accepted", "available")), None)
        if hit is None:
            break
        accepted = await load.ask(connection, "page", "POST", f"{link}/hits/{hit['hit_id']}/accept", accept=JSON)
        if accepted.status == 409:
            continue
        taken = json.loads(accepted.body)
        await load.ask(connection, "page", "GET", f"{link}/hits/{hit['hit_id']}")
        await load.ask(connection, "page", "GET", urljoin(f"{link}/hits/{hit['hit_id']}/accept", taken["frame_url"]))
        await load.ask(connection, "media", "GET", media)
        await asyncio.sleep(min(chance.expovariate(1 / think_s), 4 * think_s))
        form = urlencode({"assignmentId": taken["assignment_id"], **{f"item.v{n:02d}": "x" * 200 for n in range(20)}})
        sent = await load.ask(connection, "submit", "POST", f"{link}/mturk/externalSubmit", form=form)
        if sent.status == 303:
            load.acknowledged.append(taken["assignment_id"])
            await load.ask(connection, "page", "GET", urljoin(f"{link}/mturk/externalSubmit", sent.location))
    connection.close()


def prepare(study: Path) -> None:
    """A study directory with one clip of 100 kB and nothing else; HITs come later, through the API."""
    (study / "videos").mkdir(parents=True)
    (study / "videos" / "clip.mp4").write_bytes(random.Random(0).randbytes(100_000))
    design = {"videos_dir": str(study / "videos"), "videos": [{"file_name": "clip.mp4"}]}
    (study / "design.json").write_text(json.dumps(design))


def client_of(study: Path) -> Any:
    """A boto3 client of the study's server."""
    secrets = load_or_create(study)
    return boto3.client(
        "mturk",
        region_name="us-east-1",
        endpoint_url=endpoint_of(study),
        aws_access_key_id=secrets.access_key_id,
        aws_secret_access_key=secrets.secret_access_key,
        config=Config(proxies={}),
    )


def publish(study: Path, hits: int, places: int) -> None:
    """So many HITs with a page of 40 kB each."""
    page = f"<!DOCTYPE html><title>Task</title><p>{'x' * 40_000}"
    question = (
        '<HTMLQuestion xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2011-11-11/'
        f'HTMLQuestion.xsd"><HTMLContent><![CDATA[{page}]]></HTMLContent><FrameHeight>0</FrameHeight></HTMLQuestion>'
    )
    client = client_of(study)
    for _ in range(hits):
        client.create_hit(
            Title="Load", Description="Load", Reward="0.01", AssignmentDurationInSeconds=3600,
            LifetimeInSeconds=86_400, MaxAssignments=places, Question=question,
        )  # fmt: skip


def stored(study: Path) -> set[str]:
    """Every submitted assignment, through the paginators."""
    client = client_of(study)
    hits = client.get_paginator("list_hits").paginate(PaginationConfig={"PageSize": 100}).search("HITs")
    lister = client.get_paginator("list_assignments_for_hit")
    return {
        row["AssignmentId"]
        for hit in hits
        if hit["NumberOfAssignmentsAvailable"] < hit["MaxAssignments"]  # somebody has taken it
        for page in lister.paginate(HITId=hit["HITId"], PaginationConfig={"PageSize": 100})
        for row in page["Assignments"]
    }


def cpu_seconds(pid: int | None) -> float:
    """Processor time of a process and all those that it has started, so far (Linux); 0 for no process."""
    if pid is None:
        return 0.0
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = {
            child for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()
        }
    except OSError:  # it has just ended, and stands among those that its parent has waited for
        return 0.0
    own = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return own + sum(cpu_seconds(int(child)) for child in children)


def serve(study: Path, database: str = "", workers: int = 1) -> subprocess.Popen[str]:
    """The server, in a process of its own; it has printed its address when it listens."""
    command = [sys.executable, "-c", _SERVE, str(study), database, str(workers)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    return process


async def drive(
    load: Load,
    study: Path,
    args: argparse.Namespace,
    server: list[subprocess.Popen[str]],
    database_pid: int | None = None,
) -> float:
    """Let everybody take part; seconds it took."""
    database_before = cpu_seconds(database_pid)
    base, links = endpoint_of(study), invite(study, args.participants)
    media = address("clip.mp4", load_or_create(study).media_key)
    chances = [random.Random(f"{args.seed}/{number}") for number in range(len(links))]
    started, used_before = time.perf_counter(), cpu_seconds(server[0].pid)
    visits = [
        asyncio.create_task(participate(load, base, link, media, args.tasks, args.think_s, chance))
        for link, chance in zip(links, chances, strict=True)
    ]
    if args.kill:
        await asyncio.sleep(args.think_s * args.tasks / 2)
        load.server_cpu_s = cpu_seconds(server[0].pid) - used_before
        os.kill(server[0].pid, signal.SIGKILL)
        killed = time.perf_counter()
        await asyncio.to_thread(server[0].wait)
        server[0] = await asyncio.to_thread(serve, study)
        load.away_s = time.perf_counter() - killed
        used_before = cpu_seconds(server[0].pid)
    await asyncio.gather(*visits)
    load.server_cpu_s += cpu_seconds(server[0].pid) - used_before
    load.database_cpu_s = cpu_seconds(database_pid) - database_before
    return time.perf_counter() - started


def report(load: Load, args: argparse.Namespace, seconds: float, kept: set[str]) -> str:
    """The figures as Markdown."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    lines = [
        f"## {args.participants} participants{', server killed and restarted in the middle' if args.kill else ''}",
        "",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit or 'unknown'}, seed {args.seed}, {os.cpu_count()} "
        f"cores ({platform.machine()}), load average {os.getloadavg()[0]:.1f} at the end, Python "
        f"{platform.python_version()}; server and load process share the machine.",
        "",
        f"{args.participants} connections, {args.tasks} tasks each, mean thinking time {args.think_s:g} s, "
        f"{seconds:.0f} s, {sum(load.statuses.values())} requests "
        f"({sum(load.statuses.values()) / seconds:.0f} a second). The server used "
        f"{1000 * load.server_cpu_s / sum(load.statuses.values()):.2f} ms of processor time a request.",
        "",
        "| request | number | p50 ms | p95 ms | p99 ms | max ms |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for kind in ("page", "submit", "media"):
        times = np.array(load.milliseconds[kind])
        p50, p95, p99 = np.percentile(times, [50, 95, 99])
        lines.append(f"| {kind} | {times.size} | {p50:.1f} | {p95:.1f} | {p99:.1f} | {times.max():.1f} |")
    lost = set(load.acknowledged) - kept
    lines += [
        "",
        *([f"No server for {load.away_s:.1f} s; a request is timed from when it was last sent."] * (load.away_s > 0)),
        f"Statuses: {', '.join(f'{status} × {count}' for status, count in sorted(load.statuses.items()))}. "
        f"Connections lost and tried again: {load.lost_connections}. "
        f"Acknowledged answers: {len(load.acknowledged)}; of these not in the store: {len(lost)}.",
        "",
    ]
    return "\n".join(lines)


def main() -> int:
    """Run, print, and say by the exit status whether the aim was met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--participants", type=int, default=300)
    parser.add_argument("--tasks", type=int, default=4)
    parser.add_argument("--think-s", type=float, default=15.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--out", type=Path, help="directory for participants.md, to which the figures are appended")
    args = parser.parse_args()
    load = Load()
    with tempfile.TemporaryDirectory() as directory:
        study = Path(directory)
        prepare(study)
        server = [serve(study)]
        try:
            publish(study, hits=40, places=args.participants)
            seconds = asyncio.run(drive(load, study, args, server))
            kept = stored(study)
        finally:
            server[0].terminate()
            server[0].wait()
    text = report(load, args, seconds, kept)
    print(text)
    if args.out:
        _append(args.out / "participants.md", text)
    return _verdict(load, args, kept)


def _append(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text(_HEAD, encoding="utf-8")
    with path.open("a", encoding="utf-8") as file:
        file.write(text + "\n")


def _verdict(load: Load, args: argparse.Namespace, kept: set[str]) -> int:
    """Print what falls short; 1 where something does."""
    late = {kind: np.percentile(load.milliseconds[kind], 99) for kind in ("page", "submit")}
    short = [f"p99 of {kind} is {p99:.0f} ms, above {TARGET_MS}" for kind, p99 in late.items() if p99 > TARGET_MS]
    errors = sum(count for status, count in load.statuses.items() if status >= 400 and status != 409)
    short += [f"{errors} errors"] * bool(errors)
    lost, missing = len(set(load.acknowledged) - kept), args.participants * args.tasks - len(load.acknowledged)
    short += [f"{lost} acknowledged answers are lost"] * bool(lost) + [f"{missing} tasks were not done"] * bool(missing)
    print("\n".join(short) or "as it should be")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
