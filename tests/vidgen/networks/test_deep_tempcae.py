import pytest
import torch

from vidgen.networks.deep_tempcae import DeepTempCAE, DeepTempCAEConfig

SMALL = DeepTempCAEConfig(window=4, widths=(8, 8, 8), down=(1, 1, 1), up=(1, 1), patch=2)


def randomised(config: DeepTempCAEConfig) -> DeepTempCAE:
    """With random weights, as those that start at zero would hide what they do."""
    network, generator = DeepTempCAE(config).double(), torch.Generator().manual_seed(1)
    for parameter in network.parameters():
        parameter.data.copy_(0.2 * torch.randn(parameter.shape, generator=generator, dtype=torch.double))
    return network


def video(frames: int) -> torch.Tensor:
    return torch.rand(2, 3, frames, 16, 24, generator=torch.Generator().manual_seed(2), dtype=torch.double)


def test_a_frame_is_the_mean_of_the_windows_that_span_it() -> None:
    """Of six frames the second is decoded in the first two windows of four, as they are decoded alone."""
    network, given = randomised(SMALL), video(6)
    first, second = (network.decode_windows(1 - given[:, :, start : start + 4]) for start in (0, 1))
    assert torch.allclose(1 - network(given)[:, :, 1], (first[:, :, 1] + second[:, :, 0]) / 2)
    assert torch.allclose(1 - network(given)[:, :, 0], first[:, :, 0])
    assert torch.allclose(network(given[:, :, :4]), 1 - first)


def test_an_object_at_the_end_changes_the_beginning() -> None:
    """A window is decoded as a whole: each of its frames depends on all of them."""
    network, given = randomised(SMALL), video(4).requires_grad_()
    network(given)[0, :, 0].sum().backward()
    assert given.grad is not None
    assert (given.grad[0].abs().amax((0, 2, 3)) > 0).all()
    assert (given.grad[1] == 0).all()


def test_untrained_it_passes_little_on() -> None:
    """Before training it draws nothing and passes a twentieth of the ink on, so that the video is near white."""
    given = video(4).float()
    assert torch.allclose(1 - DeepTempCAE(SMALL)(given), torch.sigmoid(torch.tensor(-3.0)) * (1 - given), atol=1e-6)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"window": 6}, "window must be a multiple of 4 frames, got 6"),
        ({"widths": (8, 8)}, r"down \(1, 2, 3\) and up \(1, 1\) do not fit the widths \(8, 8\)"),
    ],
)
def test_impossible_sizes_are_refused(values: dict[str, object], message: str) -> None:
    """A configuration that no network can be built from is an error that names the value."""
    with pytest.raises(ValueError, match=message):
        DeepTempCAEConfig(**values)  # type: ignore[arg-type]
