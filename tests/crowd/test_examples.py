"""The examples in the docstrings of `crowd`'s functions run, one after the other, on one small study."""

import doctest
import inspect
from pathlib import Path
from typing import Any

import pytest

import crowd
from crowd.design.study import Study
from crowd.localplatform import running
from crowd.simulated.prolific import SimulatedProlific
from crowd.simulated.prolific import running as simulated_prolific
from tests.crowd.clips import write_videos

#: The order in which they are run: what one of them makes, later ones show.
BEFORE = ("new_study", "plan", "rehearse")
#: With one server for all of them, where each alone would start its own.
SERVED = (
    *("publish", "simulate", "collect", "watch", "status", "completion_codes", "reject", "approve", "bonus"),
    *("read_bonuses", "extend", "keep_open"),
)
#: On a study whose people come from the simulated Prolific.
RECRUITED = (
    *("draft", "open_at_recruiter", "add_places", "recruitment", "places_needed", "notify", "ask_to_return", "pause"),
    *("reject_visit", "end_at_recruiter"),
)
AFTER = (
    *("serve", "invite", "participants", "consent_texts", "revoke", "locate_videos", "check", "erase_expired", "erase"),
    *("back_up", "restore", "claim", "demo_prolific", "close", "recover", "delete"),
)


def test_every_function_has_its_place() -> None:
    """No function of the package is left out."""
    assert {*BEFORE, *SERVED, *RECRUITED, *AFTER} == {
        name for name in crowd.__all__ if inspect.isfunction(getattr(crowd, name))
    }


def test_every_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each gives what its docstring shows."""
    monkeypatch.chdir(tmp_path)
    write_videos(tmp_path / "my-videos")
    (tmp_path / "bonuses.csv").write_text("assignment_id,amount_usd,reason\n3PQM,0.20,Thank you for your remarks\n")
    names: dict[str, Any] = {"crowd": crowd}
    for name in BEFORE:
        run(name, names)
    with running("my-study"):
        for name in SERVED:
            run(name, names)
    for name in AFTER:
        run(name, names)


@pytest.mark.thorough
def test_every_example_of_recruiting_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each gives what its docstring shows, on a study at the simulated Prolific."""
    monkeypatch.chdir(tmp_path)
    videos = write_videos(tmp_path / "my-videos")
    study = tmp_path / "prolific-study"
    study.mkdir()
    declared = {"prolific": {"currency": "GBP"}}
    Study.from_videos(videos, answers_per_video=3, recruiter="prolific", recruit=declared).save(study / "study.toml")
    with simulated_prolific(SimulatedProlific(local_hooks=True)) as service:
        monkeypatch.setenv("PROLIFIC_TOKEN", service.token)
        monkeypatch.setenv("PROLIFIC_URL", service.url)
        crowd.publish(study, videos)
        with running(study) as server:
            names: dict[str, Any] = {"crowd": crowd, "address": server.endpoint_url}
            for name in RECRUITED:
                run(name, names)


def run(name: str, names: dict[str, Any]) -> None:
    """Run the example of that function, with the names that earlier examples left."""
    (example,) = doctest.DocTestFinder(recurse=False).find(getattr(crowd, name), name, globs=names)
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(example, out=said.append, clear_globs=False)
    names |= example.globs
    assert runner.tries, f"{name} has no example"
    assert not runner.failures, "".join(said)
