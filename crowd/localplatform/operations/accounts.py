"""The account's balance, and notification settings (SQS and SNS need an endpoint in the study file)."""

import re
from typing import Any

from crowd.localplatform.errors import invalid_parameter, missing_parameter, not_offered, request_error
from crowd.localplatform.fees import format_usd
from crowd.localplatform.operations.money import available
from crowd.localplatform.store import Transaction, account, derived_id, events, hits

_DESTINATIONS = {
    "SQS": re.compile(r"https?://[^\s/]+/(\S+/)?[\w-]+(\.fifo)?"),
    "SNS": re.compile(r"arn:[\w-]+:sns:[\w-]+:\w+:[\w-]+(\.fifo)?"),
}
_NOTIFICATION_VERSIONS = frozenset({"2006-05-05", "2014-08-15"})


def get_balance(tx: Transaction, _: dict[str, Any]) -> dict[str, Any]:
    """GetAccountBalance: the available balance, and what open HITs may still cost."""
    return {"AvailableBalance": format_usd(max(available(tx), 0)), "OnHoldBalance": format_usd(hits.held(tx))}


def update_notification_settings(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """UpdateNotificationSettings."""
    if hits.find_type(tx, request["HITTypeId"]) is None:
        raise request_error("HITTypeDoesNotExist", f"HITType {request['HITTypeId']} does not exist.")
    specification, active = request.get("Notification"), request.get("Active")
    if specification is None and active is None:
        raise missing_parameter("Notification or Active")
    if specification is not None:
        _check_specification(tx, specification, ping=False)
        events.find(tx)  # what happened before the change goes by the old settings
    if not account.set_notification(tx, request["HITTypeId"], specification, active):
        raise missing_parameter("Notification")
    events.remember(tx)  # what was so before the settings is not notified
    return {}


def send_test_event(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """SendTestEventNotification: sends an event without a HIT; for e-mail, only checks the specification."""
    specification = request["Notification"]
    _check_specification(tx, specification, ping=True)
    if specification["Transport"] in _DESTINATIONS:
        names = ("hit_type_id", "hit_id", "assignment_id")
        ids = {name: derived_id(f"test event: {name}") for name in names}
        events.add(tx, specification, request["TestEventType"], **ids)
    return {}


def _check_specification(tx: Transaction, specification: dict[str, Any], *, ping: bool) -> None:
    if specification["Version"] not in _NOTIFICATION_VERSIONS:
        raise invalid_parameter("Version", specification["Version"])
    if not ping and "Ping" in specification["EventTypes"]:
        raise invalid_parameter("EventTypes", "Ping")
    transport, destination = specification["Transport"], specification["Destination"]
    if transport in _DESTINATIONS and not tx.notifies:
        raise not_offered(
            f"notifications to {transport}; ask for results with ListAssignmentsForHIT instead, or name an endpoint as "
            "notifications in study.toml, and have credentials where boto3 finds them"
        )
    if transport in _DESTINATIONS and not _DESTINATIONS[transport].fullmatch(destination):
        raise invalid_parameter("Destination", destination)


OPERATIONS = {
    "GetAccountBalance": get_balance,
    "UpdateNotificationSettings": update_notification_settings,
    "SendTestEventNotification": send_test_event,
}
