"""Figures of trained networks on held-out clips, and the judge's threshold."""

import numpy as np
import torch
from torch import nn

from vidgen.dataset.folder import Folder
from vidgen.networks.judge import Judge
from vidgen.training.batches import Batch, class_batch, folder_batch
from vidgen.training.fit import mixed_precision
from vidgen.training.junk import junk_clip
from vidgen.training.losses import noisy, veiled


def unclear_threshold(judge: Judge, *, clips: int = 220) -> float:
    """The probability below which the judge answers "Unclear".

    It is the 95 % quantile of the largest class probability over junk clips, half of them veiled by noise: of clips
    that show nothing the judge names one in twenty. The clips show drawings of the split "judge", not of "test".
    """
    rng, generator = np.random.default_rng(11), torch.Generator().manual_seed(11)
    junk = torch.from_numpy(np.stack([junk_clip(rng, "judge") for _ in range(clips)])).permute(0, 4, 1, 2, 3) / 255
    with torch.no_grad():
        fooled = judge(1 - veiled(1 - junk, generator, share=0.5)).softmax(1)[:, :11].amax(1)
    return float(np.quantile(fooled, 0.95))


def accuracy(network: nn.Module, data: Folder | None, device: torch.device, *, batches: int = 40) -> float:
    """Fraction of clean held-out clips, of drawings never trained on, whose class is the network's largest output."""
    right = count = 0
    for index in range(batches):
        batch = _held_out(data, index, 32)
        with torch.no_grad(), mixed_precision(device):
            answers = network(batch.videos(device)).argmax(1).cpu()
        right += int((answers == batch.target.argmax(1)).sum())
        count += len(answers)
    return right / count


def denoising_errors(tempcae: nn.Module, data: Folder | None, device: torch.device) -> dict[str, float]:
    """Mean squared error on held-out clips, by noise level: 0.1, 0.5 and 2."""
    errors: dict[str, list[float]] = {}
    for index in range(8):
        batch = _held_out(data, index, 8)
        clean = batch.videos(device)
        for sigma in (0.1, 0.5, 2.0):
            generator = torch.Generator(device).manual_seed(index)
            sigmas = torch.full((len(clean),), sigma, device=device)
            with torch.no_grad(), mixed_precision(device):
                decoded = tempcae(noisy(clean, sigmas, generator), sigmas)
            errors.setdefault(str(sigma), []).append(float((decoded - clean).square().mean()))
    return {sigma: float(np.mean(values)) for sigma, values in errors.items()}


def _held_out(data: Folder | None, index: int, size: int) -> Batch:
    rng = np.random.default_rng([7, index])
    if data is None:
        return class_batch(rng, size, "test", pairs=0)
    return folder_batch(data, rng, size, "test" if "test" in data.splits else "validation")
