import pytest
import torch

from vidgen.captions.scene import COLORS, KINDS
from vidgen.networks import checkpoints
from vidgen.networks.attribute_judge import STRIDE, AttributeJudge, AttributeJudgeConfig, Maps

SMALL = AttributeJudgeConfig(widths=(4, 6, 8), depth=1, most=3)


class Drawn(AttributeJudge):
    """A network whose maps show a cat at (37, 21) and a less certain star at (100, 80)."""

    def forward(self, frames):
        number = len(frames)
        shape = (number, 96 // STRIDE, 128 // STRIDE)
        maps = Maps(
            torch.full(shape, -9.0),
            torch.zeros(number, len(KINDS), *shape[1:]),
            torch.zeros(number, len(COLORS), *shape[1:]),
            torch.zeros(number, 2, *shape[1:]),
            torch.zeros(shape),
        )
        for kind, x, y, logit in (("cat", 37.0, 21.0, 3.0), ("star", 100.0, 80.0, 1.0)):
            row, column = int(y // STRIDE), int(x // STRIDE)
            maps.centre[:, row, column] = logit
            maps.centre[:, row, column + 1] = logit - 1  # the same object, a little less
            maps.kind[:, KINDS.index(kind), row, column] = 9
            maps.place[:, 0, row, column] = x / STRIDE - column - 0.5
            maps.place[:, 1, row, column] = y / STRIDE - row - 0.5
            maps.size[:, row, column] = 3.0
        return maps


def test_local_maxima_become_objects():
    """Each peak is one object with its place, the clearest first; its neighbours are none."""
    found = Drawn(SMALL).detect(torch.zeros(2, 3, 96, 128))
    assert found.presence.shape == (2, 3)
    assert found.presence[0] == pytest.approx(torch.tensor([3.0, 1.0, -9.0]).sigmoid(), abs=1e-3)
    assert [KINDS[int(k)] for k in found.kind[0, :2].argmax(1)] == ["cat", "star"]
    assert torch.allclose(found.center[0, :2], torch.tensor([[37.0, 21.0], [100.0, 80.0]]))
    assert found.size[0, 0].log() == pytest.approx(3.0)


def test_maps_have_a_place_every_eight_pixels():
    """All maps cover the frame; each frame is seen on its own."""
    network = AttributeJudge(SMALL).eval()
    frames = torch.rand(3, 3, 96, 128)
    maps = network(frames)
    assert maps.centre.shape == maps.size.shape == (3, 12, 16)
    assert maps.kind.shape == (3, len(KINDS), 12, 16)
    assert maps.color.shape == (3, len(COLORS), 12, 16)
    assert maps.place.shape == (3, 2, 12, 16)
    assert torch.allclose(network(frames[1:2]).centre, maps.centre[1:2], atol=1e-5)


def test_a_checkpoint_gives_the_same_network(tmp_path):
    """Saved and loaded, it finds the same."""
    network = checkpoints.build("attribute-judge", SMALL)
    checkpoints.save(network.eval(), tmp_path / "a.safetensors", {})
    again = checkpoints.load(tmp_path / "a.safetensors", AttributeJudge)
    assert again.config == SMALL
    frames = torch.rand(1, 3, 96, 128)
    assert torch.allclose(again(frames).centre, network(frames).centre, atol=2e-2)
