"""What tests of pages do with a real browser, whichever it is; how is in `tests.chromium` and `tests.firefox`."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from selenium import webdriver

from tests import chromium, firefox
from tests.chromium import axe as axe
from tests.chromium import overflow as overflow

#: Where each browser is started and set up; what is done with a driver has the same name in both.
MODULES: dict[str, ModuleType] = {"chromium": chromium, "firefox": firefox}


def why_not(name: str) -> str | None:
    """The reason why there can be no such browser here, or None."""
    reason: str | None = MODULES[name].why_not()
    return reason


def start(name: str, *, authority: Path | None = None) -> AbstractContextManager[webdriver.Remote]:
    """A running browser, gone at the end; it trusts the authority, if one is given, and else any certificate."""
    begin: Callable[..., AbstractContextManager[webdriver.Remote]] = getattr(MODULES[name], name)
    return begin(authority=authority)


class Drivers:
    """The one driver of each browser that runs, started when it is first asked for.

    A browser that no longer answers is replaced. One that fails twice in a row is given up: what asks for it then fails
    at once instead of waiting for it again.
    """

    def __init__(self) -> None:
        self._running: dict[str, tuple[ExitStack, webdriver.Remote]] = {}
        self._given_up: dict[str, Exception] = {}

    def fresh(self, name: str) -> webdriver.Remote:
        """The browser in its first state.

        Raises:
            RuntimeError: it neither starts nor answers.
        """
        for last in (False, True):
            if name in self._given_up:
                raise RuntimeError(f"{name} was given up") from self._given_up[name]
            try:
                driver = self._driver(name)
                reset(driver)
                return driver
            except Exception as error:
                self._kill(name)
                if last:
                    self._given_up[name] = error
            except BaseException:  # the test's time is up
                self._kill(name)
                raise
        raise RuntimeError(f"{name} neither starts nor answers") from self._given_up[name]

    def close(self) -> None:
        """End them all."""
        for running, _ in self._running.values():
            running.close()
        self._running.clear()

    def _driver(self, name: str) -> webdriver.Remote:
        if name not in self._running:
            with ExitStack() as running:
                driver = running.enter_context(start(name))
                self._running[name] = running.pop_all(), driver
        return self._running[name][1]

    def _kill(self, name: str) -> None:
        """End a browser that may not listen, and what was started for it."""
        if name in self._running:
            running, driver = self._running.pop(name)
            _module(driver).kill(driver)
            with suppress(Exception):
                running.close()


def plays_clips(driver: webdriver.Remote) -> bool:
    """Whether it decodes H.264, for which Firefox needs a libavcodec on the machine."""
    kind = 'video/mp4; codecs="avc1.42E01E"'
    return bool(driver.execute_script("return document.createElement('video').canPlayType(arguments[0])", kind))


def reset(driver: webdriver.Remote) -> None:
    """One empty tab, nothing stored, nothing emulated, 1280×800, light."""
    _module(driver).reset(driver)


def emulate(driver: webdriver.Remote, width: int = 1280, height: int = 800, **looks: bool) -> None:
    """Show pages as a screen of that size does, in CSS pixels; `dark` or light, with a finger (`touch`) or a mouse."""
    _module(driver).emulate(driver, width, height, **looks)


def on_every_page(driver: webdriver.Remote, script: str) -> AbstractContextManager[Any]:
    """Run the script in every page before its own ones, for a while."""
    found: AbstractContextManager[Any] = _module(driver).on_every_page(driver, script)
    return found


def offline(driver: webdriver.Remote) -> AbstractContextManager[Any]:
    """No network, for a while, and the pages know."""
    found: AbstractContextManager[Any] = _module(driver).offline(driver)
    return found


def without_scripts(driver: webdriver.Remote) -> AbstractContextManager[Any]:
    """Run no script of any page, for a while."""
    found: AbstractContextManager[Any] = _module(driver).without_scripts(driver)
    return found


def console(driver: webdriver.Remote) -> list[str]:
    """What pages wrote to the console since the last call, uncaught errors and broken policies included."""
    lines: list[str] = _module(driver).console(driver)
    return lines


def _module(driver: webdriver.Remote) -> ModuleType:
    return MODULES["firefox" if driver.name == "firefox" else "chromium"]
