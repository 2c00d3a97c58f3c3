"""Publishing a thousand HITs to the local platform, against the bare boto3 calls in a plain loop, and a rerun.

Both talk to a server in a process of its own, each round to a fresh one. The loop sends the very same questions, made
beforehand, and keeps no record; `publish` reads and checks the videos, designs, renders, and writes its ledger.
"""

import argparse
import multiprocessing
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
import numpy as np

from crowd.hits import hit_ids
from crowd.hittypes import hit_type
from crowd.ledger import Ledger
from crowd.localplatform import running
from crowd.page import html_question, render_page
from crowd.platforms import open_platform
from crowd.platforms.local import WHERE
from crowd.platforms.requester import Requester
from crowd.publishing import STUDY_FILE, load, publish
from crowd.study import Study


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
    while not (study_dir / WHERE).exists():
        time.sleep(0.05)
    try:
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


def time_publish(study_dir: Path, videos: Path) -> tuple[float, float]:
    """Seconds to publish, and to find on a rerun that nothing is missing."""
    with served(study_dir):
        began = time.perf_counter()
        first = publish(study_dir, videos)
        took_s = time.perf_counter() - began
        began = time.perf_counter()
        again = publish(study_dir, videos)
        again_s = time.perf_counter() - began
        with Ledger(study_dir) as ledger, open_platform("local", study_dir) as platform:
            there = sum(len(page["HITs"]) for page in platform.pages("ListHITs", {}))
            assert there == first.created == len(hit_ids(ledger)), "each HIT once"
        assert (again.created, again.before) == (0, first.created), "a rerun creates none"
    return took_s, again_s


def time_loop(study_dir: Path, questions: list[str], study: Study) -> float:
    """Seconds for the same calls in a plain loop."""
    with served(study_dir), open_platform("local", study_dir) as platform:
        assert isinstance(platform, Requester)
        client = platform.client
        began = time.perf_counter()
        hit_type_id = client.create_hit_type(**hit_type(study))["HITTypeId"]
        for question in questions:
            client.create_hit_with_hit_type(
                HITTypeId=hit_type_id,
                MaxAssignments=study.answers_per_video,
                LifetimeInSeconds=study.lifetime_s,
                Question=question,
            )
        return time.perf_counter() - began


def main() -> None:
    """Print the medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hits", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    ours, again, loops = [], [], []
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        videos = make_videos(root / "videos", options.hits)
        for number in range(options.rounds):
            study_dir = new_study(root, f"ours-{number}", videos)
            took_s, again_s = time_publish(study_dir, videos)
            ours.append(took_s)
            again.append(again_s)
            study, planned = load(study_dir)
            questions = [html_question(render_page(study, planned, hit, str)) for hit in planned.hits]
            loops.append(time_loop(new_study(root, f"loop-{number}", videos), questions, study))
    ratio = statistics.median(our / loop for our, loop in zip(ours, loops, strict=True))
    print(f"{options.hits:,} HITs of {len(questions[0].encode()):,} bytes, median of {options.rounds}")
    print(f"bare loop {statistics.median(loops):8.2f} s")
    print(f"publish   {statistics.median(ours):8.2f} s")
    print(f"rerun     {statistics.median(again):8.2f} s, creating none")
    print(f"ratio     {ratio:8.2f}  (publish / bare loop; the bound is 3)")


if __name__ == "__main__":
    main()
