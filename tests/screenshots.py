"""`make screenshots`: every page in Chromium, to be looked at. Run as `python -m tests.screenshots DIR [NAME …]`.

A scene is a generator that takes a browser at phone or desktop size, light or dark, and yields the name of each view
worth a picture. To add one, decorate it with `@scene(NAME)` and list its module in `MODULES`.
"""

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from selenium import webdriver

from tests import chromium as headless

#: Where scenes are.
MODULES = (
    "tests.browser.scenes",
    "tests.browser.question_scenes",
    "tests.browser.platform_scenes",
    "tests.analysis.scenes",
)
#: Width, height, touch, dark.
SCREENS = {
    "phone-light": (360, 640, True, False),
    "phone-dark": (360, 640, True, True),
    "small-light": (320, 640, True, False),
    "desktop-light": (1280, 800, False, False),
    "desktop-dark": (1280, 800, False, True),
}

Scene = Callable[[webdriver.Chrome], Iterator[str]]
SCENES: dict[str, Scene] = {}


def scene(name: str) -> Callable[[Scene], Scene]:
    """Register a scene under its name, which no other has."""

    def register(function: Scene) -> Scene:
        if name in SCENES:
            raise ValueError(f"scene {name!r}: is there twice")
        SCENES[name] = function
        return function

    return register


def main(directory: Path, names: list[str]) -> None:
    """Write DIRECTORY/SCENE/SCREEN-NUMBER-VIEW.png for every scene, or for those named."""
    for module in MODULES:
        importlib.import_module(module)
    with headless.chromium() as driver:
        for name in names or list(SCENES):
            for screen, (width, height, touch, dark) in SCREENS.items():
                headless.reset(driver)
                headless.emulate(driver, width, height, touch=touch, dark=dark)
                for number, view in enumerate(SCENES[name](driver), start=1):
                    path = directory / name / f"{screen}-{number:02}-{view}.png"
                    headless.screenshot(driver, path)
                    print(path)


if __name__ == "__main__":
    # The registry must be that of the importable module, which scenes register with.
    importlib.import_module("tests.screenshots").main(Path(sys.argv[1]), sys.argv[2:])
