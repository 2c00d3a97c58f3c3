"""A panel's addresses: how people come, and where they go."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowd.design.study import Study
from crowd.recruiters import Outcome, Visit, VisitError
from crowd.recruiters.panel import LONGEST_ID, Panel

GUIDE = (Path(__file__).parents[3] / "docs" / "recruiting.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
DONE = "https://panel.example/done?who={id}"


def panel(**values: Any) -> Panel:
    """A panel with these keys."""
    return Panel.of({"id_parameter": "id", "complete": DONE} | values)


@pytest.mark.parametrize(
    "address",
    [
        "http://panel.example/{id}",
        "HTTPS//panel.example",
        "ftp://panel.example/",
        "https:///{id}",
        "https://",
        "https://{id}.example/",
        "https://me:secret@panel.example/",
        "https://panel.example:port/",
        "https://panel.example/a b",
        "https://panel.example/\nSet-Cookie: a=b",
        "https://panel.example/ü",
        "https://panel.example/{id",
        "https://panel.example/{{id}}",
        "javascript:alert(1)",
        "abc",
        "two words",
    ],
)
def test_what_is_neither_an_address_nor_a_code_is_refused(address: str) -> None:
    """People are sent to sites with TLS only, and the host is the author's."""
    with pytest.raises(ValueError, match=r"^complete: must be an address that begins with https://, or a code"):
        panel(complete=address)


@pytest.mark.parametrize(
    "placeholder", ["{who}", "{}", "{0}", "{id.__class__}", "{id[0]}", "{id!r}", "{id:>9}", "{session}"]
)
def test_unknown_placeholders_are_refused(placeholder: str) -> None:
    """The message has those that there are; that of the visit is there only if the service names visits."""
    with pytest.raises(ValueError, match=r"^full: \{.* is not known; an address can have \{id\}, is"):
        panel(full=f"https://panel.example/{placeholder}")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"id_parameter": ""}, "id_parameter: must be the name of a parameter"),
        ({"id_parameter": "a&b"}, "id_parameter: must be the name of a parameter"),
        ({"session_parameter": "id"}, "session_parameter: is the same as id_parameter, 'id'"),
        ({"repeat": True}, "repeat: needs session_parameter"),
        ({"complete": ""}, "complete: must be an address"),
    ],
)
def test_settings_that_do_not_work_are_refused(values: dict[str, Any], message: str) -> None:
    """The message begins with the key."""
    with pytest.raises(ValueError, match=f"^{message}"):
        panel(**values)


#: Ids as services send them: visible text without what their placeholders are made of.
IDS = (
    st.text(st.characters(exclude_categories=("C",), exclude_characters='%{}[]<>"\\'), min_size=1, max_size=LONGEST_ID)
    .map(str.strip)
    .filter(bool)
)


@given(person_id=IDS, session_id=IDS)
def test_every_id_comes_back_as_it_went(person_id: str, session_id: str) -> None:
    """The address at the end has both ids percent-encoded, whatever letters they have."""
    door = panel(session_parameter="s", complete="https://panel.example/{session}/done?who={id}&ok=1")
    visit = door.visit({"id": person_id, "s": session_id, "unknown": "ignored"})
    assert (visit.person_id, visit.session_id) == (person_id, session_id)
    found = door.departure(Outcome.COMPLETE, visit)
    assert found.url is not None
    assert found.url.isascii()
    assert parse_qs(urlsplit(found.url).query) == {"who": [person_id], "ok": ["1"]}
    assert urlsplit(found.url).hostname == "panel.example"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "  ",
        "x" * (LONGEST_ID + 1),
        "a\x00b",
        "a\nb",
        "{{%ID%}}",
        "%SURVEY_CODE%",
        "[%RID%]",
        "<script>",
        "a\u202eb",
    ],
)
def test_what_is_no_id_names_nobody(value: str) -> None:
    """A placeholder that the service did not fill in, as in its own preview, would be one person for everybody."""
    with pytest.raises(VisitError, match="parameter id"):
        panel().visit({"id": value})


def test_without_a_parameter_for_visits_a_person_is_their_visit() -> None:
    """Opening the address again is the same visit; with the parameter it is another one."""
    assert panel().visit({"id": "p", "s": "1"}) == Visit(session_id="p", person_id="p")
    assert panel().query == "id=ID"
    door = panel(session_parameter="s")
    assert door.query == "id=ID&s=VISIT"
    assert door.visit({"id": "p", "s": "1"}) == Visit(session_id="1", person_id="p")
    with pytest.raises(VisitError, match="lacks the parameter s"):
        door.visit({"id": "p"})


def test_each_outcome_has_its_own_exit() -> None:
    """An address, a code to show, or nothing."""
    door = panel(complete="C0FFEE-42", full="https://panel.example/full?{id}")
    visit = Visit(session_id="p q", person_id="p q")
    assert door.departure(Outcome.COMPLETE, visit).code == "C0FFEE-42"
    assert door.departure(Outcome.COMPLETE, visit).url is None
    assert door.departure(Outcome.FULL, visit).url == "https://panel.example/full?p%20q"
    assert door.departure(Outcome.NO_CONSENT, visit) == door.departure(Outcome.RETURNED, visit)
    assert door.departure(Outcome.NO_CONSENT, visit).url is None


@pytest.mark.parametrize("block", BLOCKS, ids=[block.split("\n")[1] for block in BLOCKS])
def test_the_documented_panels_can_be_used(block: str, tmp_path: Path) -> None:
    """Each table of the guide is read as it stands, and an id of the service comes back in the address."""
    (tmp_path / "study.toml").write_text(block if "[recruit]" in block else f'[recruit]\nrecruiter = "panel"\n{block}')
    settings = Study.load(tmp_path / "study.toml").recruiter_settings
    assert isinstance(settings, Panel)
    visit = settings.visit({settings.id_parameter: "ann-7", settings.session_parameter: "678"})
    found = settings.departure(Outcome.COMPLETE, visit)
    assert ("ann-7" in str(found.url)) == ("{id}" in settings.complete)
