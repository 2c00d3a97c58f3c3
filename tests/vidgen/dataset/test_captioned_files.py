import csv

from vidgen.captions.parsing import parse
from vidgen.dataset.captioned_clips import captioned_clip
from vidgen.dataset.captioned_files import write_captioned_clips
from vidgen.video_io import read_video


def test_clips_come_with_their_captions(tmp_path):
    """metadata.csv names every film, with a caption that says the scene of the stream's clip."""
    rows = write_captioned_clips(tmp_path / "clips", split="judge", count=3, seed=1)
    with (tmp_path / "clips" / "metadata.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.DictReader(file)) == rows
    for index, row in enumerate(rows):
        assert parse(row["prompt"]) == captioned_clip(index, 1, "judge").scene
        assert read_video(tmp_path / "clips" / row["file_name"]).shape == (16, 96, 128, 3)
