"""`vidgen demo-prolific`, as a user runs it beside the study's own server."""

import os
import re
import signal
import subprocess
from pathlib import Path

import httpx
import pytest

from crowd.design.study import Study
from crowd.lifecycle.collect import collect
from crowd.lifecycle.publish import publish
from crowd.localplatform import running
from crowd.simulated.prolific.visits import Conduct, SimulatedVisit
from tests.cli.program import PROGRAMS
from tests.crowd.clips import write_videos
from tests.crowd.simulated.prolific.researcher import draft
from vidgen.cli.demo_prolific import show

PANEL = {
    "id_parameter": "PROLIFIC_PID",
    "session_parameter": "SESSION_ID",
    "complete": "DONE1234",
}


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A study of one task for three people, who come from a panel."""
    videos = write_videos(tmp_path / "videos")
    declared = Study.from_videos(
        videos, videos_per_hit=9, answers_per_video=3, training_items=0, recruiter="panel", recruit={"panel": PANEL}
    )
    (tmp_path / "study").mkdir()
    declared.save(tmp_path / "study/study.toml")
    return tmp_path / "study"


def test_a_participant_whom_the_study_does_not_answer_is_not_said_to_have_finished(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The line tells what they meant to do from what the study let them do."""
    for departure in (None, "C0DE"):
        show(SimulatedVisit(participant_id="facade", conduct=Conduct.FINISH, departure=departure, status=200))
    show(SimulatedVisit(participant_id="facade", conduct=Conduct.SKIP, departure=None, status=200))
    assert capsys.readouterr().out.splitlines() == [
        "participant facade: finish, not let in by the study, accepted",
        "participant facade: finish, accepted",
        "participant facade: skip, accepted",
    ]


def test_participants_come_as_soon_as_the_study_is_published(study: Path) -> None:
    """The program prints where it is; a study published there is answered, with everybody's answers simulated."""
    words = ["demo-prolific", "--study", str(study), "--participants", "40", "--speed", "60"]
    with (
        running(study) as server,
        subprocess.Popen(
            [str(PROGRAMS / "vidgen"), *words],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        ) as process,
    ):
        try:
            publish(study, study.parent / "videos")
            assert process.stdout is not None
            said = [process.stdout.readline() for _ in range(5)]
            export = re.fullmatch(r"  export PROLIFIC_URL=(http://[0-9.:]+) PROLIFIC_TOKEN=(\S+)\n", said[1])
            assert export
            url, token = export.groups()
            join = f"{server.endpoint_url}/join?PROLIFIC_PID={{{{%PROLIFIC_PID%}}}}&SESSION_ID={{{{%SESSION_ID%}}}}"
            headers = {"Authorization": f"Token {token}"}
            with httpx.Client(base_url=f"{url}/api/v1/", headers=headers, trust_env=False, timeout=60) as api:
                made = api.post("studies/", json=draft(external_study_url=join)).json()
                api.post(f"studies/{made['id']}/transition/", json={"action": "PUBLISH"})
                while collect(study).assignments < 3:
                    assert process.stdout.readline().startswith("participant facade")
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        assert collect(study).simulated
