"""Error responses of the requester API, in AWS's words."""

import time
from typing import Any


class ApiError(Exception):
    """An error response: the HTTP status, AWS's error type and the fields of its body."""

    def __init__(self, error_type: str, message: str | None = None, status: int = 400, **fields: str):
        super().__init__(message or error_type)
        self.error_type = error_type
        self.status = status
        self.fields = fields if message is None else {"Message": message} | fields

    def body(self) -> dict[str, Any]:
        """The JSON body; botocore shows its ``__type`` as ``Error.Code``."""
        return {"__type": self.error_type} | self.fields


def request_error(code: str, message: str) -> ApiError:
    """``RequestError``, the declared exception of most refusals; `code` becomes ``TurkErrorCode``."""
    return ApiError("RequestError", _stamped(message), TurkErrorCode=f"AWS.MechanicalTurk.{code}")


def invalid_parameter(name: str, value: object) -> ApiError:
    """A parameter's value is allowed by the service model but not by the documentation."""
    text = f'The value "{str(value)[:200]}" is not valid for the parameter {name}.'
    return ApiError(
        "ParameterValidationError", _stamped(text), TurkErrorCode="AWS.MechanicalTurk.InvalidParameterValue"
    )


def invalid_expiration(wanted: float, current: float) -> ApiError:
    """A HIT's expiration cannot be brought forward, so that participants do not lose a task that they see."""
    text = (
        f"ExpireAt {_moment(wanted)} lies before the HIT's expiration {_moment(current)}, which can only be extended; "
        "a moment in the past expires the HIT at once."
    )
    return request_error("InvalidParameterValue", text)


def not_offered(what: str, code: str = "InvalidParameterValue") -> ApiError:
    """The request needs something that Mechanical Turk does and this platform does not."""
    return request_error(code, f"The local platform does not offer {what}.")


def missing_parameter(names: str) -> ApiError:
    """A parameter is missing that the service model does not require, e.g. one of two alternatives."""
    return ApiError(
        "ParameterValidationError",
        _stamped(f"Your request is missing the parameter {names}."),
        TurkErrorCode="AWS.MechanicalTurk.MissingParameter",
    )


def xml_error(details: str) -> ApiError:
    """The question, test or answer key is not valid XML of its kind."""
    text = (
        "There was an error parsing the XML question or answer data in your request. Please make sure the data is "
        f"well-formed and validates against the appropriate schema. Details: {details}"
    )
    return ApiError("ParameterValidationError", _stamped(text), TurkErrorCode="AWS.MechanicalTurk.XMLParseError")


def service_fault() -> ApiError:
    """HTTP 500; botocore retries it."""
    return ApiError("ServiceFault", _stamped("The service is currently unavailable."), status=500)


def throttled() -> ApiError:
    """Too many calls; botocore retries it after a pause."""
    return ApiError("ThrottlingException", "Rate exceeded")


def _moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _stamped(message: str) -> str:
    """The message with the current time in milliseconds, with which AWS ends these messages."""
    return f"{message} ({time.time_ns() // 1_000_000})"
