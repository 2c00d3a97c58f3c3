import torch
from torch import nn

from vidgen.training.heldout import accuracy, denoising_errors, unclear_threshold

CPU = torch.device("cpu")


class Sure(nn.Module):
    """A classifier that always names the first class."""

    def forward(self, video):
        return torch.eye(13)[0].expand(len(video), 13) * 99


def test_accuracy_by_hand():
    """One that always names the same class is right for about one clip in eleven."""
    assert 0 <= accuracy(Sure(), None, CPU, batches=1) < 0.35


def test_a_denoiser_that_does_nothing_leaves_the_noise():
    """The error of handing a video back is the noise's variance."""
    errors = denoising_errors(lambda video, sigma: video, None, CPU)
    assert {name: round(value, 2) for name, value in errors.items()} == {"0.1": 0.01, "0.5": 0.25, "2.0": 4.0}


def test_a_judge_that_is_sure_of_junk_needs_all_it_can_be_sure_of():
    """The threshold is what nearly all junk stays below."""
    assert unclear_threshold(Sure(), clips=3) > 0.99
