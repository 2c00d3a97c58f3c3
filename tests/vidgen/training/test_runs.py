from dataclasses import fields, replace

import pytest

from crowd.videos.metadata import read_videos
from tests.cli.program import vidgen
from tests.crowd.clips import LABELS, write_videos
from tests.tinyweights import (
    C3D_CONFIG,
    DEEP_CONFIG,
    JUDGE_CONFIG,
    LAYERED_CONFIG,
    PRIOR_CONFIG,
    TEMPCAE_CONFIG,
    write_tiny_weights,
)
from vidgen.dataset.folder import read_folder
from vidgen.methods import METHODS
from vidgen.networks import checkpoints
from vidgen.training.fit import FitConfig
from vidgen.training.presets import PRESETS, Preset
from vidgen.training.runs import NETWORKS, TrainConfig, _state_file, stages, train
from vidgen.weights import load_networks


@pytest.fixture
def tiny_preset(monkeypatch):
    """The preset "compact" is very small and learns for three steps."""
    fits = {field.name: FitConfig(steps=3, batch=2) for field in fields(Preset) if field.name.endswith("_fit")}
    sizes = {"c3d": C3D_CONFIG, "tempcae": TEMPCAE_CONFIG, "judge": JUDGE_CONFIG, "any_tempcae": TEMPCAE_CONFIG}
    tiny = Preset(**sizes, shallow=TEMPCAE_CONFIG, deep=DEEP_CONFIG, **fits)
    monkeypatch.setitem(PRESETS, "compact", tiny)


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_preset")
def test_a_users_videos_become_networks_that_generate(tmp_path):
    """Networks learn the folder's own classes, one after the other and each once; the folder they fill generates."""
    data = read_folder(write_videos(tmp_path / "data", methods=("mine",), per_label=2))
    out, heard = tmp_path / "weights", []
    train(out, TrainConfig(networks=("tempcae",)), data=data)
    first = checkpoints.sha256(out / "tempcae.safetensors")
    figures = train(out, TrainConfig(), data=data, callback=lambda name, progress: heard.append((name, progress.step)))
    assert heard == [("c3d", 1), ("c3d", 2), ("c3d", 3)]
    assert checkpoints.sha256(out / "tempcae.safetensors") == first
    assert set(figures) == {"tempcae", "c3d"}  # there are no other drawings for a judge of these
    assert sorted(path.name for path in out.iterdir()) == ["c3d.safetensors", "run.json", "tempcae.safetensors"]
    assert 0 <= figures["c3d"]["test_accuracy"] <= 1
    assert figures["c3d"]["c3d"]["steps"] == 3
    assert load_networks("compact", out).classes == data.classes == tuple(sorted(LABELS))
    assert train(out, TrainConfig(), data=data) == figures
    with pytest.raises(ValueError, match="was begun with seed 0, not 1"):
        train(out, TrainConfig(seed=1), data=data)
    made = vidgen(*f"generate-batch --out {tmp_path}/v --weights {out} --methods comparison --steps 1".split())
    assert made.exit_code == 0, made.output
    assert {video.label for video in read_videos(tmp_path / "v")} == set(LABELS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("prior", "files"),
    [("learned", ["prior.safetensors"]), ("exemplars", ["exemplars.npz"])],
)
def test_the_prior_is_learned_or_kept(tmp_path, monkeypatch, prior, files):
    """A learned prior is a network of its own and no training clip is kept; with exemplars it is not trained."""
    small = replace(LAYERED_CONFIG, exemplars=2, pictures=2)
    fits = {field.name: FitConfig(steps=2, batch=2) for field in fields(Preset) if field.name.endswith("_fit")}
    settings = {"c3d": C3D_CONFIG, "tempcae": small, "judge": JUDGE_CONFIG, "any_tempcae": TEMPCAE_CONFIG}
    monkeypatch.setitem(PRESETS, "compact", Preset(**settings, prior=PRIOR_CONFIG, **fits))
    for network in ("prior", "tempcae"):  # one by one, in this process: others would not know the preset
        train(tmp_path / "out", TrainConfig(networks=(network,), prior=prior))
    made = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert made == sorted([*files, "run.json", "tempcae.safetensors"])
    tempcae = checkpoints.load(tmp_path / "out" / "tempcae.safetensors")
    assert (tempcae.prior is not None) == (prior == "learned")
    if prior == "learned":
        figures = checkpoints.figures(tmp_path / "out" / "prior.safetensors")
        assert figures["pictures"]["steps"] == figures["codes"]["steps"] == 2


