"""Checkpoints are found, hashed and loaded, also under the names of the release before."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from tests.tinyweights import COARSE_TO_FINE_CONFIG, LAYERED_CONFIG, write_tiny_caption_weights
from vidgen.captions.attributes import SCENE_SIZE
from vidgen.labels import CLASSES
from vidgen.networks import checkpoints
from vidgen.weights import BUNDLED, known_classes, load_networks, weights_folder

#: The settings that release 0.1 named otherwise.
FORMER = {
    "exemplars": "sketches",
    "exemplars_from": "sketch_from",
    "picture_sigma_factor": "picture_doubt",
    "pictures_from": "picture_from",
}


def test_the_weights_of_the_package_are_found() -> None:
    """They know the eleven classes; a folder of one's own goes before them, whatever is in it."""
    assert weights_folder("compact") == BUNDLED / "compact"
    assert weights_folder("compact", Path("mine")) == Path("mine")
    assert known_classes("compact") == CLASSES


def test_a_preset_without_weights_says_how_to_make_them() -> None:
    """The message has the command, and the option that names its folder."""
    with pytest.raises(ValueError, match=r"'full' comes without weights: train them with 'vidgen train --preset full"):
        weights_folder("full")


def as_written_before(path: Path) -> None:
    """Write a checkpoint as release 0.1 did, its exemplars beside it."""
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata()
        weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    config = {FORMER.get(name, name): value for name, value in json.loads(metadata["config"]).items()}
    kind = {"coarse-to-fine-tempcae": "deep-tempcae"}.get(metadata["kind"], metadata["kind"])
    save_file(weights, path, metadata=metadata | {"kind": kind, "config": json.dumps(config)})
    path.with_name("exemplars.npz").rename(path.with_name("sketches.npz"))


@pytest.mark.parametrize(
    ("kind", "config"), [("layered-tempcae", LAYERED_CONFIG), ("coarse-to-fine-tempcae", COARSE_TO_FINE_CONFIG)]
)
def test_weights_of_the_release_before_are_loaded(
    tmp_path: Path, tiny_weights: Path, kind: str, config: object
) -> None:
    """Kind, settings and file as release 0.1 named them give the same network; the hash has its present name."""
    shutil.copy(tiny_weights / "c3d.safetensors", tmp_path)
    path = tmp_path / "tempcae.safetensors"
    checkpoints.save(checkpoints.build(kind, config, seed=2), path, {})
    clips, pictures = np.full((11, 2, 16, 12, 16, 3), 90, np.uint8), np.full((11, 2, 1, 8, 8, 3), 90, np.uint8)
    checkpoints.save_exemplars(path, clips=clips, pictures=pictures)
    now = load_networks("compact", tmp_path)
    as_written_before(path)
    before = load_networks("compact", tmp_path)
    assert before.tempcae.config == now.tempcae.config == config
    weights = now.tempcae.state_dict()
    assert all(torch.equal(weights[name], weight) for name, weight in before.tempcae.state_dict().items())
    assert torch.equal(before.tempcae.exemplars.clips, now.tempcae.exemplars.clips)
    assert set(now.hashes) == {"c3d_sha256", "tempcae_sha256", "exemplars_sha256"}
    assert before.hashes["exemplars_sha256"] == now.hashes["exemplars_sha256"]


def test_captions_say_which_network_they_lack(tmp_path: Path) -> None:
    """The message names the file and how to train it."""
    with pytest.raises(ValueError, match=r"captions need text.safetensors, which .*vidgen train --networks text"):
        load_networks("compact", tmp_path, captioned=True)


def test_kinds_that_the_weights_do_not_draw_are_named() -> None:
    """The weights of the package draw six kinds; the message says which."""
    networks = load_networks("compact", captioned=True)
    assert networks.captions is not None
    with pytest.raises(ValueError, match="these weights draw no fish; they draw: car, rocket, airplane, ship"):
        networks.captions.tempcae(networks.tempcae, ["a car drives left", "two fish swim up"])


def test_what_captions_need_stands_beside_the_networks_of_the_package(tmp_path: Path) -> None:
    """A folder that has nothing else is used with the package's auto-encoder; the hashes are of all."""
    write_tiny_caption_weights(tmp_path)
    for name in ("c3d", "tempcae", "prior"):
        (tmp_path / f"{name}.safetensors").unlink()
    networks = load_networks("compact", tmp_path, captioned=True)
    assert networks.captions is not None
    assert {"tempcae_sha256", "text_sha256", "scene_prior_sha256"} <= set(networks.hashes)
    network = networks.captions.tempcae(networks.tempcae, ["a car drives left", "two fish swim up"])
    assert network.scenes.shape == (2, SCENE_SIZE)
