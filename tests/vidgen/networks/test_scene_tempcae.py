"""The auto-encoder of captioned clips."""

import pytest
import torch

from tests.vidgen.networks.test_scene_prior import start, tiny_prior, vector
from vidgen.networks.layered import LayeredTempCAEConfig
from vidgen.networks.scene_tempcae import SceneTempCAE

TEXTS = ("a small red car drives left", "a fish swims up below two stars that circle on a light blue background")


def auto_encoder() -> SceneTempCAE:
    """An untrained auto-encoder for two videos."""
    torch.manual_seed(0)
    scenes = torch.stack([vector(text) for text in TEXTS])
    config = LayeredTempCAEConfig(widths=(8, 8), depth=1)
    return SceneTempCAE(config, tiny_prior(), scenes).eval().requires_grad_(False)


@pytest.mark.parametrize("sigma", [20.0, 3.0, 0.5])
def test_a_video_does_not_depend_on_its_batch(sigma: float) -> None:
    """At each noise level, alone or beside another video, which has another number of objects."""
    videos = torch.stack([start(0), start(1)])
    network = auto_encoder().for_videos(videos)
    together = network(videos, sigma)
    assert together.shape == videos.shape
    for number in (0, 1):
        alone = network.of_videos([number])(videos[number : number + 1], sigma)
        assert torch.allclose(alone[0], together[number], atol=1e-5)


def test_a_drawn_clip_is_a_fixed_point() -> None:
    """Under little noise the likeliest drawn clip is the one that is shown, and the picture is its own."""
    network = auto_encoder().for_videos(torch.stack([start(0), start(1)]))
    shown = network(torch.stack([start(2), start(3)]), 3.0)
    again = network(shown, 3.0)
    assert (again - shown).abs().max() < 0.05


def test_without_objects_a_clip_has_its_background() -> None:
    """Where no object is, the estimate is the drawn background's colour."""
    videos = torch.stack([start(0), start(1)])
    network = auto_encoder().for_videos(videos)
    decoded = network(videos, 20.0)
    for video, draws in zip(decoded, network.draws, strict=True):
        free = draws.small.abs().sum((0, 1, 2)) == 0
        free = free.repeat_interleave(8, 1).repeat_interleave(8, 2)
        inner = torch.nn.functional.max_pool2d((~free).float(), 17, 1, 8) == 0
        if inner.any():
            assert (video[:, inner] - draws.background[:, None]).abs().max() < 1e-4
