"""Videos that `vidgen` did not make, published and reported by an installation that has no torch."""

import json
import subprocess
import sys
from pathlib import Path

import av
import pandas as pd

from tests.crowd.clips import write_metadata

#: ffmpeg's own test pictures.
SOURCES = {"bars": "smptebars", "counting": "testsrc", "zooming": "mandelbrot"}
WITHOUT_TORCH = """
import sys
from importlib.abc import MetaPathFinder

class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "safetensors", "resvg_py"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
from vidgen.cli import main
try:
    main(sys.argv[1:])
finally:
    parts = {name for name in sys.modules if name.startswith("vidgen.") and not name.startswith("vidgen.cli")}
    assert not parts, parts
"""


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
    command = [sys.executable, "-c", WITHOUT_TORCH, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=250)
    assert done.returncode == 0, done.stderr
    return done.stdout


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
    assert "1 HITs created" in torchless("publish-tasks", videos, "--study", study, "--anyway")
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


def test_generating_without_torch_says_what_to_install(tmp_path: Path) -> None:
    """A command that needs torch says so in one line."""
    command = [sys.executable, "-c", WITHOUT_TORCH, "generate-batch", "--out", str(tmp_path / "out"), "--labels", "all"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=250)
    assert done.returncode == 1
    assert "pip install 'vidgen[generation]'" in done.stderr
