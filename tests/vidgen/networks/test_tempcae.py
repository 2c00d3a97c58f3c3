from itertools import permutations

import numpy as np
import pytest
import torch

from tests.tinyweights import randomised, small_videos
from vidgen.networks import checkpoints
from vidgen.networks.coarse_to_fine import DeepTempCAEConfig
from vidgen.networks.exemplars import Sketches
from vidgen.networks.tempcae import TempCAE, TempCAEConfig


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def test_eqs_4_and_5_by_hand():
    """H = σ(W ∗ X[i:i+CS] + b) and X̂ = σ(W'·h + b'), window by window, averaged where the windows overlap."""
    torch.manual_seed(0)
    network = TempCAE(TempCAEConfig(window=2, kernel=2, stride=2, hidden=1)).double()
    video = torch.rand(1, 3, 3, 2, 2, dtype=torch.double)  # as large as one filter: each window has a single code
    x = video[0].numpy()
    up, b_up = network.encode.weight[0].detach().numpy(), network.encode.bias.item()
    down, b_down = network.decode.weight[0].detach().numpy(), network.decode.bias.detach().numpy()
    decoded = []
    for start in (0, 1):
        stacked = np.concatenate([x[:, start], x[:, start + 1]])  # the frames' colours as six channels
        code = sigmoid((up * stacked).sum() + b_up)
        decoded.append(sigmoid(down * code + b_down[:, None, None]))
    first, second = decoded
    expected = np.stack([first[:3], (first[3:] + second[:3]) / 2, second[3:]], 1)
    assert np.allclose(network(video)[0].detach().numpy(), expected, atol=1e-12)


def test_windows_start_at_every_frame():
    """Sixteen frames have 16 − CS + 1 windows, and a window's channels are its frames' colours in their order."""
    network = TempCAE(TempCAEConfig(window=4, kernel=4, stride=4, hidden=2))
    video = torch.rand(2, 3, 16, 8, 8)
    windows = network.windows(video)
    assert windows.shape == (2, 16 - 4 + 1, 12, 8, 8)
    for start in range(13):
        for frame in range(4):
            assert torch.equal(windows[:, start, 3 * frame : 3 * frame + 3], video[:, :, start + frame])


def test_tied_filters_are_one():
    """With tied filters the decoder's W' is the encoder's W, in training too; without, they are two."""
    tied, free = (TempCAE(TempCAEConfig(hidden=2, tied=tied)) for tied in (True, False))
    assert tied.decode.weight is tied.encode.weight
    size = tied.encode.weight.numel()
    count = sum(parameter.numel() for parameter in tied.parameters())
    assert sum(parameter.numel() for parameter in free.parameters()) == count + size
    tied(torch.rand(1, 3, 4, 16, 16)).mean().backward()
    assert tied.encode.weight.grad is tied.decode.weight.grad


@pytest.mark.parametrize(("kernel", "stride", "window"), [(8, 4, 4), (8, 8, 1), (6, 2, 3)])
def test_the_decoded_video_has_the_shape_of_the_given_one(kernel, stride, window):
    """Any filter, step and window give a video of the same size in [0, 1]."""
    network = TempCAE(TempCAEConfig(window=window, kernel=kernel, stride=stride, hidden=3))
    decoded = network(torch.rand(2, 3, 5, 16, 24))
    assert decoded.shape == (2, 3, 5, 16, 24)
    assert 0 <= decoded.min() <= decoded.max() <= 1


@pytest.mark.parametrize(
    ("config", "values", "message"),
    [
        (TempCAEConfig, {"window": 0}, "window and hidden must be positive, got 0 and 64"),
        (TempCAEConfig, {"kernel": 2, "stride": 4}, "kernel 2 must exceed stride 4"),
        (TempCAEConfig, {"kernel": 7, "stride": 4}, "kernel 7 must exceed stride 4 by an even number"),
        (
            DeepTempCAEConfig,
            {"coarse": (8, 8)},
            r"temporal \(True, True\) must have one entry less than coarse \(8, 8\)",
        ),
    ],
)
def test_impossible_sizes_are_refused(config, values, message):
    """A configuration that no network can be built from is an error that names the value."""
    with pytest.raises(ValueError, match=message):
        config(**values)


