"""The data card of the large dataset: what it holds, for whom, how it was made and how it is read."""

from vidgen.captions.scene import BACKGROUNDS, COLORS, KINDS, MOTIONS, RELATIONS, SIZES, SPEEDS, held_out
from vidgen.dataset.scene import HEIGHT, NUM_FRAMES, WIDTH
from vidgen.dataset.settings import SPLITS, LargeSettings
from vidgen.release import __version__
from vidgen.video_io import FPS

_CARD = """---
license: apache-2.0
task_categories: [text-to-video, video-classification]
---
# Moving objects with captions

{clips} synthetic clips of {width}×{height} pixels, {frames} frames at {fps} frames per second, made by vidgen {version}
from seed {seed}: {num_kinds} kinds of objects × {num_motions} motions, one to three objects in a clip, with captions.

| | |
|---|---|
| kinds | {kinds} |
| motions | {motions} |
| colours | {colors} |
| sizes, speeds | {sizes}; {speeds}; or left open |
| relations between two objects | {relations} |
| backgrounds | {backgrounds} |

## Splits
| split | clips | drawings of each kind | combinations of kind, motion and colour |
|---|---|---|---|
{splits}

No drawing is in two splits. Of the {num_combinations} combinations of kind, motion and colour, {num_held_out} are held
out: no clip of the splits train and validation shows one, and in every second clip of the splits judge and test each
object is one (`held_out` in the tables). Every two of the three occur together in training.

## Files
- `shards/SPLIT-NNNNN.tar`: WebDataset archives; `VIDEO_ID.mp4` (H.264) and `VIDEO_ID.json` for each clip.
- `metadata/SPLIT-NNNNN.parquet`: the same rows; together they are one Parquet data set.
- `run.json`: the settings; the same settings give the same files.

Columns: `video_id`, `shard`, `split`, `index`, `seed`, `caption` (one of several phrasings), `plain_caption` (the
plainest one), `held_out`, `num_objects`, `relation`, `background`, and `objects`, a list with each object's `kind`,
`motion`, `color`, `size`, `speed`, `drawing` and `size_px`, the root of the area of its box in pixels. What a caption
leaves open is null.

```python
import pandas as pd
from vidgen.dataset.shards import read_shards

table = pd.read_parquet("metadata")
for sample in read_shards(".", "train", buffer=1000):
    sample.frames, sample.row["caption"]  # uint8 ({frames}, {height}, {width}, 3), str
```

## Uses and limits
For training and testing text-to-video models of few parameters, and for tests of composition. The drawings are simple,
the backgrounds plain, objects do not turn or deform and do not hide one another, and captions are sentences of a small
grammar in English: success here says little about natural videos. No people and no personal data are shown.

## Licence
Drawings, clips and captions are made by the program and come under its licence, Apache-2.0.
"""


def card(settings: LargeSettings) -> str:
    """The card, Markdown with the front matter that Hugging Face's hub reads."""
    combinations = [held_out(kind, motion, color) for kind in KINDS for motion in MOTIONS for color in COLORS]
    shown = {"train": "seen", "validation": "seen"}
    splits = [
        f"| {split} | {count:,} | {', '.join(map(str, SPLITS[split]))} | {shown.get(split, 'seen and held out')} |"
        for split, count in settings.counts().items()
    ]
    return _CARD.format(
        clips=f"{settings.clips:,}",
        width=WIDTH,
        height=HEIGHT,
        frames=NUM_FRAMES,
        fps=FPS,
        version=__version__,
        seed=settings.seed,
        num_kinds=len(KINDS),
        num_motions=len(MOTIONS),
        kinds=", ".join(KINDS),
        motions=", ".join(MOTIONS),
        colors=", ".join(COLORS),
        sizes=", ".join(SIZES),
        speeds=", ".join(SPEEDS),
        relations=", ".join(RELATIONS),
        backgrounds=", ".join(BACKGROUNDS),
        splits="\n".join(splits),
        num_combinations=f"{len(combinations):,}",
        num_held_out=sum(combinations),
    )
