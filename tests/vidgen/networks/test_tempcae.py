import numpy as np
import pytest
import torch

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
    ("values", "message"),
    [
        ({"window": 0}, "window and hidden must be positive, got 0 and 64"),
        ({"kernel": 2, "stride": 4}, "kernel 2 must exceed stride 4"),
        ({"kernel": 7, "stride": 4}, "kernel 7 must exceed stride 4 by an even number"),
    ],
)
def test_impossible_sizes_are_refused(values, message):
    """A configuration that no network can be built from is an error that names the value."""
    with pytest.raises(ValueError, match=message):
        TempCAEConfig(**values)
