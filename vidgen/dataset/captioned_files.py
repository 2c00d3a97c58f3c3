"""Captioned clips as a videos directory, for a study or the judge: the control beside generated videos."""

import csv
import io
from pathlib import Path

from vidgen.atomic_write import write_text
from vidgen.captions.grammar import caption
from vidgen.dataset.captioned_clips import captioned_clip, clip_spec
from vidgen.dataset.scene import render
from vidgen.spreadsheet import cells
from vidgen.video_io import write_video


def write_captioned_clips(directory: Path | str, *, split: str, count: int, seed: int = 0) -> list[dict[str, str]]:
    """Write the first clips of a split's stream as MP4 files with metadata.csv; the same arguments give the same files.

    Args:
        directory: created where it does not exist.
        split: whose drawings are shown.
        count: the number of clips.
        seed: another seed gives other clips.

    Returns:
        The rows of metadata.csv: `file_name`, `video_id`, `method` ("real"), `prompt`, `seed` and `split`.

    Raises:
        ValueError: an unknown split.
        OSError: a file cannot be written.
    """
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    rows = []
    for index in range(count):
        placed = captioned_clip(index, seed, split)
        name = f"{split}-{index:06}"
        write_video(directory / f"{name}.mp4", render(clip_spec(placed)))
        rows.append(
            {
                "file_name": f"{name}.mp4",
                "video_id": f"real-{name}",
                "method": "real",
                "prompt": caption(placed.scene),
                "seed": str(seed),
                "split": split,
            }
        )
    table = io.StringIO()
    writer = csv.DictWriter(table, fieldnames=list(rows[0]) if rows else ["file_name"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(cells(row) for row in rows)
    write_text(directory / "metadata.csv", table.getvalue())
    return rows
