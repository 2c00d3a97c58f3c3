"""What the prior of captioned clips draws."""

from dataclasses import replace
from typing import cast

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from tests.tinyweights import PRIOR_CONFIG, SCENE_PRIOR_CONFIG
from vidgen.captions.attributes import encoded_scene
from vidgen.captions.parsing import parse
from vidgen.captions.scene import KINDS
from vidgen.dataset.captioned_clips import captioned_clip, clip_spec
from vidgen.dataset.scene import render
from vidgen.labels import CLASSES
from vidgen.networks import checkpoints
from vidgen.networks.draws import ClipShape
from vidgen.networks.prior import ClipPrior, ClipPriorConfig
from vidgen.networks.scene_codes import encoded_clip
from vidgen.networks.scene_prior import Said, ScenePrior, drawn
from vidgen.training.variations import on_canvas

SHAPE = ClipShape(frames=16, height=96, width=128, shrink=8, picture_shrink=2, window=72)


def vector(text: str) -> torch.Tensor:
    """The vector of a caption's scene."""
    return torch.from_numpy(encoded_scene(parse(text)))


def start(seed: int = 0) -> torch.Tensor:
    """A video of noise as a descent starts with it."""
    return 1 + 40 * torch.randn(3, 16, 96, 128, generator=torch.Generator().manual_seed(seed))


def tiny_prior() -> ScenePrior:
    """An untrained prior."""
    return cast(ScenePrior, checkpoints.build("scene-prior", SCENE_PRIOR_CONFIG).eval().requires_grad_(False))


@pytest.mark.parametrize("number", range(16))
def test_a_clip_is_drawn_as_the_dataset_renders_it(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the maps of the drawings and the code of a clip, the drawn clip is the rendered one at low resolution."""
    clip = captioned_clip(number, 5, "train")
    prior = checkpoints.build("scene-prior", ClipPriorConfig(widths=(8,), codes=4, num_classes=24)).eval()
    assert isinstance(prior, ScenePrior)
    maps = torch.stack([F.avg_pool2d(on_canvas(one.kind, one.drawing, 64), 2) for one in clip.objects])
    monkeypatch.setattr(prior, "pictures", lambda noise, kinds: maps)
    code = torch.from_numpy(encoded_clip(clip)).expand(4, -1)
    monkeypatch.setattr(prior, "codes", lambda noise, given: code)
    with torch.no_grad():
        found = drawn(prior, SHAPE, torch.from_numpy(encoded_scene(clip.scene)), start())
    video = found.background[:, None, None, None] - found.small[0].sum(0)
    frames = torch.from_numpy(render(clip_spec(clip))).permute(3, 0, 1, 2) / 255
    difference = (video - F.avg_pool3d(frames[None], (1, 8, 8))[0]).abs()
    # A picture has whole pixels, the drawing has not, and boxes may overlap a little.
    assert difference.mean() < 0.007
    assert difference.max() < 0.3


def test_a_video_depends_on_its_noise_and_scene_alone() -> None:
    """Equal noise gives equal draws, other noise others."""
    prior, scene = tiny_prior(), vector("two red cars drive left")
    one, same, other = (drawn(prior, SHAPE, scene, start(seed)) for seed in (0, 0, 1))
    assert torch.equal(one.small, same.small)
    assert not torch.equal(one.small, other.small)


def test_members_of_a_group_look_alike() -> None:
    """They have one picture, one size and the same colours; other objects have their own."""
    found = drawn(tiny_prior(), SHAPE, vector("two red cars drive left and a car drives up"), start())
    assert torch.equal(found.scale[:, 0], found.scale[:, 1])
    assert torch.allclose(found.layers[:, 0].sum((-1, -2)), found.layers[:, 1].sum((-1, -2)), rtol=1e-4)
    assert not torch.equal(found.scale[:, 0], found.scale[:, 2])


def test_pictures_are_borrowed_from_the_prior_of_labels() -> None:
    """One without a network of its own asks for the label that faces as the kind is drawn, and draws six kinds."""
    prior = cast(ScenePrior, checkpoints.build("scene-prior", replace(SCENE_PRIOR_CONFIG, has_pictures=False)).eval())
    lender = cast(ClipPrior, checkpoints.build("clip-prior", PRIOR_CONFIG).eval().requires_grad_(False))
    prior.lender = lender
    noise = torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    kinds = F.one_hot(torch.tensor([KINDS.index("ship"), KINDS.index("airplane")]), len(KINDS)).float()
    labels = F.one_hot(torch.tensor([CLASSES.index("ship moving right"), CLASSES.index("airplane moving up")]), 11)
    assert torch.equal(prior.kind_pictures(noise, kinds), lender.pictures(noise, labels.float()))
    assert prior.kinds == ("car", "rocket", "airplane", "ship", "bicycle", "balloon")
    assert tiny_prior().kinds == KINDS


def test_what_a_vector_says() -> None:
    """Kinds, motions, groups and the relation are those of the scene."""
    said = Said.of(vector("a small red car drives left below two blue balloons that rise"))
    assert said.names == [("car", "left"), ("balloon", "up"), ("balloon", "up")]
    assert said.same == [0, 1, 1]
    assert said.relation == "below"
    assert np.array_equal(said.kind.sum(1), [1, 1, 1])
