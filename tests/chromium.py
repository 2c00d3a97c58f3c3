"""A real, headless Chromium for tests and screenshots: started once, reset before each use."""

import base64
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service

from tests.trusted import trust

#: Longest wait for a page or a script, in seconds.
PATIENCE_S = 60
VENDOR = Path(__file__).parent / "vendor"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DRIVERS = ("chromedriver", "chromium.chromedriver")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
)


def why_not() -> str | None:
    """The reason why there can be no Chromium here, or None."""
    for names in (BROWSERS, DRIVERS):
        if not any(map(shutil.which, names)):
            return f"no {names[0]} on this machine"
    return None


@contextmanager
def chromium(*flags: str, authority: Path | None = None) -> Iterator[webdriver.Chrome]:
    """A running browser, gone at the end; it trusts the authority, if one is given, and else any certificate."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = next(filter(None, map(shutil.which, BROWSERS)))
        for flag in (*FLAGS, *flags, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.accept_insecure_certs = authority is None  # those of servers that tests start
        if authority is not None:
            trust(authority, Path(profile, ".pki", "nssdb"))
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        program = next(filter(None, map(shutil.which, DRIVERS)))
        home = {} if authority is None else {"HOME": profile}
        driver = webdriver.Chrome(
            options, Service(program, popen_kw={"start_new_session": True}, env=os.environ | home)
        )
        try:
            driver.set_page_load_timeout(PATIENCE_S)
            driver.set_script_timeout(PATIENCE_S)
            yield driver
        finally:
            driver.quit()


def kill(driver: webdriver.Chrome) -> None:
    """End it and its driver at once, whether they listen or not."""
    with suppress(ProcessLookupError):
        os.killpg(driver.service.process.pid, signal.SIGKILL)


def reset(driver: webdriver.Chrome) -> None:
    """One empty tab, nothing stored, nothing emulated, 1280×800, light."""
    first, *others = driver.window_handles
    for handle in others:
        driver.switch_to.window(handle)
        driver.close()
    driver.switch_to.window(first)
    driver.get("about:blank")
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
    driver.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    emulate(driver)
    driver.get_log("browser")


def emulate(
    driver: webdriver.Chrome, width: int = 1280, height: int = 800, *, dark: bool = False, touch: bool = False
) -> None:
    """Show pages as a screen of that size does, in CSS pixels, dark or light, with a finger or a mouse."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": touch}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": touch, "maxTouchPoints": 1})
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})


@contextmanager
def on_every_page(driver: webdriver.Chrome, script: str) -> Iterator[None]:
    """Run the script in every page before its own ones, for a while."""
    added = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
    try:
        yield
    finally:
        driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


@contextmanager
def offline(driver: webdriver.Chrome) -> Iterator[None]:
    """No network, for a while, and the pages know."""
    conditions = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", {"offline": True, **conditions})
    try:
        yield
    finally:
        driver.execute_cdp_cmd("Network.emulateNetworkConditions", {"offline": False, **conditions})


@contextmanager
def without_scripts(driver: webdriver.Chrome) -> Iterator[None]:
    """Run no script of any page, for a while."""
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        yield
    finally:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def console(driver: webdriver.Chrome) -> list[str]:
    """What the page wrote to the console since the last call, errors of loading included."""
    return [entry["message"] for entry in driver.get_log("browser")]


def screenshot(driver: webdriver.Chrome, path: Path, *, whole: bool = False) -> None:
    """The picture of the screen, or of the whole page."""
    taken = driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": whole})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(base64.b64decode(taken["data"]))


def axe(driver: webdriver.Remote) -> list[str]:
    """Each violation of WCAG 2.2 A and AA (and axe's best practices) that axe-core finds in the current frame."""
    driver.execute_script((VENDOR / "axe.min.js").read_text(encoding="utf-8"))
    found: Any = driver.execute_async_script(
        "const done = arguments[0];"
        "axe.run(document, {iframes: false}).then(result => done(result.violations), error => done(String(error)));"
    )
    if isinstance(found, str):
        raise WebDriverException(found)
    return [
        f"{rule['id']}: {node['html'][:200]} ({node['failureSummary']})" for rule in found for node in rule["nodes"]
    ]


def overflow(driver: webdriver.Remote) -> int:
    """How many pixels the page is wider than the screen."""
    return int(
        driver.execute_script("return document.documentElement.scrollWidth - document.documentElement.clientWidth;")
    )
