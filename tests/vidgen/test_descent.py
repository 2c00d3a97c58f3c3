from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tests.tinyweights import SMALL_TARGETS, small_auto_encoder, small_c3d, small_videos
from vidgen.descent import descend, start_video, term_values
from vidgen.methods import METHODS, Annealing, Method, Start, Term
from vidgen.networks.tempcae import TempCAE, TempCAEConfig

SHAPE = (3, 4, 16, 16)
CPU = torch.device("cpu")


class Half(nn.Module):
    """An auto-encoder whose answer is known: half of what it sees."""

    def forward(self, video, sigma=None, labels=None):
        return 0.5 * video


@pytest.fixture(scope="module")
def networks():
    return {"c3d": small_c3d(), "tempcae": small_auto_encoder()}


def method(*terms, **settings):
    return Method(name="test", summary="", terms=terms, **{"steps": 1, **settings})


def test_a_step_of_the_proposed_method_is_eq_8(networks):
    """X ← X − η_C3D ∂L_C3D/∂X − η_AE ∂‖R(X) − X‖²/∂X, for the paper's auto-encoder, by hand."""
    paper = TempCAE(TempCAEConfig(window=2, kernel=4, stride=2, hidden=3)).double().eval()
    both = method(Term(objective="class_cross_entropy", rate=3.0), Term(objective="decoded_error", rate=7.0), steps=2)
    start = small_videos(1)
    by_hand = start.clone()
    for _ in range(2):
        leaf = by_hand.requires_grad_()
        loss_c3d = -F.log_softmax(networks["c3d"](leaf), 1)[0, 0]
        loss_ae = (paper(leaf) - leaf).square().mean()
        gradients = [torch.autograd.grad(loss, leaf, retain_graph=True)[0] for loss in (loss_c3d, loss_ae)]
        by_hand = leaf.detach() - 3.0 * gradients[0] - 7.0 * gradients[1]
    found = descend(start, both, SMALL_TARGETS[:1], c3d=networks["c3d"], tempcae=paper)
    assert not torch.allclose(found, start, atol=1e-3)
    assert torch.allclose(found, by_hand, rtol=1e-9, atol=1e-12)


def test_a_step_of_the_comparison_method_is_eq_11(networks):
    """X ← X − η_C3D ∂L_C3D/∂X − η_norm ∂‖X‖²/∂X, whose second part is 2X/n for X about white, by hand."""
    both = method(Term(objective="class_cross_entropy", rate=3.0), Term(objective="l2_norm", rate=50.0))
    start = small_videos(1)
    leaf = start.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(-F.log_softmax(networks["c3d"](leaf), 1)[0, 0], leaf)
    by_hand = start - 3.0 * gradient - 50.0 * 2 * (start - 1) / start.numel()
    found = descend(start, both, SMALL_TARGETS[:1], **networks)
    assert torch.allclose(found, by_hand, rtol=1e-9, atol=1e-12)


def test_rates_follow_the_noise_level(networks):
    """A term's rate is multiplied by the level to its power, and a term pulls only above its threshold."""
    start = small_videos(2)

    def moved(*terms):
        return descend(start, method(*terms, sigma=2.0), SMALL_TARGETS[:2], **networks) - start

    plain = moved(Term(objective="l2_norm", rate=1.0))
    quiet = Term(objective="ink", rate=100.0, above=3.0)
    assert torch.allclose(moved(Term(objective="l2_norm", rate=1.0, power=2), quiet), 4 * plain)
    loud = replace(quiet, above=1.0)
    assert not torch.allclose(moved(Term(objective="l2_norm", rate=1.0), loud), plain)


def test_annealed_steps_by_hand(networks):
    """Between levels σ and σ' a video goes the share 1 − σ'/σ of the way; the last step goes all of it."""
    annealing = Annealing(sigma_max=8.0, sigma_min=1.0)
    first, second, last = annealing.sigmas(2)
    assert (first, second, last) == (pytest.approx(8.0), pytest.approx(1.0), 0.0)
    towards = method(Term(objective="conditional_distance", rate=1.0), steps=2, annealing=annealing)
    start = small_videos(2)
    found = descend(start, towards, SMALL_TARGETS[:2], c3d=networks["c3d"], tempcae=Half())
    # R(X) = X/2: after the share 7/8 of the way to it, and then all of the way.
    assert torch.allclose(found, start * (1 - 7 / 8 / 2) / 2)


