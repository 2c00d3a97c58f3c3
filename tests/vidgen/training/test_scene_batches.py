"""What the prior of captioned clips learns from."""

from typing import cast

import numpy as np
import torch

from tests.tinyweights import SCENE_PRIOR_CONFIG
from vidgen.captions.attributes import SCENE_SIZE
from vidgen.captions.scene import KINDS
from vidgen.networks import checkpoints
from vidgen.networks.scene_codes import SCENE_CODE
from vidgen.networks.scene_prior import ScenePrior
from vidgen.training.losses import map_flow_loss
from vidgen.training.scene_batches import REPEATS, kind_batch, scene_code_batch, scene_code_loss


def test_pictures_come_with_their_kinds() -> None:
    """Each has ink within its edges, and one kind."""
    batch = kind_batch(np.random.default_rng(0), 48, "train")
    assert batch.clips.shape == (48, 1, 32, 32, 4)
    assert batch.target.shape == (48, len(KINDS) + 1)
    assert (batch.target.sum(1) == 1).all()
    assert (batch.clips[..., 3].float().mean((1, 2, 3)) > 10).all()


def test_codes_of_missing_objects_do_not_count() -> None:
    """Each clip is there some times, and the loss ignores numbers of objects that there are not."""
    codes = scene_code_batch(np.random.default_rng(0), 32, "train")
    assert codes.code.shape == codes.there.shape == (32, SCENE_CODE)
    assert codes.given.shape == (32, SCENE_SIZE + 6)
    assert torch.equal(codes.code[: 32 // REPEATS], codes.code[32 // REPEATS :][: 32 // REPEATS])
    assert (codes.code[codes.there == 0] == 0).all()


def test_both_flows_learn() -> None:
    """Both losses have gradients for their part of the network alone."""
    prior = cast(ScenePrior, checkpoints.build("scene-prior", SCENE_PRIOR_CONFIG))
    generator = torch.Generator().manual_seed(0)
    scene_code_loss(prior, scene_code_batch(np.random.default_rng(0), 16, "train"), generator).backward()  # type: ignore[no-untyped-call]
    assert all(parameter.grad is not None for parameter in prior.coder.parameters())
    assert all(parameter.grad is None for parameter in prior.unet.parameters())
    map_flow_loss(prior, kind_batch(np.random.default_rng(0), 8, "train", edge=8), generator).backward()  # type: ignore[no-untyped-call]
    assert all(parameter.grad is not None for parameter in prior.unet.head.parameters())
