"""`crowd.videos.soundtracks`: a study that is to be heard has something to hear."""

from pathlib import Path

import pytest

from crowd.design.study import Study
from crowd.lifecycle.publish import publish
from crowd.localplatform import running
from crowd.videos.metadata import read_videos
from crowd.videos.soundtracks import check_soundtracks
from tests.crowd.clips import write_metadata, write_videos

STUDY_FILE = "study.toml"


def test_videos_with_sound_pass(tmp_path: Path) -> None:
    """Every one of them has a track."""
    check_soundtracks(read_videos(write_videos(tmp_path, sound=True)))


def test_silent_videos_are_refused_before_anything_is_published(tmp_path: Path) -> None:
    """One line names the first, how many more there are, and what to do; without sound in the study they are fine."""
    videos, study = write_videos(tmp_path / "videos"), tmp_path / "study"
    study.mkdir()
    Study.from_videos(videos, sound="on", training_items=0).save(study / STUDY_FILE)
    with running(study), pytest.raises(ValueError, match=r'^sound: is "on", but new-0-0.mp4 and 8 more have no sound'):
        publish(study, videos)
    assert not (study / "design.json").exists()
    Study.from_videos(videos, sound="off", training_items=0).save(study / STUDY_FILE)
    with running(study):
        assert publish(study, videos).created == 1


def test_animated_pictures_have_no_sound(tmp_path: Path) -> None:
    """A GIF cannot be heard."""
    write_videos(tmp_path, sound=True)
    write_metadata(tmp_path, [{"file_name": "new-0-0.gif", "method": "new", "label": "x"}])
    with pytest.raises(ValueError, match=r"but new-0-0\.gif have no sound track"):
        check_soundtracks(read_videos(tmp_path))