@pytest.mark.parametrize(("order", "gain"), [(1, 2.0), (2, 4.0)])
def test_twice_the_steps_divide_the_error_by_two_to_the_order(networks, order, gain):
    """For R(X) = X/2 the exact solution is X ∝ σ^(step_exponent/2): the error is halved, or quartered at order 2."""
    start = small_videos(2)

    def error(steps):
        annealing = Annealing(sigma_max=8.0, sigma_min=1.0, step_exponent=1.6, order=order)
        towards = method(Term(objective="conditional_distance", rate=1.0), steps=steps, annealing=annealing)
        found = descend(start, towards, SMALL_TARGETS[:2], c3d=networks["c3d"], tempcae=Half())
        exact = start * (1 / 8) ** 0.8 / 2  # the last step goes all the way to R(X)
        return float((found - exact).norm())

    assert error(100) / error(200) == pytest.approx(gain, rel=0.1)


def test_sigmas_fall_from_the_largest_to_zero():
    """There is a level per step and a last one of 0, each lower than the one before."""
    sigmas = Annealing(sigma_max=40.0, sigma_min=0.1).sigmas(30)
    assert len(sigmas) == 31
    assert sigmas[0] == pytest.approx(40)
    assert sigmas[-2:] == [pytest.approx(0.1), 0]
    assert sigmas == sorted(sigmas, reverse=True)
    assert len(Annealing().sigmas(1)) == 2


@pytest.mark.parametrize("name", METHODS)
def test_videos_of_a_batch_go_their_own_ways(networks, name):
    """Every method makes of a video the same in a batch of three and alone."""
    chosen = replace(METHODS[name], steps=3)
    starts = start_video(chosen.start, [5, 6, 7], SHAPE, CPU).double()
    together = descend(starts, chosen, SMALL_TARGETS, **networks)
    assert not torch.allclose(together, starts)
    for index in range(3):
        alone = descend(starts[index : index + 1], chosen, SMALL_TARGETS[index : index + 1], **networks)
        assert torch.allclose(alone[0], together[index], rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", METHODS)
def test_two_runs_are_equal_bit_for_bit(networks, name):
    """The same start leads to the very same video, in the precision that is used in earnest."""
    chosen = replace(METHODS[name], steps=3)
    start = start_video(chosen.start, [5, 6], SHAPE, CPU)
    single = {"c3d": small_c3d().float(), "tempcae": small_auto_encoder().float()}
    first, second = (descend(start, chosen, SMALL_TARGETS[:2].float(), **single) for _ in range(2))
    assert torch.isfinite(first).all()
    assert torch.equal(first, second)


def test_each_step_is_reported(networks):
    """The callback hears of each step with the videos after it; the start is left as it was."""
    start = small_videos(2)
    kept = start.clone()
    heard = []
    result = descend(
        start,
        method(Term(objective="l2_norm", rate=9.0), steps=4),
        SMALL_TARGETS[:2],
        callback=heard.append,
        **networks,
    )
    assert [(one.step, one.steps) for one in heard] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert torch.equal(heard[-1].video, result)
    assert not torch.equal(heard[0].video, heard[1].video)
    assert torch.equal(start, kept)
    assert not result.requires_grad


@pytest.mark.parametrize("distribution", ["uniform", "normal"])
def test_a_start_depends_on_its_seed_alone(distribution):
    """A video starts from the same noise alone, in any batch and beside any neighbour; other seeds differ."""
    start = Start(distribution=distribution, mean=1.0, spread=3.0)
    batch = start_video(start, [1, 2, 3], SHAPE, CPU)
    assert batch.shape == (3, *SHAPE)
    assert torch.equal(batch[1], start_video(start, [2], SHAPE, CPU)[0])
    assert torch.equal(batch[2], start_video(start, [3, 1], SHAPE, CPU)[0])
    assert not torch.equal(batch[0], batch[1])


def test_starts_are_spread_as_the_method_says():
    """Uniform noise fills mean ± spread and no more; normal noise has that mean and standard deviation."""
    shape = (3, 16, 96, 128)
    uniform = start_video(Start(distribution="uniform", mean=0.5, spread=0.5), [0], shape, CPU)
    assert uniform.min() >= 0
    assert uniform.max() <= 1
    assert uniform.mean().item() == pytest.approx(0.5, abs=0.01)
    assert uniform.std().item() == pytest.approx(1 / 12**0.5, abs=0.01)
    normal = start_video(Start(distribution="normal", mean=1.0, spread=4.0), [0], shape, CPU)
    assert normal.mean().item() == pytest.approx(1, abs=0.05)
    assert normal.std().item() == pytest.approx(4, abs=0.05)


def test_the_final_values_of_each_term(networks):
    """What is recorded of a video is each term's value, per video, by its name."""
    video = small_videos(3)
    both = method(Term(objective="ink", rate=1.0), Term(objective="l2_norm", rate=2.0))
    values = term_values(video, both, SMALL_TARGETS, **networks)
    assert set(values) == {"ink", "l2_norm"}
    assert torch.allclose(values["l2_norm"], (1 - video).square().mean((1, 2, 3, 4)))
    assert torch.allclose(values["ink"], (1 - video).abs().mean((1, 2, 3, 4)))
