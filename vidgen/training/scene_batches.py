"""What the learned prior of captioned clips learns from: pictures by kind, and codes of whole clips."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from vidgen.captions.attributes import encoded_scene
from vidgen.captions.scene import KINDS, MOST_OBJECTS
from vidgen.dataset.captioned import PlacedScene, extent, place, sample_scene
from vidgen.dataset.drawing import drawn_facing
from vidgen.networks.prior import PICTURE_SIZE
from vidgen.networks.scene_codes import OBJECT_CODE, SCENE_CODE, encoded_clip
from vidgen.networks.scene_prior import ScenePrior
from vidgen.training.batches import Batch
from vidgen.training.variations import joined_drawings, reproportioned

#: How often each clip of a batch is learned from, at different noise levels.
REPEATS = 4


def kind_batch(rng: np.random.Generator, size: int, split: str, *, edge: int = 32) -> Batch:
    """Maps of all kinds of objects as they are drawn, in varied proportions, uint8 `(batch, 1, edge, edge, 4)`.

    The target is `(batch, kinds + 1)`, 1 for the kind; the last column is 0, as in batches of clips.
    """
    numbers = torch.from_numpy(rng.integers(len(KINDS), size=size))
    kinds = [KINDS[number] for number in numbers]
    maps = torch.stack([joined_drawings(kind, split, rng, 2 * edge) for kind in kinds])
    upright = torch.tensor([drawn_facing(kind) == "up" for kind in kinds])
    maps = F.avg_pool2d(reproportioned(maps, upright, rng), 2)
    clips = (maps * 255).round().to(torch.uint8).permute(0, 2, 3, 1)[:, None]
    return Batch(clips, F.one_hot(numbers, len(KINDS) + 1).float())


@dataclass(frozen=True, slots=True)
class SceneCodes:
    """Codes of captioned clips with what they depend on.

    Attributes:
        code: `(batch, SCENE_CODE)`, as `vidgen.networks.scene_codes.encoded_clip` has them.
        given: `(batch, SCENE_SIZE + 2 · MOST_OBJECTS)`: the vector of the scene, and width and height of each object in
            its picture, as fractions of the picture.
        there: 1 for the numbers of objects that there are, and of the background, `(batch, SCENE_CODE)`.
    """

    code: Tensor
    given: Tensor
    there: Tensor


def scene_code_batch(rng: np.random.Generator, size: int, split: str) -> SceneCodes:
    """Codes of random clips, none of which has a combination that is held out."""
    rows: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    while len(rows) < size // REPEATS:
        try:
            rows.append(_row(place(sample_scene(rng), rng, split=split)))
        except ValueError:  # no room for these sizes, speeds and places
            continue
    code, given, there = (torch.from_numpy(np.stack(part).astype(np.float32)) for part in zip(*rows, strict=True))
    return SceneCodes(*(part.repeat(REPEATS, 1) for part in (code, given, there)))


def _row(clip: PlacedScene) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    extents = np.zeros((MOST_OBJECTS, 2))
    for index, one in enumerate(clip.objects):
        extents[index] = np.array(extent(one)) / one.size * PICTURE_SIZE
    there = np.ones(SCENE_CODE)
    there[len(clip.objects) * OBJECT_CODE : MOST_OBJECTS * OBJECT_CODE] = 0
    return encoded_clip(clip), np.concatenate([encoded_scene(clip.scene), extents.ravel()]), there


def scene_code_loss(prior: ScenePrior, codes: SceneCodes, generator: torch.Generator) -> Tensor:
    """The flow-matching loss of the codes, over the objects that there are."""
    device = generator.device
    code, given, there = (part.to(device) for part in (codes.code, codes.given, codes.there))
    noise = torch.randn(code.shape, generator=generator, device=device)
    time = torch.randn(len(code), generator=generator, device=device).sigmoid()
    velocity = prior.coder(torch.lerp(code, noise, time[:, None]), time, given)
    loss: Tensor = ((velocity - (noise - code)).square() * there).sum() / there.sum()
    return loss
