"""Pages of lists, in both dialects."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowd.simulated.prolific.errors import ProlificError
from crowd.simulated.prolific.wire import ApiCall, body_of, numbered_page, sliced_page

Page = Callable[[Sequence[Any], ApiCall], dict[str, Any]]


def call(query: dict[str, str]) -> ApiCall:
    """A call of a list."""
    return ApiCall(names={}, query=query, body={}, url="http://host/api/v1/things/")


def query_of(href: str) -> dict[str, str]:
    """What a link asks for."""
    return dict(part.split("=") for part in href.partition("?")[2].split("&"))


@given(count=st.integers(0, 60), size=st.integers(1, 25), dialect=st.sampled_from([numbered_page, sliced_page]))
def test_following_next_gives_everything_once(count: int, size: int, dialect: Page) -> None:
    """From the first page along `_links.next` come all items in order, and every page has their count."""
    query, found = {"page_size": str(size), "limit": str(size), "study": "x"}, []
    while True:
        page = dialect(range(count), call(query))
        found += page["results"]
        assert page["meta"]["count"] == count
        if page["_links"]["next"]["href"] is None:
            break
        query = query_of(page["_links"]["next"]["href"])
        assert query["study"] == "x"
    assert found == list(range(count))
    assert set(page["_links"]) == {"self", "next", "previous", "last"}


@given(count=st.integers(1, 60), size=st.integers(1, 25), dialect=st.sampled_from([numbered_page, sliced_page]))
def test_the_last_page_leads_back_to_the_first(count: int, size: int, dialect: Page) -> None:
    """`_links.last` has no next, and along `_links.previous` it is as many pages to the first."""
    first = dialect(range(count), call({"page_size": str(size), "limit": str(size)}))
    page = dialect(range(count), call(query_of(first["_links"]["last"]["href"])))
    assert page["_links"]["next"]["href"] is None
    steps = 0
    while (href := page["_links"]["previous"]["href"]) is not None:
        page, steps = dialect(range(count), call(query_of(href))), steps + 1
    assert page["results"] == first["results"]
    assert steps == (count - 1) // size


@pytest.mark.parametrize(
    ("dialect", "query"),
    [
        (numbered_page, {"page": "3", "page_size": "5"}),
        (numbered_page, {"page": "0"}),
        (numbered_page, {"page_size": "0"}),
        (sliced_page, {"offset": "10"}),
        (sliced_page, {"offset": "-1"}),
        (sliced_page, {"limit": "0"}),
    ],
)
def test_a_page_past_the_end_is_not_found(dialect: Page, query: dict[str, str]) -> None:
    """Ten items have no third page of five, and no eleventh item."""
    with pytest.raises(ProlificError) as error:
        dialect(range(10), call(query))
    assert (error.value.status, error.value.body()) == (404, {"error": "Not found"})


@pytest.mark.parametrize("dialect", [numbered_page, sliced_page])
def test_an_empty_list_has_one_page(dialect: Page) -> None:
    """It is there, and has no next."""
    page = dialect([], call({}))
    assert (page["results"], page["_links"]["next"]["href"]) == ([], None)


def test_no_body_is_an_empty_one() -> None:
    """Calls without a body are as calls with an empty object."""
    assert body_of(b"") == body_of(b"{}") == {}
