"""Participants for tests of publishing: they take and submit tasks without HTTP, as fast as the store can."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from crowd.design.design import Design
from crowd.hit_annotation import key_in
from crowd.lifecycle.publish import load
from crowd.localplatform import Running, invite, participation
from crowd.localplatform.participation import Task
from crowd.simulated.workers import ResponseStyle, SimulatedWorker, filled_form
from crowd.task.page import page_data


def answer(
    server: Running, study_dir: Path, count: int, *, each: int | None = None, style: ResponseStyle | None = None
) -> list[str]:
    """Let `count` new simulated participants do every open task, or `each` at most; the assignments' ids."""
    study, planned = load(study_dir)
    done = []
    for link in invite(study_dir, count, simulated=True):
        token = link.rsplit("/", 1)[1]
        participant = SimulatedWorker(planned, _believes(planned), style or ResponseStyle(), 0, token)
        for task in islice(_open_tasks(server, token), each):
            hit = planned.hit(str(key_in(task.hit["annotation"])))
            worker, assignment = server.platform.transact(participation.accept, token, task.hit["hit_id"], 100)
            query = {"assignmentId": assignment["assignment_id"], "workerId": worker["worker_id"]}
            form = filled_form(page_data(study, planned, hit, str), query, planned, participant)
            done.append(server.platform.transact(participation.submit, token, list(form.items())))
    return done


def _open_tasks(server: Running, token: str) -> Iterator[Task]:
    """What the participant can begin, one task after the other; each must be done before the next is asked for."""
    while tasks := [
        task
        for task in server.platform.transact(participation.home, token).tasks
        if task.state == "available" and not task.unmet
    ]:
        yield tasks[0]


def _believes(planned: Design):  # type: ignore[no-untyped-def]
    return lambda video: np.eye(len(planned.options))[planned.options.index(video.labels[0])]
