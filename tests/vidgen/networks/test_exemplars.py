from itertools import permutations

import pytest
import torch
from torch.nn import functional as F

from vidgen.networks.exemplars import Exemplars, upsampled

CLIPS = torch.rand(2, 3, 3, 4, 2, 2, generator=torch.Generator().manual_seed(0)).double()


@pytest.mark.parametrize("index", [None, 1])
def test_the_expected_clip_is_the_mean_over_all_clips_in_all_orders_of_their_colours(index):
    """Each weighs by the Gaussian of its distance at the noise level: by hand, one clip and order after another."""
    ink = torch.rand(2, 3, 4, 2, 2, generator=torch.Generator().manual_seed(1)).double()
    level = torch.tensor([0.5, 2.0]).double()
    candidates = [
        clip[list(order)]
        for number, clips in enumerate(CLIPS)
        if index in (None, number)
        for clip in clips
        for order in permutations(range(3))
    ]
    labels = None if index is None else torch.eye(2).double()[[index, index]]
    found = Exemplars(CLIPS)(ink, level, labels)[:, 0]
    for video, sigma, expected in zip(ink, level, found, strict=True):
        weights = torch.stack([(-((video - each) ** 2).sum() / 2 / sigma**2).exp() for each in candidates])
        by_hand = sum(weight * each for weight, each in zip(weights / weights.sum(), candidates, strict=True))
        assert torch.allclose(expected, by_hand)


def test_pictures_grow_by_bilinear_interpolation():
    """As torch's own interpolation does it."""
    small = torch.rand(2, 3, 5, 6, 7)
    wanted = F.interpolate(small, scale_factor=(1, 4, 4), mode="trilinear")
    assert torch.allclose(upsampled(small, 4), wanted, atol=1e-6)


def expected_clip(candidates, ink, level):
    """Σ p(clip | ink) · clip for Gaussian noise of that level, every candidate equally likely beforehand."""
    weight = torch.stack([-(ink - clip).square().sum() / (2 * level**2) for clip in candidates]).softmax(0)
    return sum(part * clip for part, clip in zip(weight, candidates, strict=True))


@pytest.mark.parametrize("given", [[1], []])
def test_an_estimate_is_the_expected_clip(given):
    """Under noise it is the mean of the given (or all) classes' clips in all six orders of their colours, by hand."""
    clips = torch.rand(2, 3, 3, 4, 2, 2, dtype=torch.double)
    ink = torch.rand(1, 3, 4, 2, 2, dtype=torch.double)
    chosen = clips[given] if given else clips
    candidates = [clip[list(order)] for clip in chosen.flatten(0, 1) for order in permutations(range(3))]
    labels = torch.tensor([[float(index in given) for index in range(2)]])
    found = Exemplars(clips)(ink, torch.tensor([0.7]), labels)
    assert torch.allclose(found[0, 0], expected_clip(candidates, ink[0], 0.7))


def test_an_estimate_of_two_labels_shows_one_clip_of_each_apart():
    """Under noise too little to hide them, the estimates of two labels are the clips that were put together."""
    clips = torch.zeros(2, 4, 3, 4, 2, 4, dtype=torch.double)
    for place in range(4):
        clips[0, place, 0, :, 0, place] = 1
        clips[1, place, 1, :, :, place] = 1
    ink = (clips[0, 1] + clips[1, 3])[None]
    found = Exemplars(clips)(ink, torch.tensor([0.1]), torch.tensor([[1.0, 1.0]]))
    assert torch.allclose(found[0, 0], clips[0, 1])
    assert torch.allclose(found[0, 1], clips[1, 3])
