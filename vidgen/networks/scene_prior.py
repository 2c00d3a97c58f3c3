"""The learned prior of captioned clips: pictures by kind, and the code of a whole clip by its caption."""

from dataclasses import dataclass

import torch
from torch import Tensor

from vidgen.captions.attributes import FIELDS, SCENE_SIZE, Field
from vidgen.captions.scene import KINDS, MOST_OBJECTS
from vidgen.dataset.captioned import facing_of
from vidgen.dataset.drawing import drawn_facing
from vidgen.networks.draws import ClipShape, area_weights
from vidgen.networks.prior import PICTURE_SIZE, ClipPrior, ClipPriorConfig, Coder, extents
from vidgen.networks.scene_codes import SCENE_CODE, SceneClips, decoded_clips

#: Counter-clockwise quarter turns of each direction from "right".
_TURNS = {"right": 0, "up": 1, "left": 2, "down": 3}


class ScenePrior(ClipPrior):
    """Draws pictures of objects given their kind, and codes of clips given the scene, all objects of a clip jointly.

    What a caption says of places ("below") is about several objects, so their sizes, colours and paths are one code.
    """

    def __init__(self, config: ClipPriorConfig) -> None:
        super().__init__(config)
        self.coder = Coder(SCENE_SIZE + 2 * MOST_OBJECTS, config.hidden, config.layers, SCENE_CODE)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the prior draws for one video; its clips are all of the same objects, in various sizes, colours and places.

    Attributes:
        layers: each object's picture, red, green and blue premultiplied by coverage, and coverage,
            `(clips, objects, 4, edge, edge)`.
        scale: pixels of a full clip per pixel of the picture, `(clips, objects)`.
        path: centres in pixels of a full clip, `(clips, objects, frames, 2)`.
        background: `(3,)`.
        small: by how much each object differs from the background (background − clip), in frames smaller by
            `ClipShape.shrink`, `(clips, objects, 3, frames, …)`.
    """

    layers: Tensor
    scale: Tensor
    path: Tensor
    background: Tensor
    small: Tensor


def drawn(prior: ScenePrior, shape: ClipShape, scene: Tensor, start: Tensor) -> Drawn:
    """Draw the pictures and codes of a video.

    Args:
        prior: the prior.
        shape: the sizes of clips.
        scene: the vector of its scene, `(SCENE_SIZE,)`.
        start: the video at step 0, `(3, frames, height, width)`: its noise is the flows' noise too.
    """
    noise = ((start - start.mean()) / start.std()).flatten()
    edge, count = prior.config.edge, prior.config.codes
    objects = kinds_and_motions(scene)
    maps = _maps(prior, scene, noise[: MOST_OBJECTS * 4 * edge**2].view(MOST_OBJECTS, 4, edge, edge), len(objects))
    rest = noise[MOST_OBJECTS * 4 * edge**2 :][: count * SCENE_CODE].view(count, SCENE_CODE)
    given = torch.cat([scene, _extents(maps, objects)]).expand(count, -1)
    clips = decoded_clips(prior.codes(rest, given).cpu().numpy(), len(objects), shape.frames)
    background = scene.new_tensor(clips.background.mean(0))
    named = enumerate(zip(maps, objects, strict=True))
    layers = torch.stack([_layers(one, name, clips, place) for place, (one, name) in named], 1)
    zoom = shape.width / 128
    scale = scene.new_tensor(clips.size) * zoom / (PICTURE_SIZE * edge)
    path = scene.new_tensor(clips.path) * zoom
    each = scale[..., None].expand(path.shape[:3])
    columns = area_weights(path[..., 0], each, edge, shape.width, shape.shrink)
    rows = area_weights(path[..., 1], each, edge, shape.height, shape.shrink)
    small = torch.einsum("nothy,nocyx,notwx->nocthw", rows, ink_on(background, layers), columns)
    return Drawn(layers, scale, path, background, small)


def ink_on(background: Tensor, layers: Tensor) -> Tensor:
    """By how much pictures `(..., 4, height, width)` differ from the background `(3,)`: `(..., 3, height, width)`."""
    return background[:, None, None] * layers[..., 3:, :, :] - layers[..., :3, :, :]


def kinds_and_motions(scene: Tensor) -> list[tuple[str, str]]:
    """Kind and motion of each object of a scene `(SCENE_SIZE,)`."""
    fields: dict[tuple[str, int | None], Field] = {(field.name, field.place): field for field in FIELDS}

    def value(name: str, place: int | None) -> str:
        field = fields[name, place]
        return str(field.values[int(scene[field.start : field.stop].argmax())])

    return [(value("kind", place), value("motion", place)) for place in range(int(value("objects", None)))]


def _maps(prior: ScenePrior, scene: Tensor, noise: Tensor, count: int) -> Tensor:
    """The maps of the objects, `(objects, 4, edge, edge)`; objects of which the caption says the same look the same."""
    size = (SCENE_SIZE - sum(len(field.values) for field in FIELDS if field.place is None)) // MOST_OBJECTS
    blocks = scene[: MOST_OBJECTS * size].view(MOST_OBJECTS, size)[:count]
    same = [next(first for first in range(place + 1) if _alike(blocks[first], blocks[place])) for place in range(count)]
    return prior.pictures(noise[same], blocks[:, : len(KINDS)])


def _alike(one: Tensor, other: Tensor) -> bool:
    return bool((one - other).abs().max() < 0.5)


def _extents(maps: Tensor, objects: list[tuple[str, str]]) -> Tensor:
    """Width and height of each object in its picture, turned as it moves, `(2 · MOST_OBJECTS,)`; else 0."""
    found = maps.new_zeros(MOST_OBJECTS, 2)
    for place, (one, (kind, motion)) in enumerate(zip(maps, objects, strict=True)):
        found[place] = extents(_faced(one, kind, motion, leftward=False))
    return found.flatten()


def _faced(maps: Tensor, kind: str, motion: str, *, leftward: bool) -> Tensor:
    """The maps `(4, edge, edge)` of an object as it looks on its way."""
    facing, as_drawn = facing_of(kind, motion, leftward=leftward), drawn_facing(kind)
    turns = (_TURNS[facing] - _TURNS[as_drawn]) % 4
    if turns == 2:
        return maps.flip(-1 if as_drawn in ("left", "right") else -2)
    return maps.rot90(turns, (-2, -1))


def _layers(maps: Tensor, name: tuple[str, str], clips: SceneClips, place: int) -> Tensor:
    """An object's picture in the colours of every clip, `(clips, 4, edge, edge)`."""
    both = torch.stack([_faced(maps, *name, leftward=leftward) for leftward in (False, True)])
    faced = both[torch.from_numpy(clips.leftward[:, place]).long()]
    colors = maps.new_tensor(clips.colors[:, place])
    return torch.cat([torch.einsum("nkc,nkhw->nchw", colors, faced[:, :3]), faced[:, 3:]], 1)
