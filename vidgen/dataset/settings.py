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
        if self.split != "all":
            return {self.split: self.per_class}
        counts = {split: int(share * self.per_class + 1e-9) for split, share in SHARES.items()}
        for split in list(counts)[: self.per_class - sum(counts.values())]:
            counts[split] += 1
        return counts


def check_split(split: str) -> None:
    """Raise ValueError unless there is such a split."""
    if split not in SPLITS:
        raise ValueError(f"unknown split {split!r}; known splits: {', '.join(SPLITS)}")


def check_background(background: str) -> None:
    """Raise ValueError unless there is such a background."""
    if background not in BACKGROUNDS:
        raise ValueError(f"unknown background {background!r}; known backgrounds: {', '.join(BACKGROUNDS)}")
