"""The device that networks run on, with the precision, memory layout and batch size that suit it."""

import warnings
from typing import Any

import torch
from torch import Tensor, nn

from vidgen.allocator import tune_allocator

#: What `choose_device` takes.
DEVICES = ("auto", "cpu", "cuda")
_CONVOLUTIONS = (nn.Conv2d, nn.Conv3d, nn.ConvTranspose2d, nn.ConvTranspose3d)
#: The first cuDNN whose half-precision 3-D convolutions are wrong or slow, and the first where they are right again
#: (pytorch #163539, #166122, #171189).
FAULTY_CUDNN = (90800, 91500)


def choose_device(name: str = "auto") -> str:
    """Resolve "auto" (CUDA where torch sees it, else the CPU), "cpu" or "cuda".

    Returns:
        "cpu" or "cuda".

    Raises:
        ValueError: an unknown name, or "cuda" where torch sees no CUDA device.
    """
    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if name not in DEVICES:
        raise ValueError(f"unknown device {name!r}; known devices: {', '.join(DEVICES)}")
    if name == "cuda" and not torch.cuda.is_available():
        raise ValueError("device 'cuda' asked for, but this torch sees no CUDA device")
    return name


def default_batch_size(device: str) -> int:
    """Videos that descend together: the fastest number measured on two cores, and one that fills a GPU."""
    return 64 if device == "cuda" else 8


def tune(device: str) -> None:
    """Set up this process: the C library's allocator, and on CUDA the choice of convolution kernels.

    TF32 is switched off on CUDA: it had a broken kernel for 3-D convolutions (pytorch #167024), and convolutions run in
    bfloat16 there anyway (`prepare_for_inference`). Warns of a cuDNN whose convolutions are known to be wrong.
    """
    tune_allocator()
    if device != "cuda":
        return
    torch.backends.cudnn.benchmark = True
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False
    fault = cudnn_fault(torch.backends.cudnn.version())  # type: ignore[no-untyped-call]
    if fault:
        warnings.warn(fault, RuntimeWarning, stacklevel=2)


def cudnn_fault(version: int | None) -> str | None:
    """What is wrong with half-precision 3-D convolutions of that cuDNN (91400 is 9.14.0); None for a sound one."""
    first, mended = FAULTY_CUDNN
    if version is None or not first <= version < mended:
        return None
    return (
        f"cuDNN {version} computes 3-D convolutions in half precision wrongly or slowly (9.8 up to 9.15; pytorch "
        "#163539, #166122, #171189): install a torch with cuDNN 9.15 or later"
    )


def to_channels_last(network: nn.Module, device: torch.device) -> nn.Module:
    """The network on the device, its filters in channels-last layout (2-D or 3-D), which was measured fastest."""
    has_video_filters = any(parameter.dim() == 5 for parameter in network.parameters())
    layout = torch.channels_last_3d if has_video_filters else torch.channels_last
    return network.to(device, memory_format=layout)  # type: ignore[call-overload, no-any-return]


def prepare_for_inference(network: nn.Module, device: torch.device) -> nn.Module:
    """The network as a descent uses it: frozen, channels last, on CUDA with convolutions in bfloat16.

    Frozen weights need no gradients, so a step takes two passes through the network instead of three.
    """
    network = to_channels_last(network.eval().requires_grad_(False), device)
    return with_half_convolutions(network) if device.type == "cuda" else network


def with_half_convolutions(network: nn.Module) -> nn.Module:
    """The network with convolutions in bfloat16, and its other layers and its output in single precision.

    Convolutions do 99.9 % of the work. Small differences matter in softmax, distances, logits and the video itself,
    which therefore keep single precision.
    """
    for layer in network.modules():
        if isinstance(layer, _CONVOLUTIONS):
            layer.bfloat16()
        if isinstance(layer, (*_CONVOLUTIONS, nn.Linear)):
            layer.register_forward_pre_hook(_cast_to_weights)
    network.register_forward_hook(_cast_to_single)
    return network


def _cast_to_weights(layer: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Any, ...]:
    weight = next(layer.parameters())
    return (inputs[0].to(weight.dtype), *inputs[1:])


def _cast_to_single(network: nn.Module, inputs: object, output: Tensor) -> Tensor:
    return output.float()
