"""Codes of captioned clips."""

import numpy as np

from vidgen.dataset.captioned_clips import captioned_clip
from vidgen.networks.scene_codes import OBJECT_CODE, SCENE_CODE, decoded_clips, encoded_clip

TIMES = np.linspace(0, 1, 16)


def test_a_code_has_its_clip() -> None:
    """Sizes, colours, paths, directions and the background are those of the clip."""
    for number in range(60):
        clip = captioned_clip(number, 3, "train")
        found = decoded_clips(encoded_clip(clip)[None], len(clip.objects), 16)
        assert np.allclose(found.background[0], clip.background, atol=1e-5)
        for index, one in enumerate(clip.objects):
            assert np.isclose(found.size[0, index], one.size, atol=1e-3)
            assert np.allclose(found.colors[0, index], one.colors, atol=1e-5)
            assert np.allclose(found.path[0, index], one.path.centers(TIMES), atol=1e-3)
            leftward = one.path.turns < 0 if one.path.radius else one.path.travel[0] < 0
            assert found.leftward[0, index] == leftward


def test_the_numbers_are_about_0_with_a_standard_deviation_of_1() -> None:
    """So that noise of the same size hides all alike."""
    codes = np.stack([encoded_clip(captioned_clip(number, 4, "train")) for number in range(150)])
    assert codes.shape[1] == SCENE_CODE
    first = codes[:, :OBJECT_CODE]
    assert abs(first.mean(0)).max() < 1.5
    assert (first.std(0) < 2).all()
    assert (first.std(0) > 0.3).all()
