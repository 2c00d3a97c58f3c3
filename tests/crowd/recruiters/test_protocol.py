"""What holds of every recruiter, whichever it is."""

import inspect
from pathlib import Path
from typing import Any

import pytest

from crowd.recruiters import (
    DEFAULT,
    NAMES,
    Departure,
    NotAutomaticError,
    Outcome,
    Recruiter,
    Visit,
    VisitError,
    describe,
    open_door,
    open_recruiter,
    settings_class,
    settings_of,
)

#: The tables of recruiters that need one.
TABLES: dict[str, dict[str, Any]] = {"panel": {"id_parameter": "id", "complete": "https://panel.example/done?id={id}"}}
#: Arguments for every verb.
ARGUMENTS: dict[str, Any] = {
    "title": "A study",
    "description": "Watch.",
    "join_url": "https://study.example/join",
    "num_places": 3,
    "num_additional": 3,
    "reward": "2.40",
    "minutes": 12,
    "token": "a",
    "session_id": "s",
    "session_ids": ["s"],
    "category": "OTHER",
    "reason": "r",
    "amount": "0.50",
    "amounts": [("s", "0.50")],
    "bonus_id": "b",
    "hook_url": "https://study.example/hooks/panel",
    "outcome": Outcome.COMPLETE,
}
#: What is answered where nothing is known.
NOTHING: dict[str, Any] = {
    "arrivals": [],
    "opening": None,
    "code_of": None,
    "num_eligible": None,
    "fair_hourly_pay": None,
    "arrival": None,
}
#: What `Recruiter` promises.
VERBS = [name for name, value in vars(Recruiter).items() if inspect.isfunction(value) and not name.startswith("_")]


def table_of(name: str) -> dict[str, Any]:
    """The keys that the recruiter needs."""
    return TABLES.get(name, {})


@pytest.mark.parametrize("name", NAMES)
def test_settings_survive_their_table(name: str) -> None:
    """What is declared is what is read back, and every key says what it means."""
    settings = settings_of(name, table_of(name))
    assert settings_of(name, settings.to_table()) == settings
    assert all(text for _, text in settings_class(name).documentation())


@pytest.mark.parametrize("name", NAMES)
def test_unknown_keys_and_other_types_are_refused_by_name(name: str) -> None:
    """The message begins with the place of the key in the study file."""
    with pytest.raises(ValueError, match=rf"^recruit\.{name}\.colour: is unknown"):
        settings_of(name, table_of(name) | {"colour": "red"})
    for key in settings_class(name).__dataclass_fields__:
        with pytest.raises(ValueError, match=rf"^recruit\.{name}\.{key}: must be"):
            settings_of(name, table_of(name) | {key: 1.5})


@pytest.mark.parametrize("name", NAMES)
def test_a_door_has_a_departure_for_every_outcome(name: str, tmp_path: Path) -> None:
    """Nobody is left without an answer, be it that they close the page."""
    door = open_door(name, settings_of(name, table_of(name)), tmp_path)
    for outcome in Outcome:
        found = door.departure(outcome, Visit(session_id="s", person_id="p"))
        assert isinstance(found, Departure)
        assert found.url is None or found.url.startswith("https://")
    assert {path.name for path in tmp_path.iterdir()} <= {"private"}


@pytest.mark.parametrize("name", NAMES)
def test_a_door_that_nobody_is_sent_to_lets_nobody_in(name: str, tmp_path: Path) -> None:
    """An address without parameters names no visitor."""
    door = open_door(name, settings_of(name, table_of(name)), tmp_path)
    with pytest.raises(VisitError):
        door.visit({})


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", [name for name in NAMES if not describe(name).automatic])
def test_what_is_done_by_hand_is_refused_with_what_to_do(name: str, verb: str, tmp_path: Path) -> None:
    """A command that asks such a recruiter changes nothing, and says where its author does it; it tells of nobody."""
    with open_recruiter(name, settings_of(name, table_of(name)), tmp_path) as recruiter:
        assert recruiter.about is describe(name)
        call = getattr(recruiter, verb)
        given = {key: ARGUMENTS[key] for key in inspect.signature(call).parameters}
        if verb in NOTHING:
            answer = call(**given)
            assert (answer if answer is None else list(answer)) == NOTHING[verb]
            return
        with pytest.raises(NotAutomaticError, match=rf"^recruiter {name}: .+ (by yourself|on the pages)"):
            call(**given)


@pytest.mark.parametrize("name", NAMES)
def test_every_verb_is_there_with_the_arguments_of_the_protocol(name: str, tmp_path: Path) -> None:
    """Commands call a recruiter without knowing which it is."""
    if describe(name).automatic:
        pytest.skip("opened with credentials, in a test of its own")
    with open_recruiter(name, settings_of(name, table_of(name)), tmp_path) as recruiter:
        for verb in VERBS:
            wanted = [*inspect.signature(getattr(Recruiter, verb)).parameters][1:]
            assert [*inspect.signature(getattr(recruiter, verb)).parameters] == wanted


def test_a_recruiter_that_is_not_there_is_named() -> None:
    """The message has the name and those that there are; links are the default."""
    with pytest.raises(ValueError, match=r"there is no 'panels' \(did you mean 'panel'\?\); there are links, panel"):
        describe("panels")
    assert DEFAULT == "links"
