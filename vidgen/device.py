"""Where and how the arithmetic runs: device, precision, layout, batch size."""

import warnings
from typing import Any

import torch
from torch import Tensor, nn

from vidgen.allocator import tune_allocator

#: What `choose_device` takes.
DEVICES = ("auto", "cpu", "cuda")
_CONVOLUTIONS = (nn.Conv2d, nn.Conv3d, nn.ConvTranspose2d, nn.ConvTranspose3d)
#: cuDNN versions, first and first again, whose half-precision 3-D convolutions were wrong or slow (pytorch #163539,
#: #166122, #171189).
DOUBTFUL_CUDNN = (90800, 91500)


def choose_device(name: str = "auto") -> str:
    """The device meant by "auto" (CUDA where there is one), "cpu" or "cuda".

    Raises:
        ValueError: another name, or no such device here.
    """
    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if name not in DEVICES:
        raise ValueError(f"unknown device {name!r}; known devices: {', '.join(DEVICES)}")
    if name == "cuda" and not torch.cuda.is_available():
        raise ValueError("device 'cuda' asked for, but this torch sees no CUDA device")
    return name


def default_batch_size(device: str) -> int:
    """Videos that descend together: what was measured fastest on two cores, and what fills a GPU."""
    return 64 if device == "cuda" else 8


def tune(device: str) -> None:
    """Set what is set once a process: the C library's allocator, and on CUDA how convolutions are chosen.

    Single precision stays single precision there: TF32 had a broken kernel for 3-D convolutions (pytorch #167024), and
    what is worth computing faster is computed in bfloat16 (`readied`). Warns of a cuDNN that is known to be wrong.
    """
    tune_allocator()
    if device != "cuda":
        return
    torch.backends.cudnn.benchmark = True
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False
    doubt = cudnn_doubt(torch.backends.cudnn.version())  # type: ignore[no-untyped-call]
    if doubt:
        warnings.warn(doubt, RuntimeWarning, stacklevel=2)


def cudnn_doubt(version: int | None) -> str | None:
    """Why half-precision 3-D convolutions of that cuDNN (91400 is 9.14.0) are not to be trusted, if they are not."""
    first, mended = DOUBTFUL_CUDNN
    if version is None or not first <= version < mended:
        return None
    return (
        f"cuDNN {version} computes 3-D convolutions in half precision wrongly or slowly (9.8 up to 9.15; pytorch "
        "#163539, #166122, #171189): install a torch with cuDNN 9.15 or later"
    )


def laid_out(network: nn.Module, device: torch.device) -> nn.Module:
    """The network on the device, the filters of its kind of convolution in the layout that was measured fastest."""
    has_video_filters = any(parameter.dim() == 5 for parameter in network.parameters())
    layout = torch.channels_last_3d if has_video_filters else torch.channels_last
    return network.to(device, memory_format=layout)  # type: ignore[call-overload, no-any-return]


def readied(network: nn.Module, device: torch.device) -> nn.Module:
    """The network as a descent needs it: frozen, laid out, on CUDA with convolutions in bfloat16.

    Without gradients of the weights a step is two passes through the network instead of three.
    """
    network = laid_out(network.eval().requires_grad_(False), device)
    return with_half_convolutions(network) if device.type == "cuda" else network


def with_half_convolutions(network: nn.Module) -> nn.Module:
    """The network, its convolutions computing in bfloat16, its other layers and its output in single precision.

    The convolutions do all but a thousandth of the work. What decides by small differences (softmax, distances, the
    classes' logits) keeps its precision, as does the video that descends.
    """
    for layer in network.modules():
        if isinstance(layer, _CONVOLUTIONS):
            layer.bfloat16()
        if isinstance(layer, (*_CONVOLUTIONS, nn.Linear)):
            layer.register_forward_pre_hook(_as_its_weights)
    network.register_forward_hook(_in_single_precision)
    return network


def _as_its_weights(layer: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Any, ...]:
    weight = next(layer.parameters())
    return (inputs[0].to(weight.dtype), *inputs[1:])


def _in_single_precision(network: nn.Module, inputs: object, output: Tensor) -> Tensor:
    return output.float()
