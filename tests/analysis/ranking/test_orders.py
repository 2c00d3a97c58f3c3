"""Orders as an answers table has them."""

import pytest

from analysis.ranking.orders import read_order, read_orders


def test_orders_of_different_lengths() -> None:
    """Methods are in the order of the alphabet, whatever the answers' order; −1 follows the last."""
    found = read_orders(["c > a > b", "b > c"])
    assert found.methods == ["a", "b", "c"]
    assert found.order.tolist() == [[2, 0, 1], [1, 2, -1]]
    assert not found.best_and_worst


def test_best_and_worst() -> None:
    """What stands between the best and the worst is tied, and then all answers are taken to tell these two."""
    found = read_orders(["c > a = b > d", "b > c"])
    assert found.order.tolist() == [[2, 0, 1, 3], [1, 2, -1, -1]]
    assert found.best_and_worst


def test_no_answers() -> None:
    """Nothing was ordered."""
    found = read_orders([])
    assert found.methods == []
    assert found.order.shape == (0, 0)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("a", "is no order"),
        ("a > ", "is no order"),
        ("a > b > a", "names one twice"),
        ("a = b > c", "has ties beside"),
        ("a > b = c", "has ties beside"),
        ("a > b = c > d > e", "has ties beside"),
    ],
)
def test_what_is_no_order_is_refused(answer: str, message: str) -> None:
    """The message has the answer."""
    with pytest.raises(ValueError, match=f"answer '{answer}' {message}"):
        read_order(answer)
