"""Somebody who sends whatever they like over HTTP."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

from crowd.design.design import Design
from crowd.simulated.response_probabilities import by_accuracy
from crowd.simulated.workers import ResponseStyle, SimulatedWorker, filled_form
from crowd.task.clip_data import task_in

JSON = {"Accept": "application/json"}


class Person:
    """Somebody with a link, who sends whatever they like."""

    def __init__(self, client: httpx.Client, link: str, study_dir: Path) -> None:
        self._client, self._link, self._study_dir = client, link, study_dir

    def post(self, path: str, **fields: str) -> httpx.Response:
        """A form to an address below the link."""
        return self._client.post(f"{self._link}/{path}", data=fields, headers=JSON)

    def accept(self, place: int = 0) -> dict[str, Any]:
        """The task of that place among the open ones, accepted."""
        listed = self._client.get(self._link, headers=JSON).json()["hits"]
        tasks = [hit for hit in listed if hit["state"] != "submitted"]
        answer = self.post(f"hits/{tasks[place]['hit_id']}/accept")
        return answer.json() | {"frame": urljoin(str(answer.url), answer.json()["frame_url"])}

    def attempt(self, task: dict[str, Any], answers: object = None) -> httpx.Response:
        """A try of the quiz, or a look at it."""
        text = "" if answers is None else json.dumps(answers)
        return self.post(f"assignments/{task['assignment_id']}/quiz", answers=text)

    def form(self, task: dict[str, Any]) -> dict[str, str]:
        """What a page would send of the task."""
        planned = Design.load(self._study_dir)
        query = {name: values[0] for name, values in parse_qs(urlsplit(task["frame"]).query).items()}
        worker = SimulatedWorker(planned, by_accuracy(1, planned.options), ResponseStyle(), 0, "w")
        return filled_form(task_in(self._client.get(task["frame"]).text), query, planned, worker)

    def send(self, task: dict[str, Any], **changed: str) -> httpx.Response:
        """Submit the task as a page would, with some fields changed."""
        return self.post("mturk/externalSubmit", **(self.form(task) | changed))
