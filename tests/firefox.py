"""A real, headless Firefox for tests: started once, reset before each use. It offers what `tests.chromium` offers."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from selenium import webdriver

from tests.marionette import Marionette
from tests.trusted import trust

BROWSERS = ("firefox-esr", "firefox")
FLAGS = ("--headless", "--no-remote", "--marionette", "--remote-debugging-port=0", "--remote-allow-system-access")
#: A free port; clips start by themselves; no page keeps the browser from ending; offline, nor is this machine there.
#: Marionette sets the rest.
PREFERENCES = {
    "marionette.port": 0,
    "media.autoplay.default": 0,
    "dom.disable_beforeunload": "true",
    "network.disable-localhost-when-offline": "true",
}
#: Longest wait for the browser to start or end, and for a page or a script, in seconds.
START_S, PATIENCE_S = 60, 60


def why_not() -> str | None:
    """The reason why there can be no Firefox here, or None."""
    return None if any(map(shutil.which, BROWSERS)) else f"no {BROWSERS[0]} on this machine"


class Firefox(webdriver.Remote):
    """A driver of the Firefox that listens on `port`."""

    def __init__(self, port: int, pid: int, *, trusts_all: bool = True) -> None:
        self.pid = pid
        """The process, which leads a group of its own."""
        options = webdriver.FirefoxOptions()
        options.enable_bidi = True
        options.accept_insecure_certs = trusts_all  # those of servers that tests start
        options.unhandled_prompt_behavior = "ignore"  # BiDi would answer every dialog at once
        super().__init__(Marionette(port), options=options)
        self.set_page_load_timeout(PATIENCE_S)
        self.set_script_timeout(PATIENCE_S)
        self.written: list[str] = []
        """What pages have written to the console since it was last read."""
        self.script.add_console_handler(lambda message: self.written.append(message.text))


@contextmanager
def firefox(*, authority: Path | None = None) -> Iterator[Firefox]:
    """A running browser, gone at the end; it trusts the authority, if one is given, and else any certificate.

    Raises:
        RuntimeError: it does not start.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        profile, log = Path(directory), Path(directory, "log")
        lines = [f'user_pref("{name}", {value});\n' for name, value in PREFERENCES.items()]
        (profile / "user.js").write_text("".join(lines), encoding="utf-8")
        if authority is not None:
            trust(authority, profile)
        program = next(filter(None, map(shutil.which, BROWSERS)))
        with (
            log.open("wb") as output,
            subprocess.Popen(
                [program, *FLAGS, "--profile", profile], stdout=output, stderr=output, start_new_session=True
            ) as process,
        ):
            try:
                with Firefox(_port(process, profile, log), process.pid, trusts_all=authority is None) as driver:
                    yield driver
                process.wait(START_S)
            finally:
                process.kill()


def _port(process: subprocess.Popen[bytes], profile: Path, log: Path) -> int:
    """The port that Firefox has written into its profile, once it listens for both of its protocols."""
    files = (profile / "MarionetteActivePort", profile / "WebDriverBiDiServer.json")
    late = time.monotonic() + START_S
    while not all(file.exists() and file.stat().st_size for file in files):
        if process.poll() is not None or time.monotonic() > late:
            raise RuntimeError(f"Firefox does not listen: {log.read_text(errors='replace')[-500:]}")
        time.sleep(0.05)
    return int(files[0].read_text())


def kill(driver: Firefox) -> None:
    """End it at once, whether it listens or not."""
    with suppress(ProcessLookupError):
        os.killpg(driver.pid, signal.SIGKILL)


def reset(driver: Firefox) -> None:
    """One new tab, nothing stored, nothing emulated, 1280×800, light."""
    old = driver.window_handles
    driver.switch_to.new_window("tab")
    new = driver.current_window_handle
    for handle in old:
        driver.switch_to.window(handle)
        driver.close()
    driver.switch_to.window(new)
    with _privileged(driver):
        driver.execute_async_script(
            "const [done] = arguments, kinds = Ci.nsIClearDataService;"
            "Services.clearData.deleteData(kinds.CLEAR_COOKIES | kinds.CLEAR_DOM_STORAGES | kinds.CLEAR_ALL_CACHES,"
            " {onDataDeleted: done});"
        )
    emulate(driver)
    console(driver)


def emulate(driver: Firefox, width: int = 1280, height: int = 800, *, dark: bool = False, touch: bool = False) -> None:
    """Show pages as a screen of that size does, in CSS pixels, dark or light, with a finger or a mouse."""
    driver.browsing_context.set_viewport(driver.current_window_handle, {"width": width, "height": height})
    with _privileged(driver):
        driver.execute_script(
            "const shown = gBrowser.selectedBrowser.browsingContext;"
            "[shown.prefersColorSchemeOverride, shown.touchEventsOverride] = arguments;",
            "dark" if dark else "light",
            "enabled" if touch else "disabled",
        )


@contextmanager
def on_every_page(driver: Firefox, script: str) -> Iterator[None]:
    """Run the script in every page before its own ones, for a while."""
    added = driver.script.add_preload_script(f"() => {{ {script} }}")["script"]
    try:
        yield
    finally:
        driver.script.remove_preload_script(added)


@contextmanager
def offline(driver: Firefox) -> Iterator[None]:
    """No network, for a while, and the pages know."""
    cut = "Services.io.offline = arguments[0]; Services.obs.notifyObservers(null, 'net:prune-all-connections')"
    with _privileged(driver):
        driver.execute_script(cut, True)
    try:
        yield
    finally:
        with _privileged(driver):
            driver.execute_script(cut, False)


@contextmanager
def without_scripts(driver: Firefox) -> Iterator[None]:
    """Run no script of any page, for a while."""
    allow = "Services.prefs.setBoolPref('javascript.enabled', arguments[0])"
    with _privileged(driver):
        driver.execute_script(allow, False)
    try:
        yield
    finally:
        with _privileged(driver):
            driver.execute_script(allow, True)


def console(driver: Firefox) -> list[str]:
    """What the pages wrote to the console since the last call, uncaught errors and broken policies included."""
    driver.browsing_context.get_tree()  # its answer comes after what was written before
    written, driver.written = driver.written, []
    with _privileged(driver):
        errors: list[str] = driver.execute_script(
            "const errors = Services.console.getMessageArray().filter(one => one instanceof Ci.nsIScriptError"
            " && !(one.flags & Ci.nsIScriptError.warningFlag) && /^(http|file|data)/.test(one.sourceName));"
            "Services.console.reset();"
            "return errors.map(one => one.errorMessage);"
        )
    return written + errors


@contextmanager
def _privileged(driver: Firefox) -> Iterator[None]:
    """Scripts run in the browser's own window, with all that it may do."""
    driver.execute("setContext", {"value": "chrome"})
    try:
        yield
    finally:
        driver.execute("setContext", {"value": "content"})
