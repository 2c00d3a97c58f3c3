"""Applying a design to a platform; most of it is tested through publishing, extending and rounds."""

from collections.abc import Callable
from pathlib import Path

import pytest

from crowd.design.study import Study
from crowd.ledger.budget import Consent
from crowd.lifecycle.apply import apply_design, check_same_platform, hit_type
from crowd.lifecycle.lock import deciding
from crowd.lifecycle.prepare import load
from crowd.media.places import remembered


def test_applying_a_design_again_changes_nothing(study_at: Callable[[str], Path]) -> None:
    """What the platform has already is neither created nor paid again, and stands in the ledger as it did."""
    study_dir = study_at("extend")
    with deciding(study_dir) as (platform, ledger):
        before = ledger.entries()
        done = apply_design(platform, ledger, *load(study_dir), remembered(ledger), Consent())
        assert ledger.entries() == before
    assert (done.created, done.found, done.before, done.extended, done.cost.total) == (0, 0, 3, 0, 0)


def test_a_study_stays_on_its_platform(study_at: Callable[[str], Path]) -> None:
    """The refusal names both platforms and says what to do."""
    with deciding(study_at("extend")) as (platform, _):
        check_same_platform(platform, None)
        check_same_platform(platform, "local")
        with pytest.raises(ValueError, match=r"published on mturk; for local copy its study\.toml"):
            check_same_platform(platform, "mturk")


def test_a_hit_type_has_what_the_study_file_says() -> None:
    """Pay in dollars and cents, and the conditions on participants, whatever platform will ask for them."""
    made = hit_type(Study(options=("x", "y"), reward_usd="0.8", countries=("JP",)), without_qualification="3Q")
    assert made["reward_usd"] == "0.80"
    assert (made["countries"], made["without_qualification"]) == (["JP"], "3Q")
    assert (made["min_approved_percent"], made["min_approved_hits"]) == (0, 0)
