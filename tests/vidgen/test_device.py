import pytest
import torch

from tests.tinyweights import C3D_CONFIG, JUDGE_CONFIG, TEMPCAE_CONFIG
from vidgen.device import (
    choose_device,
    cudnn_fault,
    default_batch_size,
    prepare_for_inference,
    to_channels_last,
    tune,
    with_half_convolutions,
)
from vidgen.networks import checkpoints


def test_auto_is_cuda_where_there_is_one():
    """Asking for "auto" never fails: it is the GPU where torch sees one, else the processor."""
    assert choose_device() == choose_device("auto") == ("cuda" if torch.cuda.is_available() else "cpu")
    assert choose_device("cpu") == "cpu"


def test_an_unknown_device_lists_the_known():
    """The error names what was asked for and what there is."""
    with pytest.raises(ValueError, match="unknown device 'tpu'; known devices: auto, cpu, cuda"):
        choose_device("tpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a CUDA device")
def test_cuda_is_refused_where_there_is_none():
    """Asking for a GPU where there is none is an error, not a slow run on the CPU."""
    with pytest.raises(ValueError, match="sees no CUDA device"):
        choose_device("cuda")


def test_a_gpu_takes_more_videos_at_once():
    """Batches are larger where they cost nothing."""
    assert 1 <= default_batch_size("cpu") < default_batch_size("cuda")


@pytest.mark.parametrize(
    ("kind", "config"), [("c3d", C3D_CONFIG), ("judge", JUDGE_CONFIG), ("tempcae", TEMPCAE_CONFIG)]
)
def test_a_network_of_any_kind_can_be_laid_out(kind, config):
    """Filters of frames and of videos are laid out, each in its own way, and keep their values."""
    network = checkpoints.build(kind, config)
    before = {name: weight.clone() for name, weight in network.state_dict().items()}
    to_channels_last(network, torch.device("cpu"))
    assert all(torch.equal(network.state_dict()[name], weight) for name, weight in before.items())


@pytest.mark.parametrize(
    ("version", "doubted"),
    [(None, False), (90701, False), (90800, True), (91002, True), (91400, True), (91500, False), (92000, False)],
)
def test_cudnn_with_wrong_convolutions_is_doubted(version, doubted):
    """9.8 up to 9.15 computed half-precision 3-D convolutions wrongly or slowly; the line names the version."""
    line = cudnn_fault(version)
    assert bool(line) == doubted
    if line:
        assert str(version) in line
        assert "\n" not in line


def test_a_doubted_cudnn_warns_on_cuda_alone(monkeypatch):
    """The warning comes where the processor is not meant, and TF32 is off there."""
    monkeypatch.setattr(torch.backends.cudnn, "version", lambda: 91002)
    before = torch.backends.cudnn.benchmark, torch.backends.cudnn.allow_tf32
    try:
        tune("cpu")
        assert (torch.backends.cudnn.benchmark, torch.backends.cudnn.allow_tf32) == before
        with pytest.warns(RuntimeWarning, match="cuDNN 91002"):
            tune("cuda")
        assert torch.backends.cudnn.benchmark
        assert not torch.backends.cudnn.allow_tf32
        assert not torch.backends.cuda.matmul.allow_tf32
    finally:
        torch.backends.cudnn.benchmark, torch.backends.cudnn.allow_tf32 = before


def test_half_convolutions_change_little():
    """Convolutions in bfloat16 give nearly the same video and logits, in single precision, and pass a gradient on."""
    video = torch.rand(2, 3, 16, 96, 128, generator=torch.Generator().manual_seed(0))
    for kind, config in (("c3d", C3D_CONFIG), ("tempcae", TEMPCAE_CONFIG)):
        network = prepare_for_inference(checkpoints.build(kind, config), torch.device("cpu"))
        exact = network(video)
        leaf = video.clone().requires_grad_()
        found = with_half_convolutions(network)(leaf)
        assert found.dtype == torch.float32
        assert not torch.equal(found, exact)
        assert torch.allclose(found, exact, rtol=0.02, atol=0.02)
        (gradient,) = torch.autograd.grad(found.sum(), leaf)
        assert gradient.dtype == torch.float32
        assert gradient.abs().max() > 0


def test_a_readied_network_is_frozen():
    """A descent's networks compute no gradients of their weights, and stay in single precision on the processor."""
    network = prepare_for_inference(checkpoints.build("c3d", C3D_CONFIG).train(), torch.device("cpu"))
    assert not network.training
    assert all(not parameter.requires_grad and parameter.dtype == torch.float32 for parameter in network.parameters())
