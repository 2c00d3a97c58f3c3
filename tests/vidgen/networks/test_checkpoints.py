import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from tests.tinyweights import (
    C3D_CONFIG,
    COARSE_TO_FINE_CONFIG,
    DEEP_CONFIG,
    JUDGE_CONFIG,
    LAYERED_CONFIG,
    PRIOR_CONFIG,
    SCENE_PRIOR_CONFIG,
    TEXT_CONFIG,
)
from vidgen.networks import checkpoints
from vidgen.networks.attribute_judge import AttributeJudgeConfig
from vidgen.networks.c3d import C3D
from vidgen.networks.tempcae import TempCAEConfig

CONFIGS = {
    "c3d": C3D_CONFIG,
    "tempcae": TempCAEConfig(hidden=2),
    "coarse-to-fine-tempcae": COARSE_TO_FINE_CONFIG,
    "layered-tempcae": LAYERED_CONFIG,
    "clip-prior": PRIOR_CONFIG,
    "windowed-tempcae": DEEP_CONFIG,
    "judge": JUDGE_CONFIG,
    "attribute-judge": AttributeJudgeConfig(widths=(4, 4, 4), depth=1),
    "scene-prior": SCENE_PRIOR_CONFIG,
    "text-encoder": TEXT_CONFIG,
}


@pytest.mark.parametrize("kind", checkpoints.KINDS)
def test_a_network_comes_back_as_it_was_saved(tmp_path, kind):
    """Weights (in half precision), configuration and figures survive; what is read is ready for use."""
    network = checkpoints.build(kind, CONFIGS[kind], seed=3)
    path = tmp_path / "network.safetensors"
    checkpoints.save(network, path, {"test_accuracy": 0.5, "classes": ["one", "two"]})
    if kind in ("coarse-to-fine-tempcae", "layered-tempcae"):
        clips, pictures = np.zeros((11, 1, 16, 12, 16, 3), np.uint8), np.zeros((11, 1, 1, 8, 8, 3), np.uint8)
        checkpoints.save_exemplars(path, clips=clips, pictures=pictures)
    loaded = checkpoints.load(path)
    assert type(loaded) is type(network)
    assert loaded.config == network.config
    assert not loaded.training
    for name, weight in network.state_dict().items():
        again = loaded.state_dict()[name]
        assert again.dtype == weight.dtype
        assert torch.equal(again, weight.half().to(weight.dtype) if weight.is_floating_point() else weight)
    assert checkpoints.figures(path) == {"test_accuracy": 0.5, "classes": ["one", "two"]}
    assert {file.name for file in tmp_path.iterdir()} <= {"network.safetensors", checkpoints.EXEMPLARS}


def test_a_tied_auto_encoder_stays_tied(tmp_path):
    """Shared filters are shared again after reading."""
    path = tmp_path / "tied.safetensors"
    checkpoints.save(checkpoints.build("tempcae", TempCAEConfig(hidden=2, tied=True)), path, {})
    loaded = checkpoints.load(path)
    assert loaded.decode.weight is loaded.encode.weight


def test_initial_weights_depend_on_the_seed_alone():
    """Equal seeds give equal networks, others others, and the caller's random numbers go on undisturbed."""
    torch.manual_seed(1)
    first = checkpoints.build("c3d", C3D_CONFIG, seed=5)
    number = torch.rand(())
    second = checkpoints.build("c3d", C3D_CONFIG, seed=5)
    torch.manual_seed(1)
    assert torch.equal(torch.rand(()), number)
    other = checkpoints.build("c3d", C3D_CONFIG, seed=6)
    weights = [torch.cat([p.flatten() for p in network.parameters()]) for network in (first, second, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_equal_networks_make_equal_files(tmp_path):
    """A checkpoint's hash is a hash of its content: saving again gives it again."""
    for name in ("one", "two"):
        checkpoints.save(checkpoints.build("judge", JUDGE_CONFIG), tmp_path / name, {"threshold": 0.5})
    checkpoints.save(checkpoints.build("judge", JUDGE_CONFIG, seed=1), tmp_path / "three", {"threshold": 0.5})
    one, two, three = (checkpoints.sha256(tmp_path / name) for name in ("one", "two", "three"))
    assert one == two != three


def test_a_missing_file_is_told_by_name(tmp_path):
    """No file, or a folder in its place: an OSError that names it."""
    for path in (tmp_path / "nowhere.safetensors", tmp_path):
        with pytest.raises(FileNotFoundError) as caught:
            checkpoints.load(path)
        assert caught.value.filename == str(path)


def metadata(**changes):
    config = {"num_classes": 4, "blocks": [[2], [2]], "hidden": 4, "frames": 4, "height": 16, "width": 16}
    return {"kind": "c3d", "config": json.dumps(config), "figures": "{}"} | changes


@pytest.mark.parametrize(
    "about",
    [
        None,
        {},
        metadata(kind="gan"),
        metadata(config="{"),
        metadata(config='{"num_classes": 1}'),
        metadata(config='{"layers": 3}'),
        metadata(),
    ],
    ids=["no metadata", "empty", "unknown kind", "damaged", "impossible", "unknown setting", "other weights"],
)
def test_other_safetensors_are_refused_by_name(tmp_path, about):
    """A safetensors file that holds no network of ours is a ValueError with its path, on one line."""
    path = tmp_path / "c3d.safetensors"
    save_file({"weight": torch.zeros(2)}, path, metadata=about)
    with pytest.raises(ValueError, match="is no checkpoint that this version can read") as caught:
        checkpoints.load(path)
    assert str(path) in str(caught.value)
    if not about:
        with pytest.raises(ValueError, match="is no checkpoint that this version can read"):
            checkpoints.figures(path)


def test_broken_files_are_refused_by_name(tmp_path):
    """Garbage and a checkpoint that was cut off are ValueErrors with the path."""
    whole = tmp_path / "whole.safetensors"
    checkpoints.save(checkpoints.build("c3d", C3D_CONFIG), whole, {})
    for name, content in (
        ("cut", whole.read_bytes()[:-100]),
        ("garbage", b"hello world, no weights here"),
        ("none", b""),
    ):
        path = tmp_path / f"{name}.safetensors"
        path.write_bytes(content)
        with pytest.raises(ValueError, match="is no checkpoint") as caught:
            checkpoints.load(path)
        assert str(path) in str(caught.value)


def test_another_network_in_the_place_of_one_is_refused(tmp_path):
    """A judge where a C3D belongs is a ValueError that names the file and both."""
    path = tmp_path / "c3d.safetensors"
    checkpoints.save(checkpoints.build("judge", JUDGE_CONFIG), path, {})
    with pytest.raises(ValueError, match=r"c3d\.safetensors holds a Judge, where a C3D belongs"):
        checkpoints.load(path, C3D)
