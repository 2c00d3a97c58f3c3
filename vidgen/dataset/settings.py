"""The splits, and the settings of a dataset, which determine every byte of it."""

from dataclasses import dataclass

#: The drawings of each split, as numbers of files in `sprites/<object>`; no drawing is in two splits.
SPLITS: dict[str, tuple[int, ...]] = {
    "train": (1, 2, 3, 4, 5, 6, 21, 22),  # C3D and tempCAE
    "validation": (7,),  # monitoring of their training
    "judge": (8, 9, 10, 13, 14, 15, 16, 17, 18),  # the independent judge
    "test": (11, 12, 19, 20),  # nobody: control clips and final figures
}
#: Fractions of a class's clips in each split when all splits are made.
SHARES: dict[str, float] = {"train": 0.7, "validation": 0.1, "judge": 0.1, "test": 0.1}
BACKGROUNDS = ("white", "soft")
#: "small": clips of the eleven classes in a videos directory; "large": captioned clips in shards.
DATASET_SIZES = ("small", "large")


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSettings:
    """The settings of a dataset; equal settings give equal bytes."""

    #: Clips of each class, in all splits together.
    per_class: int = 200
    seed: int = 0
    #: "white", or "soft" for pale colours and gradients.
    background: str = "white"
    #: One split, or "all" to divide the clips among them.
    split: str = "all"

    def __post_init__(self) -> None:
        if self.per_class < 1:
            raise ValueError(f"per-class is {self.per_class}; a class needs at least one clip")
        if self.seed < 0:
            raise ValueError(f"the seed is {self.seed}; seeds are not negative")
        check_background(self.background)
        if self.split != "all" and self.split not in SPLITS:
            raise ValueError(f"unknown split {self.split!r}; known splits: all, {', '.join(SPLITS)}")

    def counts(self) -> dict[str, int]:
        """Clips of each class in each split; what rounding leaves goes to the first splits."""
        return shared_out(self.per_class, self.split)


@dataclass(frozen=True, slots=True, kw_only=True)
class LargeSettings:
    """The settings of the large dataset, of captioned clips; equal settings give equal bytes."""

    #: Clips in all splits together.
    clips: int = 100_000
    seed: int = 0
    #: One split, or "all" to divide the clips among them.
    split: str = "all"
    #: Clips in an archive; the last one of a split has fewer.
    shard_size: int = 1000

    def __post_init__(self) -> None:
        """Check numbers and names."""
        if self.clips < 1:
            raise ValueError(f"clips is {self.clips}; at least one is needed")
        if self.seed < 0:
            raise ValueError(f"the seed is {self.seed}; seeds are not negative")
        if self.shard_size < 1:
            raise ValueError(f"shard_size is {self.shard_size}; at least one clip is needed")
        if self.split != "all":
            check_split(self.split)

    def counts(self) -> dict[str, int]:
        """Clips in each split; what rounding leaves goes to the first splits."""
        return shared_out(self.clips, self.split)


def shared_out(total: int, split: str) -> dict[str, int]:
    """So many clips by split, all in one split or as `SHARES` says; what rounding leaves goes to the first splits."""
    if split != "all":
        return {split: total}
    counts = {name: int(share * total + 1e-9) for name, share in SHARES.items()}
    for name in list(counts)[: total - sum(counts.values())]:
        counts[name] += 1
    return counts


def check_split(split: str) -> None:
    """Raise ValueError unless there is such a split."""
    if split not in SPLITS:
        raise ValueError(f"unknown split {split!r}; known splits: {', '.join(SPLITS)}")


def check_background(background: str) -> None:
    """Raise ValueError unless there is such a background."""
    if background not in BACKGROUNDS:
        raise ValueError(f"unknown background {background!r}; known backgrounds: {', '.join(BACKGROUNDS)}")
