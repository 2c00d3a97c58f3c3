"""A stand-in for Prolific on this machine: its API, its wallet, its webhooks, and simulated participants.

Prolific has no test service. This one answers the same calls over HTTP with the same envelopes, so that a study can be
rehearsed from draft to bonus without money. It was written from Prolific's public documentation in words and schemas of
its own. It is no part of Prolific, and it covers what a study needs and no more.

In a test::

    from crowd.localplatform.clock import ManualClock
    from crowd.simulated.prolific import Fault, Oddities, SimulatedProlific, running

    with running(SimulatedProlific(clock=ManualClock())) as service:
        service.url                     # in place of https://api.prolific.com and of https://app.prolific.com
        service.token                   # Authorization: Token TOKEN
        service.completion_url          # in place of https://app.prolific.com/submissions/complete?cc=
        service.prolific.workspace_id, service.prolific.project_id
        service.faults.plan += [Fault(kind="error-after", operation="POST bulk-bonus-payments/{id}/pay")]
        service.faults.calls            # every call so far, as "POST studies/{id}/transition"
        service.prolific.wallet.history # locked and spent after each change: hold a cap against it
        service.prolific.submissions    # records, with everything that was paid

What a call does has happened when it is answered, unless `Oddities` delay it: the real service pays bonuses minutes
later (`bonus_delay_s`), and carries out bulk approvals after its answer (`approval_delay_s`). The state is held in the
process that serves it, whatever becomes of its clients, and in `running(file=…)` where one is given.

Participants open ``URL/studies/STUDY/take/PARTICIPANT`` (which redirects to the study's address with its ids filled in)
and end at ``URL/submissions/complete?cc=CODE``; a cookie ties both together. `visits` has programs that do so, well and
badly; `audience.attend` lets them come by themselves; and `study_work.StudyWork` does the tasks of a study of ours::

    from crowd.simulated.prolific.study_work import StudyWork
    from crowd.simulated.prolific.visits import Conduct, bring

    work = StudyWork(design=Design.load(study), probabilities=choose_probabilities(design, accuracy=0.8))
    people = list(service.prolific.participants)[:3]
    bring(service.url, study_id, people, work, [Conduct.FINISH, Conduct.RETURN, Conduct.NO_CODE])

All ids begin with ``facade``, which no id of the real service does before the year 2103, so that participants can be
told from people by their ids: `crowd.worker_ids.is_simulated`.
"""

from crowd.simulated.prolific.faults import Fault, SlowFaults
from crowd.simulated.prolific.server import RunningProlific, running
from crowd.simulated.prolific.state import Oddities, SimulatedProlific
from crowd.simulated.prolific.wallet import Prices

__all__ = ["Fault", "Oddities", "Prices", "RunningProlific", "SimulatedProlific", "SlowFaults", "running"]
