"""Sample videos in the page."""

import re
from pathlib import Path

import pandas as pd
import pytest

from analysis.sample_videos import sample_videos
from tests.analysis.tables import full_report


@pytest.mark.parametrize(("name", "kind"), [("a.mp4", "mp4"), ("A.MOV", "mp4"), ("a.m4v", "mp4"), ("a.webm", "webm")])
def test_samples_have_types_that_browsers_play(tmp_path: Path, name: str, kind: str) -> None:
    """Every ending that a study takes is shown in its report, under a type that browsers play from within a page."""
    (tmp_path / name).write_bytes(b"x")
    video = {"file_name": name, "method": "m", "label": "a"}
    (tmp_path / "design.json").write_text(pd.Series({"videos_dir": str(tmp_path), "videos": [video]}).to_json())
    (sample,) = sample_videos(tmp_path / "design.json")
    assert sample.url.startswith(f"data:video/{kind};base64,")


def test_samples_are_of_every_method(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the page cannot hold all sample videos, it has some of each method."""
    videos = [
        {"file_name": f"{method}-{label}.mp4", "method": method, "label": label} for method in "ab" for label in "xyz"
    ]
    for video in videos:
        (tmp_path / video["file_name"]).write_bytes(b"0" * 100)
    design = tmp_path / "design.json"
    design.write_text(pd.Series({"videos_dir": str(tmp_path), "videos": videos}).to_json())
    monkeypatch.setattr("analysis.sample_videos.MAX_BYTES", 250)
    assert [(sample.method, sample.label) for sample in sample_videos(design)] == [("a", "x"), ("b", "x")]


def test_sample_videos_have_no_controls(tmp_path: Path) -> None:
    """Nothing is drawn over a sample video."""
    text = full_report(tmp_path).to_html()
    assert text.count("<video ") == 9
    assert not re.search(r"<video [^>]*\bcontrols\b", text)
