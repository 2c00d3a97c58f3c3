"""The auto-encoder of captioned clips: the code of a clip is a scene that the learned prior can draw."""

import copy

import torch
from torch import Tensor
from torch.nn import functional as F

from vidgen.networks.draws import area_weights
from vidgen.networks.exemplars import upsampled
from vidgen.networks.layered import LayeredTempCAE, LayeredTempCAEConfig, interpolation
from vidgen.networks.scene_prior import DrawnScene, ScenePrior, drawn, ink_on


class SceneTempCAE(LayeredTempCAE):
    """A layered auto-encoder conditional on captions, which are given as vectors of scenes.

    R(X, σ) is the posterior mean over the clips that the prior draws for the video's scene. A clip is drawn with all of
    its objects, so that what the caption says of their places holds for each. Above a noise level the estimate is the
    mean of these clips; below, their pictures moved along the mean paths; under little noise the network of the layered
    auto-encoder sharpens the pictures. Everything is relative to the drawn background.
    """

    def __init__(self, config: LayeredTempCAEConfig, prior: ScenePrior, scenes: Tensor) -> None:
        """`scenes` are the vectors `(videos, SCENE_SIZE)` of the videos' scenes, in their order."""
        super().__init__(config)
        self.scene_prior, self.scenes = prior, scenes
        self.draws: list[DrawnScene] = []

    def for_videos(self, start: Tensor) -> "SceneTempCAE":
        """As that of the layered auto-encoder; what is drawn depends on a video's noise and scene only."""
        if self.draws:
            return self
        shape = self.config.clip_shape()
        return self._of([drawn(self.scene_prior, shape, *each) for each in zip(self.scenes, start, strict=True)])

    def of_videos(self, numbers: list[int]) -> "SceneTempCAE":
        """That of `for_videos` for some of its videos, in this order."""
        return self._of([self.draws[number] for number in numbers])

    def _of(self, draws: list[DrawnScene]) -> "SceneTempCAE":
        own = copy.copy(self)
        own.draws = draws
        return own

    def forward(
        self, video: Tensor, sigma: Tensor | float, labels: Tensor | None = None, num_objects: int = 1
    ) -> Tensor:
        """The decoded videos `(batch, 3, frames, height, width)`; labels and their number are those of the scenes."""
        sigmas = sigma if isinstance(sigma, Tensor) else video.new_full((len(video),), sigma)
        pairs = zip(video, sigmas, self.draws, strict=True)
        return torch.stack([self._decoded(one, level, draws) for one, level, draws in pairs])

    def _decoded(self, video: Tensor, sigma: Tensor, draws: DrawnScene) -> Tensor:
        """The decoded video `(3, frames, height, width)` of one scene."""
        config, background = self.config, draws.background[:, None, None, None]
        ink = background - video
        weight = self._weights(ink, sigma, draws)
        if sigma >= config.exemplars_from:
            mean = torch.einsum("n,nocthw->cthw", weight, draws.small)
            return background - upsampled(mean, config.shrink)
        path = torch.einsum("n,notx->otx", weight, draws.path) - 0.5
        rows = interpolation(path[..., 1], config.window, config.height)
        columns = interpolation(path[..., 0], config.window, config.width)
        layers = self._layers(weight, draws)
        picture = ink_on(draws.background, layers)
        if sigma < config.pictures_from:
            layout = torch.einsum("n,nocthw->octhw", weight, draws.small)[None]
            mean = self.alone(ink[None], layout, rows, columns)
            # The network knows objects over white.
            veil = (1 - draws.background)[:, None, None] * layers[:, 3:]
            picture = self.drawn_picture(mean + veil, sigma.expand(len(mean)), None) - veil
        return background - torch.einsum("othy,ochw,otwx->ctyx", rows, picture, columns)

    def _weights(self, ink: Tensor, sigma: Tensor, draws: DrawnScene) -> Tensor:
        """The posterior probabilities `(clips,)` of the drawn clips, by a Gaussian of their distance to the video."""
        shrink = self.config.shrink
        clips = draws.small.sum(1).flatten(1)
        fit = clips @ F.avg_pool3d(ink[None], (1, shrink, shrink)).flatten() - clips.square().sum(1) / 2
        return (fit / (sigma / shrink) ** 2).softmax(0)

    def _layers(self, weight: Tensor, draws: DrawnScene) -> Tensor:
        """The expected pictures of the objects about their centres, `(objects, 4, window, window)`."""
        window, edge = self.config.window, draws.layers.shape[-1]
        likely = weight > 1e-3
        weights, scale = weight[likely], draws.scale[likely]
        matrix = area_weights(torch.full_like(scale, window / 2), scale, edge, window, 1)
        return torch.einsum("n,nohy,nocyx,nowx->ochw", weights, matrix, draws.layers[likely], matrix)
