"""Selenium's commands over Marionette, Firefox's own protocol, as geckodriver passes them on.

Debian and PyPI have Firefox but not geckodriver. With this in its place a Selenium driver of Firefox has the same
methods as one of Chromium. Protocol: https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
"""

import json
import socket
from typing import Any

from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.remote_connection import RemoteConnection

#: Longest wait for one answer, in seconds; Marionette's own limits for pages and scripts are shorter.
ANSWER_S = 120
#: The commands that Marionette calls by another name than Selenium; the others are `WebDriver:` and Selenium's name.
NAMES = {
    Command.QUIT: "Marionette:Quit",
    Command.GET: "WebDriver:Navigate",
    Command.GET_CURRENT_URL: "WebDriver:GetCurrentURL",
    Command.GO_BACK: "WebDriver:Back",
    Command.GO_FORWARD: "WebDriver:Forward",
    Command.CLOSE: "WebDriver:CloseWindow",
    Command.W3C_GET_CURRENT_WINDOW_HANDLE: "WebDriver:GetWindowHandle",
    Command.W3C_GET_WINDOW_HANDLES: "WebDriver:GetWindowHandles",
    Command.W3C_GET_ACTIVE_ELEMENT: "WebDriver:GetActiveElement",
    Command.W3C_EXECUTE_SCRIPT: "WebDriver:ExecuteScript",
    Command.W3C_EXECUTE_SCRIPT_ASYNC: "WebDriver:ExecuteAsyncScript",
    Command.FIND_CHILD_ELEMENT: "WebDriver:FindElement",
    Command.FIND_CHILD_ELEMENTS: "WebDriver:FindElements",
    Command.CLICK_ELEMENT: "WebDriver:ElementClick",
    Command.CLEAR_ELEMENT: "WebDriver:ElementClear",
    Command.SEND_KEYS_TO_ELEMENT: "WebDriver:ElementSendKeys",
    Command.GET_ELEMENT_VALUE_OF_CSS_PROPERTY: "WebDriver:GetElementCSSValue",
    Command.GET_ELEMENT_ARIA_ROLE: "WebDriver:GetComputedRole",
    Command.GET_ELEMENT_ARIA_LABEL: "WebDriver:GetComputedLabel",
    Command.GET_ALL_COOKIES: "WebDriver:GetCookies",
    Command.SCREENSHOT: "WebDriver:TakeScreenshot",
    Command.ELEMENT_SCREENSHOT: "WebDriver:TakeScreenshot",
    Command.PRINT_PAGE: "WebDriver:Print",
    Command.W3C_DISMISS_ALERT: "WebDriver:DismissAlert",
    Command.W3C_ACCEPT_ALERT: "WebDriver:AcceptAlert",
    Command.W3C_GET_ALERT_TEXT: "WebDriver:GetAlertText",
    Command.W3C_SET_ALERT_VALUE: "WebDriver:SendAlertText",
    Command.W3C_ACTIONS: "WebDriver:PerformActions",
    Command.W3C_CLEAR_ACTIONS: "WebDriver:ReleaseActions",
    Command.W3C_MAXIMIZE_WINDOW: "WebDriver:MaximizeWindow",
    "setContext": "Marionette:SetContext",
}


class Marionette(RemoteConnection):
    """A connection to the Firefox that listens on `port` of this machine, for `selenium.webdriver.Remote`."""

    def __init__(self, port: int) -> None:
        super().__init__(client_config=ClientConfig(f"http://127.0.0.1:{port}", websocket_interval=0.01))
        self._socket = socket.create_connection(("127.0.0.1", port), ANSWER_S)
        self._incoming = self._socket.makefile("rb")
        self._receive()  # what Firefox says of itself
        self._sent = 0

    def execute(self, command: str, params: dict[str, Any]) -> dict[str, Any]:
        """The answer to a command of Selenium, as a WebDriver server would give it."""
        name = NAMES.get(command) or f"WebDriver:{command[0].upper()}{command[1:]}"
        self._sent += 1
        self._send([0, self._sent, name, _translated(command, params)])
        _, number, error, result = self._receive()
        assert number == self._sent, f"answer {number} to command {self._sent}"
        if error:
            return {"status": error["error"], "value": error}
        return {"value": result["value"] if isinstance(result, dict) and set(result) == {"value"} else result}

    def close(self) -> None:
        """Hang up."""
        self._incoming.close()
        self._socket.close()
        super().close()

    def _send(self, message: list[Any]) -> None:
        data = json.dumps(message).encode()
        self._socket.sendall(b"%d:%s" % (len(data), data))

    def _receive(self) -> Any:
        length = b""
        while (digit := self._incoming.read(1)) != b":":
            if not digit:
                raise ConnectionError("Firefox has hung up")
            length += digit
        return json.loads(self._incoming.read(int(length)))


def _translated(command: str, params: dict[str, Any]) -> dict[str, Any]:
    """A command's parameters by the names that Marionette has for them."""
    params = {name: value for name, value in params.items() if name != "sessionId"}
    if command == Command.NEW_SESSION:
        # What has a colon in its name is for geckodriver.
        always = params["capabilities"]["alwaysMatch"]
        return {name: value for name, value in always.items() if ":" not in name}
    if command == Command.QUIT:
        return {"flags": ["eForceQuit"]}
    if command in (Command.FIND_CHILD_ELEMENT, Command.FIND_CHILD_ELEMENTS):
        return {"element": params.pop("id"), **params}
    if command == Command.SWITCH_TO_FRAME and isinstance(params["id"], dict):
        return {"element": next(iter(params["id"].values()))}
    if command == Command.SCREENSHOT:
        return {"full": False}
    return params
