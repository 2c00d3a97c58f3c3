"""`crowd.task.ordering`: orders that the page and anybody else make alike."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowd.task.ordering import item_order, option_order, question_order, seed_of, shuffled


@pytest.mark.parametrize(
    ("text", "value"), [("", 0x811C9DC5), ("a", 0xE40C292C), ("foobar", 0xBF9CF968)], ids=["empty", "a", "foobar"]
)
def test_the_hash_is_fnv_1a(text: str, value: int) -> None:
    """The published test vectors of 32-bit FNV-1a hold (RFC 9923, appendix C)."""
    assert seed_of(text) == value


def test_the_hash_joins_its_parts() -> None:
    """Parts are separated, and numbers count as their digits."""
    assert seed_of("options", 12, "A") == seed_of("options/12/A") != seed_of("options", 1, "2A")


@given(st.lists(st.integers()), st.integers(0, 2**32 - 1))
def test_shuffling_keeps_everything(values: list[int], seed: int) -> None:
    """An order has the same values, and the same seed gives the same order."""
    assert Counter(shuffled(values, seed)) == Counter(values)
    assert shuffled(values, seed) == shuffled(values, seed)


def test_every_order_is_as_likely_as_any_other() -> None:
    """Over 6,000 workers the six orders of three options come about equally often (χ², p > .01)."""
    counts = Counter(tuple(shuffled("abc", seed_of("options", 0, f"A{number:012}"))) for number in range(6000))
    assert len(counts) == 6
    assert sum((count - 1000) ** 2 / 1000 for count in counts.values()) < 15.09  # the 99 % point of χ² with 5 degrees


def test_other_and_unclear_stay_last() -> None:
    """Only what is before the last two is shuffled."""
    options = [*"abcdefgh", "Other", "Unclear"]
    orders = {tuple(option_order(options, seed)) for seed in range(50)}
    assert len(orders) == 50
    assert {order[-2:] for order in orders} == {("Other", "Unclear")}


def test_items_of_a_window_stay_together() -> None:
    """Windows change places, items change places within them, and none leaves its window."""
    windows = [["a1", "a2", "a3"], ["b1", "b2", "b3"], ["c1"]]
    orders = {tuple(item_order([windows], seed)) for seed in range(200)}
    assert len(orders) > 50
    for order in orders:
        assert len(list(dict.fromkeys(item[0] for item in order))) == 3
        letters = "".join(item[0] for item in order)
        assert "aaa" in letters
        assert "bbb" in letters


def test_methods_have_balanced_positions() -> None:
    """Over 3,000 assignments each method's videos stand in the middle on average, and in every place equally often."""
    windows = [[f"{method}{number}" for method in "ABC"] for number in range(4)]
    orders = [item_order([windows], seed_of("items", 0, f"ASSIGNMENT{number}")) for number in range(3000)]
    for method in "ABC":
        places = [place for order in orders for place, item in enumerate(order) if item[0] == method]
        assert sum(places) / len(places) == pytest.approx(5.5, abs=0.1)
        shares = [count / len(orders) for _, count in sorted(Counter(places).items())]
        assert shares == pytest.approx([1 / 3] * 12, abs=0.04)
    of_one = [order.index("A0") for order in orders]
    assert sum(of_one) / len(of_one) == pytest.approx(5.5, abs=0.3)


@pytest.mark.parametrize(("num_items", "num_checks"), [(2, 1), (3, 1), (3, 4), (22, 1), (22, 3)])
def test_checks_are_neither_first_nor_last(num_items: int, num_checks: int) -> None:
    """For any seed the first and the last item are others, and every place between them comes up."""
    windows = [[f"v{place}"] for place in range(num_items)]
    checks = [f"a{place}" for place in range(num_checks)]
    places = set()
    for seed in range(1000):
        order = item_order([windows], seed_of("items", seed, "A"), checks)
        assert sorted(order) == sorted([*checks, *(item for window in windows for item in window)])
        assert order[0].startswith("v")
        assert order[-1].startswith("v")
        places.add(order.index("a0"))
    assert places == set(range(1, num_items + num_checks - 1))


def test_a_check_beside_one_item_is_last() -> None:
    """Where it cannot stand between two it does not come first."""
    assert item_order([[["v"]]], 7, ["a"]) == ["v", "a"]


def test_orders_without_checks_are_those_of_earlier_releases() -> None:
    """Designs that have their checks in windows keep the orders that their pages made."""
    windows = [["a", "b"], ["c", "d"], ["e"]]
    assert item_order([windows], 3) == ["c", "d", "a", "b", "e"]
    assert item_order([windows], 2**32 - 1) == ["d", "c", "a", "b", "e"]


def test_questions_follow_those_that_they_depend_on() -> None:
    """Every order of the free questions comes up, and a dependent one always stands right behind its own."""
    questions = [
        {"id": "why", "ask_if": {"question": "better", "is": ["left"]}},
        {"id": "better"},
        {"id": "how", "ask_if": {"question": "why", "is": ["no"]}},
        {"id": "rating", "ask_if": {"question": "age", "is": ["30"]}},  # asked once, on a screen of its own
        {"id": "sound"},
    ]
    orders = {tuple(one["id"] for one in question_order(questions, seed)) for seed in range(100)}
    assert len(orders) == 6
    for order in orders:
        start = order.index("better")
        assert order[start : start + 3] == ("better", "why", "how")
