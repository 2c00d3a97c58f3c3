"""The calls of the API, by method and path; each is carried out while the state is held."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from crowd.simulated.prolific import bonuses, filters, groups, studies, submissions, webhooks
from crowd.simulated.prolific.errors import ProlificError, invalid, needs_feature
from crowd.simulated.prolific.records import ProlificSubmission
from crowd.simulated.prolific.state import SimulatedProlific
from crowd.simulated.prolific.wire import Answer, ApiCall, numbered_page, sliced_page

Function = Callable[[SimulatedProlific, ApiCall], Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """A call that the API offers."""

    function: Function
    moves_money: bool = False
    """Whether it is refused while another such call is carried out."""


#: By method and path below ``/api/v1/``, without the slash at the end.
OPERATIONS: dict[str, Operation] = {}


def _operation(name: str, *, moves_money: bool = False) -> Callable[[Function], Function]:
    def declare(function: Function) -> Function:
        OPERATIONS[name] = Operation(function=function, moves_money=moves_money)
        return function

    return declare


# The account


@_operation("GET users/me")
def _me(prolific: SimulatedProlific, _: ApiCall) -> Any:
    return {"id": prolific.user_id, "email": "researcher@simulated.invalid", "first_name": "Simulated"}


@_operation("GET workspaces")
def _workspaces(prolific: SimulatedProlific, call: ApiCall) -> Any:
    return sliced_page([_workspace(prolific)], call)


@_operation("GET workspaces/{id}")
def _one_workspace(prolific: SimulatedProlific, call: ApiCall) -> Any:
    _check_workspace(prolific, call.id)
    return _workspace(prolific)


def _workspace(prolific: SimulatedProlific) -> dict[str, Any]:
    return {"id": prolific.workspace_id, "title": "Simulated workspace", "owner": prolific.user_id}


def _check_workspace(prolific: SimulatedProlific, workspace_id: str) -> None:
    if workspace_id != prolific.workspace_id:
        raise ProlificError(404, "There is no such workspace.")


@_operation("GET workspaces/{id}/balance")
def _balance(prolific: SimulatedProlific, call: ApiCall) -> Any:
    _check_workspace(prolific, call.id)
    wallet = prolific.wallet
    return {
        "currency_code": wallet.currency,
        "total_balance": wallet.total,
        "balance_breakdown": {"rewards": wallet.total, "fees": 0, "vat": 0},
        "available_balance": wallet.available,
        "available_balance_breakdown": {"rewards": wallet.available, "fees": 0, "vat": 0},
    }


@_operation("GET workspaces/{id}/projects")
def _projects(prolific: SimulatedProlific, call: ApiCall) -> Any:
    _check_workspace(prolific, call.id)
    return sliced_page([{"id": prolific.project_id, "title": "Simulated project", "description": ""}], call)


@_operation("GET projects/{id}/studies")
def _project_studies(prolific: SimulatedProlific, call: ApiCall) -> Any:
    own = [study for study in prolific.studies.values() if study.document["project"] == call.id]
    return numbered_page([studies.summary(prolific, study) for study in own], call)


# What a study costs, and for whom it is


@_operation("POST study-cost-calculator")
def _price(prolific: SimulatedProlific, call: ApiCall) -> Any:
    reward, places = call.body.get("reward"), call.body.get("total_available_places")
    if not isinstance(reward, int) or not isinstance(places, int):
        raise invalid("reward", "Reward and total_available_places are required.")
    return {"total_cost": prolific.prices.charge(reward).times(places).total}


@_operation("GET reward-recommendations")
def _recommendations(prolific: SimulatedProlific, call: ApiCall) -> Any:
    return [
        {
            "currency": call.query.get("currency", prolific.wallet.currency),
            "min_reward_per_hour": prolific.prices.min_per_hour,
            "recommended_reward_per_hour": prolific.prices.recommended_per_hour,
        }
    ]


@_operation("GET filters")
def _filters(_: SimulatedProlific, call: ApiCall) -> Any:
    return sliced_page(filters.FILTERS, call)


@_operation("POST eligibility-count")
def _eligible(prolific: SimulatedProlific, call: ApiCall) -> Any:
    chosen = call.body.get("filters", [])
    filters.check(chosen)
    return {"count": filters.count(prolific, chosen)}


# Studies


@_operation("GET studies")
def _studies(prolific: SimulatedProlific, call: ApiCall) -> Any:
    shown = [studies.summary(prolific, study) for study in prolific.studies.values()]
    wanted = call.query.get("state")
    return numbered_page([study for study in shown if not wanted or _alike(study["status"], wanted)], call)


@_operation("POST studies")
def _create_study(prolific: SimulatedProlific, call: ApiCall) -> Any:
    return Answer(status=201, content=studies.create(prolific, call.body))


@_operation("GET studies/{id}")
def _study(prolific: SimulatedProlific, call: ApiCall) -> Any:
    return studies.shown(prolific, prolific.study(call.id))


@_operation("PATCH studies/{id}")
def _change_study(prolific: SimulatedProlific, call: ApiCall) -> Any:
    return studies.change(prolific, prolific.study(call.id), call.body)


@_operation("DELETE studies/{id}")
def _delete_study(prolific: SimulatedProlific, call: ApiCall) -> Any:
    studies.delete(prolific, prolific.study(call.id))
    return Answer(status=204)


@_operation("POST studies/{id}/transition", moves_money=True)
def _move_study(prolific: SimulatedProlific, call: ApiCall) -> Any:
    return studies.transition(prolific, prolific.study(call.id), call.body)


@_operation("GET studies/{id}/cost")
def _cost(prolific: SimulatedProlific, call: ApiCall) -> Any:
    projected = call.query.get("is_projected", "false").lower() == "true"
    return studies.cost(prolific, prolific.study(call.id), projected=projected)


@_operation("GET studies/{id}/submissions")
def _study_submissions(prolific: SimulatedProlific, call: ApiCall) -> Any:
    own = prolific.of(prolific.study(call.id))
    return sliced_page([submissions.listed(prolific, one) for one in own], call)


@_operation("GET studies/{id}/submissions/counts")
def _counts(prolific: SimulatedProlific, call: ApiCall) -> Any:
    return studies.counts(prolific, prolific.study(call.id))


@_operation("GET studies/{id}/access-details-progress")
def _taskflow(prolific: SimulatedProlific, call: ApiCall) -> Any:
    prolific.study(call.id)
    raise ProlificError(404, "The study has no access details.")


@_operation("POST studies/{id}/test-study")
def _test_study(prolific: SimulatedProlific, call: ApiCall) -> Any:
    study = prolific.study(call.id)
    if "test-study" not in prolific.features:
        raise needs_feature("test-study")
    return {"study_id": study.id, "study_url": f"https://app.prolific.com/studies/{study.id}"}


@_operation("POST researchers/participants")
def _test_participant(prolific: SimulatedProlific, call: ApiCall) -> Any:
    if "test-study" not in prolific.features:
        raise needs_feature("test-study")
    if "@" not in str(call.body.get("email")):
        raise invalid("email", "Enter a valid email address.")
    return Answer(status=201, content={"participant_id": prolific.new_id()})


# Submissions


@_operation("GET submissions")
def _submissions(prolific: SimulatedProlific, call: ApiCall) -> Any:
    if "study" not in call.query:
        raise ProlificError(400, {"study": ["This parameter is required."]}, shape="unwrapped")
    own: Iterable[ProlificSubmission] = prolific.of(prolific.study(call.query["study"]))
    wanted = call.query.get("status")
    chosen = [one for one in own if not wanted or _alike(one.status, wanted)]
    if call.query.get("ordering", "").startswith("-"):
        chosen.reverse()
    return numbered_page([submissions.listed(prolific, one) for one in chosen], call)


def _alike(status: str, wanted: str) -> bool:
    """Whether a status is the one that a query names, which has underscores and any case."""
    return status.upper().replace(" ", "_") == wanted.upper().replace(" ", "_")


@_operation("GET submissions/{id}")
def _submission(prolific: SimulatedProlific, call: ApiCall) -> Any:
    return submissions.detailed(prolific.submission(call.id))


@_operation("POST submissions/{id}/transition", moves_money=True)
def _review(prolific: SimulatedProlific, call: ApiCall) -> Any:
    return submissions.transition(prolific, prolific.submission(call.id), call.body)


@_operation("POST submissions/bulk-approve", moves_money=True)
def _bulk_approve(prolific: SimulatedProlific, call: ApiCall) -> Any:
    return submissions.bulk_approve(prolific, call.body)


@_operation("POST submissions/{id}/request-return")
def _request_return(prolific: SimulatedProlific, call: ApiCall) -> Any:
    return submissions.request_return(prolific, prolific.submission(call.id), call.body)


@_operation("POST submissions/bonus-payments")
def _create_bonuses(prolific: SimulatedProlific, call: ApiCall) -> Any:
    return Answer(status=201, content=bonuses.create(prolific, call.body))


@_operation("POST bulk-bonus-payments/{id}/pay", moves_money=True)
def _pay_bonuses(prolific: SimulatedProlific, call: ApiCall) -> Any:
    return Answer(status=202, content=bonuses.pay(prolific, call.id))


# People


@_operation("GET participant-groups")
def _groups(prolific: SimulatedProlific, call: ApiCall) -> Any:
    return sliced_page([groups.shown(group) for group in prolific.groups.values()], call)


@_operation("POST participant-groups")
def _create_group(prolific: SimulatedProlific, call: ApiCall) -> Any:
    return Answer(status=201, content=groups.create(prolific, call.body))


@_operation("DELETE participant-groups/{id}")
def _delete_group(prolific: SimulatedProlific, call: ApiCall) -> Any:
    del prolific.groups[groups.find(prolific, call.id).id]
    return Answer(status=204)


@_operation("GET participant-groups/{id}/participants")
def _members(prolific: SimulatedProlific, call: ApiCall) -> Any:
    return groups.members(groups.find(prolific, call.id))


@_operation("POST participant-groups/{id}/participants")
def _add_members(prolific: SimulatedProlific, call: ApiCall) -> Any:
    return groups.add(prolific, groups.find(prolific, call.id), call.body.get("participant_ids") or ())


@_operation("DELETE participant-groups/{id}/participants")
def _remove_members(prolific: SimulatedProlific, call: ApiCall) -> Any:
    return groups.remove(groups.find(prolific, call.id), call.body.get("participant_ids") or ())


@_operation("POST messages")
def _message(prolific: SimulatedProlific, call: ApiCall) -> Any:
    for name in ("recipient_id", "body", "study_id"):
        if not call.body.get(name):
            raise invalid(name, "This field is required.")
    prolific.messages.append(dict(call.body))
    return Answer(status=204)


# Webhooks


@_operation("GET hooks/event-types")
def _event_types(_: SimulatedProlific, __: ApiCall) -> Any:
    return webhooks.event_types()


@_operation("GET hooks/secrets")
def _secrets(prolific: SimulatedProlific, call: ApiCall) -> Any:
    own = [{"value": prolific.hook_secret, "workspace_id": prolific.workspace_id}]
    return sliced_page(own if prolific.hook_secret else [], call)


@_operation("POST hooks/secrets")
def _create_secret(prolific: SimulatedProlific, call: ApiCall) -> Any:
    return Answer(status=201, content=webhooks.create_secret(prolific, call.body))


@_operation("GET hooks/subscriptions")
def _subscriptions(prolific: SimulatedProlific, call: ApiCall) -> Any:
    return sliced_page([webhooks.shown(one) for one in prolific.subscriptions.values()], call)


@_operation("POST hooks/subscriptions")
def _subscribe(prolific: SimulatedProlific, call: ApiCall) -> Any:
    made = webhooks.subscribe(prolific, call.body)
    return Answer(status=201, content=webhooks.shown(made), headers={"X-Hook-Secret": made.confirmation})


@_operation("GET hooks/subscriptions/{id}")
def _subscription(prolific: SimulatedProlific, call: ApiCall) -> Any:
    return webhooks.shown(webhooks.find(prolific, call.id))


@_operation("POST hooks/subscriptions/{id}")
def _confirm(prolific: SimulatedProlific, call: ApiCall) -> Any:
    return webhooks.confirm(webhooks.find(prolific, call.id), call.body)


@_operation("PATCH hooks/subscriptions/{id}")
def _change_subscription(prolific: SimulatedProlific, call: ApiCall) -> Any:
    return webhooks.change(webhooks.find(prolific, call.id), call.body)


@_operation("DELETE hooks/subscriptions/{id}")
def _unsubscribe(prolific: SimulatedProlific, call: ApiCall) -> Any:
    del prolific.subscriptions[webhooks.find(prolific, call.id).id]
    return Answer(status=204)


@_operation("GET hooks/subscriptions/{id}/events")
def _events(prolific: SimulatedProlific, call: ApiCall) -> Any:
    return sliced_page(webhooks.delivered(prolific, webhooks.find(prolific, call.id)), call)
