"""Where and how the arithmetic runs: device, batch size, memory allocator."""

import ctypes
import sys

import torch
from torch import nn

_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4


def choose_device(name: str = "auto") -> str:
    """The device meant by "auto" (CUDA where there is one), "cpu" or "cuda".

    Raises:
        ValueError: another name, or no such device here.
    """
    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if name not in ("cpu", "cuda"):
        raise ValueError(f"unknown device {name!r}; known devices: auto, cpu, cuda")
    if name == "cuda" and not torch.cuda.is_available():
        raise ValueError("device 'cuda' asked for, but this torch sees no CUDA device")
    return name


def default_batch_size(device: str) -> int:
    """Videos that descend together: what was measured fastest on two cores, and what fills a GPU."""
    return 64 if device == "cuda" else 8


def laid_out(network: nn.Module, device: torch.device) -> nn.Module:
    """The network on the device, the filters of its kind of convolution in the layout that was measured fastest."""
    has_video_filters = any(parameter.dim() == 5 for parameter in network.parameters())
    layout = torch.channels_last_3d if has_video_filters else torch.channels_last
    return network.to(device, memory_format=layout)  # type: ignore[call-overload, no-any-return]


def tune_allocator() -> bool:
    """Keep freed memory in the process instead of giving it back to the system after each step.

    glibc maps and unmaps every large buffer anew by default; the page faults cost small networks a third of their time.

    Returns:
        Whether this C library took the settings.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except AttributeError:
        return False
    return bool(mallopt(_M_MMAP_MAX, 0) and mallopt(_M_TRIM_THRESHOLD, 2**31 - 1))
