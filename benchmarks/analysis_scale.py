"""Time and memory of `accuracy-report` over many answers, beside another checkout and beside bare GROUP BYs.

    git worktree add ../before 02be36e
    python benchmarks/analysis_scale.py --beside ../before --out benchmarks/results/analysis_scale.json

Each run is a process of its own, from its start to its end; rounds take turns, and medians are compared. Modules and
templates are compiled before the first round, as an installed program's are after its first report. The bare GROUP
BYs read the same file with DuckDB and count by video and option, by participant, label and method, and by method: what
no report can do without. Where `crowdkit` can be imported (by --oracle, a Python that has it), Dawid and Skene's model
is fitted to the same million answers by both.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

LABELS = [
    f"{thing} moving {way}"
    for thing, ways in (
        ("car", "right left"),
        ("rocket", "up down"),
        ("airplane", "up down"),
        ("ship", "right left"),
        ("bicycle", "right left"),
        ("balloon", "up"),
    )
    for way in ways.split()
]


def write_answers(path: Path, answers: int, seed: int) -> None:
    """So many answers, 100 from each participant, to 250 videos per class and method, three methods."""
    rng = np.random.default_rng(seed)
    methods = ["proposed", "comparison", "real"]
    videos = len(methods) * len(LABELS) * 250
    label = np.arange(videos) % len(LABELS)
    method = np.arange(videos) // (len(LABELS) * 250)
    base = np.array([2.0, -0.3, 3.5])[method] + rng.normal(0, 1, videos)
    options = [*LABELS, "Other", "Unclear"]
    with pq.ParquetWriter(path, SCHEMA) as writer:
        for start in range(0, answers // 100, 10_000):
            workers = np.arange(start, min(start + 10_000, answers // 100))
            first = rng.integers(0, videos, len(workers))
            video = (first[:, None] + 37 * np.arange(100)) % videos
            right = rng.random(video.shape) < 1 / (1 + np.exp(-(base[video] + rng.normal(0, 0.7, (len(workers), 1)))))
            answer = np.where(right, label[video], rng.integers(0, len(options), video.shape)).ravel()
            video = video.ravel()
            columns = [
                words(np.repeat(workers, 100), [f"worker-{code}" for code in range(answers // 100)]),
                words(video, [f"video-{code}" for code in range(videos)]),
                words(method[video], methods),
                words(label[video], LABELS),
                words(answer, options),
                pa.array(np.ones(len(video), bool)),
                pa.array(rng.lognormal(1.5, 0.5, len(video)).astype(np.float32)),
            ]
            writer.write_table(
                pa.Table.from_arrays(
                    [column.cast(kind) for column, kind in zip(columns, SCHEMA.types, strict=True)], schema=SCHEMA
                )
            )


SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("worker_id", "video_id", "method", "label", "answer")]
    + [("simulated", pa.bool_()), ("time_to_answer_s", pa.float32())]
)


def words(codes: np.ndarray, texts: list[str]) -> pa.Array:
    """Texts by their codes."""
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(texts))


#: What each program runs; the first argument is the table, the second a directory to write into.
PROGRAMS = {
    "report": "import sys; from vidgen.cli import main; "
    "sys.argv = ['vidgen', 'accuracy-report', '--answers', sys.argv[1], '--out', sys.argv[2], *sys.argv[3:]]; main()",
    "bare": "import sys, duckdb; c = duckdb.connect(); t = f\"read_parquet('{sys.argv[1]}')\"; "
    "[c.execute(f'SELECT {k}, count(*), count(*) FILTER (answer = label) FROM {t} GROUP BY ALL').fetchnumpy() "
    "for k in ('video_id, answer', 'worker_id, label, method', 'method')]",
}


def measured(program: str, path: Path, root: Path, compiled: str, *options: str) -> dict[str, float]:
    """Seconds of one run of a program in the checkout at `root`, by the clock and of processors, and GiB.

    What Python compiles is kept in the folder `compiled`.

    Seconds of processors can be compared on a busy machine too. The GiB are of the program's own process; that which
    draws a report's figures has 0.1 more, whatever the table.
    """
    environment = os.environ | {"OMP_NUM_THREADS": "2", "PYTHONPATH": str(root), "PYTHONPYCACHEPREFIX": compiled}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as out:
        start = time.perf_counter()
        arguments = [sys.executable, "-c", PROGRAMS[program], str(path), out, *options]
        child = subprocess.Popen(arguments, env=environment, cwd=out, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise RuntimeError(f"{program} in {root}: exit {child.returncode}")
        return {
            "seconds": time.perf_counter() - start,
            "processor_seconds": usage.ru_utime + usage.ru_stime,
            "gib": usage.ru_maxrss / 1024**2,
        }


def beside(path: Path, other: Path | None, rounds: int) -> dict[str, Any]:
    """Medians of this checkout's report, of the other's and of the bare GROUP BYs, taking turns."""
    here = Path(__file__).parent.parent
    programs = {"ours": ("report", here, ["--no-mixed"]), "bare group-bys": ("bare", here, [])}
    if other:
        programs["beside"] = ("report", other.resolve(), [])
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in programs}
    with tempfile.TemporaryDirectory() as compiled:
        few = Path(compiled) / "few.parquet"
        write_answers(few, 10_000, seed=1)
        for program, root, options in programs.values():
            measured(program, few, root, compiled, *options)
        for _ in range(rounds):
            for name, (program, root, options) in programs.items():
                runs[name].append(measured(program, path, root, compiled, *options))
    found: dict[str, Any] = {
        name: {
            "seconds": round(statistics.median(run["seconds"] for run in own), 2),
            "processor_seconds": round(statistics.median(run["processor_seconds"] for run in own), 2),
            "gib": round(max(run["gib"] for run in own), 2),
            "runs": [round(run["seconds"], 2) for run in own],
        }
        for name, own in runs.items()
    }
    if other:
        for name, key in (("ratio", "seconds"), ("processor ratio", "processor_seconds")):
            found[name] = round(found["ours"][key] / found["beside"][key], 2)
    found["times the group-bys"] = round(found["ours"]["seconds"] / found["bare group-bys"]["seconds"], 1)
    return found


def in_a_process(*arguments: str, python: str = sys.executable) -> Any:
    """What this file prints when run with these arguments."""
    root = str(Path(__file__).parent.parent)
    environment = os.environ | {"OMP_NUM_THREADS": "2", "PYTHONPATH": root}
    done = subprocess.run([python, __file__, *arguments], capture_output=True, text=True, check=True, env=environment)
    return json.loads(done.stdout.splitlines()[-1])


def dawid_skene_data(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A million answers: 20,000 items with 50 answers each, 2,000 workers, 11 classes."""
    rng = np.random.default_rng(seed)
    items, each, workers, classes = 20_000, 50, 2_000, 11
    truth = rng.integers(0, classes, items)
    skill = rng.beta(4, 2, workers)
    item = np.repeat(np.arange(items), each)
    worker = ((np.arange(items)[:, None] * 17 + np.arange(each) * 40) % workers).ravel()
    response = np.where(rng.random(len(item)) < skill[worker], truth[item], rng.integers(0, classes, len(item)))
    return item, worker, response


