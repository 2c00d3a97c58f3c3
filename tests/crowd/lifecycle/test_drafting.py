"""A study's draft at its recruiter: what is checked before it is made, and what is said of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import crowd
from tests.crowd.recruited import Recruited, recruited


@pytest.fixture
def there(tmp_path: Path, videos: Path) -> Iterator[Recruited]:
    """A study of three tasks for two people each, which is not at the service yet."""
    with recruited(tmp_path, videos) as study:
        yield study


def test_another_currency_than_the_account_has_is_refused_before_the_draft(there: Recruited) -> None:
    path = there.study_dir / "study.toml"
    path.write_text(path.read_text().replace('"GBP"', '"USD"'))
    with pytest.raises(ValueError, match=r"recruit\.prolific\.currency: is USD, and the account has GBP"):
        crowd.draft(there.study_dir, there.server.endpoint_url)
    assert there.service.prolific.studies == {}


def test_an_address_at_which_nobody_serves_the_study_is_refused_before_the_draft(there: Recruited) -> None:
    with pytest.raises(ValueError, match="cannot be reached"):
        crowd.draft(there.study_dir, "http://127.0.0.1:9")
    with pytest.raises(ValueError, match="is another server there"):
        crowd.draft(there.study_dir, there.service.url)
    assert there.service.prolific.studies == {}


def test_a_draft_is_made_once_and_warns_of_what_does_not_fit(there: Recruited) -> None:
    made = crowd.draft(there.study_dir, there.server.endpoint_url, places=4)
    assert "the design needs 6 people, and the draft has 4 places" in made.warnings
    assert crowd.draft(there.study_dir, there.server.endpoint_url).opening_id == made.opening_id
    assert len(there.service.prolific.studies) == 1
