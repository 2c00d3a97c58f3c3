"""Who comes by an address of Prolific, and where they go."""

from pathlib import Path

import pytest

from crowd.recruiters import Departure, Outcome, Visit, VisitError
from crowd.recruiters.prolific.codes import codes_of, remember
from crowd.recruiters.prolific.door import open_prolific_door

IDS = {"PROLIFIC_PID": "a" * 24, "STUDY_ID": "b" * 24, "SESSION_ID": "c" * 24}


def test_the_three_ids_say_who_comes(tmp_path: Path) -> None:
    assert open_prolific_door(tmp_path).visit(IDS) == Visit(session_id="c" * 24, person_id="a" * 24)


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize("value", [None, "", "{{%PROLIFIC_PID%}}", "A" * 24, "a" * 23, "../" + "a" * 21])
def test_whoever_lacks_an_id_is_refused(name: str, value: str | None, tmp_path: Path) -> None:
    given = {key: text for key, text in {**IDS, name: value}.items() if text is not None}
    with pytest.raises(VisitError, match=name):
        open_prolific_door(tmp_path).visit(given)


def test_people_of_another_study_are_refused(tmp_path: Path) -> None:
    remember(tmp_path, study_id="d" * 24)
    with pytest.raises(VisitError, match="another study"):
        open_prolific_door(tmp_path).visit(IDS)


def test_people_go_back_to_the_site_with_the_code_of_what_happened(tmp_path: Path) -> None:
    door, codes = open_prolific_door(tmp_path), codes_of(tmp_path)
    visit = door.visit(IDS)
    code = codes[Outcome.COMPLETE]
    url = f"https://app.prolific.com/submissions/complete?cc={code}"
    assert door.departure(Outcome.COMPLETE, visit) == Departure(url=url, code=code)
    assert door.departure(Outcome.TIMED_OUT, visit) == Departure()


def test_people_wait_for_a_place_only_where_webhooks_tell_of_it(tmp_path: Path) -> None:
    assert open_prolific_door(tmp_path).patience_s == 0
    remember(tmp_path, hook_secret="the workspace's")
    assert open_prolific_door(tmp_path).patience_s == 120
