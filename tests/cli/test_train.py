"""`vidgen train`, its trainings left out."""

from tests.cli.program import vidgen
from tests.crowd.clips import write_clip


def test_the_program_names_classes_and_splits(tmp_path, monkeypatch):
    """Before training starts the classes and the splits that were found are printed."""
    for split in ("Train", "val"):
        for label in ("dog", "cat"):
            write_clip(tmp_path / "mine" / split / label / "1.mp4")
    monkeypatch.setattr("vidgen.training.runs.train", lambda *args, **options: {})
    made = vidgen(*f"train --data {tmp_path}/mine --out {tmp_path}/w --networks c3d".split())
    assert made.exit_code == 0, made.output
    assert "4 videos (train 2, validation 2), 0 skipped\n2 classes: cat, dog\n" in made.stderr
