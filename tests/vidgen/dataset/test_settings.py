import pytest

from vidgen.dataset.settings import SPLITS, DatasetSettings, LargeSettings


@pytest.mark.parametrize("per_class", [1, 2, 3, 7, 10, 99, 200])
def test_clips_are_shared_out_among_all_splits(per_class):
    """The splits' clips add up to what was asked for, most of them for training."""
    counts = DatasetSettings(per_class=per_class).counts()
    assert list(counts) == list(SPLITS)
    assert sum(counts.values()) == per_class
    assert counts["train"] == max(counts.values())


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"per_class": 0}, "per-class is 0"),
        ({"seed": -1}, "-1"),
        ({"background": "pink"}, "pink.*white, soft"),
        ({"split": "exam"}, "exam.*train"),
    ],
)
def test_bad_settings_are_named(options, word):
    """A bad setting is refused with its name and value."""
    with pytest.raises(ValueError, match=word):
        DatasetSettings(**options)


@pytest.mark.parametrize("clips", [1, 3, 9, 100, 1001])
def test_captioned_clips_are_shared_out_likewise(clips):
    """The splits of the large dataset add up to what was asked for; one split has all of it."""
    counts = LargeSettings(clips=clips).counts()
    assert list(counts) == list(SPLITS)
    assert sum(counts.values()) == clips
    assert LargeSettings(clips=clips, split="test").counts() == {"test": clips}


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"clips": 0}, "clips is 0"),
        ({"seed": -1}, "-1"),
        ({"shard_size": 0}, "shard_size is 0"),
        ({"split": "x"}, "'x'"),
    ],
)
def test_bad_settings_of_the_large_dataset_are_named(options, word):
    """A bad setting is refused with its name and value."""
    with pytest.raises(ValueError, match=word):
        LargeSettings(**options)
