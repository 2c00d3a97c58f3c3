"""Ratings as arrays: who gave which video how many points, on which scale."""

from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """What a rating can be: a whole number from `low` to `high`, or on a slider any number between them."""

    low: float = 1.0
    high: float = 5.0
    slider: bool = False

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"scale: low {self.low:g} is not below high {self.high:g}")
        if not self.slider and (self.low % 1 or self.high % 1):
            raise ValueError(f"scale: points are whole numbers, not {self.low:g} to {self.high:g}")

    @property
    def points(self) -> Array | None:
        """(points,) every possible rating, ascending; None for a slider."""
        return None if self.slider else np.arange(self.low, self.high + 1)

    def holds(self, value: Array) -> Array:
        """Whether each number is a possible rating."""
        inside = (value >= self.low) & (value <= self.high)
        return np.asarray(inside if self.slider else inside & (value % 1 == 0))


@dataclass(frozen=True, kw_only=True, slots=True)
class Ratings:
    """The ratings that one question got; a rating beside a reference (DCR) is one of the rated video.

    All arrays are (ratings,); codes are integers from 0.
    """

    value: Array
    participant: Array
    video: Array
    #: Codes into `methods`.
    method: Array
    #: Codes of what the videos were made from; None where the videos of different methods have nothing in common.
    prompt: Array | None = None
    methods: list[str]
    scale: Scale

    def __post_init__(self) -> None:
        for name in ("participant", "video", "method", "prompt"):
            codes = getattr(self, name)
            if codes is not None and len(codes) != len(self.value):
                raise ValueError(f"{name} has {len(codes)} ratings, value has {len(self.value)}")
        outside = self.value[~self.scale.holds(self.value)]
        if len(outside):
            raise ValueError(
                f"rating {outside[0]:g} is not on the scale from {self.scale.low:g} to {self.scale.high:g}"
            )
        for name in ("method", "prompt"):
            codes = getattr(self, name)
            if codes is not None:
                self._refuse_two(name, codes)

    def _refuse_two(self, name: str, codes: Array) -> None:
        of_video = np.zeros(int(self.video.max(initial=-1)) + 1, np.int64)
        of_video[self.video] = codes
        other = self.video[of_video[self.video] != codes]
        if len(other):
            raise ValueError(f"video {int(other[0])} has more than one {name}")

    def __len__(self) -> int:
        return len(self.value)

    @property
    def unit(self) -> Array:
        """(ratings,) codes of what is sampled beside participants: prompts where they are known, otherwise videos."""
        return self.video if self.prompt is None else self.prompt

    def by_video(self) -> tuple[Array, Array]:
        """(videos, points) how often each video was given each point, and the (points,) that occur, ascending."""
        points, point = np.unique(self.value, return_inverse=True)
        table = np.zeros((int(self.video.max(initial=-1)) + 1, len(points)), np.int64)
        np.add.at(table, (self.video, point), 1)
        return table, points

    def where(self, chosen: Array) -> "Ratings":
        """The chosen ratings, with all codes as they are."""
        return Ratings(
            value=self.value[chosen],
            participant=self.participant[chosen],
            video=self.video[chosen],
            method=self.method[chosen],
            prompt=None if self.prompt is None else self.prompt[chosen],
            methods=self.methods,
            scale=self.scale,
        )
