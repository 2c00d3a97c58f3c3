"""What the learned prior draws for a video, and the estimates of an auto-encoder that has these draws."""

import numpy as np
import pytest
import torch

from tests.tinyweights import PRIOR_CONFIG
from vidgen.dataset.clips import render, sample_actor
from vidgen.dataset.scene import ClipSpec
from vidgen.labels import LABELS
from vidgen.networks import checkpoints
from vidgen.networks.draws import ClipShape, Draws, area_weights
from vidgen.networks.layered import LayeredTempCAEConfig
from vidgen.networks.prior import ClipPrior, ClipPriorConfig, encoded
from vidgen.training.variations import on_canvas

SHAPE = ClipShape(frames=16, height=96, width=128, shrink=8, picture_shrink=2, window=72)


def starts(count: int, seed: int = 0) -> torch.Tensor:
    """Videos of noise as a descent starts with them."""
    return 1 + 40 * torch.randn(count, 3, 16, 96, 128, generator=torch.Generator().manual_seed(seed))


def tiny_prior() -> ClipPrior:
    """An untrained prior."""
    prior = checkpoints.build("clip-prior", PRIOR_CONFIG).eval().requires_grad_(False)
    assert isinstance(prior, ClipPrior)
    return prior


def drawing_auto_encoder():  # type: ignore[no-untyped-def]
    """An untrained layered auto-encoder with an untrained prior."""
    network = checkpoints.build("layered-tempcae", LayeredTempCAEConfig(widths=(8, 8), depth=1)).eval()
    network.prior = tiny_prior()
    return network.requires_grad_(False)


@pytest.mark.parametrize("label", LABELS, ids=str)
def test_a_clip_is_drawn_as_the_dataset_renders_it(label, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """From the maps of a drawing and the code of an actor the drawn clip is the rendered one at low resolution."""
    rng = np.random.default_rng(5)
    actor = sample_actor(label.object, label.motion, split="train", rng=rng)
    code = torch.from_numpy(
        encoded(actor.size, np.array(actor.colors), np.array(actor.start), np.array(actor.travel), actor.ease)
    )
    prior = checkpoints.build("clip-prior", ClipPriorConfig(widths=(8,), codes=2)).eval()
    maps = torch.nn.functional.avg_pool2d(on_canvas(label.object, actor.drawing, 64), 2)
    flips = {"left": (2,), "down": (1,)}.get(label.motion, ())
    monkeypatch.setattr(prior, "pictures", lambda noise, labels: maps.flip(flips)[None])
    monkeypatch.setattr(prior, "codes", lambda noise, given: code.expand(2, -1))
    draws = Draws(prior, SHAPE, starts(1)[0])
    clips = draws.exemplars("clips", (LABELS.index(label),), company=False).clips
    ink = 1 - torch.from_numpy(render(ClipSpec(actors=(actor,)))).permute(3, 0, 1, 2) / 255
    wanted = torch.nn.functional.avg_pool3d(ink, (1, 8, 8))
    assert clips.shape == (1, 2, 3, 16, 12, 16)
    assert (clips[0, 0] - wanted).abs().mean() < 0.15 * wanted.abs().mean()
    picture = draws.exemplars("pictures", (LABELS.index(label),), company=False).clips[0, 0, :, 0].sum(0)
    place = torch.arange(36) - 17.5
    assert float(picture.sum(0) @ place / picture.sum()) == pytest.approx(0, abs=0.1)
    assert float(picture.sum(1) @ place / picture.sum()) == pytest.approx(0, abs=0.1)
    assert float(4 * picture.sum()) == pytest.approx(float(ink[:, 0].sum()), rel=0.05)


def test_area_weights_keep_the_amount_of_ink() -> None:
    """However it is placed, each pixel of the picture gives the frame its size in full pixels, within the frame."""
    center, scale = torch.tensor([40.0, 51.3]), torch.tensor([1.5, 2.2])
    weights = area_weights(center, scale, 16, 96, 8)
    assert weights.shape == (2, 12, 16)
    assert torch.allclose(8 * weights.sum(1), scale[:, None].expand(2, 16), atol=1e-4)


def test_a_video_has_draws_of_its_own() -> None:
    """Another start gives other clips; the same start, in another place of the batch, the same ones."""
    prior, videos = tiny_prior(), starts(2)
    first, second, again = (Draws(prior, SHAPE, video) for video in (videos[0], videos[1], videos[0].clone()))
    clips = [draws.exemplars("clips", (3,), company=False).clips for draws in (first, second, again)]
    assert torch.equal(clips[0], clips[2])
    assert not torch.allclose(clips[0], clips[1])


@pytest.mark.parametrize("labels", [None, torch.eye(11)[[3, 7]]])
@pytest.mark.parametrize("level", [0.5, 3.0, 20.0])
def test_an_estimate_does_not_depend_on_the_company(level, labels) -> None:  # type: ignore[no-untyped-def]
    """A video of two is decoded as alone, conditional or not, at every level; so is a part of the videos."""
    network, start = drawing_auto_encoder(), starts(2)
    video = 1 - level * torch.randn(2, 3, 16, 96, 128, generator=torch.Generator().manual_seed(1))
    both = network.for_videos(start)
    together = both(video, level, labels)
    own = None if labels is None else labels[1:]
    assert torch.allclose(together[1:], network.for_videos(start[1:])(video[1:], level, own), atol=1e-5)
    assert torch.allclose(together[1:], both.of_videos([1])(video[1:], level, own), atol=1e-5)


def test_objects_of_a_video_are_drawn_for_company() -> None:
    """A video of two labels is decoded; its objects have the draws of the two labels."""
    network = drawing_auto_encoder().for_videos(starts(1))
    labels = torch.zeros(1, 11)
    labels[0, [2, 6]] = 1
    for level in (0.5, 3.0, 20.0):
        assert network(1 - level * starts(1, seed=2) / 40, level, labels).shape == (1, 3, 16, 96, 128)
    kept = network.exemplars.draws[0]
    assert kept.exemplars("clips", (2, 6), company=True).clips.shape[0] == 2
