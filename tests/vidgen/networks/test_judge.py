import numpy as np
import pytest
import torch

from tests.tinyweights import C3D_CONFIG, JUDGE_CONFIG
from vidgen.dataset.drawing import OBJECTS
from vidgen.labels import LABELS
from vidgen.networks import checkpoints
from vidgen.networks.judge import Judge, JudgeConfig

OPTIONS = [*map(str, LABELS), "Other", "Unclear"]


def found(**ways):
    """What a perfect look at six frames finds: each object, named with underscores, from one place to another."""
    places = torch.zeros(1, 6, len(OBJECTS), 12, 16)
    for name, (start, end) in ways.items():
        for t in range(6):
            row, column = np.round(np.array(start) + (np.array(end) - np.array(start)) * t / 5).astype(int)
            places[0, t, OBJECTS.index(name), row, column] = 0.98
    return places


def best(places, count=1):
    """The likeliest options."""
    chances = checkpoints.build("judge", JudgeConfig()).classified(places)[0]
    assert chances.exp().sum() == pytest.approx(1, abs=1e-4)
    return {OPTIONS[index] for index in chances.argsort(descending=True)[:count]}


@pytest.mark.parametrize(
    ("ways", "option"),
    [
        ({"car": ((6, 2), (6, 12))}, "car moving right"),
        ({"car": ((6, 12), (6, 2))}, "car moving left"),
        ({"balloon": ((10, 5), (3, 5))}, "balloon moving up"),
        ({"rocket": ((2, 5), (8, 6))}, "rocket moving down"),
        ({"ship": ((9, 5), (2, 5))}, "Other"),
        ({"balloon": ((3, 5), (10, 5))}, "Other"),
        ({"car": ((6, 6), (6, 7))}, "Other"),
        ({"car": ((2, 2), (10, 13))}, "Other"),
        ({}, "Unclear"),
    ],
)
def test_an_object_on_its_way_is_its_class(ways, option):
    """What is found and how it moves make the class; no class's motion is Other, and nothing found is Unclear."""
    assert best(found(**ways)) == {option}


def test_two_objects_are_two_classes():
    """Two objects, each on its way, are the two likeliest options."""
    places = found(car=((2, 2), (2, 12)), rocket=((10, 8), (4, 8)))
    assert best(places, 2) == {"car moving right", "rocket moving up"}


@pytest.mark.parametrize(
    ("other", "labels"),
    [
        (((10, 12), (10, 3)), {"car moving right", "car moving left"}),
        (((2, 12), (10, 12)), {"car moving right"}),
    ],
)
def test_two_objects_of_one_kind_are_separated(other, labels):
    """Each of two cars is followed; a car whose motion is no class is not the second of two."""
    places = torch.maximum(found(car=((2, 2), (2, 12))), found(car=other))
    chances = checkpoints.build("judge", JudgeConfig()).classified(places, 2)[0].exp()
    named = {option for option, chance in zip(OPTIONS[:11], chances, strict=False) if chance > 0.2}
    assert named == labels


def test_one_object_is_not_two():
    """Where two are expected and one is found, its opposite is no likelier than what is not there."""
    chances = checkpoints.build("judge", JudgeConfig()).classified(found(ship=((6, 12), (6, 3))), 2)[0].exp()
    assert chances[OPTIONS.index("ship moving left")] > 0.9
    assert chances[OPTIONS.index("ship moving right")] < 0.01


def test_a_little_of_everything_hides_no_object():
    """One object well seen among faint ones that stand about is named; their sum is no "Other"."""
    places = found(car=((6, 2), (6, 12)))
    places[:, :, :, 1] = 0.15
    assert best(places) == {"car moving right"}


def test_an_object_found_in_half_of_the_frames_is_half_as_likely():
    """What vanishes midway is no clear case."""
    places = found(car=((6, 2), (6, 12)))
    places[:, 3:] = 0
    chances = checkpoints.build("judge", JudgeConfig()).classified(places)[0].exp()
    assert chances[OPTIONS.index("Unclear")] == pytest.approx(0.51, abs=0.02)


def test_a_video_is_judged_alone():
    """The verdict on a video does not depend on the others in its batch."""
    judge = checkpoints.build("judge", JUDGE_CONFIG).eval()
    assert isinstance(judge, Judge)
    videos = torch.rand(2, 3, 16, 96, 128, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        together = judge(videos)
        assert together.shape == (2, len(OPTIONS))
        assert torch.allclose(together[1:], judge(videos[1:]), atol=1e-4)


def test_a_logit_per_option():
    """Eleven classes, Other and Unclear, for each video of a batch alike."""
    judge = checkpoints.build("judge", JUDGE_CONFIG).eval()
    video = torch.rand(2, 3, 16, 96, 128)
    logits = judge(video)
    assert logits.shape == (2, 13)
    assert torch.allclose(judge(video[:1])[0], logits[0], atol=1e-5)


def test_it_shares_nothing_with_the_classifier_it_checks():
    """The judge has no spatio-temporal convolution, of which C3D consists."""
    layers = {
        name: {type(layer).__name__ for layer in checkpoints.build(name, config).modules()}
        for name, config in (("judge", JUDGE_CONFIG), ("c3d", C3D_CONFIG))
    }
    assert "Conv3d" in layers["c3d"]
    assert "Conv3d" not in layers["judge"]


def test_it_reads_the_order_of_the_frames():
    """A video played backwards is another video to it."""
    judge = checkpoints.build("judge", JUDGE_CONFIG).eval()
    video = torch.rand(1, 3, 16, 96, 128)
    assert not torch.allclose(judge(video), judge(video.flip(2)), atol=1e-6)
