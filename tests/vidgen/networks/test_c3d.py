import pytest
import torch
from torch import nn

from vidgen.networks.c3d import C3D, C3DConfig


def test_the_layers_are_those_of_tran_et_al():
    """At 16×96×128 and eleven classes: 27·in·out + out weights per convolution, fc6 reads 512·1·4·5 = 10,240 values."""
    with torch.device("meta"):
        network = C3D(C3DConfig())
    widths = [(3, 64), (64, 128), (128, 256), (256, 256), (256, 512), (512, 512), (512, 512), (512, 512)]
    convolutions = sum(27 * fan_in * fan_out + fan_out for fan_in, fan_out in widths)
    # Frames and pixels after each pooling: 16×48×64, 8×24×32, 4×12×16, 2×6×8, and 1×4×5 since pool5 pads.
    fully_connected = (10_240 * 4096 + 4096) + (4096 * 4096 + 4096) + (4096 * 11 + 11)
    assert sum(parameter.numel() for parameter in network.parameters()) == convolutions + fully_connected
    assert network.classifier[0].in_features == 10_240
    pools = [layer for layer in network.features if isinstance(layer, nn.MaxPool3d)]
    assert [pool.kernel_size for pool in pools] == [(1, 2, 2), *[(2, 2, 2)] * 4]


@pytest.mark.parametrize("shrink", [1, 2])
def test_any_width_and_size(shrink):
    """A narrow one at another size gives a logit per class."""
    config = C3DConfig(num_classes=5, blocks=((2,), (3,), (4,)), hidden=6, frames=8, height=32, width=48, shrink=shrink)
    assert C3D(config).eval()(torch.rand(2, 3, 8, 32, 48)).shape == (2, 5)


def test_folding_batch_normalisation_changes_no_answer():
    """The copy for generation answers as the trained network does, without normalisation, dropout or gradients."""
    config = C3DConfig(num_classes=4, blocks=((4,), (4, 6)), hidden=8, frames=4, height=16, width=16, batch_norm=True)
    torch.manual_seed(0)
    network = C3D(config)
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm3d):
            nn.init.uniform_(layer.weight, 0.5, 2)
            nn.init.normal_(layer.bias)
            layer.running_mean.normal_()
            layer.running_var.uniform_(0.5, 2)
    video = torch.rand(3, 3, 4, 16, 16)
    expected = network.eval()(video)
    network.train()
    folded = network.folded()
    assert network.training
    assert not any(isinstance(layer, nn.BatchNorm3d) for layer in folded.modules())
    assert not any(parameter.requires_grad for parameter in folded.parameters())
    assert torch.allclose(folded(video), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"num_classes": 1}, "num_classes must be at least 2, got 1"),
        ({"blocks": ()}, "blocks must hold at least one convolution each"),
        ({"blocks": ((4,), ())}, "blocks must hold at least one convolution each"),
        ({"shrink": 5}, "shrink 5 must divide the frame of 128×96"),
    ],
)
def test_impossible_sizes_are_refused(values, message):
    """A configuration that no network can be built from is an error that names the value."""
    with pytest.raises(ValueError, match=message):
        C3DConfig(**values)
