import math

import pytest
import torch

from tests.tinyweights import SMALL_TARGETS, small_auto_encoder, small_c3d, small_videos
from vidgen.objectives import (
    GRADIENTS,
    OBJECTIVES,
    EvaluationContext,
    class_cross_entropy,
    decoded_error,
    estimated_sigma,
    ink,
    l2_norm,
    logit_margin,
    spatial_variation,
    temporal_variation,
)


@pytest.fixture(scope="module")
def networks():
    return {"c3d": small_c3d(), "tempcae": small_auto_encoder()}


def test_cross_entropy_by_hand():
    """−Σ Y log p: log 2 for two equal logits, and the mean over the labels of a video with two."""
    logits = torch.tensor([[0.0, 0.0, -math.inf], [math.log(2), 0.0, 0.0]])
    target = torch.tensor([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0]])
    value = class_cross_entropy(logits[:, :2], target[:, :2])[0]
    assert value.item() == pytest.approx(math.log(2))
    value = class_cross_entropy(logits[1:], target[1:])
    assert value.tolist() == pytest.approx([-0.5 * math.log(1 / 2) - 0.5 * math.log(1 / 4)])


@pytest.mark.parametrize(
    ("logits", "target", "value"),
    [
        ([5.0, 1.0, 0.0], [1.0, 0.0, 0.0], 4.0),  # 8 − (5 − 1)
        ([20.0, 1.0, 0.0], [1.0, 0.0, 0.0], 0.0),  # far enough
        ([5.0, 1.0, 0.0], [0.5, 0.5, 0.0], 7.0),  # the weaker of two wanted: 8 − (1 − 0)
        ([0.0, 9.0, 0.0], [1.0, 0.0, 0.0], 17.0),  # the wrong one leads: 8 − (0 − 9)
    ],
)
def test_margin_by_hand(logits, target, value):
    """The margin asks the weakest wanted logit to lead the strongest other by eight."""
    assert logit_margin(torch.tensor([logits]), torch.tensor([target])).tolist() == [value]


def test_norms_by_hand():
    """Eqs. 7 and 10 are means over a video's elements, one value per video; that of eq. 10 is about white."""
    video = torch.stack([torch.zeros(3, 2, 4, 4), torch.full((3, 2, 4, 4), 3.0)])
    assert decoded_error(video, video + 0.5).tolist() == [0.25, 0.25]
    assert decoded_error(video, torch.zeros_like(video)).tolist() == [0.0, 9.0]
    assert l2_norm(video).tolist() == [1.0, 4.0]
    assert ink(video).tolist() == [1.0, 2.0]


def test_variations_by_hand():
    """A ramp along the width varies in space alone; a brightening in time alone."""
    ramp = (0.25 * torch.arange(8.0)).expand(1, 3, 4, 6, 8)
    assert spatial_variation(ramp).tolist() == [0.25]
    assert spatial_variation(ramp.transpose(-1, -2)).tolist() == [0.25]
    assert temporal_variation(ramp).tolist() == [0.0]
    brightening = (0.5 * torch.arange(4.0)).view(1, 1, 4, 1, 1).expand(1, 3, 4, 6, 8)
    assert temporal_variation(brightening).tolist() == [0.5]
    assert spatial_variation(brightening).tolist() == [0.0]


@pytest.mark.parametrize("name", ["decoded_distance", "conditional_distance"])
def test_distances_pull_towards_the_decoded_video(networks, name):
    """½‖X − R(X)‖² is followed along X − R(X): R(X) is held fixed."""
    video = small_videos(3).requires_grad_()
    context = EvaluationContext(video, 0.5, SMALL_TARGETS, **networks)
    decoded = (context.decoded if name == "decoded_distance" else context.conditional_decoded).detach()
    value = OBJECTIVES[name](context)
    assert torch.allclose(value, 0.5 * (video - decoded).square().flatten(1).sum(1))
    (gradient,) = torch.autograd.grad(value.sum(), video)
    assert torch.allclose(gradient, (video - decoded).detach())


