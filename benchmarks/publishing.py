"""Publishing many HITs to the local platform, against bare boto3 calls in a plain loop; a rerun; collecting nothing.

    python -m benchmarks.publishing [--hits 1000] [--rounds 3] [--without-loop]

Server and client are processes of their own, each round has a fresh server. The loop sends the very same questions,
made beforehand, and keeps no record; `publish` reads and checks the videos, designs, renders, and writes its ledger.
Every command runs in a new process, whose largest memory is what Linux says (`VmHWM`).
"""

import argparse
import multiprocessing
import os
import re
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
import numpy as np

from benchmarks.participants import client_of
from crowd.design.study import Study
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.apply import hit_type
from crowd.lifecycle.collect import collect
from crowd.lifecycle.hits import hit_ids
from crowd.lifecycle.publish import load, publish
from crowd.localplatform import running
from crowd.platforms import open_platform
from crowd.platforms.requester.hittypes import as_parameters
from crowd.task.page import html_question, render_page

STUDY_FILE = "study.toml"
WHERE = "platform.json"


def make_videos(directory: Path, count: int) -> Path:
    """That many videos of half a second, two methods, five labels."""
    directory.mkdir()
    first = directory / "0.mp4"
    with av.open(str(first), "w") as container:
        stream = container.add_stream("libx264", rate=8)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        for shade in range(0, 200, 50):
            picture = np.full((96, 128, 3), shade, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
        container.mux(stream.encode())
    lines = ["file_name,method,label"]
    for number in range(count):
        if number:
            shutil.copyfile(first, directory / f"{number}.mp4")
        lines.append(f"{number}.mp4,{'ab'[number % 2]},label {number // 2 % 5}")
    (directory / "metadata.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return directory


def _serve(study_dir: Path, done: Any) -> None:
    with running(study_dir, balance_usd="100000.00"):
        done.wait()


@contextmanager
def served(study_dir: Path) -> Iterator[None]:
    """The study's server, in a process of its own."""
    context = multiprocessing.get_context("spawn")
    done = context.Event()
    process = context.Process(target=_serve, args=(study_dir, done))
    process.start()
    try:
        while not (study_dir / WHERE).exists():
            if not process.is_alive():
                raise OSError("the server did not start")
            time.sleep(0.05)
        yield
    finally:
        done.set()
        process.join()


def new_study(root: Path, name: str, videos: Path) -> Path:
    """A study of one HIT per video."""
    study_dir = root / name
    study_dir.mkdir()
    Study.from_videos(videos, videos_per_hit=1, training_items=0, budget_usd="100000.00").save(study_dir / STUDY_FILE)
    return study_dir


def _measure(report: Any, action: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    began = time.perf_counter()
    seconds = action(*arguments) or time.perf_counter() - began
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    report.send((seconds, int(peak[1]) / 1024 if peak else float("nan")))


def measured(action: Callable[..., Any], *arguments: Any) -> tuple[float, float]:
    """Seconds and largest MiB of the action in a new process; an action may return its seconds itself.

    Raises:
        OSError: the process failed.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_measure, args=(there, action, arguments))
    process.start()
    there.close()
    try:
        found: tuple[float, float] = here.recv()
    except EOFError as error:
        raise OSError(f"{action.__name__} failed") from error
    finally:
        process.join()
    return found


def publish_all(study_dir: Path, videos: Path) -> None:
    """Publish."""
    publish(study_dir, videos)


def publish_again(study_dir: Path, videos: Path) -> None:
    """Find that nothing is missing."""
    again = publish(study_dir, videos)
    with Ledger(study_dir) as ledger:
        assert (again.created, again.before) == (0, len(hit_ids(ledger))), "a rerun creates none"


def collect_nothing(study_dir: Path, videos: Path) -> None:
    """Find that nothing was answered."""
    assert collect(study_dir).submitted == 0


COMMANDS = {"publish": publish_all, "rerun": publish_again, "collect": collect_nothing}


def bare_loop(study_dir: Path, published: Path) -> float:
    """Seconds for the same calls of a plain boto3 client in a plain loop."""
    study, planned = load(published)
    questions = [html_question(render_page(study, planned, hit, str)) for hit in planned.hits]
    client = client_of(study_dir)
    began = time.perf_counter()
    hit_type_id = client.create_hit_type(**as_parameters(hit_type(study)))["HITTypeId"]
    for question in questions:
        client.create_hit_with_hit_type(
            HITTypeId=hit_type_id,
            MaxAssignments=study.answers_per_video,
            LifetimeInSeconds=study.lifetime_s,
            Question=question,
        )
    return time.perf_counter() - began


def check(study_dir: Path, count: int) -> None:
    """See that each HIT is there once."""
    with Ledger(study_dir) as ledger, open_platform("local", study_dir) as platform:
        there = sum(len(page["HITs"]) for page in platform.wire.pages("ListHITs", {}))
        assert there == count == len(hit_ids(ledger)), "each HIT once"


def main() -> None:
    """Print the medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hits", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--without-loop", action="store_true", help="do not time the bare loop")
    options = parser.parse_args()
    seconds, peaks = defaultdict(list), defaultdict(list)
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        videos = make_videos(root / "videos", options.hits)
        for number in range(options.rounds):
            ours, loop = new_study(root, f"ours-{number}", videos), new_study(root, f"loop-{number}", videos)
            with served(ours):
                for name, action in COMMANDS.items():
                    took_s, peak = measured(action, ours, videos)
                    seconds[name].append(took_s)
                    peaks[name].append(peak)
                check(ours, options.hits)
            if not options.without_loop:
                with served(loop):
                    seconds["bare loop"].append(measured(bare_loop, loop, ours)[0])
            shutil.rmtree(loop)
    print(f"{options.hits:,} HITs, median of {options.rounds}, load average {os.getloadavg()[0]:.1f} at the end")
    for name, values in seconds.items():
        memory = f", {max(peaks[name]):.0f} MiB" if name in peaks else ""
        print(f"{name:<10} {statistics.median(values):8.2f} s{memory}")
    if not options.without_loop:
        ratios = [ours / loop for ours, loop in zip(seconds["publish"], seconds["bare loop"], strict=True)]
        print(f"ratio      {statistics.median(ratios):8.2f}  (publish / bare loop; the bound is 1)")


if __name__ == "__main__":
    main()
