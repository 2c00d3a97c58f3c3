"""The learned prior of captioned clips: pictures by kind, and the code of a whole clip by its caption."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from vidgen.captions.attributes import FIELDS, OBJECT_ATTRIBUTES, SCENE_SIZE, Field
from vidgen.captions.scene import KINDS, MOST_OBJECTS
from vidgen.dataset.captioned import facing_of
from vidgen.dataset.drawing import OBJECTS, drawn_facing
from vidgen.labels import LABELS, Label
from vidgen.networks.draws import ClipShape, area_weights
from vidgen.networks.prior import PICTURE_SIZE, ClipPrior, ClipPriorConfig, Coder, extents
from vidgen.networks.scene_codes import SCENE_CODE, SceneClips, decoded_clips, misfit

#: Of so many clips that are drawn the one that fits best is kept: the network draws some whose objects overlap or leave
#: the frame, which the dataset has none of.
KEPT = 4
#: Counter-clockwise quarter turns of each direction from "right".
_TURNS = {"right": 0, "up": 1, "left": 2, "down": 3}


class ScenePrior(ClipPrior):
    """Draws pictures of objects given their kind, and codes of clips given the scene, all objects of a clip jointly.

    What a caption says of places ("below") is about several objects, so their sizes, colours and paths are one code.
    """

    def __init__(self, config: ClipPriorConfig) -> None:
        super().__init__(config)
        #: The prior of labels, whose pictures are borrowed; None: it draws its own.
        self.lender: ClipPrior | None = None
        if not config.has_pictures:
            del self.unet, self.condition
        self.coder = Coder(SCENE_SIZE + 2 * MOST_OBJECTS, config.hidden, config.layers, SCENE_CODE)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of objects that it can draw."""
        return OBJECTS if self.lender is not None else KINDS

    def kind_pictures(self, noise: Tensor, kinds: Tensor) -> Tensor:
        """Maps of objects as they are drawn, from normal noise, both `(objects, 4, edge, edge)`.

        `kinds` has the probabilities of their kinds, `(objects, kinds)`.
        """
        if self.lender is None:
            return self.pictures(noise, kinds)
        labels = kinds.new_zeros(len(kinds), self.lender.config.num_classes)
        for column, name in enumerate(OBJECTS):
            labels[:, LABELS.index(Label(name, drawn_facing(name)))] = kinds[:, column]
        return self.lender.pictures(noise, labels)


@dataclass(frozen=True, slots=True)
class DrawnScene:
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


def drawn(prior: ScenePrior, shape: ClipShape, scene: Tensor, start: Tensor) -> DrawnScene:
    """Draw the pictures and codes of a video.

    Args:
        prior: the prior.
        shape: the sizes of clips.
        scene: the vector of its scene, `(SCENE_SIZE,)`.
        start: the video at step 0, `(3, frames, height, width)`: its noise is the flows' noise too.
    """
    noise = ((start - start.mean()) / start.std()).flatten()
    edge, count = prior.config.edge, prior.config.codes
    said = Said.of(scene)
    maps = prior.kind_pictures(
        noise[: MOST_OBJECTS * 4 * edge**2].view(MOST_OBJECTS, 4, edge, edge)[said.same], said.kind
    )
    rest = noise[MOST_OBJECTS * 4 * edge**2 :][: count * SCENE_CODE].view(count, SCENE_CODE)
    extent = said.extents(maps)
    given = torch.cat([scene, F.pad(extent, (0, 0, 0, MOST_OBJECTS - len(extent))).flatten()]).expand(count, -1)
    clips = decoded_clips(prior.codes(rest, given).cpu().numpy(), len(maps), shape.frames).alike(said.same)
    pixels = clips.size[..., None] / PICTURE_SIZE * extent.cpu().numpy()
    clips = clips.taken(
        misfit(clips, pixels, [motion for _, motion in said.names], said.relation).argsort(kind="stable")[
            : max(1, count // KEPT)
        ]
    )
    background = scene.new_tensor(clips.background.mean(0))
    named = enumerate(zip(maps, said.names, strict=True))
    layers = torch.stack([_layers(one, name, clips, place) for place, (one, name) in named], 1)
    zoom = shape.width / 128
    scale = scene.new_tensor(clips.size) * zoom / (PICTURE_SIZE * edge)
    path = scene.new_tensor(clips.path) * zoom
    each = scale[..., None].expand(path.shape[:3])
    columns = area_weights(path[..., 0], each, edge, shape.width, shape.shrink)
    rows = area_weights(path[..., 1], each, edge, shape.height, shape.shrink)
    small = torch.einsum("nothy,nocyx,notwx->nocthw", rows, ink_on(background, layers), columns)
    return DrawnScene(layers, scale, path, background, small)


def ink_on(background: Tensor, layers: Tensor) -> Tensor:
    """By how much pictures `(..., 4, height, width)` differ from the background `(3,)`: `(..., 3, height, width)`."""
    return background[:, None, None] * layers[..., 3:, :, :] - layers[..., :3, :, :]


@dataclass(frozen=True, slots=True)
class Said:
    """What the vector of a scene says of its objects.

    Attributes:
        names: the kind and the motion of each.
        kind: the probabilities of its kinds, `(objects, kinds)`.
        same: for each the first object of which the caption says the same; members of a group look alike.
        relation: that of the first two objects, or None.
    """

    names: list[tuple[str, str]]
    kind: Tensor
    same: list[int]
    relation: str | None

    @classmethod
    def of(cls, scene: Tensor) -> "Said":
        """What the vector `(SCENE_SIZE,)` says."""
        fields: dict[tuple[str, int | None], Field] = {(field.name, field.place): field for field in FIELDS}

        def value(name: str, place: int | None = None) -> Any:
            field = fields[name, place]
            return field.values[int(scene[field.start : field.stop].argmax())]

        places = range(int(value("objects")))
        everything = [tuple(value(name, place) for name in OBJECT_ATTRIBUTES) for place in places]
        kinds = [fields["kind", place] for place in places]
        return cls(
            [(value("kind", place), value("motion", place)) for place in places],
            torch.stack([scene[field.start : field.stop] for field in kinds]),
            [everything.index(one) for one in everything],
            value("relation"),
        )

    def extents(self, maps: Tensor) -> Tensor:
        """Width and height of each object in its picture, turned as it moves, `(objects, 2)`."""
        pairs = zip(maps, self.names, strict=True)
        return torch.stack([extents(_faced(one, *name, leftward=False)) for one, name in pairs])


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