@pytest.mark.parametrize("name", ["class_cross_entropy", "decoded_cross_entropy", "decoded_error", "l2_norm"])
def test_gradients_are_those_of_finite_differences(networks, name):
    """The gradient of a term passes through the networks (that of eq. 7 through R)."""
    video = small_videos(1, seed=3)
    direction = torch.randn(video.shape, generator=torch.Generator().manual_seed(4), dtype=torch.double)

    def value(at):
        return OBJECTIVES[name](EvaluationContext(at, 0.5, SMALL_TARGETS[:1], **networks)).sum()

    leaf = video.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(value(leaf), leaf)
    tiny = 1e-6
    difference = (value(video + tiny * direction) - value(video - tiny * direction)) / (2 * tiny)
    assert gradient.abs().max() > 0
    assert (gradient * direction).sum().item() == pytest.approx(difference.item(), rel=1e-4, abs=1e-9)


@pytest.mark.parametrize("level", [0.5, None])
@pytest.mark.parametrize("name", OBJECTIVES)
def test_a_video_does_not_feel_its_neighbours(networks, name, level):
    """A term's value and gradient of each video are the same alone and in a batch, whatever noise the others have."""
    videos = small_videos(3) * torch.tensor([1.0, 3.0, 0.2], dtype=torch.double).view(3, 1, 1, 1, 1)

    def followed(batch, target):
        leaf = batch.clone().requires_grad_()
        value = OBJECTIVES[name](EvaluationContext(leaf, level, target, **networks))
        assert value.shape == (len(batch),)
        return value.detach(), torch.autograd.grad(value.sum(), leaf)[0]

    together = followed(videos, SMALL_TARGETS)
    for index in range(3):
        alone = followed(videos[index : index + 1], SMALL_TARGETS[index : index + 1])
        for one, all_of_them in zip(alone, together, strict=True):
            assert torch.allclose(one[0], all_of_them[index], rtol=1e-9, atol=1e-12)


def test_the_auto_encoder_is_conditional_only_where_the_term_says_so(networks):
    """R(X) and R(X) with the labels differ, and the labels are those of the target without "none"."""
    video = small_videos(3)
    context = EvaluationContext(video, 0.5, SMALL_TARGETS, **networks)
    level = torch.full((3,), 0.5, dtype=torch.double)
    assert torch.allclose(context.decoded, networks["tempcae"](video, level))
    conditional = networks["tempcae"](video, level, (SMALL_TARGETS[:, :3] > 0).double())
    assert torch.allclose(context.conditional_decoded, conditional)
    assert not torch.allclose(context.conditional_decoded, context.decoded)


@pytest.mark.parametrize("sigma", [0.3, 2.0, 20.0])
def test_noise_is_found_in_a_video(sigma):
    """The noise level found in white plus normal noise is the noise's standard deviation."""
    noise = torch.randn(2, 3, 8, 48, 64, generator=torch.Generator().manual_seed(0))
    assert estimated_sigma(1 + sigma * noise).tolist() == pytest.approx([sigma, sigma], rel=0.03)


def test_the_noise_found_stays_within_what_the_auto_encoder_knows():
    """A clean video counts as having the least noise, a wild one as having the most."""
    noise = torch.randn(1, 3, 8, 48, 64, generator=torch.Generator().manual_seed(0))
    assert estimated_sigma(torch.ones_like(noise), 0.1, 40).tolist() == pytest.approx([0.1])
    assert estimated_sigma(1000 * noise, 0.1, 40).tolist() == pytest.approx([40])


@pytest.mark.parametrize("name", GRADIENTS)
def test_a_gradient_by_hand_is_the_terms_own(networks, name):
    """Where a gradient is written down it is what following the term back gives."""
    leaf = small_videos(3).requires_grad_()
    value = OBJECTIVES[name](EvaluationContext(leaf, 0.5, SMALL_TARGETS, **networks))
    expected = torch.autograd.grad(value.sum(), leaf)[0]
    by_hand = GRADIENTS[name](EvaluationContext(leaf.detach(), 0.5, SMALL_TARGETS, **networks))
    assert torch.allclose(by_hand, expected, rtol=1e-9, atol=1e-12)
