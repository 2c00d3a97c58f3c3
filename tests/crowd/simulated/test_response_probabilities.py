"""`crowd.simulated.response_probabilities`: where simulated participants take their answers from."""

from pathlib import Path

import numpy as np
import pytest

from crowd.design.blocks import design
from crowd.design.study import Study
from crowd.simulated.response_probabilities import (
    DEFAULT_ACCURACY,
    FILES,
    by_accuracy,
    by_label,
    by_video,
    choose_probabilities,
)
from crowd.videos.metadata import Video

OPTIONS = ("x", "y", "Other", "Unclear")


def video(label: str = "x", video_id: str = "v1", directory: str = "/v") -> Video:
    """A video that shows `label`."""
    return Video(video_id=video_id, file_name="v.mp4", method="m", label=label, directory=directory)


def written(path: Path, text: str) -> Path:
    """A file with the text."""
    path.write_text(text, encoding="utf-8")
    return path


def test_plain_accuracy() -> None:
    """The right option has the accuracy, all others share the rest; two right options share it."""
    assert by_accuracy(0.7, OPTIONS)(video()) == pytest.approx([0.7, 0.1, 0.1, 0.1])
    assert by_accuracy(0.7, OPTIONS)(video("x + y")) == pytest.approx([0.35, 0.35, 0.15, 0.15])
    with pytest.raises(ValueError, match=r"accuracy: must be between 0 and 1, is 1\.2"):
        by_accuracy(1.2, OPTIONS)


def test_a_confusion_matrix(tmp_path: Path) -> None:
    """A row per label, columns in any order; a video of two labels is believed halfway."""
    table = "label,Unclear,x,y,Other\nx,0.1,0.6,0.2,0.1\ny,0,0,1,0\n"
    believe = by_label(written(tmp_path / "c.csv", table), OPTIONS)
    assert believe(video()) == pytest.approx([0.6, 0.2, 0.1, 0.1])
    assert believe(video("x + y")) == pytest.approx([0.3, 0.6, 0.05, 0.05])
    with pytest.raises(ValueError, match=r"c\.csv: no row for label 'z', which v1 shows"):
        believe(video("z"))


def test_beliefs_by_video(tmp_path: Path) -> None:
    """A row per video; options without a column are never believed, and sums are made exactly one."""
    believe = by_video(written(tmp_path / "b.csv", "video_id,x,y,more\nv1,0.502,0.503,7\n"), OPTIONS)
    assert believe(video()).sum() == pytest.approx(1, abs=1e-12)
    assert believe(video())[2:] == pytest.approx([0, 0])
    with pytest.raises(ValueError, match=r"b\.csv: no row for video 'v2'"):
        believe(video(video_id="v2"))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("", r"needs the column label and one per option, has none"),
        ("label,a,b\nx,1,0\n", r"needs the column label and one per option, has label, a, b"),
        ("label,x,y\nx,0.5,0.4\n", r"c\.csv:2: probabilities must be at least 0 and add up to 1, have the sum 0\.9"),
        ("label,x,y\nx,1.5,-0.5\n", r"c\.csv:2: probabilities must be"),
        ("label,x,y\nx,nan,1\n", r"c\.csv:2: probabilities must be"),
        ("label,x,y\nx,much,1\n", r"c\.csv:2: could not convert"),
    ],
    ids=range(6),
)
def test_bad_tables_are_named(tmp_path: Path, table: str, message: str) -> None:
    """What is no table of probabilities is told with file and line."""
    with pytest.raises(ValueError, match=message):
        by_label(written(tmp_path / "c.csv", table), OPTIONS)


@pytest.mark.parametrize("name", FILES)
def test_the_judge_beside_the_videos_is_the_default(tmp_path: Path, name: str) -> None:
    """Without a choice the table beside the videos is followed, else a plain accuracy; two choices are refused."""
    plan = design(Study(training_items=0), [video("x", "v1", str(tmp_path)), video("y", "v2", str(tmp_path))])
    assert choose_probabilities(plan)(plan.video("v1")).max() == pytest.approx(DEFAULT_ACCURACY)
    written(tmp_path / name, "video_id,x,y\nv1,0,1\n")
    assert choose_probabilities(plan)(plan.video("v1")) == pytest.approx([0, 1, 0, 0])
    assert choose_probabilities(plan)(plan.video("v2")).max() == pytest.approx(DEFAULT_ACCURACY)
    assert choose_probabilities(plan, accuracy=1.0)(plan.video("v1")) == pytest.approx([1, 0, 0, 0])
    assert np.isclose(choose_probabilities(plan, probabilities=tmp_path / name)(plan.video("v1"))[1], 1)
    with pytest.raises(ValueError, match="only one of them"):
        choose_probabilities(plan, accuracy=1.0, probabilities=tmp_path / name)


def test_probabilities_of_a_spreadsheet(tmp_path: Path) -> None:
    """Ids and options are read as people read them, without the apostrophes that keep formulas from running."""
    table = "video_id,'=x,cafe\u0301,Other,Unclear\n'-v1 ,0.1,0.6,0.2,0.1\n"
    believe = by_video(written(tmp_path / "b.csv", table), ("=x", "caf\u00e9", "Other", "Unclear"))
    assert believe(video("=x", "-v1")) == pytest.approx([0.1, 0.6, 0.2, 0.1])
