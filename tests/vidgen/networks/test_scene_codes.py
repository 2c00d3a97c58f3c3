"""Codes of captioned clips."""

from dataclasses import replace

import numpy as np

from vidgen.dataset.captioned import extent
from vidgen.dataset.captioned_clips import captioned_clip
from vidgen.networks.scene_codes import OBJECT_CODE, SCENE_CODE, decoded_clips, encoded_clip, misfit

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


def test_clips_of_the_dataset_fit() -> None:
    """They have no misfit, and the same objects in other places, motions or relations have some."""
    for number in range(40):
        clip = captioned_clip(number, 6, "train")
        found = decoded_clips(encoded_clip(clip)[None], len(clip.objects), 16)
        sizes = np.array([[extent(one) for one in clip.objects]])
        motions = [one.motion for one in clip.scene.singles()]
        assert misfit(found, sizes, motions, clip.scene.relation)[0] < 4
        away = replace(found, path=found.path + 60)
        assert misfit(away, sizes, motions, clip.scene.relation)[0] > 5
        still = replace(found, path=np.repeat(found.path[:, :, :1], 16, 2))
        assert (misfit(still, sizes, ["orbit"] * len(motions), None) >= 18).all()
        if clip.scene.relation is not None:
            turned = {"above": "below", "below": "above", "left of": "right of", "right of": "left of"}
            assert misfit(found, sizes, motions, turned[clip.scene.relation])[0] > 10
