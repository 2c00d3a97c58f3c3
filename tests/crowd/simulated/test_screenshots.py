"""Every different screen of a task has one picture, in the order in which a participant sees them."""

import struct
from pathlib import Path

import pytest

from crowd.design.blocks import design
from crowd.design.study import Study
from crowd.simulated import browser
from crowd.simulated.screenshots import screenshots
from crowd.videos.metadata import read_videos
from tests.crowd.clips import write_videos

QUESTIONS = (
    {"id": "what", "kind": "naming", "text": "What does it show?"},
    {"id": "age", "kind": "number", "text": "How old are you?"},
)
QUIZ = ({"text": "How often?", "options": ["once", "twice"], "right": "once"},)


def pictures(root: Path) -> list[bytes]:
    """Of a study with a quiz, an attention item and a question about the person."""
    videos = write_videos(root / "videos")
    study = Study.from_videos(videos, questions=QUESTIONS, quiz=QUIZ, videos_per_hit=4, training_items=0)
    return screenshots(study, design(study, read_videos(videos)), videos)


@pytest.mark.browser("chromium")
@pytest.mark.usefixtures("browser")
def test_each_screen_has_one_picture(tmp_path: Path) -> None:
    """Consent, instructions, quiz, a clip, an attention item, the person, the end: each once."""
    found = pictures(tmp_path)
    assert len(found) == 7
    assert len(set(found)) == 7
    for picture in found:
        assert picture.startswith(b"\x89PNG\r\n")
        width, height = struct.unpack(">II", picture[16:24])
        assert width >= 900
        assert height >= 600


def test_without_chromium_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the program."""
    monkeypatch.setattr(browser.shutil, "which", lambda name: None)
    with pytest.raises(ValueError, match=r"^browser: the program chromium is not on PATH"):
        pictures(tmp_path)
