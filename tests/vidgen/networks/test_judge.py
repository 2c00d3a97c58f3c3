import torch

from tests.tinyweights import C3D_CONFIG, JUDGE_CONFIG
from vidgen.networks import checkpoints


def test_a_logit_per_option():
    """Eleven classes, Other and Unclear, for each video of a batch alike."""
    judge = checkpoints.build("judge", JUDGE_CONFIG).eval()
    video = torch.rand(2, 3, 16, 96, 128)
    logits = judge(video)
    assert logits.shape == (2, 13)
    assert torch.allclose(judge(video[:1])[0], logits[0], atol=1e-5)


def test_it_shares_nothing_with_the_classifier_it_checks():
    """The judge has no spatio-temporal convolution, of which C3D consists."""
    layers = {
        name: {type(layer).__name__ for layer in checkpoints.build(name, config).modules()}
        for name, config in (("judge", JUDGE_CONFIG), ("c3d", C3D_CONFIG))
    }
    assert "Conv3d" in layers["c3d"]
    assert "Conv3d" not in layers["judge"]


def test_it_reads_the_order_of_the_frames():
    """A video played backwards is another video to it."""
    judge = checkpoints.build("judge", JUDGE_CONFIG).eval()
    video = torch.rand(1, 3, 16, 96, 128)
    assert not torch.allclose(judge(video), judge(video.flip(2)), atol=1e-6)
