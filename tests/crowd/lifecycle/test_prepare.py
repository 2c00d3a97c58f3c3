"""Reading a study from its directory."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from crowd.design.design import Design
from crowd.design.study import Study
from crowd.lifecycle.prepare import LeftDesign, anything_sent, check_plan, load, published_design
from crowd.lifecycle.publish import publish
from crowd.studydir import StudyDirectory


def test_a_published_study_is_read_with_its_options(study_at: Callable[[str], Path]) -> None:
    """Options that the study file leaves to the labels are those that were published."""
    study_dir = study_at("extend")
    file = StudyDirectory(study_dir).study_file
    replace(Study.load(file), options=()).save(file)
    study, planned = load(study_dir, unchanged=True)
    assert study.options == planned.options[:-2] != ()
    check_plan(study_dir, planned, study)
    assert anything_sent(study_dir, "create/")
    assert not anything_sent(study_dir, "extend/")


def test_a_changed_plan_is_told_with_its_keys(study_at: Callable[[str], Path]) -> None:
    """Every key that differs from what was published is in the message."""
    study_dir = study_at("extend")
    study, planned = load(study_dir)
    with pytest.raises(ValueError, match=r"study\.toml: its plan changed since it was published \(seed, margin\); put"):
        check_plan(study_dir, planned, replace(study, seed=3, margin=0.1))


def test_where_nothing_was_published_there_is_no_design(tmp_path: Path) -> None:
    """The message says how to publish."""
    StudyDirectory(tmp_path).study_file.touch()
    with pytest.raises(ValueError, match=r"nothing was published from here; publish with `.*vidgen publish-tasks"):
        published_design(tmp_path)


def test_a_left_design_counts_as_far_as_it_has_the_plan(study_at: Callable[[str], Path]) -> None:
    """Its HITs may have grown; with another plan it was never published."""
    study_dir = study_at("extend")
    planned = Design.load(study_dir)
    grown = replace(planned, hits=tuple(replace(hit, num_assignments=9) for hit in planned.hits))
    grown.save(study_dir)
    assert LeftDesign.of(study_dir).with_plan_of(planned).hits == grown.hits
    other = replace(planned, plan=planned.plan | {"seed": 99})
    assert LeftDesign.of(study_dir).with_plan_of(other) is other


@pytest.mark.parametrize("state", ["lost", "damaged"])
def test_a_design_that_is_lost_and_one_that_is_damaged_differ(state: str, study_at: Callable[[str], Path]) -> None:
    """Nobody knows what was promised where it is lost; damage of a published one has to be mended first."""
    study_dir = study_at("extend")
    study, planned = load(study_dir)
    path = StudyDirectory(study_dir).design
    path.unlink() if state == "lost" else path.write_text("{")
    left = LeftDesign.of(study_dir)
    assert left.with_plan_of(planned) is planned
    assert left.settled(study_dir, study, planned, is_published=False).shown
    if state == "lost":
        assert left.settled(study_dir, study, planned, is_published=True).shown == {}
    else:
        with pytest.raises(ValueError, match="not a design"):
            left.settled(study_dir, study, planned, is_published=True)


def test_a_lost_ledger_lets_the_design_be_read_once(
    study_at: Callable[[str], Path], videos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is compared and what is written cannot be two states of one file."""
    study_dir = study_at("extend")
    for path in study_dir.glob("ledger.sqlite*"):
        path.unlink()
    read: list[Path] = []
    load_design = Design.load

    def counting(study_dir: Path) -> Design:
        read.append(study_dir)
        return load_design(study_dir)

    monkeypatch.setattr(Design, "load", counting)
    assert publish(study_dir, videos).created == 0
    assert read == [study_dir]
