import pytest
import torch
from torch import nn

from vidgen.training.fit import FitConfig, fit, resume_step

SETTINGS = FitConfig(steps=320, batch=4, learning_rate=1e-2, average=0.9, seed=3)


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 1))


def batches(start):
    """One batch per step, which depends on the step alone."""
    for step in range(start, SETTINGS.steps):
        yield torch.randn(16, 3, generator=torch.Generator().manual_seed(step))


def loss(net, batch, generator):
    """Learn a sum from noisy inputs."""
    noisy = batch + 0.1 * torch.randn(batch.shape, generator=generator)
    return (net(noisy)[:, 0] - batch.sum(1)).square().mean()


class KilledError(Exception):
    pass


def kill_at(step):
    def callback(progress):
        if progress.step == step:
            raise KilledError

    return callback


def test_a_killed_and_resumed_training_equals_an_uninterrupted_one(tmp_path):
    """What is kept every 200 steps holds everything: weights, averages, optimiser, schedule and random numbers."""
    whole, broken, resumed = network(), network(), network()
    fit(whole, batches(0), loss, SETTINGS)
    state = tmp_path / "toy.state"
    assert resume_step(state) == 0
    with pytest.raises(KilledError):
        fit(broken, batches(0), loss, SETTINGS, state=state, callback=kill_at(250))
    assert resume_step(state) == 200
    fit(resumed, batches(200), loss, SETTINGS, start=200, state=state)
    for name, weight in whole.state_dict().items():
        assert torch.equal(resumed.state_dict()[name], weight), name
    assert not list(tmp_path.glob("*partial*"))


def test_the_loss_falls_and_the_figures_say_how_it_was_trained():
    """A toy is learnt; the figures hold the last loss, the seconds and every setting."""
    heard = []
    net = network()
    figures = fit(net, batches(0), loss, SETTINGS, callback=heard.append)
    assert [progress.step for progress in heard] == list(range(1, 321))
    assert {progress.steps for progress in heard} == {320}
    assert heard[-1].loss < 0.3 * heard[0].loss
    assert figures["loss"] == heard[-1].loss
    assert figures["seconds"] > 0
    assert (figures["steps"], figures["learning_rate"], figures["seed"]) == (320, 1e-2, 3)
    assert not net.training


def test_other_seeds_see_other_noise():
    """The generator that a loss is given depends on seed and step."""
    seen = {}
    for seed in (0, 1):
        seen[seed] = []

        def note(net, batch, generator, numbers=seen[seed]):
            numbers.append(torch.rand((), generator=generator).item())
            return net(batch).square().mean()

        fit(network(), batches(0), note, FitConfig(steps=3, seed=seed))
    assert len({*seen[0], *seen[1]}) == 6


def test_a_loss_that_is_no_number_ends_the_training():
    """Training stops at once and says at which step."""

    def infinite(net, batch, generator):
        return net(batch).mean() * torch.inf

    with pytest.raises(FloatingPointError, match="at step 0: lower the learning rate"):
        fit(network(), batches(0), infinite, SETTINGS)
