"""What tests do as a researcher and as participants."""

from typing import Any

import httpx

from crowd.simulated.prolific import RunningProlific, participation
from crowd.simulated.prolific.records import ProlificSubmission

ADDRESS = (
    "https://study.example/join?PROLIFIC_PID={{%PROLIFIC_PID%}}&STUDY_ID={{%STUDY_ID%}}&SESSION_ID={{%SESSION_ID%}}"
)
REWARD, MINUTES = 150, 10
#: Reward, a third of it (rounded) as the fee, a fifth of that as tax.
PLACE = 150 + 50 + 10
DONE, DECLINED = "DONE1234", "NOTHANKS"
MESSAGE = "You answered every question within one second, before the video could have been seen. " * 2


def draft(**changes: Any) -> dict[str, Any]:
    """A study that can be published."""
    return {
        "name": "Which video shows it?",
        "description": "You watch short videos.",
        "internal_name": "study 1",
        "external_study_url": ADDRESS,
        "prolific_id_option": "url_parameters",
        "completion_codes": [
            {"code": DONE, "code_type": "COMPLETED", "actions": [{"action": "MANUALLY_REVIEW"}]},
            {
                "code": DECLINED,
                "code_type": "NO_CONSENT",
                "actions": [{"action": "REQUEST_RETURN", "return_reason": "You declined."}],
            },
        ],
        "total_available_places": 3,
        "estimated_completion_time": MINUTES,
        "reward": REWARD,
        **changes,
    }


def create(api: httpx.Client, **changes: Any) -> str:
    """A new draft's id."""
    answer = api.post("studies/", json=draft(**changes))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def move(api: httpx.Client, study_id: str, action: str, **more: Any) -> httpx.Response:
    """Ask for a transition of a study."""
    return api.post(f"studies/{study_id}/transition/", json={"action": action, **more})


def publish(api: httpx.Client, **changes: Any) -> str:
    """A published study's id; the passing status has been read."""
    study_id = create(api, **changes)
    answer = move(api, study_id, "PUBLISH")
    assert answer.status_code == 200, answer.text
    return study_id


def status(api: httpx.Client, study_id: str) -> str:
    """The study's status as it reads once nothing passes."""
    readings = [api.get(f"studies/{study_id}/").json()["status"] for _ in range(3)]
    return str(readings[-1])


def someone(service: RunningProlific, number: int = 0) -> str:
    """The id of a participant of the pool."""
    return list(service.prolific.participants)[number]


def enter(service: RunningProlific, study_id: str, number: int = 0) -> ProlificSubmission:
    """A participant takes a place and starts."""
    prolific = service.prolific
    with prolific.acting():
        submission = participation.reserve(prolific, prolific.study(study_id), someone(service, number))
        participation.start(prolific, submission)
    return submission


def finish(service: RunningProlific, study_id: str, number: int = 0, code: str | None = DONE) -> ProlificSubmission:
    """A participant takes a place, starts, and enters a code."""
    submission = enter(service, study_id, number)
    with service.prolific.acting():
        participation.complete(service.prolific, submission, code)
    return submission


def review(api: httpx.Client, submission: ProlificSubmission, action: str, **more: Any) -> httpx.Response:
    """Ask for a transition of a submission."""
    return api.post(f"submissions/{submission.id}/transition/", json={"action": action, **more})


def balance(service: RunningProlific, api: httpx.Client) -> tuple[int, int]:
    """The wallet's total and what is available."""
    told = api.get(f"workspaces/{service.prolific.workspace_id}/balance/").json()
    return told["total_balance"], told["available_balance"]
