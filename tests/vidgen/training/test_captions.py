"""What the text encoder learns from."""

import numpy as np
import pytest
import torch

from vidgen.captions.attributes import FIELDS, SCENE_SIZE
from vidgen.captions.scene import COLORS, KINDS, MOTIONS, held_out
from vidgen.networks.text import TextEncoder, TextEncoderConfig
from vidgen.training.captions import caption_batch, reading_loss, roughened


def test_captions_come_with_their_scenes() -> None:
    """As vectors; none of the objects whose colour is said is a combination that is held out."""
    batch = caption_batch(np.random.default_rng(0), 40, "train")
    assert batch.scenes.shape == (40, SCENE_SIZE)
    assert len(batch.texts) == 40
    kind, motion, color = (next(f for f in FIELDS if f.name == name) for name in ("kind", "motion", "color"))
    for vector in batch.scenes:
        color_index = int(vector[color.start : color.stop].argmax())
        if color_index < len(COLORS):
            kind_index, motion_index = (int(vector[f.start : f.stop].argmax()) for f in (kind, motion))
            assert not held_out(KINDS[kind_index], MOTIONS[motion_index], COLORS[color_index])


def test_roughened_captions_stay_readable() -> None:
    """Some words have a slip of the pen, and most have not."""
    rng, text = np.random.default_rng(0), "a small red car drives left below a big blue balloon that rises slowly"
    rough = [roughened(text, rng) for _ in range(50)]
    assert len(set(rough)) > 30
    assert all(sum(word in one.split() for word in text.split()) >= 6 for one in rough)


@pytest.mark.thorough
def test_reading_is_learned() -> None:
    """In forty steps the loss on new captions falls by a seventh."""
    torch.manual_seed(0)
    encoder = TextEncoder(TextEncoderConfig(pieces=256, width=32))
    generator = torch.Generator()
    test = caption_batch(np.random.default_rng(99), 32, "train")
    before = float(reading_loss(encoder, test, generator).detach())
    optimiser = torch.optim.AdamW(encoder.parameters(), lr=5e-3)
    for step in range(40):
        loss = reading_loss(encoder, caption_batch(np.random.default_rng(step), 16, "train"), generator)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    assert float(reading_loss(encoder, test, generator).detach()) < 0.86 * before
