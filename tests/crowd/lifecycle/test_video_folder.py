"""A study is moved, with its videos or without them, and shows what was published or nothing."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from crowd.design.design import Design
from crowd.design.study import Study
from crowd.lifecycle.extend import extend
from crowd.lifecycle.publish import publish
from crowd.lifecycle.video_folder import locate_videos
from crowd.localplatform import running
from tests.cli.program import said, vidgen
from tests.crowd.clips import write_videos


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with `videos` and a `study` of them that is published."""
    videos = write_videos(tmp_path / "home" / "videos")
    study = tmp_path / "home" / "study"
    study.mkdir()
    Study.from_videos(videos, answers_per_video=2, assignments_per_hit=9).save(study / "study.toml")
    publish(study, videos)
    return tmp_path / "home"


def shows(study: Path) -> bool:
    """Whether each clip of the published study is to be had from its own server."""
    with running(study) as server:
        names = [video.file_name for video in Design.load(study).videos]
        addresses = [server.endpoint_url + server.media_url(name) for name in names]
        return all(httpx.get(url, trust_env=False).status_code == 200 for url in addresses)


def absolute(study: Path) -> None:
    """Make the design what the previous release wrote: an absolute path and no hashes."""
    table = json.loads((study / "design.json").read_text(encoding="utf-8"))
    table["videos_dir"] = str((study / table["videos_dir"]).resolve())
    for name in ("files", "shown", "shown_sha256", "pages"):
        del table[name]
    (study / "design.json").write_text(json.dumps(table), encoding="utf-8")


def test_the_design_names_no_place_outside_its_own_folders(home: Path) -> None:
    """Nothing in design.json says where on this machine the study is."""
    assert str(home) not in (home / "study" / "design.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("how", [shutil.move, shutil.copytree], ids=["moved", "copied"])
def test_a_study_moved_with_its_videos_shows_them(home: Path, tmp_path: Path, how: Callable[[str, str], str]) -> None:
    """Renamed, on another drive or another machine: where both went together nothing needs to be said."""
    (tmp_path / "elsewhere").mkdir()
    how(str(home), str(tmp_path / "elsewhere" / "renamed"))
    shutil.rmtree(home, ignore_errors=True)
    study = tmp_path / "elsewhere" / "renamed" / "study"
    locate_videos(study)
    assert shows(study)
    assert publish(study, study.parent / "videos").created == 0


def test_a_study_that_is_reached_by_a_link_shows_its_videos(home: Path, tmp_path: Path) -> None:
    """The way from the study to its videos begins at the study itself, wherever a link to it stands."""
    (tmp_path / "links").mkdir()
    study = tmp_path / "links/study"
    study.symlink_to(home / "study")
    locate_videos(study)
    assert shows(study)


@pytest.mark.parametrize("moved", ["study", "videos"])
def test_a_study_parted_from_its_videos_asks_for_them_once(home: Path, tmp_path: Path, moved: str) -> None:
    """Nothing is served until `--videos` names the folder; from then on it is known."""
    target = tmp_path / "other" / "place"
    target.parent.mkdir()
    shutil.move(str(home / moved), str(target))
    study, videos = (target, home / "videos") if moved == "study" else (home / "study", target)
    for command in (["serve-tasks"], ["simulate-answers", "--workers", "1"], ["extend-study", "--answers", "3"]):
        refused = vidgen(*command, "--study", study)
        assert refused.exit_code == 1
        *noted, line = said(refused.stderr)
        assert not noted or "this study was moved here from" in noted[0]
        assert line.startswith(f"Error: {study}: ")
        assert "videos are missing" in line
        assert "--videos DIR" in line
    assert not (study / "simulation.json").exists()
    done = vidgen("simulate-answers", "--study", study, "--workers", "1", "--videos", videos)
    assert done.exit_code == 0, done.output
    locate_videos(study)
    assert shows(study)


def test_publishing_again_from_the_new_place_is_no_other_study(home: Path) -> None:
    """The same videos in a renamed folder are the same videos."""
    (home / "videos").rename(home / "clips")
    assert publish(home / "study", home / "clips").created == 0
    locate_videos(home / "study")


def change_a_byte(videos: Path) -> None:
    """A file of the same size, with its last byte another."""
    content = bytearray((videos / "new-0-0.mp4").read_bytes())
    content[-1] ^= 1
    (videos / "new-0-0.mp4").write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda videos: (videos / "new-0-0.mp4").unlink(), "new-0-0.mp4 is missing in"),
        (lambda videos: (videos / "new-0-0.gif").unlink(), "new-0-0.gif is missing in"),
        (lambda videos: (videos / "new-0-0.gif").write_bytes(b"GIF89a"), "new-0-0.gif: is not the file that was"),
        (change_a_byte, "new-0-0.mp4: is not the file that was published"),
        (shutil.rmtree, "18 of 18 videos are missing in"),
    ],
    ids=["gone", "fallback-gone", "other-size", "same-size", "no-folder"],
)
def test_other_files_than_the_published_ones_are_never_shown(
    home: Path, spoil: Callable[[Path], None], message: str
) -> None:
    """A file that is missing or differs in a byte stops serving, extending and `--videos`, by its name."""
    spoil(home / "videos")
    for attempt in (
        lambda: locate_videos(home / "study"),
        lambda: locate_videos(home / "study", home / "videos"),
        lambda: extend(home / "study", 3),
    ):
        with pytest.raises(ValueError, match=message):
            attempt()


def test_another_folder_is_refused_and_not_remembered(home: Path, tmp_path: Path) -> None:
    """`--videos` with the wrong folder leaves the design as it is."""
    before = (home / "study" / "design.json").read_bytes()
    with pytest.raises(ValueError, match="18 of 18 videos are missing in"):
        locate_videos(home / "study", tmp_path)
    assert (home / "study" / "design.json").read_bytes() == before


def test_designs_with_an_absolute_path_keep_working(home: Path) -> None:
    """A study that the previous release published is served, and can be pointed to moved videos."""
    absolute(home / "study")
    locate_videos(home / "study")
    assert shows(home / "study")
    (home / "videos").rename(home / "clips")
    with pytest.raises(ValueError, match="--videos DIR"):
        locate_videos(home / "study")
    locate_videos(home / "study", home / "clips")
    assert shows(home / "study")
    assert publish(home / "study", home / "clips").created == 0


def test_a_study_that_is_not_published_has_no_videos_to_look_for(tmp_path: Path) -> None:
    """The server may be started before anything is published; `--videos` would mean nothing then."""
    locate_videos(tmp_path)
    with pytest.raises(ValueError, match="nothing was published from here yet"):
        locate_videos(tmp_path, tmp_path)
