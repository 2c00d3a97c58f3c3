"""Waiting for a page that other pages take the place of."""

from collections.abc import Callable

import pytest
from selenium.common import exceptions

from crowd.simulated.browser import until

REPLACED = [
    exceptions.StaleElementReferenceException("stale element not found"),
    exceptions.NoSuchElementException("no h1 yet"),
    exceptions.NoSuchFrameException("the frame is gone"),
    exceptions.JavascriptException("document unloaded while waiting for result"),
    exceptions.WebDriverException("unknown error: unhandled inspector error: Node does not belong to the document"),
    exceptions.WebDriverException("aborted by navigation"),
]


def answering(*answers: object) -> Callable[[], object]:
    """A question with these answers, one after the other; errors are raised, the last one again and again."""
    left = list(answers)

    def ask() -> object:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return ask


@pytest.mark.parametrize("error", REPLACED, ids=lambda error: error.msg)
def test_a_replaced_page_is_asked_again(error: exceptions.WebDriverException) -> None:
    """Whatever a browser says of a page that is no more, the next page's answer counts."""
    assert until(answering(error, None, error, "the next page")) == "the next page"


@pytest.mark.parametrize(
    "error", [exceptions.InvalidSessionIdException("no browser"), exceptions.UnexpectedAlertPresentException("Leave?")]
)
def test_what_no_next_page_can_mend_is_raised_at_once(error: exceptions.WebDriverException) -> None:
    """A browser that is gone and a dialog that nobody expected are no replaced pages."""
    with pytest.raises(type(error)):
        until(answering(error, "an answer"))


def test_what_never_becomes_true_is_told_with_the_last_error() -> None:
    """When the time is over, the browser's last error is said, if there was one."""
    with pytest.raises(exceptions.TimeoutException, match=r"not so within 0.1 s: aborted by navigation"):
        until(answering(REPLACED[-1]), 0.1)
    with pytest.raises(exceptions.TimeoutException, match=r"not so within 0.1 s$"):
        until(answering(REPLACED[-1], ""), 0.1)
