"""A ledger that was lost, or put back from an old copy, is made whole from the platform alone."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from crowd.design.design import Design
from crowd.ledger.budget import Consent
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.bonuses import bonus
from crowd.lifecycle.collect import collect
from crowd.lifecycle.extend import extend
from crowd.lifecycle.hits import hit_ids
from crowd.lifecycle.publish import publish
from crowd.lifecycle.recover import Recovered, recover
from crowd.localplatform import running
from tests.cli.program import vidgen
from tests.crowd.answering import answer
from tests.crowd.faulted import bonuses
from tests.crowd.lifecycle.test_bonuses import paid
from tests.crowd.lifecycle.test_extend import sizes

FILE = "ledger.sqlite"


@pytest.fixture
def grown(study_at: Callable[[str], Path]) -> Path:
    """A collected study with bonuses, an extension, and answers that were not collected yet."""
    study_dir = study_at("bonus")
    shutil.copy(study_dir / FILE, study_dir / "old.sqlite")
    with running(study_dir) as server:
        bonus(study_dir, bonuses(study_dir))
        extend(study_dir, 4, consent=Consent(cap_usd="15.00"))
        answer(server, study_dir, 1)
    return study_dir


def books(study_dir: Path) -> tuple[Decimal, dict[str, str], dict[str | None, int], int]:
    """What the study holds, its HITs in the ledger and on the platform, and its answers."""
    with Ledger(study_dir) as ledger:
        return ledger.held(), hit_ids(ledger), sizes(study_dir), len(ledger.assignments())


def lose(study_dir: Path) -> None:
    """Delete the ledger."""
    for path in study_dir.glob(f"{FILE}*"):
        path.unlink()


def restore_an_old_one(study_dir: Path) -> None:
    """Put back the ledger of before the bonuses and the extension."""
    lose(study_dir)
    shutil.copy(study_dir / "old.sqlite", study_dir / FILE)


@pytest.mark.parametrize("harm", [lose, restore_an_old_one])
def test_everything_that_the_platform_shows_is_entered(grown: Path, harm: Callable[[Path], None]) -> None:
    """HITs in their present sizes, bonuses and answers are there again, and hold the same money as before."""
    collect(grown)
    before, design = books(grown), Design.load(grown)
    harm(grown)
    found = recover(grown, cap_usd="15.00")
    assert books(grown) == before
    assert Design.load(grown) == design
    assert (found.hits, found.bonuses, found.assignments) == (3, 6, 9)
    assert found.held_usd == before[0]


@pytest.mark.parametrize("harm", [lose, restore_an_old_one])
def test_recovering_again_changes_nothing(grown: Path, harm: Callable[[Path], None]) -> None:
    harm(grown)
    recover(grown)
    before = books(grown)
    again = recover(grown)
    assert books(grown) == before
    assert (again.hits, again.bonuses) == (0, 0)


def test_a_whole_ledger_stays_as_it_is(grown: Path) -> None:
    """Where nothing was lost, nothing is entered but answers that were not fetched yet."""
    with Ledger(grown) as ledger:
        before = ledger.entries()
    assert recover(grown) == Recovered(hits=0, bonuses=0, assignments=9, held_usd=Decimal("10.20"), unknown=())
    with Ledger(grown) as ledger:
        assert ledger.entries() == before


@pytest.mark.parametrize("harm", [lose, restore_an_old_one])
def test_the_cap_holds_afterwards_and_nothing_is_paid_twice(grown: Path, harm: Callable[[Path], None]) -> None:
    """What was paid before counts under the cap, and the same bonuses are known as paid."""
    harm(grown)
    recover(grown, cap_usd="10.20")
    before = [bonus for bonus in bonuses(grown) if (bonus.assignment_id, bonus.reason) in paid(grown)]
    with running(grown):
        again = bonus(grown, before)
        assert (again.made, again.through) == (0, 6)
        with pytest.raises(ValueError, match=r"with \$10\.20 held so far, which passes the cap of \$10\.20"):
            extend(grown, 5)
    assert len(paid(grown)) == 6


def test_publishing_again_finds_everything_too(grown: Path, videos: Path) -> None:
    """A lost ledger is made whole by publish-tasks itself: HITs in their sizes, bonuses, and no smaller design."""
    before, design = books(grown), Design.load(grown)
    lose(grown)
    with running(grown):
        assert publish(grown, videos, consent=Consent(cap_usd="15.00")).created == 0
    collect(grown)
    assert books(grown)[:3] == before[:3]
    assert Design.load(grown) == design
    assert collect(grown).assignments == 9


def test_a_design_that_was_lost_too_grows_to_what_was_published(grown: Path, videos: Path) -> None:
    """study.toml and the videos give the design, and the platform what was added since."""
    design = Design.load(grown)
    lose(grown)
    (grown / "design.json").unlink()
    with pytest.raises(ValueError, match=r"has no design\.json; publish-tasks with the study's videos makes it"):
        recover(grown)
    with running(grown):
        publish(grown, videos, consent=Consent(cap_usd="15.00"))
    assert Design.load(grown) == replace(design, shown={}, pages=()), "nobody knows what people were shown"


def test_what_no_platform_knows_is_said(grown: Path) -> None:
    """The cap that was given, and places of the videos elsewhere, are in no platform's books."""
    lose(grown)
    unknown = recover(grown).unknown
    assert len(unknown) == 2
    assert unknown[0].startswith("which cap was given with --cap: the study's budget of $9.00 holds")
    assert unknown[1].startswith("where the videos are")


def test_hits_that_the_design_cannot_have_are_refused(grown: Path) -> None:
    """Another study's design.json is not taken for this one's."""
    design = Design.load(grown)
    lose(grown)
    other = design.__class__(**{**vars(design), "hits": design.hits[:1]})
    other.save(grown)
    with pytest.raises(ValueError, match=r"the platform holds HIT b002-r1, which this design cannot have"):
        recover(grown)


def test_the_command_says_what_it_found(study_at: Callable[[str], Path]) -> None:
    """What was entered, what the study holds, and what nobody knows any more, a line each."""
    study = study_at("collect")
    (study / "ledger.sqlite").unlink()
    done = vidgen("recover", "--study", study)
    assert done.exit_code == 0, done.output
    entered, money, *unknown = done.stdout.splitlines()
    assert entered == "entered: 3 HITs, 0 bonuses; the ledger has 6 submitted assignments"
    assert re.fullmatch(r"money: \$[\d.]+ spent or promised", money)
    assert all(line.startswith("not known: ") for line in unknown)
    assert any("which cap was given" in line for line in unknown)