@pytest.fixture(scope="module")
def deep():
    """A deep one for `small_videos`, of three classes with two sketches each."""
    config = DeepTempCAEConfig(coarse=(4, 4), temporal=(True,), depth=1, fine=(4,), num_classes=3)
    network = randomised(checkpoints.build("deep-tempcae", config))
    network.sketches = Sketches(torch.rand(3, 2, 3, 4, 4, 4, dtype=torch.double))
    return network


def test_the_deep_one_is_called_like_the_papers(deep):
    """Both take (video, noise level, labels) and give a video of that shape."""
    video, level = small_videos(2), torch.full((2,), 0.5, dtype=torch.double)
    paper = TempCAE(TempCAEConfig(window=2, kernel=4, stride=4, hidden=2)).double()
    labels = torch.eye(3, dtype=torch.double)[:2]
    for network in (deep, paper):
        assert network(video, level, labels).shape == video.shape
        assert network(video, 0.5, labels).shape == video.shape
    assert torch.equal(paper(video, level, labels), paper(video))


@pytest.mark.parametrize("level", [0.5, 2.0, 10.0])
def test_what_the_deep_one_is_told_matters(deep, level):
    """Labels and noise level change what it draws, each for its own video; no label is the same as zeros."""
    video, levels = small_videos(2, spread=level), torch.full((2,), level, dtype=torch.double)
    untold = deep(video, levels)
    assert torch.allclose(untold, deep(video, levels, torch.zeros(2, 3, dtype=torch.double)))
    one_told = deep(video, levels, torch.tensor([[0, 0, 0], [0, 1, 0]], dtype=torch.double))
    assert torch.allclose(one_told[0], untold[0])
    assert not torch.allclose(one_told[1], untold[1])
    noisier = deep(video, levels * torch.tensor([1, 1.1], dtype=torch.double))
    assert torch.allclose(noisier[0], untold[0])
    assert not torch.allclose(noisier[1], untold[1])


def test_each_noise_level_has_its_part(deep):
    """Much noise leaves a sketch, medium noise an outline, little noise the detail; a batch may have all three."""
    video = small_videos(3)
    config = deep.config
    level = torch.tensor(
        [2 * config.sketch_from, (config.sketch_from + config.fine_below) / 2, config.fine_below / 2],
        dtype=torch.double,
    )
    decoded, ink = deep(video, level), 1 - video
    outlined = deep.outlined(ink, level, None)
    assert torch.allclose(decoded[0], 1 - deep.sketched(ink, level, None)[0])
    assert torch.allclose(decoded[1], 1 - outlined[1])
    assert torch.allclose(decoded[2], 1 - deep.detail(ink, outlined, level, None)[2])
    for index in range(3):
        assert torch.allclose(deep(video[index : index + 1], level[index].item())[0], decoded[index])


def expected_clip(candidates, ink, level):
    """Σ p(clip | ink) · clip for Gaussian noise of that level, every candidate equally likely beforehand."""
    weight = torch.stack([-(ink - clip).square().sum() / (2 * level**2) for clip in candidates]).softmax(0)
    return sum(part * clip for part, clip in zip(weight, candidates, strict=True))


@pytest.mark.parametrize("told", [[1], []])
def test_a_sketch_is_the_expected_clip(told):
    """Under noise the sketch is the mean of the (told) classes' clips in all six orders of their colours, by hand."""
    clips = torch.rand(2, 3, 3, 4, 2, 2, dtype=torch.double)
    ink = torch.rand(1, 3, 4, 2, 2, dtype=torch.double)
    chosen = clips[told] if told else clips
    candidates = [clip[list(order)] for clip in chosen.flatten(0, 1) for order in permutations(range(3))]
    labels = torch.tensor([[float(index in told) for index in range(2)]])
    found = Sketches(clips)(ink, torch.tensor([0.7]), labels)
    assert torch.allclose(found[0, 0], expected_clip(candidates, ink[0], 0.7))


def test_a_sketch_of_two_labels_shows_one_clip_of_each_apart():
    """Under noise too little to hide them, the sketches of two labels are the clips that were put together."""
    clips = torch.zeros(2, 4, 3, 4, 2, 4, dtype=torch.double)
    for place in range(4):
        clips[0, place, 0, :, 0, place] = 1
        clips[1, place, 1, :, :, place] = 1
    ink = (clips[0, 1] + clips[1, 3])[None]
    found = Sketches(clips)(ink, torch.tensor([0.1]), torch.tensor([[1.0, 1.0]]))
    assert torch.allclose(found[0, 0], clips[0, 1])
    assert torch.allclose(found[0, 1], clips[1, 3])
