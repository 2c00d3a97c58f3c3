"""The account's balance, and notification settings, which are stored and not sent anywhere."""

from typing import Any

from crowd.localplatform.errors import invalid_parameter, missing_parameter, not_offered, request_error
from crowd.localplatform.fees import format_usd
from crowd.localplatform.operations.money import available
from crowd.localplatform.store import Transaction, account, hits

_NOTIFICATION_VERSIONS = frozenset({"2006-05-05", "2014-08-15"})


def get_balance(tx: Transaction, _: dict[str, Any]) -> dict[str, Any]:
    """GetAccountBalance: what can still be promised, and what is promised."""
    return {"AvailableBalance": format_usd(max(available(tx), 0)), "OnHoldBalance": format_usd(hits.held(tx))}


def update_notification_settings(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """UpdateNotificationSettings."""
    if hits.find_type(tx, request["HITTypeId"]) is None:
        raise request_error("HITTypeDoesNotExist", f"HITType {request['HITTypeId']} does not exist.")
    specification, active = request.get("Notification"), request.get("Active")
    if specification is None and active is None:
        raise missing_parameter("Notification or Active")
    if specification is not None:
        _check_specification(specification, ping=False)
    if not account.set_notification(tx, request["HITTypeId"], specification, active):
        raise missing_parameter("Notification")
    return {}


def send_test_event(_: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """SendTestEventNotification: the specification is checked; the local platform has nowhere to send it."""
    _check_specification(request["Notification"], ping=True)
    return {}


def _check_specification(specification: dict[str, Any], *, ping: bool) -> None:
    if specification["Version"] not in _NOTIFICATION_VERSIONS:
        raise invalid_parameter("Version", specification["Version"])
    if not ping and "Ping" in specification["EventTypes"]:
        raise invalid_parameter("EventTypes", "Ping")
    if specification["Transport"] != "Email":
        raise not_offered(
            f"notifications to {specification['Transport']}; ask for results with ListAssignmentsForHIT instead"
        )


OPERATIONS = {
    "GetAccountBalance": get_balance,
    "UpdateNotificationSettings": update_notification_settings,
    "SendTestEventNotification": send_test_event,
}
