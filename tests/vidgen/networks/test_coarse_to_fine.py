import pytest
import torch

from tests.tinyweights import randomised, small_videos
from vidgen.networks import checkpoints
from vidgen.networks.coarse_to_fine import CoarseToFineTempCAEConfig
from vidgen.networks.exemplars import Exemplars
from vidgen.networks.tempcae import TempCAE, TempCAEConfig


def test_impossible_sizes_are_refused():
    """A configuration that no network can be built from is an error that names the value."""
    message = r"temporal \(True, True\) must have one entry less than coarse \(8, 8\)"
    with pytest.raises(ValueError, match=message):
        CoarseToFineTempCAEConfig(coarse=(8, 8))


@pytest.fixture(scope="module")
def network():
    """A coarse-to-fine auto-encoder for `small_videos`, of three classes with two exemplars each."""
    config = CoarseToFineTempCAEConfig(coarse=(4, 4), temporal=(True,), depth=1, fine=(4,), num_classes=3)
    network = randomised(checkpoints.build("coarse-to-fine-tempcae", config))
    network.exemplars = Exemplars(torch.rand(3, 2, 3, 4, 4, 4, dtype=torch.double))
    return network


def test_it_is_called_like_the_papers(network):
    """Both take (video, noise level, labels) and give a video of that shape."""
    video, level = small_videos(2), torch.full((2,), 0.5, dtype=torch.double)
    paper = TempCAE(TempCAEConfig(window=2, kernel=4, stride=4, hidden=2)).double()
    labels = torch.eye(3, dtype=torch.double)[:2]
    for each in (network, paper):
        assert each(video, level, labels).shape == video.shape
        assert each(video, 0.5, labels).shape == video.shape
    assert torch.equal(paper(video, level, labels), paper(video))


@pytest.mark.parametrize("level", [0.5, 2.0, 10.0])
def test_labels_and_noise_level_matter(network, level):
    """Labels and noise level change what it draws, each for its own video; no label is the same as zeros."""
    video, levels = small_videos(2, spread=level), torch.full((2,), level, dtype=torch.double)
    unconditional = network(video, levels)
    assert torch.allclose(unconditional, network(video, levels, torch.zeros(2, 3, dtype=torch.double)))
    one_conditional = network(video, levels, torch.tensor([[0, 0, 0], [0, 1, 0]], dtype=torch.double))
    assert torch.allclose(one_conditional[0], unconditional[0])
    assert not torch.allclose(one_conditional[1], unconditional[1])
    noisier = network(video, levels * torch.tensor([1, 1.1], dtype=torch.double))
    assert torch.allclose(noisier[0], unconditional[0])
    assert not torch.allclose(noisier[1], unconditional[1])


def test_each_noise_level_has_its_part(network):
    """Much noise leaves the exemplars' mean, medium noise an outline, little noise the detail; a batch may have all."""
    video = small_videos(3)
    config = network.config
    level = torch.tensor(
        [2 * config.exemplars_from, (config.exemplars_from + config.fine_below) / 2, config.fine_below / 2],
        dtype=torch.double,
    )
    decoded, ink = network(video, level), 1 - video
    outlined = network.outlined(ink, level, None)
    assert torch.allclose(decoded[0], 1 - network.exemplar_mean(ink, level, None)[0])
    assert torch.allclose(decoded[1], 1 - outlined[1])
    assert torch.allclose(decoded[2], 1 - network.detail(ink, outlined, level, None)[2])
    for index in range(3):
        assert torch.allclose(network(video[index : index + 1], level[index].item())[0], decoded[index])
