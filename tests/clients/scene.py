"""A client on a running platform, and people who work over HTTP."""

from pathlib import Path

import httpx

from crowd.localplatform import invite
from tests.clients.bridge import Bridge


class Scene:
    """A client on a running platform, and people who work over HTTP."""

    def __init__(self, call: Bridge, endpoint_url: str, study: Path, http: httpx.Client):
        self.call, self._url, self._study, self._http = call, endpoint_url, study, http

    def work(self, hit_id: str, *, country: str = "US") -> tuple[str, str]:
        """Let somebody new do the HIT; the ids of worker and assignment."""
        link, worker_id = self._somebody(country)
        assignment_id = self._http.post(f"{link}/hits/{hit_id}/accept").json()["assignment_id"]
        answer = {"assignmentId": assignment_id, "answer": "a <ball> & ü"}
        assert self._http.post(f"{link}/mturk/externalSubmit", data=answer).is_redirect
        return worker_id, assignment_id

    def ask(self, type_id: str) -> str:
        """Let somebody new ask for a qualification; the worker's id."""
        link, worker_id = self._somebody("US")
        assert self._http.post(f"{link}/qualifications/{type_id}/request").is_success
        return worker_id

    def _somebody(self, country: str) -> tuple[str, str]:
        link = self._url + invite(self._study, 1, country=country)[0]
        return link, str(self._http.get(link).json()["worker_id"])
