import csv
import json

import pytest

from vidgen.dataset.files import plan, write_dataset
from vidgen.dataset.settings import SPLITS, DatasetSettings
from vidgen.labels import LABELS
from vidgen.video_io import read_video

SMALL = DatasetSettings(per_class=2, seed=3)


def contents(directory):
    """Every file of the directory with its bytes."""
    return {
        path.relative_to(directory).as_posix(): path.read_bytes() for path in directory.rglob("*") if path.is_file()
    }


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    directory = tmp_path_factory.mktemp("data") / "small"
    write_dataset(directory, SMALL)
    return directory


def test_several_processes_write_the_same_bytes(tmp_path, dataset):
    """The dataset is the same byte for byte with one process and with two."""
    counted = []
    write_dataset(tmp_path / "two", SMALL, workers=2, on_clips=counted.append)
    assert contents(tmp_path / "two") == contents(dataset)
    assert sum(counted) == 22


def test_metadata_describes_every_file(dataset):
    """metadata.csv begins with file_name, has the documented columns, and lists every video once, sorted."""
    with (dataset / "metadata.csv").open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
    assert reader.fieldnames[:5] == ["file_name", "video_id", "method", "label", "seed"]
    names = [row["file_name"] for row in rows]
    assert names == sorted(set(names))
    assert set(names) == {name for name in contents(dataset) if name.endswith(".mp4")}
    assert len({row["video_id"] for row in rows}) == 22
    assert {row["method"] for row in rows} == {"real"}
    for row in rows:
        assert row["label"] == f"{row['object']} moving {row['motion']}"
        assert int(row["drawing"]) in SPLITS[row["split"]]
        assert row["seed"] == "3"


def test_videos_have_the_documented_size(dataset):
    """A video of the dataset has 16 frames of 128×96 pixels."""
    assert read_video(sorted(dataset.rglob("*.mp4"))[0]).shape == (16, 96, 128, 3)


def test_an_interrupted_run_is_finished(tmp_path, dataset):
    """The same settings finish what is missing and leave the finished files alone."""
    write_dataset(tmp_path / "again", SMALL)
    (tmp_path / "again" / "metadata.csv").unlink()
    lost, kept, *_ = sorted((tmp_path / "again").rglob("*.mp4"))
    lost.unlink()
    stamp = kept.stat().st_mtime_ns
    write_dataset(tmp_path / "again", SMALL)
    assert contents(tmp_path / "again") == contents(dataset)
    assert kept.stat().st_mtime_ns == stamp


def test_other_settings_are_refused(dataset):
    """A directory of another dataset is refused, naming what differs, and stays as it is."""
    before = contents(dataset)
    with pytest.raises(ValueError, match="was begun with seed 3, not 4"):
        write_dataset(dataset, DatasetSettings(per_class=2, seed=4))
    assert contents(dataset) == before


def test_foreign_directories_are_refused(tmp_path):
    """A directory with other files is refused and stays as it is."""
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(ValueError, match="is not empty"):
        write_dataset(tmp_path, SMALL)
    assert list(contents(tmp_path)) == ["thesis.tex"]


def test_one_split_takes_all_clips():
    """A split asked for by name gets all clips, of its own drawings."""
    items = plan(DatasetSettings(per_class=5, split="judge"))
    assert len(items) == 5 * len(LABELS)
    assert {spec.actors[0].drawing for _, spec in items} <= set(SPLITS["judge"])


def test_workers_are_positive(tmp_path):
    """No worker is no way to write a dataset, and nothing is begun."""
    with pytest.raises(ValueError, match="workers is 0"):
        write_dataset(tmp_path / "none", SMALL, workers=0)
    assert not (tmp_path / "none").exists()


def test_settings_are_recorded(dataset):
    """run.json holds the settings."""
    assert DatasetSettings(**json.loads((dataset / "run.json").read_text())["settings"]) == SMALL
