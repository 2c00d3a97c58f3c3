import pytest

from vidgen.training.presets import PRESETS, find_preset


def test_an_unknown_preset_lists_the_known():
    """The error names what was asked for and every preset there is."""
    with pytest.raises(ValueError, match="unknown preset 'huge'; known presets: compact, full"):
        find_preset("huge")


@pytest.mark.parametrize("name", PRESETS)
def test_a_presets_networks_fit_together(name):
    """C3D has an output for each class of the auto-encoder and one for none, and takes clips of the same size."""
    preset = find_preset(name)
    assert preset.c3d.num_classes == preset.tempcae.num_classes + 1
    sizes = {(config.frames, config.height, config.width) for config in (preset.c3d, preset.tempcae)}
    assert sizes == {(16, 96, 128)}
