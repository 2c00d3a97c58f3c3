import numpy as np

from vidgen.training.junk import junk_clip


def test_junk_is_of_many_kinds():
    """Clips of every seed have the dataset's layout; some are nearly white, some are not, some stand still."""
    clips = [junk_clip(np.random.default_rng(seed), "judge") for seed in range(12)]
    assert {(clip.shape, clip.dtype.name) for clip in clips} == {((16, 96, 128, 3), "uint8")}
    means = [clip.mean() for clip in clips]
    assert max(means) - min(means) > 50
    assert np.array_equal(clips[3], junk_clip(np.random.default_rng(3), "judge"))


def test_junk_may_be_a_single_frame():
    """The judge learns from frames."""
    assert junk_clip(np.random.default_rng(0), "judge", num_frames=1).shape == (1, 96, 128, 3)
