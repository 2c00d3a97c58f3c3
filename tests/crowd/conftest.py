"""Studies at each stage of their lives, made once and copied by the tests that need them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crowd.design.study import Study
from crowd.lifecycle import collect as collecting
from crowd.lifecycle.publish import publish
from crowd.lifecycle.review import approve
from crowd.localplatform import running
from tests.crowd.answering import answer
from tests.crowd.clips import write_videos
from tests.crowd.copies import copy_study

STUDY_FILE = "study.toml"


@pytest.fixture(scope="session")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nine videos: three methods, three labels."""
    return write_videos(tmp_path_factory.mktemp("videos"))


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory, videos: Path) -> dict[str, Path]:
    """The study as it stands before each action: three blocks, in two rounds of one assignment each."""
    root = tmp_path_factory.mktemp("stages")
    new = root / "new"
    new.mkdir()
    Study.from_videos(
        videos, videos_per_hit=3, answers_per_video=2, assignments_per_hit=1, training_items=0, budget_usd="9.00"
    ).save(new / STUDY_FILE)
    stages = {"publish": new}

    def stage(name: str, before: Path, change: Any) -> Path:
        copy_study(before, root / name)
        with running(root / name) as server:
            change(root / name, server)
        return root / name

    published = stage("published", new, lambda study, server: publish(study, videos))
    stages["next round"] = stage("answered", published, lambda study, server: answer(server, study, 3, each=1))
    whole = root / "whole"
    whole.mkdir()
    Study.from_videos(videos, videos_per_hit=3, answers_per_video=2, training_items=0, budget_usd="9.00").save(
        whole / STUDY_FILE
    )
    wide = stage("wide", whole, lambda study, server: publish(study, videos))
    stages["extend"] = wide
    stages["collect"] = stage("submitted", wide, lambda study, server: answer(server, study, 2))
    stages["approve"] = stages["collect"]
    stages["bonus"] = stage("collected", stages["collect"], lambda study, server: collecting.collect(study))
    stages["expire"] = stages["collect"]
    stages["delete"] = stage("approved", stages["collect"], lambda study, server: approve(study))
    return stages


@pytest.fixture
def study_at(stages: dict[str, Path], tmp_path: Path) -> Callable[[str], Path]:
    """A copy of the study as it stands before that action."""

    def copy(action: str) -> Path:
        return copy_study(stages[action], tmp_path / "study")

    return copy
