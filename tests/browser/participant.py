"""What a participant does with the task page, for tests and screenshots."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from selenium.common.exceptions import TimeoutException, WebDriverException
from selenium.webdriver import Remote
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.interaction import POINTER_TOUCH
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from crowd.simulated.browser import Answer, until

PATIENCE_S = 60


class Participant:
    """A pair of eyes and hands before the page in `driver`."""

    def __init__(self, driver: Remote) -> None:
        self.driver = driver

    def wait(self, ask: Callable[[], Answer]) -> Answer:
        """Until the answer is true; gives it. `ask` only asks, and one thing: see `crowd.simulated.browser.until`."""
        return until(ask, PATIENCE_S)

    def see(self, selector: str) -> WebElement:
        """The visible element, when it is there."""
        return self.wait(
            lambda: next(
                (one for one in self.driver.find_elements(By.CSS_SELECTOR, selector) if one.is_displayed()), None
            )
        )

    @property
    def heading(self) -> str:
        """What the step is called."""
        return str(self.driver.execute_script("return document.querySelector('h1').textContent"))

    @property
    def text(self) -> str:
        """Everything that can be read."""
        return self.driver.find_element(By.TAG_NAME, "body").text

    @property
    def address(self) -> str:
        """Where the current frame is."""
        return str(self.driver.execute_script("return location.href"))

    @property
    def item(self) -> str | None:
        """The key of the item that is shown."""
        key: str | None = self.driver.execute_script("return document.querySelector('[data-item]')?.dataset.item")
        return key

    def options(self) -> list[str]:
        """The options in the order shown."""
        shown: list[str] = self.driver.execute_script(
            "return [...document.querySelectorAll('.option input')].map(radio => radio.value)"
        )
        return shown

    def chosen(self) -> str | None:
        """The option that is chosen."""
        value: str | None = self.driver.execute_script("return document.querySelector('.option :checked')?.value")
        return value

    def unlocked(self) -> bool:
        """Whether an answer can be given."""
        return bool(self.driver.execute_script("return document.querySelector('fieldset')?.disabled === false"))

    def press(self, *keys: str) -> None:
        """Keys, one after the other, wherever the focus is."""
        ActionChains(self.driver, duration=0).send_keys(*keys).perform()

    def choose(self, option: str) -> None:
        """Click on an option as soon as that is possible."""
        self.wait(self.unlocked)
        row = next(one for one in self.driver.find_elements(By.CSS_SELECTOR, ".option") if self._value(one) == option)
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", row)
        row.click()

    def _value(self, row: WebElement) -> str | None:
        return row.find_element(By.TAG_NAME, "input").get_attribute("value")

    def go_on(self, press: Callable[[WebElement], None] = WebElement.click) -> None:
        """Press the main button as soon as that is possible, and see the next step, in this page or the next one.

        Firefox now and then loses a click in a frame that has just come. Whoever sees that nothing happens presses once
        more; the next step has a button of its own, so that no step is left out.
        """
        button = self.see(".bar .primary:enabled")
        self.driver.execute_script("document.querySelector('h1').dataset.left = ''")
        press(button)
        if self.driver.name == "firefox" and not self._soon(self._is_further):
            with suppress(WebDriverException):
                press(button)
        self.wait(self._is_further)

    def _soon(self, ask: Callable[[], Answer]) -> bool:
        try:
            return bool(until(ask, PATIENCE_S / 4))
        except TimeoutException:
            return False

    def _is_further(self) -> bool:
        return bool(self.driver.find_elements(By.CSS_SELECTOR, "h1:not([data-left])"))

    def take(self, link: str) -> None:
        """From a participant's own list: start the first task, agree, and see its instructions, in its frame."""
        self.driver.get(link)
        self.see(".card button").click()
        self.agree()

    def agree(self) -> None:
        """Agree on the page that asks before a task is accepted, and see its instructions, in its frame."""
        self.into_frame()
        self.see(".bar .primary").click()
        self.driver.switch_to.default_content()
        self.see("#return")
        self.into_frame()

    def into_frame(self) -> None:
        """Into the task's frame, once its page is there."""
        self.see("#task")
        self.driver.switch_to.frame("task")
        self.see("h1")

    def open(self, address: str) -> None:
        """Go to a page and see it, however long its clips take; `driver.get` waits for them in Firefox."""
        self.driver.execute_script("location.href = arguments[0]", address)
        self.wait(lambda: self.address == address)
        self.see("h1")

    def begin(self) -> None:
        """Through consent and instructions."""
        self.go_on()
        self.go_on()

    def answer_everything(self, choose: Callable[[str], str]) -> list[str]:
        """Answer item after item, `choose(item key)` deciding, to the last step; gives the keys in their order."""
        keys = []
        while self.item:
            keys.append(self.item)
            self.choose(choose(self.item))
            self.go_on()
        return keys

    def tap(self, element: WebElement) -> None:
        """Touch an element with a finger."""
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        finger = ActionBuilder(self.driver, mouse=PointerInput(POINTER_TOUCH, "finger"), duration=0)
        finger.pointer_action.move_to(element).pointer_down().pointer_up()
        finger.perform()


def answers_in(sent: dict[str, str]) -> dict[str, dict[str, Any]]:
    """What was sent of each item: its answer to the question "naming", and the options that were shown for all."""
    shown = {"answer": None, "options": json.loads(sent["options"])["naming"]}
    items = {name.removeprefix("item."): json.loads(sent[name]) for name in sent if name.startswith("item.")}
    return {key: shown | item | item["answers"].get("naming", {}) for key, item in items.items()}
