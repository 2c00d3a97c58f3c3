"""How people come from Prolific and go back to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Any
from urllib.parse import quote

from crowd.recruiters.prolific.client import REAL_URL
from crowd.recruiters.prolific.codes import codes_of, known
from crowd.recruiters.prolific.hooks import read_notice
from crowd.recruiters.prolific.signed import TOKEN, fresh_until
from crowd.recruiters.protocol import Departure, Notice, Outcome, Visit, VisitError
from crowd.worker_ids import is_simulated

PERSON, STUDY, SESSION = "PROLIFIC_PID", "STUDY_ID", "SESSION_ID"
#: The query with which people come; Prolific fills the names in.
QUERY = "&".join(f"{name}={{{{%{name}%}}}}" for name in (PERSON, STUDY, SESSION))
_ID = re.compile(r"[0-9a-f]{24}")
_COMPLETE = "submissions/complete?cc="
#: So long somebody waits for a place of which a webhook may tell, in seconds.
_NEWS_S = 120


@dataclass(frozen=True, kw_only=True, slots=True)
class ProlificDoor:
    """The way in and out of one study."""

    codes: Mapping[Outcome, str]
    study_id: str
    """Of the study at Prolific; empty before its draft."""
    url: str
    """Of the service."""
    hook_secret: str = field(default="", repr=False)
    """Of the signatures of its webhooks; empty before `recruit --hooks`."""
    signed: bool = False
    """Whether every address of arrival is signed."""
    keys: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The keys of the service, as it had them last."""
    join_url: str = ""
    """The study's address there."""
    comes_again: bool = False
    query: str = QUERY

    @property
    def patience_s(self) -> int:
        """How long the news of a return takes; without webhooks nobody brings it.

        Prolific gives a place that is returned to somebody else at once, who may come before the news does.
        """
        return _NEWS_S if self.hook_secret else 0

    def visit(self, parameters: Mapping[str, str]) -> Visit:
        """Who came, as Prolific's three parameters say.

        Without a signature they can be forged: a visit counts once the service knows it (`crowd.lifecycle.arrivals`).

        Raises:
            VisitError: one is missing or no id, it is another study, or the signature does not hold.
        """
        person, study, session = (_id_in(parameters, name) for name in (PERSON, STUDY, SESSION))
        if self.study_id and study != self.study_id:
            raise VisitError(f"{STUDY} is {study}, which is another study")
        until = inf
        if self.signed:
            ids, token = {PERSON: person, STUDY: study, SESSION: session}, parameters.get(TOKEN, "")
            until = fresh_until(token, ids, session=session, keys=self.keys, join_url=self.join_url)
        return Visit(session_id=session, person_id=person, simulated=is_simulated(person), fresh_until=until)

    def departure(self, outcome: Outcome, visit: Visit) -> Departure:
        """The address with the outcome's code; nothing for visits that Prolific has ended itself."""
        code = self.codes.get(outcome)
        if code is None:
            return Departure()
        site = self.url.replace("//api.", "//app.") if self.url == REAL_URL else self.url
        return Departure(url=f"{site}/{_COMPLETE}{quote(code, safe='')}", code=code)

    def notice(self, headers: Mapping[str, str], body: bytes, *, now: float) -> Notice | None:
        """What a webhook says of a submission, once its signature and its age are checked."""
        return read_notice(headers, body, secret=self.hook_secret, now=now)


def open_prolific_door(study_dir: Path, *, signed: bool = False) -> ProlificDoor:
    """The way in and out of the study in that directory."""
    codes = codes_of(study_dir)
    remembered = known(study_dir)
    url = str(remembered.get("url") or REAL_URL)
    return ProlificDoor(
        codes=codes,
        study_id=str(remembered.get("study_id") or ""),
        url=url,
        hook_secret=str(remembered.get("hook_secret") or ""),
        signed=signed,
        keys=remembered.get("keys") or {},
        join_url=str(remembered.get("join_url") or ""),
    )


def _id_in(parameters: Mapping[str, str], name: str) -> str:
    value = parameters.get(name, "").strip()
    if not _ID.fullmatch(value):
        raise VisitError(f"the address lacks {name}, or it is no id of Prolific")
    return value
