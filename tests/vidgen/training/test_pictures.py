import numpy as np

from tests.crowd.clips import write_videos
from vidgen.dataset.folder import read_folder
from vidgen.training.pictures import exemplar_clips, exemplar_pictures, picture_batch


def test_exemplars_are_small_clips_of_every_class():
    """The dataset's exemplars are the same each time, `count` of each class, in the resolution asked for."""
    clips = exemplar_clips(2, 8, None)
    assert (clips.shape, clips.dtype) == ((11, 2, 16, 12, 16, 3), np.uint8)
    assert np.array_equal(clips, exemplar_clips(2, 8, None))
    assert exemplar_pictures(1, 2, 72).shape == (11, 1, 1, 36, 36, 3)


def test_exemplars_of_a_users_videos_are_of_their_classes(tmp_path):
    """Each class keeps clips of its own videos, of the split that is trained on."""
    data = read_folder(write_videos(tmp_path / "data", methods=("mine",), per_label=2))
    clips = exemplar_clips(3, 8, data)
    frames, targets = data.part("train")
    for index in range(len(data.classes)):
        own = frames[targets == index].reshape(-1, 16, 12, 8, 16, 8, 3).mean((3, 5)).round()
        assert all(any(np.array_equal(clip, video) for video in own) for clip in clips[index])


def test_pictures_show_one_object_each():
    """A batch of stills with a label each."""
    batch = picture_batch(np.random.default_rng(0), 4, "train")
    assert batch.clips.shape == (4, 1, 72, 72, 3)
    assert batch.target.sum(1).tolist() == [1] * 4
    assert (batch.target[:, -1] == 0).all()
