"""Robust training: clips are changed against the classifier, and what is made from it is shown to it as "none"."""

import copy

import pytest
import torch

from tests.tinyweights import C3D_CONFIG
from vidgen.networks import checkpoints
from vidgen.networks.c3d import C3D, C3DConfig
from vidgen.training import robust
from vidgen.training.batches import Batch
from vidgen.training.robust import Adversary, Made, norm, robust_loss, start_ink, veiled, without_batch_norm

MADE = Made(kept=3, moved=2, age=2)


def adversary() -> Adversary:
    """A tiny classifier with three videos that are made from it."""
    c3d = checkpoints.build("c3d", C3D_CONFIG, seed=1)
    assert isinstance(c3d, C3D)
    return Adversary(c3d.eval(), MADE)


def batch(seed: int = 0) -> Batch:
    """Two clips of noise, of two classes."""
    clips = torch.randint(256, (2, 16, 96, 128, 3), generator=torch.Generator().manual_seed(seed), dtype=torch.uint8)
    return Batch(clips, torch.eye(12)[[0, 3]])


def step(network: Adversary, number: int, seed: int = 0) -> torch.Tensor:
    """The loss of a step, whose gradients are computed as `fit` computes them."""
    loss = robust_loss(network, batch(seed), torch.Generator().manual_seed(number))
    network.zero_grad()
    loss.backward()
    return loss.detach()


def test_clips_are_changed_within_their_distance() -> None:
    """In the steps of one batch the change stays within each clip's distance, and the loss of the clips rises."""
    network, losses = adversary(), []
    for number in range(robust.REPLAYS):
        step(network, number)
        assert network.seen is not None
        assert (norm(network.seen - network.clean) <= network.distance * 1.0001).all()
        logits = network.c3d.read(network.seen.detach()).detach()
        losses.append(float(-(batch().target * logits.log_softmax(1)).sum(1).mean()))
    assert losses[-1] > losses[0]
    assert (network.distance <= robust.DISTANCE / 4).all()
    clean = network.clean
    step(network, robust.REPLAYS, seed=1)
    assert not torch.equal(network.clean, clean)


def test_made_videos_move_towards_their_labels() -> None:
    """A move has its length and its decay, raises the probability of the label, and after some a video begins anew."""
    network, generator = adversary(), torch.Generator().manual_seed(1)
    network.descended(generator)
    assert (network.ages < MADE.age + 1).all()
    network.ages.zero_()
    before, ages = network.videos.clone(), network.ages.clone()
    network.descended(generator)
    moved = network.ages > ages
    assert moved.sum() == MADE.moved
    assert torch.equal(network.videos[~moved], before[~moved])
    ahead = network.videos[moved] / (1 - MADE.decay) - before[moved]
    assert torch.allclose(norm(ahead), torch.tensor(MADE.length / 4), rtol=1e-3)
    losses = [
        torch.nn.functional.cross_entropy(network.c3d.read(videos[moved]), network.goals[moved])
        for videos in (before, network.videos)
    ]
    assert losses[1] < losses[0]
    network.ages.fill_(MADE.age)
    old = network.videos.clone()
    network.descended(generator)
    assert (network.ages <= MADE.age // 2 + 1).all()
    assert not torch.isclose(network.videos, old).all(dim=4).any()


def test_a_training_that_was_stopped_goes_on_with_its_videos() -> None:
    """Between two batches, the state has all that the next losses depend on."""
    network = adversary()
    for number in range(robust.REPLAYS):
        step(network, number)
    other = adversary()
    other.load_state_dict(copy.deepcopy(network.state_dict()))
    for number in range(2):
        assert torch.equal(step(network, 9 + number, seed=1), step(other, 9 + number, seed=1))


def test_the_batch_normalisation_is_folded_into_what_learns() -> None:
    """The network to be trained computes what the trained one does, has no batch normalisation, and learns."""
    network = C3D(C3DConfig(num_classes=3, blocks=((4,), (4,)), hidden=8, shrink=4, batch_norm=True)).eval()
    for layer in network.features:
        if isinstance(layer, torch.nn.BatchNorm3d):
            layer.running_mean = torch.linspace(-1, 1, 4)
            layer.running_var = torch.linspace(0.5, 2, 4)
    video = torch.rand(1, 3, 16, 96, 128)
    found = without_batch_norm(network)
    assert torch.allclose(found(video), network(video), atol=1e-5)
    assert not found.config.batch_norm
    assert all(parameter.requires_grad for parameter in found.parameters())
    assert not any(isinstance(layer, torch.nn.BatchNorm3d) for layer in found.modules())


@pytest.mark.parametrize("shrink", [1, 2])
def test_clips_on_their_way_lie_between_the_start_and_themselves(shrink: int) -> None:
    """What is added to (1 − t) · clip is t times the start, uniform noise averaged over the network's pixels."""
    generator, clean = torch.Generator().manual_seed(1), torch.zeros(40, 3, 4, 24, 32)
    shown, left = veiled(clean, shrink, generator)
    assert ((left == 1).float().mean() - 0.5).abs() < 0.25
    some = (left < 0.9).flatten()
    noise = shown[some] / (1 - left[some])
    assert noise.mean().item() == pytest.approx(0.5, abs=0.01)
    assert noise.std().item() == pytest.approx(1 / 12**0.5 / shrink, rel=0.02)
    assert torch.equal(shown[(left == 1).flatten()], clean[(left == 1).flatten()])
    assert start_ink((1, 3, 4, 24, 32), shrink, generator).shape == (1, 3, 4, 24, 32)
