"""The judge's network: it finds objects in single frames and follows them. It shares no design with C3D."""

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from vidgen.dataset.drawing import OBJECTS
from vidgen.labels import LABELS
from vidgen.networks.tracks import separated

#: Unit vectors (right, down) of the motions.
_MOTIONS = {"right": (1.0, 0.0), "left": (-1.0, 0.0), "up": (0.0, -1.0), "down": (0.0, 1.0)}


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgeConfig:
    """Sizes of the judge."""

    widths: tuple[int, ...] = (16, 32, 64)
    #: Residual blocks at the last width, where the receptive field is about a whole object.
    depth: int = 2
    #: Distance between the frames that it looks at.
    every: int = 3
    #: Distance over the clip, as a share of the frame, from which on it counts as a motion, and the width of that
    #: limit. In the dataset objects move by 0.28 or more in their direction, and by 0.04 or less across it.
    moved: float = 0.15
    softness: float = 0.03


class Judge(nn.Module):
    """A residual network classifies every place of every frame: which object is there, if any. The rest is geometry.

    The presence of an object is the mean over the frames of its largest probability. Its motion is that of a line
    fitted to its mean position. The score of a class is the presence of its object times the score of its motion; that
    of "Other" is the largest such score of an object in a motion that is no class; that of "Unclear" is the absence of
    all objects. "Other" is the likeliest of its readings, as each class is one reading: their sum would outweigh the
    one object of a noisy clip, where a little of every object is present.
    """

    def __init__(self, config: JudgeConfig) -> None:
        super().__init__()
        self.config = config
        first = config.widths[0]
        layers: list[nn.Module] = [nn.Conv2d(3, first, 5, stride=2, padding=2, bias=False), nn.BatchNorm2d(first)]
        layers += [nn.ReLU()]
        for fine, coarse in zip(config.widths, config.widths[1:], strict=False):
            layers += [Residual(fine), nn.Conv2d(fine, coarse, 3, stride=2, padding=1), nn.BatchNorm2d(coarse)]
            layers += [nn.ReLU()]
        layers += [Residual(config.widths[-1]) for _ in range(config.depth)]
        self.frame = nn.Sequential(*layers, nn.Conv2d(config.widths[-1], len(OBJECTS) + 1, 1))

    def forward(self, video: Tensor, num_objects: int = 1) -> Tensor:
        """Log-probabilities `(batch, 13)` of the eleven classes, Other and Unclear.

        Args:
            video: `(batch, 3, frames, height, width)` in [0, 1].
            num_objects: objects that a video is expected to show; as many of one kind are separated.
        """
        ink = self.ink(video)
        found = self.found(ink.transpose(1, 2).flatten(0, 1))
        found = found.view(len(ink), -1, *found.shape[1:])
        return self.classified(found[:, :, : len(OBJECTS)], num_objects)

    def ink(self, video: Tensor) -> Tensor:
        """The frames that it looks at, as ink: 1 − video."""
        return 1 - video[:, :, :: self.config.every]

    def found(self, ink: Tensor) -> Tensor:
        """Probabilities `(frames, objects + 1, rows, columns)` of each object at each place; the last one is "none"."""
        return cast(Tensor, self.frame(ink)).softmax(1)

    def classified(self, found: Tensor, num_objects: int = 1) -> Tensor:
        """Log-probabilities `(batch, 13)` from the objects' probabilities `(batch, frames, objects, rows, columns)`."""
        parts = separated(found, num_objects) if num_objects > 1 else [found]
        present = found.flatten(3).amax(3).mean(1)
        scores = torch.stack([self.scores(part) for part in parts]).amax(0)
        names = [*_MOTIONS]
        places = [OBJECTS.index(label.object) * scores.shape[2] + names.index(label.motion) for label in LABELS]
        classes = scores.flatten(1)[:, places]
        others = scores.flatten(1).index_fill(1, classes.new_tensor(places).long(), 0).amax(1)
        unclear = 1 - present.amax(1)
        options = torch.cat([classes, torch.stack([others, unclear], 1)], 1).clamp(min=1e-6)
        return (options / options.sum(1, keepdim=True)).log()

    def scores(self, found: Tensor) -> Tensor:
        """Presence times motion, `(batch, objects, motions + 1)`, of one object of each kind; the last is "other"."""
        present = found.flatten(3).amax(3).mean(1)
        motion = self.motions(found)
        return torch.stack([present * motion[name] for name in (*_MOTIONS, "other")], 2)

    def motions(self, found: Tensor) -> dict[str, Tensor]:
        """Scores in [0, 1], `(batch, objects)`, of each motion and of "other": any other motion, or none."""
        rows, columns, frames = found.shape[3], found.shape[4], found.shape[1]
        weight = found.square()
        mass = weight.sum((3, 4)) + 1e-6
        across = torch.linspace(0, 1, columns, device=found.device)
        along = torch.linspace(0, 1, rows, device=found.device)
        place = torch.stack([(weight.sum(3) * across).sum(3), (weight.sum(4) * along).sum(3)]) / mass
        time = torch.linspace(-0.5, 0.5, frames, device=found.device)[None, :, None]
        middle = (mass * time).sum(1, keepdim=True) / mass.sum(1, keepdim=True)
        mean = (mass * place).sum(2, keepdim=True) / mass.sum(1, keepdim=True)
        way = (mass * (time - middle) * (place - mean)).sum(2) / ((mass * (time - middle) ** 2).sum(1) + 1e-6)
        shares = {}
        for name, (right, down) in _MOTIONS.items():
            forward = right * way[0] + down * way[1]
            sideways = (down * way[0] + right * way[1]).abs()
            moves = ((forward - self.config.moved) / self.config.softness).sigmoid()
            shares[name] = moves * ((forward - 1.5 * sideways) / self.config.softness).sigmoid()
        shares["other"] = 1 - torch.stack(list(shares.values())).sum(0).clamp(max=1)
        return shares


class Residual(nn.Module):
    """A residual block: two normalised 3×3 convolutions beside the identity."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.branch = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
        )

    def forward(self, x: Tensor) -> Tensor:
        """`relu(x + branch(x))`."""
        return (x + cast(Tensor, self.branch(x))).relu()
