"""How clips are shown and heard: declared sizes, full screen, sound."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crowd.design.design import Design
from crowd.design.study import Study
from crowd.lifecycle.collect import collect
from crowd.simulated.http import simulate_study
from crowd.simulated.response_probabilities import by_accuracy
from tests import browsers
from tests.browser.conftest import Served
from tests.browser.participant import Participant, answers_in
from tests.browser.taskserver import TaskServer
from tests.crowd.clips import LABELS, write_videos

pytestmark = pytest.mark.browser

Publish = Callable[..., Design]
SCREENS = ((390, 844), (320, 640), (844, 390), (700, 500), (1280, 800), (1920, 1080))
#: Counts the tones that a page makes, as somebody who hears does.
EARS = """
window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) { window.tones++; return start.apply(this, when); };
"""


@pytest.fixture(scope="session")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four clips with sound."""
    return write_videos(
        tmp_path_factory.mktemp("heard"), methods=("new", "real"), labels=LABELS[:2], per_label=1, sound=True
    )


def picture(participant: Participant) -> dict[str, float]:
    """Where the clip is, in CSS pixels."""
    where: dict[str, float] = participant.driver.execute_script(
        "return document.querySelector('.picture').getBoundingClientRect().toJSON()"
    )
    return where


def test_sizes_are_as_declared(publish: Publish, tasks: TaskServer, participant: Participant) -> None:
    """Native is the clip's own 64×48, a number is that many pixels, "fit" is as large as the window leaves room for."""
    widths = {}
    for size in ("native", 480, "fit"):
        publish(size=size, training_items=0)
        participant.driver.get(tasks.address(f"A{size}", f"W{size}"))
        participant.begin()
        where = picture(participant)
        widths[size] = where["width"]
        assert where["width"] / where["height"] == pytest.approx(64 / 48, rel=0.01)
        assert browsers.overflow(participant.driver) == 0
    assert (widths["native"], widths[480]) == (64, 480)
    assert widths["fit"] > 700


@pytest.mark.parametrize(("screen", "width"), [((390, 844), 350), ((844, 390), 330), ((1280, 800), 750)])
def test_a_fitted_clip_is_as_large_as_there_is_room(
    publish: Publish, tasks: TaskServer, participant: Participant, screen: tuple[int, int], width: int
) -> None:
    """On an upright phone a clip fills the width; elsewhere the height that its controls and the answers leave."""
    browsers.emulate(participant.driver, *screen, touch=screen[0] < 900)
    publish(training_items=0, attention_items=0)
    participant.driver.get(tasks.address())
    participant.begin()
    assert picture(participant)["width"] >= width
    controls = participant.see(".controls").rect
    assert controls["y"] + controls["height"] <= screen[1]


@pytest.mark.parametrize("size", ["fit", "native", 320, 7680])
def test_no_size_leaves_the_window(
    publish: Publish, tasks: TaskServer, participant: Participant, size: int | str
) -> None:
    """At any size and on any screen, turned or resized too, the whole clip can be seen, and its controls are there."""
    publish(size=size, training_items=0)
    for number, (width, height) in enumerate(SCREENS):
        browsers.emulate(participant.driver, width, height, touch=width < 900)
        if number == 0:
            participant.driver.get(tasks.address())
            participant.begin()
        participant.wait(lambda: participant.driver.execute_script("return innerWidth") == width)  # noqa: B023  at once
        assert browsers.overflow(participant.driver) == 0
        where = picture(participant)
        assert where["left"] >= 0
        assert where["right"] <= width
        assert where["height"] <= height
        participant.wait(participant.unlocked)
        participant.see(".controls button:last-child")


@pytest.mark.parametrize("touch", [False, True], ids=["desktop", "phone"])
@pytest.mark.parametrize("allowed", [True, False], ids=["full screen", "no full screen in this browser"])
def test_full_screen(publish: Publish, tasks: TaskServer, participant: Participant, touch: bool, allowed: bool) -> None:
    """A button shows the clip as large as the screen and back; where browsers cannot, it fills the page."""
    publish(training_items=0, attention_items=0)
    width, height = (390, 844) if touch else (1280, 800)
    browsers.emulate(participant.driver, width, height, touch=touch)
    cannot = "Object.defineProperty(document, 'fullscreenEnabled', {value: false});"
    with browsers.on_every_page(participant.driver, "" if allowed else cannot):
        participant.driver.get(tasks.address())
        participant.begin()
        participant.wait(participant.unlocked)
        before = picture(participant)["width"]
        button = participant.see(".controls button:last-child")
        assert button.accessible_name == "Full screen"
        participant.tap(button) if touch else button.click()
        participant.wait(lambda: participant.see(".controls button:last-child").accessible_name == "Leave full screen")
        assert bool(participant.driver.execute_script("return document.fullscreenElement")) == allowed
        participant.wait(lambda: picture(participant)["width"] > before)
        assert browsers.axe(participant.driver) == []
        participant.see(".controls button:last-child").click()
        participant.wait(lambda: picture(participant)["width"] == before)
        participant.choose("Other")


