import re

from vidgen.captions.scene import COLORS, KINDS, MOTIONS, held_out
from vidgen.dataset.card import card
from vidgen.dataset.settings import SPLITS, LargeSettings


def test_the_card_says_what_the_dataset_holds():
    """Kinds, motions, colours, the clips and drawings of each split, and how many combinations are held out."""
    text = card(LargeSettings(clips=1000, seed=4))
    assert "1,000 synthetic clips" in text
    assert "from seed 4" in " ".join(text.split())
    for name in (*KINDS, *MOTIONS, *COLORS, *SPLITS):
        assert name in text
    total = len(KINDS) * len(MOTIONS) * len(COLORS)
    number = sum(held_out(kind, motion, color) for kind in KINDS for motion in MOTIONS for color in COLORS)
    assert f"Of the {total:,} combinations" in text
    assert f" {number} are\nheld" in text or f" {number} are held" in text
    assert "| train | 700 | 1, 2, 3, 4, 5, 6, 21, 22 | seen |" in text
    assert not re.search(r"\{\w+\}", text)
