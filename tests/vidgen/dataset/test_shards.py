import json
import tarfile

import numpy as np
import pandas as pd
import pytest

from vidgen.captions.parsing import parse
from vidgen.captions.scene import Scene
from vidgen.dataset.captioned_clips import captioned_clip, clip_spec
from vidgen.dataset.scene import render
from vidgen.dataset.settings import LargeSettings
from vidgen.dataset.shards import read_shards, shards_of, write_shards

SETTINGS = LargeSettings(clips=20, seed=2, shard_size=5)


def contents(directory):
    """Every file of the directory with its bytes."""
    return {
        path.relative_to(directory).as_posix(): path.read_bytes() for path in directory.rglob("*") if path.is_file()
    }


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    directory = tmp_path_factory.mktemp("large") / "captioned"
    write_shards(directory, SETTINGS)
    return directory


def test_the_default_is_a_hundred_thousand_clips_in_shards_of_a_thousand():
    """Most of the shards are for training, and each clip is in one of them."""
    shards = shards_of(LargeSettings())
    assert sum(shard.last - shard.first for shard in shards) == 100_000
    assert [shard.name for shard in shards if shard.split == "train"] == [f"train-{number:05}" for number in range(70)]


def test_archives_are_as_webdataset_reads_them(dataset):
    """Each clip is a film and a description of the same stem, one after the other."""
    for archive in (dataset / "shards").glob("*.tar"):
        with tarfile.open(archive) as file:
            names = file.getnames()
        assert names[::2] == [name.replace(".json", ".mp4") for name in names[1::2]]
        assert len(names) == len(set(names))


def test_what_is_read_is_what_was_drawn(dataset):
    """A clip that is read looks like the stream's clip of its index, and its captions say its scene."""
    for split in ("train", "test"):
        samples = list(read_shards(dataset, split))
        assert [sample.row["index"] for sample in samples] == list(range(SETTINGS.counts()[split]))
        for sample in samples:
            placed = captioned_clip(sample.row["index"], 2, split)
            drawn = render(clip_spec(placed)).astype(int)
            assert np.abs(sample.frames - drawn).mean() < 4
            for caption in (sample.row["caption"], sample.row["plain_caption"]):
                assert parse(caption) == placed.scene
            assert isinstance(placed.scene, Scene)


def test_tables_and_archives_say_the_same(dataset):
    """The Parquet tables are one data set with the rows that stand beside the films."""
    table = pd.read_parquet(dataset / "metadata").sort_values("video_id")
    assert len(table) == 20
    rows = {}
    for archive in (dataset / "shards").glob("*.tar"):
        with tarfile.open(archive) as file:
            for name in file.getnames()[1::2]:
                rows[name.removesuffix(".json")] = json.load(file.extractfile(name))
    assert list(table["video_id"]) == sorted(rows)
    for row in table.to_dict("records"):
        assert rows[row["video_id"]]["caption"] == row["caption"]
        assert [one["kind"] for one in row["objects"]] == [one["kind"] for one in rows[row["video_id"]]["objects"]]


def test_a_shuffled_stream_has_every_clip_once(dataset):
    """A buffer mixes the clips of several archives; the seed decides on the order."""
    orders = [[sample.row["index"] for sample in read_shards(dataset, "train", buffer=6, seed=s)] for s in (0, 0, 1)]
    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[0]) == list(range(SETTINGS.counts()["train"])) != orders[0]


def test_an_interrupted_run_is_finished_with_the_same_bytes(tmp_path, dataset):
    """Two processes finish what is missing, and the files are those of one process."""
    again = tmp_path / "again"
    write_shards(again, SETTINGS)
    for name in ("shards/train-00001.tar", "metadata/train-00001.parquet", "shards/test-00000.tar"):
        (again / name).unlink()
    counted = []
    write_shards(again, SETTINGS, workers=2, on_clips=counted.append)
    assert contents(again) == contents(dataset)
    assert counted[0] == 13
    assert sum(counted) == 20


def test_other_settings_and_unknown_splits_are_refused(dataset):
    """A directory of another dataset is refused, and so is a split without shards."""
    with pytest.raises(ValueError, match="was begun with seed 2, not 3"):
        write_shards(dataset, LargeSettings(clips=20, seed=3, shard_size=5))
    with pytest.raises(ValueError, match="no shard of the split 'exam'"):
        next(read_shards(dataset, "exam"))


def test_the_card_stands_beside_the_shards(dataset):
    """README.md says the licence, and run.json the settings."""
    assert "license: apache-2.0" in (dataset / "README.md").read_text(encoding="utf-8")
    assert json.loads((dataset / "run.json").read_text())["settings"]["size"] == "large"