def test_without_sound_the_page_says_so(publish: Publish, tasks: TaskServer, participant: Participant) -> None:
    """A silent study says it before the consent and in the instructions, and its clips are muted."""
    publish(training_items=0)
    participant.driver.get(tasks.address())
    assert "without sound" in participant.text
    participant.go_on()
    assert "without sound" in participant.text
    participant.go_on()
    participant.see("video")
    assert participant.driver.execute_script("return document.querySelector('video').muted")


@pytest.mark.browser("chromium", "firefox")
def test_with_sound_it_is_checked_first(
    publish: Publish, tasks: TaskServer, heard: Path, participant: Participant
) -> None:
    """Participants read that there is sound, must count tones before they go on, and the clips play with sound."""
    tasks.media = heard
    publish(sound="on", training_items=0, attention_items=0)
    with browsers.on_every_page(participant.driver, EARS):
        participant.driver.get(tasks.address())
        assert "The clips have sound" in participant.text
        assert "silent" not in participant.text
        participant.begin()
        assert participant.heading == "Sound check"
        assert browsers.axe(participant.driver) == []
        following = participant.see(".bar .primary")
        assert not following.is_enabled()
        numbers = participant.driver.find_elements("css selector", ".tones button")
        assert not any(number.is_enabled() for number in numbers)
        play = participant.see(".sound-check > button")
        play.click()
        tones = participant.driver.execute_script("return window.tones")
        numbers[tones % len(numbers)].click()
        assert "not the number" in participant.text
        assert not following.is_enabled()
        assert not any(number.is_enabled() for number in numbers)
        play.click()
        participant.press(str(participant.driver.execute_script("return window.tones") - tones))
        assert "You can go on" in participant.text
        participant.go_on()
    video = "const video = document.querySelector('video'); return "
    participant.wait(lambda: participant.driver.execute_script(f"{video} !video.paused && video.currentTime > 0"))
    assert participant.driver.execute_script(f"{video} [video.muted, video.volume]") == [False, 1]
    participant.answer_everything(lambda key: "Other")
    participant.go_on()
    participant.wait(lambda: tasks.sent)
    assert len(answers_in(tasks.sent[0])) == 2


def test_sound_starts_after_a_gesture(
    publish: Publish, tasks: TaskServer, heard: Path, participant: Participant
) -> None:
    """Where a browser refuses sound without a gesture, a button starts the clip, and no error is counted."""
    tasks.media = heard
    publish(sound="on", training_items=0, attention_items=0)
    refuse = (
        "const play = HTMLMediaElement.prototype.play; HTMLMediaElement.prototype.play = function () {"
        " return navigator.userActivation.isActive ? play.call(this)"
        " : Promise.reject(new DOMException('autoplay', 'NotAllowedError')); };"
    )
    with browsers.on_every_page(participant.driver, EARS):
        participant.driver.get(tasks.address())
        participant.begin()
        participant.see(".sound-check > button").click()
        participant.press(str(participant.driver.execute_script("return window.tones")))
        participant.go_on()
        item = participant.item
    with browsers.on_every_page(participant.driver, refuse):
        participant.driver.refresh()
        participant.see(".cover .primary").click()
        participant.choose("Other")
    stored = participant.driver.execute_script("return JSON.parse(localStorage.getItem('vidgen:ASSIGNMENT1')).items")
    assert stored[item]["playback_errors"] == 0


@pytest.mark.thorough
def test_programs_pass_the_sound_check(serve: Callable[..., Served], heard: Path) -> None:
    """A simulated participant in Chromium does a study with sound to its end."""
    values: dict[str, Any] = {"sound": "on", "training_items": 0}
    served = serve(heard, **values)
    probabilities = by_accuracy(1, Study.from_videos(heard).all_options)
    assert len(simulate_study(served.study_dir, 1, probabilities, browser=True)) == 2
    assert collect(served.study_dir).assignments == 2


@pytest.mark.slow
def test_a_large_clip_whose_index_is_at_its_end_plays(
    serve: Callable[..., Served], participant: Participant, tmp_path: Path
) -> None:
    """Browsers load such clips in parts and ask with If-Range for the rest; ffmpeg writes them by default."""
    videos = write_videos(tmp_path / "large", methods=("new", "real"), labels=LABELS[:2])
    for path in videos.glob("*.mp4"):
        clip = path.read_bytes()
        index = clip.index(b"moov") - 4
        padding = (8 << 20).to_bytes(4) + b"free" + bytes((8 << 20) - 8)
        path.write_bytes(clip[:index] + padding + clip[index:])
        path.with_suffix(".gif").unlink()
    served = serve(videos, training_items=0, attention_items=0)
    participant.take(served.invite())
    participant.go_on()
    participant.answer_everything(lambda _: participant.options()[0])
    participant.see(".bar .primary").click()
    participant.driver.switch_to.default_content()
    participant.see("#code")
    assert collect(served.study_dir).assignments == 1
