"""Makes the pictures of docs/gallery.md and README.md in docs/gallery: `python -m docs.generate_gallery [NAME …]`.

Pages are shown in Chromium with clips that come with the package or that `examples/moving_shapes` draws; those who
answered are simulated participants.
"""

import runpy
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from PIL import Image
from selenium import webdriver

import analysis
import crowd
from crowd.design.blocks import design
from crowd.design.study import Study
from crowd.task.page import render_page
from crowd.videos.metadata import read_videos
from tests import chromium
from tests.browser.participant import Participant
from tests.browser.platform_scenes import participant_pages, requester_page
from tests.browser.taskserver import serving
from vidgen.demo import BUNDLED

ROOT = Path(__file__).parents[1]
GALLERY = Path(__file__).with_name("gallery")
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 780, "touch": True}


def shapes(place: Path) -> Path:
    """The clips of the worked studies."""
    given, sys.argv = sys.argv, ["make_videos.py", "--out", str(place / "shapes")]
    try:
        runpy.run_path(str(ROOT / "examples/moving_shapes/make_videos.py"), run_name="__main__")
    finally:
        sys.argv = given
    return place / "shapes"


@contextmanager
def task(driver: webdriver.Chrome, videos: Path, study: Study) -> Iterator[Participant]:
    """A participant before the first item of a task of the study, whose clip has been seen."""
    planned = design(study, read_videos(videos))
    with serving(videos) as tasks:
        tasks.page = render_page(study, planned, planned.hits[0], lambda name: f"{tasks.base}/media/{name}")
        driver.get(tasks.address())
        participant = Participant(driver)
        participant.begin()
        participant.wait(participant.unlocked)
        yield participant


def save(driver: webdriver.Chrome, name: str) -> None:
    """The screen as a picture of at most 256 colours, which is small enough for a repository."""
    path = GALLERY / f"{name}.png"
    chromium.screenshot(driver, path)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    print(path.relative_to(ROOT))


def naming(driver: webdriver.Chrome, place: Path) -> None:
    """The question of the paper."""
    videos = Path(shutil.copytree(BUNDLED, place / "videos"))
    table = pd.read_csv(videos / "metadata.csv")
    table[table.method == "real"].to_csv(videos / "metadata.csv", index=False)
    study = Study.from_videos(videos, training_items=0, attention_items=0)
    with task(driver, videos, study) as participant:
        participant.choose(participant.options()[1])
        save(driver, "naming")


def preference(driver: webdriver.Chrome, place: Path) -> None:
    """Two clips side by side, and on a phone one above the other."""
    videos, study = shapes(place), Study.load(ROOT / "examples/pairwise/study.toml")
    with task(driver, videos, study):
        save(driver, "preference")
    chromium.emulate(driver, **PHONE, dark=True)
    with task(driver, videos, study):
        save(driver, "preference-phone")


def rating(driver: webdriver.Chrome, place: Path) -> None:
    """A scale, on a phone."""
    chromium.emulate(driver, **PHONE)
    with task(driver, shapes(place), Study.load(ROOT / "examples/ratings/study.toml")):
        save(driver, "rating-phone")


def platform(driver: webdriver.Chrome, place: Path) -> None:
    """What participants see first, and how the requester follows a study."""
    for name, scene in (("participant", participant_pages), ("progress", requester_page)):
        next(iter(scene(driver)))
        save(driver, name)


def report(driver: webdriver.Chrome, place: Path) -> None:
    """The report of a rehearsal, light and dark, and its figures."""
    videos = shapes(place)
    shutil.copytree(ROOT / "examples/pairwise", place / "study")
    crowd.rehearse(place / "study", videos, out=place / "rehearsal", qualities=videos / "qualities.csv")
    _, path = analysis.write_report(place / "rehearsal/study", place / "report")
    driver.get(path.as_uri())
    save(driver, "report")
    figure = driver.find_element("css selector", "main svg, main figure, main img")
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", figure)
    save(driver, "report-figure")
    chromium.emulate(driver, **DESKTOP, dark=True)
    driver.get(path.as_uri())
    save(driver, "report-dark")


PICTURES = {made.__name__: made for made in (naming, preference, rating, platform, report)}


def main(names: list[str]) -> None:
    """Make the pictures of the given names, or all."""
    with chromium.chromium() as driver:
        for name in names or list(PICTURES):
            chromium.reset(driver)
            arguments: dict[str, Any] = dict(DESKTOP)
            chromium.emulate(driver, **arguments)
            with tempfile.TemporaryDirectory() as place:
                PICTURES[name](driver, Path(place))


if __name__ == "__main__":
    main(sys.argv[1:])
