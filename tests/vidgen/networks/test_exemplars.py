from itertools import permutations

import pytest
import torch
from torch.nn import functional as F

from vidgen.networks.exemplars import Sketches, grown

CLIPS = torch.rand(2, 3, 3, 4, 2, 2, generator=torch.Generator().manual_seed(0)).double()


@pytest.mark.parametrize("told", [None, 1])
def test_the_expected_clip_is_the_mean_over_all_clips_in_all_orders_of_their_colours(told):
    """Each weighs by the Gaussian of its distance at the noise level: by hand, one clip and order after another."""
    ink = torch.rand(2, 3, 4, 2, 2, generator=torch.Generator().manual_seed(1)).double()
    level = torch.tensor([0.5, 2.0]).double()
    candidates = [
        clip[list(order)]
        for index, clips in enumerate(CLIPS)
        if told in (None, index)
        for clip in clips
        for order in permutations(range(3))
    ]
    labels = None if told is None else torch.eye(2).double()[[told, told]]
    found = Sketches(CLIPS)(ink, level, labels)[:, 0]
    for video, sigma, expected in zip(ink, level, found, strict=True):
        weights = torch.stack([(-((video - each) ** 2).sum() / 2 / sigma**2).exp() for each in candidates])
        by_hand = sum(weight * each for weight, each in zip(weights / weights.sum(), candidates, strict=True))
        assert torch.allclose(expected, by_hand)


def test_pictures_grow_by_bilinear_interpolation():
    """As torch's own interpolation does it."""
    small = torch.rand(2, 3, 5, 6, 7)
    wanted = F.interpolate(small, scale_factor=(1, 4, 4), mode="trilinear")
    assert torch.allclose(grown(small, 4), wanted, atol=1e-6)
