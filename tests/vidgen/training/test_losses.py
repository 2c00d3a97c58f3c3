from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.tinyweights import C3D_CONFIG, TEMPCAE_CONFIG
from vidgen.networks.c3d import C3D
from vidgen.networks.tempcae import TempCAE
from vidgen.training import losses
from vidgen.training.batches import class_batch, labelled_batch


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_clips_of_classes_alone_are_shown_as_they_are_decoded(monkeypatch, share):
    """A share of the clips of labels is decoded, as many objects as each has labels, and keeps its own target."""
    seen, asked = [], []

    class Watched(losses.Supervised):
        def forward(self, ink):
            seen.append(ink)
            return super().forward(ink)

    def black(denoiser, ink, num_objects, shrink, generator):
        asked.append((num_objects, len(ink)))
        return torch.ones_like(ink)

    monkeypatch.setattr(losses, "DECODED", share)
    monkeypatch.setattr(losses, "decoded", black)
    network = Watched(C3D(C3D_CONFIG).eval())
    size = (C3D_CONFIG.width // C3D_CONFIG.shrink, C3D_CONFIG.height // C3D_CONFIG.shrink)
    batch = labelled_batch(np.random.default_rng(0), 16, "train", frame=size)
    batch = replace(batch, where=None)
    losses.classification_loss(network, batch, torch.Generator().manual_seed(0), denoiser="any").backward()
    labels, none = (batch.target[:, :-1] > 0).sum(1), batch.target[:, -1] > 0
    wanted = {(count, int(((labels == count) & ~none).sum())) for count in (1, 2)} if share else set()
    assert set(asked) == {pair for pair in wanted if pair[1]}
    assert ((seen[0] == 1).flatten(1).all(1) == (~none if share else torch.zeros(16, dtype=torch.bool))).all()


def test_the_papers_auto_encoder_learns_to_denoise():
    """A few steps against the gradient of its loss lower it, on the same clips under the same noise."""
    torch.manual_seed(0)
    tempcae, batch = TempCAE(TEMPCAE_CONFIG), class_batch(np.random.default_rng(0), 2, "train")
    optimiser, values = torch.optim.Adam(tempcae.parameters(), lr=0.01), []
    for _ in range(5):
        loss = losses.denoising_loss(tempcae, batch, torch.Generator().manual_seed(0))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        values.append(loss.item())
    assert values == sorted(values, reverse=True)


def test_veiled_frames_keep_their_object_under_noise() -> None:
    """A veil is a mixture with uniform noise, of which at least a quarter of the frame remains; some have none."""
    generator = torch.Generator().manual_seed(1)
    black, ink = torch.zeros(64, 3, 1, 24, 32), torch.full((64, 3, 1, 24, 32), 2.0)
    assert torch.equal(losses.veiled(ink, generator, share=0.0), ink)
    shown = losses.veiled(black, generator)
    veiled = shown.amax((1, 2, 3, 4)) > 0
    assert 0.2 < veiled.float().mean() < 0.6
    assert (shown.mean((1, 2, 3, 4)) <= 0.5 * losses.THICKEST_VEIL + 0.01).all()
    state = generator.get_state()
    one, other = losses.veiled(ink, generator), losses.veiled(black, generator.set_state(state))
    assert (one - other >= 2 * (1 - losses.THICKEST_VEIL) - 1e-5).all()