def test_a_network_is_trained_after_that_from_which_it_learns(tmp_path):
    """What waits for nothing is trained at once; a network whose teacher is neither trained nor there is refused."""
    assert stages(tmp_path, NETWORKS) == [
        ["tempcae", "c3d", "judge", "prior", "tempcae_shallow", "attribute_judge", "text", "scene_prior"],
        ["c3d_robust"],
        ["tempcae_deep"],
    ]
    with pytest.raises(ValueError, match=r"c3d_robust learns from c3d, which .* does not hold: name both networks"):
        stages(tmp_path, ["c3d_robust", "tempcae_deep"])
    (tmp_path / "c3d.safetensors").touch()
    assert stages(tmp_path, ["c3d_robust", "tempcae_deep"]) == [["c3d_robust"], ["tempcae_deep"]]
    assert stages(tmp_path, []) == []


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_preset")
def test_the_networks_of_the_papers_methods_are_trained_and_used(tmp_path):
    """A robust classifier and both auto-encoders join the others; the paper's methods descend on them."""
    out, names = tmp_path / "weights", ("tempcae_shallow", "c3d_robust", "tempcae_deep")
    for name in names:
        assert train(out, TrainConfig(networks=(name,)))[name][name]["steps"] == 3
        write_tiny_weights(out)
    networks = load_networks("compact", out)
    assert {f"{name}_sha256" for name in ("c3d", "tempcae", *names)} == set(networks.hashes)
    used = networks.of(METHODS["proposed"])
    assert (used["c3d"], used["tempcae"]) == (networks.others["c3d_robust"], networks.others["tempcae_deep"])
    assert networks.of(METHODS["refined"]) == {"c3d": networks.c3d, "tempcae": networks.tempcae}
    made = vidgen(
        *f"generate-batch --out {tmp_path}/v --weights {out} --methods proposed,proposed:paper --steps 1".split(),
        *("--labels", "car right"),
    )
    assert made.exit_code == 0, made.output


def test_a_training_of_the_release_before_is_continued(tmp_path):
    """The state of the phase that was called "moments" is that of the snippets."""
    (tmp_path / "moments.state").write_bytes(b"state")
    path = tmp_path / "c3d.safetensors"
    assert _state_file(path, "c3d") == tmp_path / "c3d.state"
    assert (tmp_path / "moments.state").exists()
    assert _state_file(path, "snippets").read_bytes() == b"state"
    assert [file.name for file in tmp_path.iterdir()] == ["snippets.state"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"preset": "huge"}, "unknown preset 'huge'; known presets: compact, full"),
        ({"networks": ("c3d", "gan")}, "unknown network 'gan'; known networks: tempcae, c3d, judge, prior"),
        ({"prior": "flow"}, "unknown prior 'flow'; known priors: learned, exemplars"),
        ({"effort": 0.0}, "effort must be above 0 and finite, got 0"),
    ],
)
def test_impossible_trainings_are_refused(values, message):
    """A setting that no training can have is an error that names it."""
    with pytest.raises(ValueError, match=message):
        TrainConfig(**values)


def test_data_without_a_training_split_are_refused(tmp_path):
    """A folder of validation videos alone would be trained on; instead its splits are named."""
    videos = write_videos(tmp_path / "mine" / "val" / "dog", methods=("mine",))
    (videos / "metadata.csv").unlink()
    with pytest.raises(ValueError, match="no video is in the split train; the splits are validation"):
        train(tmp_path / "out", TrainConfig(), data=read_folder(tmp_path / "mine"))
    assert not (tmp_path / "out").exists()
