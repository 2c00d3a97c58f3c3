"""A person's way through everything: a link, the platform's pages in Chromium, one HIT, the report."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from selenium import webdriver

from crowd.design.design import Design
from crowd.design.study import Study
from crowd.localplatform import invite, running
from tests.browser.participant import Participant
from tests.cli.program import vidgen
from tests.crowd.clips import LABELS, write_videos


@pytest.mark.thorough
@pytest.mark.browser
def test_an_answer_given_in_chromium_is_in_the_report(tmp_path: Path, chromium: webdriver.Chrome) -> None:
    """Somebody opens their link, starts the task and answers it; the report counts those answers, of a person."""
    videos, study = write_videos(tmp_path / "videos", methods=("new", "old")), tmp_path / "study"
    study.mkdir()
    small = replace(
        Study.from_videos(videos), training_items=0, attention_items=0, answers_per_video=1, videos_per_hit=6
    )
    small.save(study / "study.toml")
    assert vidgen("publish-tasks", videos, "--study", study, "--anyway").exit_code == 0
    design = Design.load(study)
    (hit,) = design.hits
    asked = {item.key: design.video(item.video_id) for item in hit.items}
    with running(study) as server:
        (link,) = invite(study, 1)
        person = Participant(chromium)
        person.take(server.endpoint_url + link)
        person.go_on()

        def see(key: str) -> str:
            """Right about everything new; a ball of the old method goes left, whatever it does."""
            video = asked[key]
            return video.label if video.method == "new" else LABELS[0]

        assert sorted(person.answer_everything(see)) == sorted(asked)
        person.see(".bar .primary").click()
        chromium.switch_to.default_content()
        assert person.see("#code").text
        collected = vidgen("collect-answers", "--study", study)
    assert collected.exit_code == 0, collected.output
    assert "1 of 1 assignment (1 new), 6 answers" in collected.stdout
    assert "simulated" not in collected.stdout
    assert vidgen("accuracy-report", "--study", study).exit_code == 0
    report = json.loads((study / "report" / "report.json").read_text(encoding="utf-8"))
    assert report["simulated"] is False
    assert report["notice"] is None
    assert {row["name"]: row["accuracy"] for row in report["methods"]} == {"new": 1, "old": pytest.approx(1 / 3)}
    assert {row["n_workers"] for row in report["methods"]} == {1}
