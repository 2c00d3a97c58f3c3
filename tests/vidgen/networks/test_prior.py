"""The flows of the learned prior, their codes, and what a checkpoint of it holds."""

import numpy as np
import pytest
import torch
from safetensors import safe_open

from tests.tinyweights import PRIOR_CONFIG
from vidgen.dataset.clips import sample_actor
from vidgen.labels import LABELS
from vidgen.networks import checkpoints
from vidgen.networks.prior import CODE, decoded, encoded, extents, flow_matching_loss, integrate, scaled
from vidgen.weights import BUNDLED


def test_integration_follows_straight_lines_exactly() -> None:
    """A velocity that is constant along each line carries noise to noise − velocity, in any number of steps."""
    noise = torch.randn(5, 2, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(integrate(lambda x, t: 2 * noise, noise, 3), -noise, atol=1e-6)


def test_integration_is_of_second_order() -> None:
    """Of x' = x from t = 1 to 0, twice the steps leave about a quarter of the error."""
    start = torch.ones(1, 1, dtype=torch.double)
    errors = [abs(float(integrate(lambda x, t: x, start, steps)) - np.exp(-1)) for steps in (8, 16)]
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.15)


def test_the_loss_is_least_for_the_true_velocity() -> None:
    """For data that are normal the velocity's expectation given x is known; other velocities lose more."""
    data = 0.5 * torch.randn(20_000, 1, generator=torch.Generator().manual_seed(1))

    def velocity(x: torch.Tensor, time: torch.Tensor, factor: float = 1.0) -> torch.Tensor:
        t = time[:, None]
        return factor * x * (t - 0.25 * (1 - t)) / (t**2 + 0.25 * (1 - t) ** 2)

    losses = [
        float(flow_matching_loss(lambda x, t, f=factor: velocity(x, t, f), data, torch.Generator().manual_seed(2)))
        for factor in (0.9, 1.0, 1.1)
    ]
    assert losses[1] == min(losses)


@pytest.mark.parametrize("label", LABELS, ids=str)
def test_a_code_stands_for_its_clip(label) -> None:  # type: ignore[no-untyped-def]
    """Size, colours and the path of every frame come back from the code of an actor."""
    actor = sample_actor(label.object, label.motion, split="train", rng=np.random.default_rng(3))
    code = encoded(actor.size, np.array(actor.colors), np.array(actor.start), np.array(actor.travel), actor.ease)
    assert code.shape == (CODE,)
    clip = decoded(torch.from_numpy(code)[None], 16)
    assert float(clip.size) == pytest.approx(actor.size, rel=1e-4)
    assert np.allclose(clip.colors[0], actor.colors, atol=1e-4)
    assert np.allclose(clip.path[0], actor.centers(np.linspace(0, 1, 16)), atol=1e-3)


def test_no_path_is_too_short_to_see() -> None:
    """Whatever the code, an object travels .28 to .6 of the frame along one axis."""
    codes = torch.randn(200, CODE, generator=torch.Generator().manual_seed(4))
    path = decoded(codes, 16).path / torch.tensor([128.0, 96.0])
    travel = (path[:, -1] - path[:, 0]).abs().amax(1)
    assert travel.min() >= 0.28 - 1e-5
    assert travel.max() <= 0.6 + 1e-5


def test_extents_are_those_of_what_is_covered() -> None:
    """Width and height count the pixels of the covered columns and rows."""
    maps = torch.zeros(4, 10, 10)
    maps[3, 2:5, 1:9] = 1
    assert extents(maps).tolist() == pytest.approx([0.8, 0.3])


def test_drawn_maps_are_amounts_of_colour() -> None:
    """All maps are in [0, 1], and no pixel has more colour than it is covered; equal noise gives equal pictures."""
    prior = checkpoints.build("clip-prior", PRIOR_CONFIG).eval()
    noise = 2 * torch.randn(3, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        maps, again = (prior.pictures(noise, torch.eye(11)[[0, 4, 10]]) for _ in range(2))
    assert torch.equal(maps, again)
    assert maps.min() >= 0
    assert maps.max() <= 1
    assert (maps[:, 3] >= maps[:, :3].sum(1).clamp(max=1) - 1e-6).all()
    assert scaled(maps).abs().max() < 4


def test_the_package_holds_no_training_clips() -> None:
    """The checkpoints of the package are weights of networks only: no exemplars, and no tensor as long as a clip."""
    folder = BUNDLED / "compact"
    names = ("c3d", "tempcae", "judge", "prior", "c3d_robust", "tempcae_deep", "text", "scene_prior", "attribute_judge")
    assert {path.name for path in folder.iterdir()} == {f"{name}.safetensors" for name in names}
    for name in names:
        network = checkpoints.load(folder / f"{name}.safetensors")
        weights = {key for key in network.state_dict() if not key.startswith("prior.")}
        with safe_open(folder / f"{name}.safetensors", framework="pt") as file:
            assert set(file.keys()) <= weights, name
