"""Browsers that tests drive: one that dies is replaced, one that cannot be had costs its tests no time."""

from contextlib import closing

import pytest

from tests import browsers


@pytest.mark.slow
@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.browser(name)) for name in browsers.MODULES])
def test_a_browser_that_died_is_replaced(name: str) -> None:
    with closing(browsers.Drivers()) as drivers:
        first = drivers.fresh(name)
        first.get("data:text/html,<title>here</title>")
        browsers.MODULES[name].kill(first)
        second = drivers.fresh(name)
        assert second is not first
        second.get("data:text/html,<title>here</title>")
        assert second.title == "here"
        assert drivers.fresh(name) is second


def test_a_browser_that_does_not_start_is_tried_twice_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[str] = []

    def start(name: str) -> None:
        tries.append(name)
        raise OSError("no room")

    monkeypatch.setattr(browsers, "start", start)
    with closing(browsers.Drivers()) as drivers:
        for _ in range(5):
            with pytest.raises(RuntimeError, match="chromium") as caught:
                drivers.fresh("chromium")
            assert str(caught.value.__cause__) == "no room"
    assert tries == ["chromium", "chromium"]
