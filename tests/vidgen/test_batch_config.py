"""What a batch is asked for: its settings, and the items in their order."""

from pathlib import Path

import pytest

from vidgen.batch_config import BatchConfig, chunks, configured, plan
from vidgen.captions.listing import Listed

SETS = (("car moving right",), ("rocket moving up", "ship moving left"))


def test_every_method_starts_from_the_same_noise():
    """A plan holds each method, label and number once; the k-th video of a label has one seed, whatever the method."""
    items = plan(BatchConfig(label_sets=SETS, methods=("proposed", "comparison"), per_label=3, real_per_label=2))
    assert len(items) == 2 * 2 * 3 + 2 * 2
    assert len({item.video_id for item in items}) == len(items)
    seeds = {}
    for item in items:
        seeds.setdefault((item.labels, item.video_id[-3:]), set()).add(item.seed)
    assert all(len(found) == 1 for found in seeds.values())
    assert len({seed for (seed,) in seeds.values()}) == 6


def test_more_videos_of_a_label_keep_the_first():
    """A larger batch holds the videos of the smaller one, by name and seed; another seed shares none."""
    small, large = (plan(BatchConfig(per_label=count)) for count in (1, 3))
    assert set(small) <= set(large)
    other = plan(BatchConfig(seed=1))
    assert not {item.seed for item in small} & {item.seed for item in other}


def test_videos_that_descend_together_show_as_many_objects():
    """A batch is of one method and number of labels, in the plan's order, and no larger than asked for."""
    items = plan(BatchConfig(label_sets=SETS, per_label=3, real_per_label=1))
    found = chunks(items, 2)
    assert [item for chunk in found for item in chunk] == items
    assert max(map(len, found)) == 2
    for chunk in found:
        assert len({(item.method, len(item.labels)) for item in chunk}) == 1


def test_captions_take_the_place_of_labels() -> None:
    """Each is an item under its name or its words; a batch of labels says nothing of captions in its settings."""
    listed = (Listed("a car drives left", "first"), Listed("two fish swim up"))
    config = BatchConfig(label_sets=(), captions=listed, methods=("refined",), per_label=2)
    items = plan(config)
    assert [item.caption for item in items] == ["a car drives left"] * 2 + ["two fish swim up"] * 2
    assert [item.video_id for item in items][1:3] == ["refined-first-001", "refined-two-fish-swim-up-000"]
    assert len({item.seed for item in items}) == 4
    assert "label_sets" not in config.fixed()
    assert config.fixed()["captions"] == [["a car drives left", "first"], ["two fish swim up", ""]]
    assert "captions" not in BatchConfig().fixed()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"per_label": 0}, "per_label must be at least 1, got 0"),
        ({"batch_size": 0}, "batch_size must be at least 1, got 0"),
        ({"real_per_label": -1}, "must not be negative: -1, 0"),
        ({"seed": -3}, "must not be negative: 0, -3"),
        ({"methods": ("proposed", "proposed")}, "a method stands twice"),
        ({"methods": ("refined", "real")}, "'real' is no method: real clips are asked for by their number"),
        ({"captions": (Listed("a car drives left"),)}, "made by the method 'refined', not by 'proposed'"),
        ({"methods": ("dream",)}, "unknown method 'dream'; known methods: proposed"),
    ],
)
def test_impossible_batches_are_refused(values, message):
    """A setting that no batch can have is an error that names it."""
    with pytest.raises(ValueError, match=message):
        BatchConfig(**values)


def test_what_is_left_open_is_chosen(tiny_weights: Path) -> None:
    """Labels are those that the weights know, device and batch size what suits the machine."""
    found = configured("all", ["refined"], preset="compact", weights=tiny_weights, device="cpu", per_label=2)
    assert len(found.label_sets) == 11
    assert (found.device, found.per_label, found.weights) == ("cpu", 2, str(tiny_weights))
    assert found.batch_size >= 1
    with pytest.raises(ValueError, match="no method given"):
        configured("all", [], preset="compact", weights=tiny_weights, device="cpu")
