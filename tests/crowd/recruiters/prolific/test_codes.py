"""The completion codes of a study, and what they make Prolific do."""

import stat
from pathlib import Path

import pytest

from crowd.recruiters import Outcome
from crowd.recruiters.prolific.codes import KINDS, codes_of, declared, known, remember
from crowd.studydir import StudyDirectory


def test_codes_are_made_once_and_differ(tmp_path: Path) -> None:
    codes = codes_of(tmp_path)
    assert codes_of(tmp_path) == codes
    assert len(set(codes.values())) == len(KINDS)
    assert all(len(code) == 8 for code in codes.values())


def test_only_the_owner_reads_the_codes(tmp_path: Path) -> None:
    codes_of(tmp_path)
    assert stat.S_IMODE(StudyDirectory(tmp_path).recruiter.stat().st_mode) == 0o600


def test_only_complete_work_awaits_review(tmp_path: Path) -> None:
    """Every other code asks for the place back, with a reason that the person reads."""
    for one in declared(codes_of(tmp_path), approve="MANUALLY_REVIEW"):
        (action,) = one["actions"]
        if one["code"] == codes_of(tmp_path)[Outcome.COMPLETE]:
            assert action == {"action": "MANUALLY_REVIEW"}
        else:
            assert action["action"] == "REQUEST_RETURN"
            assert action["return_reason"]


def test_what_is_remembered_adds_up(tmp_path: Path) -> None:
    codes = codes_of(tmp_path)
    remember(tmp_path, study_id="a" * 24)
    assert known(tmp_path)["study_id"] == "a" * 24
    assert codes_of(tmp_path) == codes


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    codes_of(tmp_path)
    path = StudyDirectory(tmp_path).recruiter
    path.write_text("[]")
    with pytest.raises(ValueError, match=r"recruiter\.json"):
        codes_of(tmp_path)
