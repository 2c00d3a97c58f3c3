"""Videos made by gradient descent on their pixels."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

__version__ = "0.1.0"


def generate(
    labels: "str | Sequence[str]" = "all", *, method: str = "refined", seed: int = 0, preset: str = "compact"
) -> "NDArray[np.uint8]":
    """Make one video per label, ready to look at in a notebook.

    Args:
        labels: "all", or labels such as "car right" or "car right + rocket up".
        method: a name in `vidgen.methods.METHODS`.
        seed: the same seed makes the same videos.
        preset: whose networks.

    Returns:
        uint8 `(videos, frames, height, width, 3)` in [0, 255].

    Raises:
        ValueError: an unknown label, method or preset.

    Example:
        >>> import vidgen
        >>> videos = vidgen.generate(["car right", "rocket up"])  # doctest: +SKIP
    """
    from vidgen.batch import BatchConfig, generate_frames
    from vidgen.device import choose_device, tune
    from vidgen.labels import parse_labels

    device = choose_device()
    tune(device)
    sets = parse_labels(labels if isinstance(labels, str) else ",".join(labels))
    return generate_frames(
        BatchConfig(label_sets=tuple(sets), methods=(method,), seed=seed, preset=preset, device=device)
    )
