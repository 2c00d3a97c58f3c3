"""What the auto-encoders of eqs. 4–5 learn from."""

from dataclasses import fields, replace

import torch
from torch import Tensor, nn

from tests.tinyweights import C3D_CONFIG
from vidgen.networks import checkpoints
from vidgen.networks.c3d import C3D
from vidgen.training.batches import Batch
from vidgen.training.robust import norm
from vidgen.training.unveiling import Flaws, class_step, on_the_way, unveiling_loss

PLAIN = replace(Flaws(), uneven=0.0, faded=0.0, passing=0.0, ghosted=0.0, textured=0.0, classified=0.0)


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(1)


def clips(count: int) -> Tensor:
    """Ink: a dark square on white."""
    ink = torch.zeros(count, 3, 16, 96, 128)
    ink[..., 30:60, 40:80] = 0.8
    return ink


def test_without_flaws_clips_lie_on_straight_lines_from_the_start() -> None:
    """What a descent shows is (1 − t) · clip + t · noise, the noise uniform in [0, 1]."""
    clean = clips(6)
    shown, time = on_the_way(clean, generator(), PLAIN)
    noise = (shown - (1 - time) * clean) / time
    assert (noise > -1e-3).all()
    assert (noise < 1 + 1e-3).all()
    assert (noise.mean((1, 2, 3, 4)) - 0.5).abs().max() < 0.01


def test_every_flaw_changes_what_is_shown() -> None:
    """Each flaw, given to all clips, changes them, and none changes how noisy they are."""
    clean = clips(2)
    plain, time = on_the_way(clean, generator(), PLAIN)
    for flaw in ("uneven", "faded", "passing", "ghosted", "textured"):
        assert flaw in {field.name for field in fields(Flaws)}
        shown, same = on_the_way(clean, generator(), replace(PLAIN, **{flaw: 1.0}))
        assert torch.equal(same, time)
        assert not torch.allclose(shown, plain, atol=1e-3), flaw


def test_a_class_step_makes_the_classifier_see_a_class() -> None:
    """It is no longer than its length, and lowers the entropy or changes the answer of the classifier."""
    guide = checkpoints.build("c3d", C3D_CONFIG, seed=1).eval().requires_grad_(False)
    assert isinstance(guide, C3D)
    ink = clips(2)
    step = class_step(ink, guide, generator(), PLAIN)
    assert (norm(step) <= PLAIN.length * 1.001).all()
    before, after = (guide(1 - shown).log_softmax(1) for shown in (ink, ink + step))
    assert ((after - before).amax(1) > 0).all()


def test_the_loss_is_that_of_the_clip() -> None:
    """An auto-encoder that decodes the clip itself has no loss; one that passes its input on has some."""
    video = (1 - clips(2)).permute(0, 2, 3, 4, 1)
    batch = Batch((video * 255).round().byte(), torch.eye(12)[:2])
    exact = batch.videos(torch.device("cpu"))

    class Knowing(nn.Module):
        def forward(self, _: Tensor) -> Tensor:
            return exact

    assert unveiling_loss(Knowing(), batch, generator()) < 1e-12
    assert unveiling_loss(nn.Identity(), batch, generator()) > 0.01
