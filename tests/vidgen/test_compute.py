import subprocess
import sys

import pytest
import torch

from tests.tinyweights import C3D_CONFIG, JUDGE_CONFIG, TEMPCAE_CONFIG
from vidgen.compute import choose_device, default_batch_size, laid_out
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
    """Who asks for a GPU is told when there is none, instead of waiting for the processor."""
    with pytest.raises(ValueError, match="sees no CUDA device"):
        choose_device("cuda")


def test_a_gpu_takes_more_videos_at_once():
    """Batches are larger where they cost nothing."""
    assert 1 <= default_batch_size("cpu") < default_batch_size("cuda")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's allocator is Linux's")
def test_the_allocator_is_tuned_in_a_process_of_its_own():
    """The settings are taken (by glibc) or refused without harm (by other C libraries), and torch works with them."""
    script = "from vidgen.compute import tune_allocator as t; import torch; print(t(), torch.ones(10**6).sum().item())"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert said[0] in ("True", "False")
    assert said[1] == "1000000.0"


@pytest.mark.parametrize(
    ("kind", "config"), [("c3d", C3D_CONFIG), ("judge", JUDGE_CONFIG), ("tempcae", TEMPCAE_CONFIG)]
)
def test_a_network_of_any_kind_can_be_laid_out(kind, config):
    """Filters of frames and of videos are laid out, each in its own way, and keep their values."""
    network = checkpoints.build(kind, config)
    before = {name: weight.clone() for name, weight in network.state_dict().items()}
    laid_out(network, torch.device("cpu"))
    assert all(torch.equal(network.state_dict()[name], weight) for name, weight in before.items())