def ours(iterations: int, out: str) -> None:
    """Fit our model and store its posterior."""
    from analysis.naming.dawid_skene import dawid_skene

    item, worker, response = dawid_skene_data(1)
    start = time.perf_counter()
    model = dawid_skene(item, worker, response, (20_000, 2_000, 11), iterations=iterations, tolerance=0.0)
    seconds = time.perf_counter() - start
    np.save(out, model.posterior)
    print(json.dumps({"seconds": round(seconds, 2), "iterations": model.iterations}))


def theirs(iterations: int, out: str) -> None:
    """Fit crowd-kit's model and store its posterior."""
    import pandas as pd
    from crowdkit.aggregation import DawidSkene

    item, worker, response = dawid_skene_data(1)
    frame = pd.DataFrame({"task": item, "worker": worker, "label": response})
    start = time.perf_counter()
    model = DawidSkene(n_iter=iterations, tol=0.0).fit(frame)
    seconds = time.perf_counter() - start
    np.save(out, model.probas_.sort_index()[range(11)].to_numpy())
    print(json.dumps({"seconds": round(seconds, 2), "iterations": len(model.loss_history_)}))


def compared(oracle: str) -> dict[str, Any]:
    """Both models on the same answers, for as many rounds."""
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder, name)) for name in ("ours.npy", "theirs.npy")]
        own = in_a_process("--ours", files[0])
        other = in_a_process("--theirs", files[1], python=oracle)
        apart = float(np.abs(np.load(files[0]) - np.load(files[1])).max())
    return {"ours": own, "crowd-kit": other, "ratio": round(other["seconds"] / own["seconds"], 1), "apart": apart}


def main() -> None:
    """Measure and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--answers", type=int, nargs="+", default=[100_000, 1_000_000, 10_000_000])
    parser.add_argument("--beside", type=Path, help="another checkout, whose report is timed in turn")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--oracle", help="a Python with crowd-kit")
    parser.add_argument("--ours", help=argparse.SUPPRESS)
    parser.add_argument("--theirs", help=argparse.SUPPRESS)
    parser.add_argument("--iterations", type=int, default=10)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    if options.ours:
        return ours(options.iterations, options.ours)
    if options.theirs:
        return theirs(options.iterations, options.theirs)
    result: dict[str, Any] = {"cores": len(os.sched_getaffinity(0)), "python": platform.python_version(), "reports": {}}
    with tempfile.TemporaryDirectory() as folder:
        for number in options.answers:
            path = Path(folder) / "answers.parquet"
            write_answers(path, number, seed=1)
            load = os.getloadavg()[0]
            result["reports"][f"{number:,}"] = beside(path, options.beside, options.rounds) | {
                "load_before": round(load, 1)
            }
            print(number, result["reports"][f"{number:,}"], flush=True)
    if options.oracle:
        result["dawid_skene_1e6"] = compared(options.oracle)
        print(result["dawid_skene_1e6"], flush=True)
    if options.out:
        options.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
