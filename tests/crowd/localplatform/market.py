"""What the platform's tests share: a requester, people, and things to ask."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import httpx
from botocore.config import Config

from crowd.credentials import load_or_create
from crowd.localplatform import Running, invite

JSON = {"Accept": "application/json"}

HTML_QUESTION = (
    '<HTMLQuestion xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2011-11-11/'
    'HTMLQuestion.xsd"><HTMLContent><![CDATA[<!DOCTYPE html><title>Q</title><p>What do you see?</p>]]></HTMLContent>'
    "<FrameHeight>0</FrameHeight></HTMLQuestion>"
)
#: A page that asks for the strict frame, as those of vidgen do.
STRICT_QUESTION = HTML_QUESTION.replace("<title>", '<meta name="task-policy" content="strict"><title>')
QUESTION_FORM = (
    '<QuestionForm xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2017-11-06/'
    'QuestionForm.xsd"><Question><QuestionIdentifier>ball</QuestionIdentifier><IsRequired>true</IsRequired>'
    "<QuestionContent><Text>What is round?</Text></QuestionContent><AnswerSpecification><SelectionAnswer>"
    "<StyleSuggestion>radiobutton</StyleSuggestion><Selections>"
    "<Selection><SelectionIdentifier>b</SelectionIdentifier><Text>A ball</Text></Selection>"
    "<Selection><SelectionIdentifier>c</SelectionIdentifier><Text>A cube</Text></Selection>"
    "</Selections></SelectionAnswer></AnswerSpecification></Question></QuestionForm>"
)
ANSWER_KEY = (
    '<AnswerKey xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/AnswerKey.xsd">'
    "<Question><QuestionIdentifier>ball</QuestionIdentifier><AnswerOption><SelectionIdentifier>b</SelectionIdentifier>"
    "<AnswerScore>5</AnswerScore></AnswerOption></Question></AnswerKey>"
)
TYPE = {
    "Title": "What do you see?",
    "Description": "Watch short clips and say what they show.",
    "Reward": "0.40",
    "AssignmentDurationInSeconds": 600,
}
HIT = {"LifetimeInSeconds": 3600, "MaxAssignments": 1, "Question": HTML_QUESTION}


@cache
def _session() -> botocore.session.Session:
    """One session: its loader reads the service model once."""
    return botocore.session.get_session()


@contextmanager
def requester(endpoint_url: str, study: Path, *, attempts: int = 1, **options: Any) -> Iterator[Any]:
    """An unmodified boto3 client with the study's credentials."""
    secrets = load_or_create(study)
    client = boto3.Session(botocore_session=_session()).client(
        "mturk",
        region_name="us-east-1",
        endpoint_url=endpoint_url,
        aws_access_key_id=options.get("access_key", secrets.access_key_id),
        aws_secret_access_key=options.get("secret_key", secrets.secret_access_key),
        config=Config(retries={"total_max_attempts": attempts, "mode": "standard"}, proxies={}),
    )
    try:
        yield client
    finally:
        client.close()


class Market:
    """A running server with a requester's client and one HTTP client for everybody."""

    def __init__(self, server: Running, study: Path, client: Any, http: httpx.Client):
        self.server, self.study, self.client, self.http = server, study, client, http

    def hit(self, **changes: Any) -> str:
        """Create a HIT; its id."""
        return str(self.client.create_hit(**(TYPE | HIT | changes))["HIT"]["HITId"])

    def person(self, **options: Any) -> "Person":
        """Invite somebody."""
        return Person(self, self.server.endpoint_url + invite(self.study, 1, **options)[0])

    def work(self, hit_id: str, **fields: str) -> str:
        """Let somebody new do the HIT; the assignment's id."""
        person = self.person()
        assignment_id = person.accept(hit_id).json()["assignment_id"]
        person.submit(assignment_id, **fields)
        return str(assignment_id)

    def status(self, hit_id: str) -> str:
        """The HIT's status."""
        return str(self.client.get_hit(HITId=hit_id)["HIT"]["HITStatus"])


class Person:
    """A participant, who asks for JSON as programs do."""

    def __init__(self, market: Market, link: str):
        self._http, self.link = market.http, link
        self.token = link.rpartition("/")[2]

    def get(self, path: str = "", **options: Any) -> httpx.Response:
        """A page below the link."""
        return self._http.get(self.link + path, **({"headers": JSON} | options))

    def post(self, path: str, **options: Any) -> httpx.Response:
        """A form sent below the link."""
        return self._http.post(self.link + path, **({"headers": JSON} | options))

    @property
    def worker_id(self) -> str:
        """As the requester knows them."""
        return str(self.get().json()["worker_id"])

    def offers(self) -> dict[str, str]:
        """The states of the HITs on their home page."""
        return {hit["hit_id"]: hit["state"] for hit in self.get().json()["hits"]}

    def num_offers(self) -> int:
        """How many HITs are open to them, of which their page names one of each kind."""
        return sum(hit["alike"] for hit in self.get().json()["hits"] if hit["state"] == "available")

    def accept(self, hit_id: str) -> httpx.Response:
        """Take a HIT."""
        return self.post(f"/hits/{hit_id}/accept")

    def give_back(self, assignment_id: str) -> httpx.Response:
        """Return an assignment."""
        return self.post(f"/assignments/{assignment_id}/return")

    def submit(self, assignment_id: str, **fields: str) -> httpx.Response:
        """Send answers."""
        return self.post("/mturk/externalSubmit", data={"assignmentId": assignment_id} | (fields or {"answer": "ball"}))
