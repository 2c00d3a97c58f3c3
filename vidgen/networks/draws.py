"""What the learned prior draws for a video, in the form in which the auto-encoder remembers training clips."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from vidgen.networks.exemplars import Exemplars, upsampled
from vidgen.networks.prior import CODE, PICTURE_SIZE, ClipPrior, decoded, extents


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipShape:
    """The sizes of clips and pictures that are drawn; lengths are in pixels of a full clip unless said otherwise."""

    frames: int
    height: int
    width: int
    #: Factor by which drawn clips are smaller, and drawn pictures.
    shrink: int
    picture_shrink: int
    #: Edge of a picture's window.
    window: int


class Draws:
    """The clips and pictures that the learned prior draws for one video, of a label when that is first called for.

    A label has one picture, and `ClipPriorConfig.codes` clips of it in various sizes, colours and paths. They depend on
    the video's noise, the label and whether the video shows several objects.
    """

    def __init__(self, prior: ClipPrior, shape: ClipShape, start: Tensor) -> None:
        """`start` is the video at step 0, `(3, frames, height, width)`: its noise is the flows' noise too."""
        self.prior, self.shape = prior, shape
        noise = ((start - start.mean()) / start.std()).flatten()
        edge, codes, count = prior.config.edge, prior.config.codes, prior.config.num_classes
        values = 4 * edge**2 + codes * CODE
        assert noise.numel() >= count * values, f"a video of {noise.numel()} values has too little noise"  # noqa: S101
        each = noise[: count * values].view(count, values)
        self._picture_noise = each[:, : 4 * edge**2].view(count, 4, edge, edge)
        self._code_noise = each[:, 4 * edge**2 :].view(count, codes, CODE)
        self._maps: dict[int, Tensor] = {}
        self._kept: dict[tuple[str, tuple[int, ...], bool], Exemplars] = {}

    def exemplars(self, part: str, labels: tuple[int, ...], company: bool) -> Exemplars:
        """The drawn clips or pictures of some labels, in this order, as the classes of exemplars.

        Args:
            part: "clips" or "pictures".
            labels: numbers of the classes.
            company: whether the object is one of several in the video.
        """
        key = part, labels, company
        if key not in self._kept:
            self._draw([label for label in labels if label not in self._maps])
            make = self._clips if part == "clips" else self._pictures
            self._kept[key] = Exemplars(torch.stack([make(label, company) for label in labels]))
        return self._kept[key]

    def _draw(self, labels: list[int]) -> None:
        """Draw the pictures of labels, together."""
        if labels:
            chosen = torch.eye(self.prior.config.num_classes, device=self._picture_noise.device)[labels]
            self._maps.update(zip(labels, self.prior.pictures(self._picture_noise[labels], chosen), strict=True))

    def _colored(self, label: int, company: bool) -> tuple[Tensor, Tensor, Tensor]:
        """Ink `(codes, 3, edge, edge)`, scale `(codes,)` and path `(codes, frames, 2)` of a label's clips."""
        maps, noise = self._maps[label], self._code_noise[label]
        given = maps.new_zeros(len(noise), self.prior.config.num_classes + 3)
        given[:, label] = 1
        given[:, -3], given[:, -2:] = float(company), extents(maps)
        clip = decoded(self.prior.codes(noise, given), self.shape.frames)
        ink = maps[3] - torch.einsum("nkc,khw->nchw", clip.colors, maps[:3])
        zoom = self.shape.width / 128
        return ink.clamp(0, 1), clip.size * zoom / (PICTURE_SIZE * maps.shape[-1]), clip.path * zoom

    def _clips(self, label: int, company: bool) -> Tensor:
        """The clips of a label as ink, `(codes, 3, frames, height / shrink, width / shrink)`."""
        ink, scale, path = self._colored(label, company)
        shape, edge = self.shape, ink.shape[-1]
        scale = scale[:, None].expand(path.shape[:2])
        columns = area_weights(path[..., 0], scale, edge, shape.width, shape.shrink)
        rows = area_weights(path[..., 1], scale, edge, shape.height, shape.shrink)
        return torch.einsum("nthy,ncyx,ntwx->ncthw", rows, ink, columns)

    def _pictures(self, label: int, company: bool) -> Tensor:
        """The picture in the sizes and colours of each clip, centred on its ink, `(codes, 3, 1, edge, edge)`."""
        ink, scale, _ = self._colored(label, company)
        edge, window = ink.shape[-1], self.shape.window
        place = torch.arange(edge, device=ink.device) + 0.5 - edge / 2
        amount = ink.sum(1)
        total = amount.sum((1, 2)).clamp(min=1e-6)
        across, down = (amount.sum(1) @ place / total, amount.sum(2) @ place / total)
        columns, rows = (
            area_weights(window / 2 - off * scale, scale, edge, window, self.shape.picture_shrink)
            for off in (across, down)
        )
        return torch.einsum("nhy,ncyx,nwx->nchw", rows, ink, columns)[:, :, None]


class DrawnExemplars(nn.Module):
    """Called like `Exemplars`, but each video has exemplars of its own, which the learned prior drew for it."""

    def __init__(self, draws: list[Draws], part: str) -> None:
        super().__init__()
        self.draws, self.part = draws, part

    def forward(self, ink: Tensor, sigma: Tensor, labels: Tensor | None, num_objects: int = 1) -> Tensor:
        """As `Exemplars.forward`; a video may stand in the batch once for each of its objects."""
        small = self.small(ink, sigma, labels, num_objects)
        return upsampled(small, ink.shape[-1] // small.shape[-1])

    def small(self, ink: Tensor, sigma: Tensor, labels: Tensor | None, num_objects: int = 1) -> Tensor:
        """The same at the resolution of the drawn clips."""
        repeated = len(ink) // len(self.draws)
        found = []
        for index, (one, level) in enumerate(zip(ink[:, None], sigma[:, None], strict=True)):
            draws, own = self.draws[index // repeated], None if labels is None else labels[index]
            chosen = () if own is None else tuple(own.nonzero().flatten().tolist())
            company = max(num_objects, repeated, len(chosen)) > 1
            every = chosen or tuple(range(draws.prior.config.num_classes))
            exemplars = draws.exemplars(self.part, every, company)
            shown = one.new_ones(1, len(chosen)) if chosen else None
            found.append(exemplars.small(one, level, shown, num_objects))
        return torch.cat(found)


def area_weights(center: Tensor, scale: Tensor, edge: int, size: int, shrink: int) -> Tensor:
    """How a picture of `edge` pixels about a centre appears along one axis of a frame of fewer pixels.

    Each pixel of the frame takes the mean over its own width of the picture, or over one pixel of it where that is
    wider.

    Args:
        center: where the picture's middle is, in full pixels, `(...)`.
        scale: full pixels per pixel of the picture, `(...)`.
        edge: pixels of the picture.
        size: full pixels of the frame.
        shrink: full pixels per pixel of the frame.

    Returns:
        `(..., size / shrink, edge)`.
    """
    middle = (torch.arange(size // shrink, device=center.device) + 0.5) * shrink
    middle = (middle - center[..., None]) / scale[..., None] + edge / 2
    half = (shrink / scale / 2).clamp(min=0.5)[..., None, None]
    first = torch.arange(edge, device=center.device)
    low = torch.maximum(middle[..., None] - half, first)
    high = torch.minimum(middle[..., None] + half, first + 1)
    return (high - low).clamp(min=0) / (2 * half)
