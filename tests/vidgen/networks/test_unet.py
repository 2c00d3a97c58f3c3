import pytest
import torch

from tests.tinyweights import randomised
from vidgen.networks.unet import CONDITION, Condition, Unet, redraw


@pytest.mark.parametrize(("temporal", "span"), [((True,), 3), ((False,), 1)])
def test_the_output_has_the_size_of_the_input(temporal, span):
    """Patches, levels and halved frames are undone."""
    network = Unet(3, 4, (4, 6), temporal, 1, 2, CONDITION, span)
    assert network(torch.rand(2, 3, 4, 8, 12), torch.rand(2, CONDITION)).shape == (2, 4, 4, 8, 12)


def test_no_labels_are_zeros():
    """Without labels a network is unconditional, which zeros mean too; noise levels and labels each matter."""
    condition = randomised(Condition(3))
    sigma = torch.tensor([0.5, 2.0], dtype=torch.double)
    nothing = condition(sigma, None)
    assert nothing.shape == (2, CONDITION)
    assert torch.allclose(nothing, condition(sigma, torch.zeros(2, 3, dtype=torch.double)))
    assert not torch.allclose(nothing, condition(sigma, torch.eye(3, dtype=torch.double)[:2]))
    assert not torch.allclose(nothing, condition(sigma.flip(0), None))


@pytest.mark.parametrize("more", [0, 1])
def test_redrawing_by_hand(more):
    """At σ = data_std half of σ(logit) of the input is kept, of its difference from an estimate where there is one."""

    def network(given, condition):
        assert torch.allclose(given[:, :3], ink / (2 * 0.3**2) ** 0.5)
        assert given.shape[1] == 3 * (1 + more)
        return torch.cat([torch.full_like(ink, 0.25), torch.zeros_like(ink[:, :1])], 1)

    ink, estimate = torch.rand(1, 3, 2, 4, 4), [torch.rand(1, 3, 2, 4, 4)] * more
    found = redraw(network, ink, torch.tensor([0.3]), torch.zeros(1, CONDITION), 0.3, *estimate)
    assert torch.allclose(found, 0.25 + 0.25 * (ink - estimate[0] if more else ink))
