import csv
import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.tinyweights import LAYERED_CONFIG
from vidgen import batch as module
from vidgen.batch import generate_frames, make_videos, run_batch, target_of
from vidgen.batch_config import BatchConfig, plan
from vidgen.labels import CLASSES
from vidgen.methods import METHODS
from vidgen.networks import checkpoints
from vidgen.video_io import read_video
from vidgen.weights import load_networks, weights_folder

#: Names and those that release 0.1 wrote.
FORMER = [("exemplars_sha256", "sketches_sha256"), ("loss_conditional_distance", "loss_told_distance")]
SETS = (("car moving right",), ("rocket moving up", "ship moving left"))


@pytest.fixture
def config(tiny_weights):
    """Two methods, a label and a pair, one step each."""
    return BatchConfig(label_sets=SETS, weights=str(tiny_weights), steps=1, per_label=2, batch_size=3)


def rows(out):
    with (out / "metadata.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def contents(out):
    return {path.name: path.read_bytes() for path in (out / "videos").iterdir()}


def test_a_batch_is_a_videos_directory(tmp_path, config):
    """Each item is a row with its settings and figures and two files of 16 frames; run.json says what made them."""
    out = tmp_path / "videos dir"
    heard = []
    config = replace(config, real_per_label=1)
    assert run_batch(out, config, heard.append).made == 10
    table = rows(out)
    assert [row["video_id"] for row in table] == [item.video_id for item in plan(config)]
    assert next(iter(table[0])) == "file_name"
    assert {row["label"] for row in table} == {"car moving right", "rocket moving up + ship moving left"}
    assert [row["method"] for row in table] == ["proposed"] * 4 + ["comparison"] * 4 + ["real"] * 2
    hashes = {f"{name}_sha256": checkpoints.sha256(config_path(config, name)) for name in ("c3d", "tempcae")}
    for row in table:
        assert read_video(out / row["file_name"]).shape == (16, 96, 128, 3)
        assert (out / row["file_name"]).with_suffix(".webp").stat().st_size > 0
        assert row["preset"] == "compact"
        assert float(row["seconds"]) > 0
        if row["method"] != "real":
            losses = {name for name in row if name.startswith("loss_") and row[name]}
            assert losses == {f"loss_{term.objective}" for term in METHODS[row["method"]].terms}
            assert all(np.isfinite(float(row[name])) for name in losses)
            assert row["steps"] == "1"
            assert {name: row[name] for name in hashes} == hashes
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert record["settings"]["seed"] == 0
    assert record["settings"]["c3d_sha256"] == hashes["c3d_sha256"]
    assert record["versions"]["torch"].startswith(torch.__version__.split("+")[0])
    assert set(record["methods"]) == {"proposed", "comparison"}
    assert (heard[-1].done, heard[-1].total) == (10, 10)
    done = [progress.done + progress.fraction for progress in heard]
    assert done == sorted(done)


def test_whatever_makes_a_video_is_in_the_record():
    """Of the networks in the package every file that a video depends on has its hash, the learned prior among them."""
    networks = load_networks("compact")
    folder = weights_folder("compact")
    assert networks.hashes == {
        "c3d_sha256": checkpoints.sha256(folder / "c3d.safetensors"),
        "tempcae_sha256": checkpoints.sha256(folder / "tempcae.safetensors"),
        "prior_sha256": checkpoints.sha256(folder / "prior.safetensors"),
        "c3d_robust_sha256": checkpoints.sha256(folder / "c3d_robust.safetensors"),
        "tempcae_deep_sha256": checkpoints.sha256(folder / "tempcae_deep.safetensors"),
    }


def config_path(config, name):
    return module.Path(config.weights) / f"{name}.safetensors"


def test_an_interrupted_batch_is_finished_as_if_nothing_had_happened(tmp_path, config):
    """After an interruption the missing videos are made, the others kept; the files are those of a whole run."""
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    run_batch(whole, config)

    def interrupt(progress):
        if progress.done >= 3 and progress.fraction > 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_batch(broken, config, interrupt)
    before = rows(broken)
    assert 0 < len(before) < 8
    # What a process that is killed while it writes may leave: a file without its row, a file half written.
    (broken / "videos" / ".comparison-car-right-000.partial.mp4").write_bytes(b"half")
    (broken / ".metadata.partial.csv").write_text("file_name,half")
    assert run_batch(broken, config).made == 8 - len(before)
    for kept, row in zip(before, rows(broken), strict=False):
        assert kept.items() <= row.items()
    assert contents(broken) == contents(whole)
    assert not list(broken.rglob("*partial*"))
    untimed = [[{**row, "seconds": ""} for row in rows(out)] for out in (broken, whole)]
    assert untimed[0] == untimed[1]


def test_a_lost_video_is_made_again(tmp_path, config):
    """Run again, a finished batch makes nothing; a video that was deleted is made anew, the same."""
    run_batch(tmp_path / "out", config)
    before = contents(tmp_path / "out")
    assert run_batch(tmp_path / "out", config).made == 0
    (tmp_path / "out" / "videos" / "comparison-car-right-001.mp4").unlink()
    assert run_batch(tmp_path / "out", config).made == 1
    assert contents(tmp_path / "out") == before
    assert len(rows(tmp_path / "out")) == 8


def test_a_batch_of_the_release_before_is_continued(tmp_path, tiny_weights):
    """Under its former names of settings and columns it is the same batch, and its rows get the present names."""
    weights, out = tmp_path / "weights", tmp_path / "out"
    shutil.copytree(tiny_weights, weights)
    checkpoints.save(checkpoints.build("layered-tempcae", LAYERED_CONFIG), weights / "tempcae.safetensors", {})
    clips, pictures = np.full((11, 2, 16, 12, 16, 3), 90, np.uint8), np.full((11, 2, 1, 16, 16, 3), 90, np.uint8)
    checkpoints.save_exemplars(weights / "tempcae.safetensors", clips=clips, pictures=pictures)
    config = BatchConfig(label_sets=SETS, methods=("refined",), weights=str(weights), steps=1)
    run_batch(out, config)
    before = rows(out)
    for file, names in (("run.json", FORMER[:1]), ("metadata.csv", FORMER)):
        text = (out / file).read_text(encoding="utf-8")
        for name, former in names:
            assert name in text
            text = text.replace(name, former)
        (out / file).write_text(text, encoding="utf-8")
    (out / before[1]["file_name"]).unlink()
    assert (run_batch(out, config).made, run_batch(out, config).made) == (1, 0)
    assert [list(row) for row in rows(out)] == [list(row) for row in before]
    assert rows(out)[0] == before[0]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"seed": 1}, "seed 0, not 1"),
        ({"steps": 2}, "steps 1, not 2"),
        ({"methods": ("proposed",)}, "methods"),
        ({"label_sets": SETS[:1]}, "label_sets"),
    ],
)
def test_other_settings_are_refused(tmp_path, config, changes, name):
    """A directory that was begun with other settings is refused, and the message says which."""
    run_batch(tmp_path / "out", replace(config, methods=("comparison",), per_label=1))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ValueError, match=f"was begun with {name}"):
        run_batch(tmp_path / "out", replace(config, **{"methods": ("comparison",), "per_label": 1, **changes}))
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.thorough
def test_the_size_of_the_batches_is_free(tmp_path, config):
    """How many videos descend together is no part of the run's settings and changes no video."""
    networks = load_networks("compact", module.Path(config.weights))
    items = plan(config)[:3]
    together = make_videos(items, config, networks, lambda _: None)[0]
    alone = np.concatenate([make_videos([item], config, networks, lambda _: None)[0] for item in items])
    assert np.abs(together.astype(int) - alone).max() <= 1  # one level of 256: sums in another order
    run_batch(tmp_path / "out", config)
    assert run_batch(tmp_path / "out", replace(config, batch_size=1)).made == 0


def test_frames_without_files(config):
    """`generate_frames` gives the videos of a batch in the order of its plan."""
    frames = generate_frames(config)
    assert frames.shape == (8, 16, 96, 128, 3)
    assert frames.dtype == np.uint8
    networks = load_networks("compact", module.Path(config.weights))
    last = make_videos(plan(config)[-1:], config, networks, lambda _: None)[0]
    assert np.abs(frames[-1:].astype(int) - last).max() <= 1


def test_targets_share_the_labels():
    """Several labels share the target equally over C3D's outputs; the last output, "none", gets nothing (§5)."""
    assert target_of(SETS[1], CLASSES, 12).tolist() == [0, 0, 0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0]
