import numpy as np
import pytest
import torch

from tests.tinyweights import LAYERED_CONFIG
from vidgen.dataset.clips import render, sample_spec
from vidgen.labels import LABELS
from vidgen.networks import checkpoints
from vidgen.networks.exemplars import Exemplars, as_ink
from vidgen.networks.layered import LayeredTempCAEConfig, cut_out, each_label, interpolation, smooth_path
from vidgen.training.pictures import centered, exemplar_pictures


def clip_of(*labels, seed=0):
    """A clip of the dataset as ink, `(1, 3, 16, 96, 128)`, and what it shows."""
    spec = sample_spec(labels, split="train", rng=np.random.default_rng(seed))
    return 1 - torch.from_numpy(render(spec)).permute(3, 0, 1, 2)[None] / 255, spec


def remembering(*inks):
    """A full-sized layered auto-encoder with an untrained network, one clip of each class kept as an exemplar."""
    network = checkpoints.build("layered-tempcae", LayeredTempCAEConfig(num_classes=len(inks), widths=(8, 8), depth=1))
    small = [torch.nn.functional.avg_pool3d(ink, (1, 8, 8)) for ink in inks]
    network.exemplars = Exemplars(torch.stack(small))
    return network.eval()


@pytest.mark.parametrize("label", LABELS, ids=str)
def test_a_path_is_that_of_the_actor(label):
    """The parabola fitted to the ink of a clip at low resolution, in cells of 8 pixels, is the actor's."""
    ink, spec = clip_of(label)
    times = np.linspace(0, 1, 16)
    centers = torch.from_numpy(spec.actors[0].centers(times))
    amount = torch.nn.functional.avg_pool3d(ink, (1, 8, 8)).sum(1).double()
    for axis, profile in ((0, amount.sum(2)), (1, amount.sum(3))):
        offset = smooth_path(profile, 8)[0] - centers[:, axis]
        assert offset.std() < 0.2


def test_what_is_cut_out_along_a_path_and_put_back_is_the_clip():
    """With the mean along its path as its picture, a clip of the dataset is decoded as it was, but for edges."""
    ink, _ = clip_of(LABELS[0])
    decoded = remembering(ink).moved(ink, torch.tensor([0.1]), torch.ones(1, 1), 1, lambda mean, level, labels: mean)
    assert (decoded - ink).abs().mean() < 0.1 * ink.abs().mean()


def test_two_objects_are_decoded_each_from_its_own_ink():
    """Of a clip of two labels each picture is the mean of what the other object does not cover."""
    ink, spec = clip_of(LABELS[0], LABELS[2], seed=4)
    alone = [
        1 - torch.from_numpy(render(type(spec)(actors=(actor,)))).permute(3, 0, 1, 2)[None] / 255
        for actor in spec.actors
    ]
    network = remembering(*alone)
    decoded = network.moved(ink, torch.tensor([0.1]), torch.ones(1, 2), 2, lambda mean, level, labels: mean)
    assert (decoded - ink).abs().mean() < 0.15 * ink.abs().mean()


def test_a_decoded_video_is_one_constant_picture_on_white():
    """Whatever it is given, even noise alone, what it decodes is white but for a picture that does not change."""
    ink, _ = clip_of(LABELS[0])
    network = remembering(ink)
    noise = 0.2 * torch.randn(1, 3, 16, 96, 128, generator=torch.Generator().manual_seed(0))
    place = torch.arange(72) - 35.5
    spot = torch.exp(-(place[:, None] ** 2 + place**2) / 50).expand(1, 3, 72, 72)
    decoded = network.moved(noise, torch.tensor([0.5]), torch.ones(1, 1), 1, lambda mean, level, labels: spot)
    rows, columns = network.placed(torch.nn.functional.avg_pool3d(ink, (1, 8, 8)))
    for t in range(16):
        seen = cut_out(decoded[:, :, t : t + 1], rows[:, t : t + 1], columns[:, t : t + 1])
        assert (seen - spot).abs().max() < 0.01
        assert decoded[0, 0, t].sum() == pytest.approx(float(spot[0, 0].sum()), rel=1e-3)


@pytest.mark.parametrize("level", [0.5, 3.0, 20.0])
def test_a_level_for_all_is_a_level_for_each(level):
    """One number, and the same number for each video, decode alike; so does a video in another's company."""
    network = checkpoints.build("layered-tempcae", LAYERED_CONFIG).eval()
    network.exemplars = Exemplars(torch.rand(11, 2, 3, 16, 12, 16))
    network.pictures = Exemplars(torch.rand(11, 2, 3, 1, 8, 8))
    video = 1 - level * torch.randn(2, 3, 16, 96, 128, generator=torch.Generator().manual_seed(1))
    labels = torch.eye(11)[[3, 7]]
    together = network(video, level, labels)
    assert torch.allclose(together, network(video, torch.full((2,), level), labels), atol=1e-5)
    assert torch.allclose(together[1:], network(video[1:], level, labels[1:]), atol=1e-5)
    assert not torch.allclose(together, network(video, level), atol=1e-5)


@pytest.mark.parametrize("level", [2.0, 20.0])
def test_a_smaller_one_decodes_smaller_clips_alike(level):
    """At half the resolution, given half the noise level, it decodes what it decodes in full, half as large."""
    config = LayeredTempCAEConfig(widths=(8, 8), depth=1)
    large, small = (checkpoints.build("layered-tempcae", each).eval() for each in (config, config.smaller(2)))
    clips = torch.stack([torch.nn.functional.avg_pool3d(clip_of(label)[0], (1, 8, 8)) for label in LABELS])
    pictures = as_ink(exemplar_pictures(2, 2, 72))
    for network in (large, small):
        network.exemplars, network.pictures = Exemplars(clips), Exemplars(pictures)
    clip = 1 - clip_of(LABELS[3])[0]
    video = clip + level * torch.randn(clip.shape, generator=torch.Generator().manual_seed(1))
    half = torch.nn.functional.avg_pool3d(video, (1, 2, 2))
    wanted = torch.nn.functional.avg_pool3d(large(video, level), (1, 2, 2))
    assert (small(half, level / 2) - wanted).abs().mean() < 0.2 * (1 - wanted).abs().mean()


def test_interpolation_gives_every_place_its_pixel():
    """Between pixels the shares of neighbours add up to one, on a pixel all is its own."""
    shares = interpolation(torch.tensor([[20.0, 20.3]]), 8, 40)
    assert torch.allclose(shares.sum(-1), torch.ones(1, 2, 8))
    assert torch.allclose(interpolation(torch.tensor([[19.5]]), 8, 40)[0, 0], torch.eye(40)[16:24])


def test_labels_are_shared_out_among_the_objects():
    """Each object gets one label of its video, in the order of the classes, or none."""
    labels = torch.tensor([[0.0, 1, 0, 1], [0, 0, 0, 0]])
    assert each_label(labels, 2).tolist() == [[0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0], [0, 0, 0, 0]]


def test_a_picture_has_the_centre_of_its_ink_in_the_middle():
    """The pictures that the network learns lie as paths will find them."""
    for label in LABELS:
        _, spec = clip_of(label, seed=2)
        ink = 255 - centered(spec.actors[0], 72).astype(float).mean(-1)
        assert ink.sum(0) @ np.arange(72) / ink.sum() == pytest.approx(35.5, abs=0.1)
        assert ink.sum(1) @ np.arange(72) / ink.sum() == pytest.approx(35.5, abs=0.1)
