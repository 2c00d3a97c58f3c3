"""The client of Prolific's API: which calls it repeats, how it reads pages and errors."""

from collections.abc import Callable

import httpx
import pytest

from crowd.recruiters import RecruiterRefusedError, RecruiterUnreachableError
from crowd.recruiters.prolific.client import Client

TOKEN = "secret-token"
Answer = httpx.Response | Exception


def client(*answers: Answer, waits: list[float] | None = None) -> tuple[Client, list[httpx.Request]]:
    """A client that meets those answers, one after the other, and the requests that it sent."""
    left, sent = list(answers), list[httpx.Request]()

    def respond(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    made = Client("https://api.example", TOKEN, sleep=(waits if waits is not None else []).append)
    made._http = httpx.Client(
        base_url=made._http.base_url, headers=made._http.headers, transport=httpx.MockTransport(respond)
    )
    return made, sent


LOST = (httpx.ReadError("cut"), httpx.ReadTimeout("late"), httpx.Response(502), httpx.Response(500, json={}))
HARMLESS = (httpx.ConnectError("refused"), httpx.Response(429, json={"detail": "slow down"}))


@pytest.mark.parametrize("answer", [*LOST, *HARMLESS], ids=repr)
def test_reading_goes_on_after_any_failure(answer: Answer) -> None:
    made, sent = client(answer, httpx.Response(200, json={"id": "x"}))
    assert made.get("users/me/") == {"id": "x"}
    assert len(sent) == 2


@pytest.mark.parametrize("answer", HARMLESS, ids=repr)
def test_what_had_no_effect_is_sent_again(answer: Answer) -> None:
    made, sent = client(answer, httpx.Response(201, json={"id": "x"}))
    assert made.post("studies/", {}) == {"id": "x"}
    assert len(sent) == 2


@pytest.mark.parametrize("answer", LOST, ids=repr)
@pytest.mark.parametrize(
    "call", [lambda it: it.post("a/", {}), lambda it: it.patch("a/", {}), lambda it: it.delete("a/")]
)
def test_what_may_have_had_an_effect_is_never_sent_again(answer: Answer, call: Callable[[Client], None]) -> None:
    made, sent = client(answer)
    with pytest.raises(RecruiterUnreachableError, match="first looks what happened"):
        call(made)
    assert len(sent) == 1


def test_waiting_grows_has_an_end_and_heeds_the_service() -> None:
    waits: list[float] = []
    made, sent = client(*[httpx.Response(429, headers={"Retry-After": "7"})] * 6, waits=waits)
    with pytest.raises(RecruiterRefusedError, match="asks to slow down, and nothing was done"):
        made.post("a/", {})
    assert len(sent) == 6
    assert len(waits) == 5
    assert min(waits) >= 7


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"error": {"status": 400, "error_code": 1, "title": "Bad", "detail": "No funds"}}, "No funds"),
        ({"error": {"detail": {"reward": ["too low", "odd"]}}}, "reward: too low, odd"),
        ({"error": {"detail": ["one", "two"]}}, "one, two"),
        ({"status": 400, "title": "Bad", "detail": {"name": ["is required"]}}, "name: is required"),
        ({"message": "Gateway says no"}, "Gateway says no"),
        ({"detail": "Invalid token"}, "Invalid token"),
        ({"error": "Not found"}, "Not found"),
        ("a string", "without an explanation"),
        (None, "without an explanation"),
    ],
)
def test_every_shape_of_error_is_shown_in_its_own_words(body: object, said: str) -> None:
    answer = httpx.Response(400, html="<h1>Bad</h1>") if body is None else httpx.Response(400, json=body)
    made, _ = client(answer)
    with pytest.raises(RecruiterRefusedError, match=said) as caught:
        made.post("studies/", {})
    assert caught.value.code == "400"
    assert TOKEN not in str(caught.value)


def test_a_wrong_token_is_named_by_its_variable() -> None:
    made, _ = client(httpx.Response(401, json={"detail": "Invalid token"}))
    with pytest.raises(RecruiterRefusedError, match=r"Invalid token \(is PROLIFIC_TOKEN the account's token\?\)"):
        made.get("workspaces/")


def test_pages_are_followed_by_their_links_and_the_token_stays_with_the_service() -> None:
    def page(number: int, following: str | None) -> httpx.Response:
        return httpx.Response(200, json={"results": [{"id": number}], "_links": {"next": {"href": following}}})

    made, sent = client(
        page(1, "https://api.example/api/v1/submissions/?study=s&page=2"),
        page(2, "https://elsewhere.example/api/v1/submissions/?study=s&page=3"),
        page(3, None),
    )
    assert [one["id"] for one in made.numbered("submissions/", study="s")] == [1, 2, 3]
    assert {request.url.host for request in sent} == {"api.example"}
    assert sent[1].url.params["page"] == "2"
    assert sent[2].url.params["study"] == "s"


def test_an_answer_that_is_no_json_says_so() -> None:
    made, _ = client(httpx.Response(200, html="<p>Sign in to the hotel's network"))
    with pytest.raises(RecruiterUnreachableError, match="not JSON"):
        made.get("users/me/")
