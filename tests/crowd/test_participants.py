"""Who is brought to a study."""

from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from crowd.beliefs import choose_beliefs
from crowd.design import Design
from crowd.localplatform import running
from crowd.participants import invite_people, simulate_study
from crowd.publishing import STUDY_FILE, publish
from crowd.study import Study


def test_a_study_of_some_countries_can_be_taken_by_their_people(videos: Path, tmp_path: Path) -> None:
    """People are invited with a country that the study takes, or not at all; programs rehearse as such people."""
    Study.from_videos(videos, countries=["US", "JP"], answers_per_video=2).save(tmp_path / STUDY_FILE)
    with running(tmp_path) as server:
        publish(tmp_path, videos)
        for country in (None, "DE"):
            with pytest.raises(ValueError, match=r"the study takes people from US, JP only .* --country"):
                invite_people(tmp_path, 1, country=country)
        (link,) = invite_people(tmp_path, 1, country="US-CA")
        home = httpx.get(
            urljoin(server.endpoint_url, link), headers={"Accept": "application/json"}, trust_env=False, timeout=60
        )
        assert [hit["qualified"] for hit in home.json()["hits"]] == [True]
        design = Design.load(tmp_path)
        assert len(simulate_study(tmp_path, 2, choose_beliefs(design, accuracy=0.5))) == 2


def test_everybody_is_welcome_where_no_country_is_asked_for(tmp_path: Path) -> None:
    """Before there is a study file, and where it names none, people need no country."""
    assert len(invite_people(tmp_path, 2)) == 2
