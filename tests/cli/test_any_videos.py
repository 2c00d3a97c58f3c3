"""Videos that `vidgen` did not make, published and reported by an installation that has no torch."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import av
import pandas as pd
import pytest

from tests.cli.program import said
from tests.crowd.clips import write_metadata, write_videos

#: ffmpeg's own test pictures.
SOURCES = {"bars": "smptebars", "counting": "testsrc", "zooming": "mandelbrot"}
WITHOUT_TORCH = """
import sys
class Absent:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "safetensors", "resvg_py", "selenium"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent)
from vidgen.cli import main
main(sys.argv[1:])
"""
#: The same, and nothing of generation may be loaded.
WITHOUT_GENERATION = (
    """
import atexit, os, sys
def check():
    parts = [name for name in sys.modules if name.startswith("vidgen.") and not name.startswith("vidgen.cli")]
    if set(parts) - {"vidgen.distribution", "vidgen.release"}:
        os._exit(3)
atexit.register(check)
"""
    + WITHOUT_TORCH
)


def write_test_clip(path: Path, source: str) -> None:
    """Half a second of one of ffmpeg's test pictures."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        av.open(f"{source}=size=96x64:rate=16", format="lavfi") as pictures,
        av.open(str(path), "w") as container,
    ):
        stream = container.add_stream("libx264", rate=16)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for number, frame in enumerate(pictures.decode(video=0)):
            if number == 8:
                break
            plain = frame.reformat(format="yuv420p")
            plain.pts = number
            container.mux(stream.encode(plain))
        container.mux(stream.encode())


def torchless(*arguments: object) -> str:
    """Run the program where torch cannot be imported; gives what it printed."""
    command = [sys.executable, "-c", WITHOUT_GENERATION, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=250)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.thorough
def test_a_folder_made_by_hand_goes_all_the_way(tmp_path: Path) -> None:
    """Three methods of ffmpeg's test clips, with three columns: published, answered and reported without torch."""
    videos, study = tmp_path / "videos", tmp_path / "study"
    rows = []
    for method in ("first", "second", "third"):
        for label, source in SOURCES.items():
            for take in range(2):
                name = f"{method}/{label} {take}.mp4"
                write_test_clip(videos / name, source)
                rows.append({"file_name": name, "method": method, "label": label})
    write_metadata(videos, rows)
    assert "18 (first 6, second 6, third 6)" in torchless("plan-study", videos, "--study", study, "--anyway")
    assert "1 HIT created" in torchless("publish-tasks", videos, "--study", study, "--anyway")
    assert "submitted 9 assignments" in torchless("simulate-answers", "--study", study, "--accuracy", "0.75")
    assert "9 of 9 assignments" in torchless("collect-answers", "--study", study)
    torchless("accuracy-report", "--study", study)
    table = pd.read_parquet(study / "answers.parquet")
    assert table[table["kind"] == "evaluation"].groupby("video_id").size().tolist() == [9] * 18
    report = json.loads((study / "report/report.json").read_text(encoding="utf-8"))
    assert report["simulated"] is True
    assert {row["name"] for row in report["methods"]} == {"first", "second", "third"}
    assert {row["n_videos"] for row in report["methods"]} == {6}
    assert len(report["comparisons"]) == 3


@pytest.mark.slow
def test_the_demonstration_needs_no_torch(tmp_path: Path) -> None:
    """Where nothing can be generated, `demo` shows the videos that come with the package, and says so."""
    printed = torchless("demo", "--out", tmp_path / "demo")
    assert "1/6  Videos by gradient descent on their pixels, made beforehand" in printed
    assert "pip install 'crowd-video-evaluation[generation]'" in printed
    report = json.loads((tmp_path / "demo/report/report.json").read_text(encoding="utf-8"))
    assert report["simulated"] is True
    assert {row["name"] for row in report["methods"]} == {"proposed", "comparison", "refined", "real"}
    line = re.search(r"Try a task yourself: (.*)", printed)
    assert line is not None
    program, *words = shlex.split(line[1])
    assert Path(program).is_file(), "can be typed where it was printed"
    serve = ["-m", "vidgen", "serve-tasks", "--study", str(tmp_path / "demo/try")]
    assert words == [*serve, "--participants", "1", "--this-machine"]


@pytest.mark.parametrize("option", ["--methods proposed", "--per-label 1", "--seed 3"])
def test_new_videos_for_the_demonstration_need_torch(tmp_path: Path, option: str) -> None:
    """Options that the videos of the package do not follow are refused, with the line to type."""
    command = [sys.executable, "-c", WITHOUT_TORCH, "demo", "--out", str(tmp_path / "demo"), *option.split()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=250)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {option.split()[0]} asks for new videos; making them needs torch")
    assert done.stderr.endswith("pip install 'crowd-video-evaluation[generation]'\n")
    assert not (tmp_path / "demo").exists()


def test_the_demonstration_writes_into_no_other_videos(tmp_path: Path) -> None:
    """A directory that holds videos of another origin is left alone."""
    videos = write_videos(tmp_path / "demo/videos")
    before = sorted(videos.iterdir())
    command = [sys.executable, "-c", WITHOUT_TORCH, "demo", "--out", str(tmp_path / "demo")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=250)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "choose another --out" in done.stderr
    assert sorted(videos.iterdir()) == before


@pytest.mark.parametrize(
    ("words", "package", "extra"),
    [
        ("generate-batch --out {out}", "torch", "generation"),
        pytest.param("judge {videos}", "torch", "generation", marks=pytest.mark.slow),
        pytest.param("train --out {out}", "torch", "generation", marks=pytest.mark.slow),
        pytest.param("bench-gpu", "torch", "generation", marks=pytest.mark.slow),
        pytest.param("make-dataset --out {out}", "resvg_py", "generation", marks=pytest.mark.thorough),
        ("simulate-answers --study {study} --browser", "selenium", "browser"),
    ],
)
def test_a_missing_package_is_named_with_the_line_that_installs_it(
    tmp_path: Path, words: str, package: str, extra: str
) -> None:
    """A command that cannot do without a package says so in one line, before it makes anything."""
    videos = write_videos(tmp_path / "videos", labels=("bars", "counting"))
    study = tmp_path / "study"
    torchless("publish-tasks", videos, "--study", study, "--anyway")
    places = {"out": tmp_path / "out", "videos": videos, "study": study}
    command = [sys.executable, "-c", WITHOUT_TORCH, *words.format(**places).split()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=250)
    name = words.partition(" ")[0]
    hint = f"pip install 'crowd-video-evaluation[{extra}]'"
    assert done.returncode == 1
    (line,) = said(done.stderr)
    assert line.startswith(f"Error: {name}: needs the package {package}, which is not installed: ")
    assert line.endswith(hint)
    assert not (tmp_path / "out").exists()
    assert not (study / "simulation.json").exists()
