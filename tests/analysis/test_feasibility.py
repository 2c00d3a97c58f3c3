"""Studies that cannot show anything are refused before they are published."""

from pathlib import Path

from click.testing import CliRunner, Result

from crowd.design.study import Study
from tests.crowd.clips import write_videos
from vidgen.cli import load


def run(name: str, *words: str) -> Result:
    return CliRunner().invoke(load(name), list(words))


def test_the_commands_refuse_before_anything_is_published(tmp_path: Path) -> None:
    """plan-study and publish-tasks end with exit 1 and one line; --anyway goes on, and a rerun does not ask again."""
    videos, study = str(write_videos(tmp_path / "videos", methods=("new", "old"))), str(tmp_path / "study")
    (tmp_path / "study").mkdir()
    Study.from_videos(videos, primary_test="sign-flip").save(tmp_path / "study" / "study.toml")
    for name in ("plan-study", "publish-tasks"):
        refused = run(name, videos, "--study", study)
        assert refused.exit_code == 1
        assert "no outcome of this study can show a difference" in refused.stderr
        assert len(refused.stderr.splitlines()) == 1
    planned = run("plan-study", videos, "--study", study, "--anyway")
    assert planned.exit_code == 0
    assert "can find" in planned.stdout
    assert "warning: fewer than 5 videos of a method (new 3, old 3)" in planned.stderr
    assert "0 were there" in run("publish-tasks", videos, "--study", study, "--anyway").stdout
    assert "0 HITs created, 1 were there" in run("publish-tasks", videos, "--study", study).stdout


def test_a_test_that_the_design_does_not_allow_is_refused(tmp_path: Path) -> None:
    """A sign-flip over a single label is a mistake in the plan, which planning finds."""
    videos = write_videos(tmp_path / "videos", methods=("new", "old"), labels=("ball going up",), per_label=8)
    (tmp_path / "study").mkdir()
    Study.from_videos(videos, primary_test="sign-flip", training_items=0).save(tmp_path / "study" / "study.toml")
    refused = run("plan-study", str(videos), "--study", str(tmp_path / "study"))
    assert refused.exit_code == 1
    assert "which their design does not allow" in refused.stderr
