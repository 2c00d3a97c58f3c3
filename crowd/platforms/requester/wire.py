"""Operations of the requester protocol by name, sent through boto3; errors are one line each."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import botocore.session
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    UnknownServiceError,
)
from botocore.exceptions import ConnectionError as NoConnectionError

from crowd.platforms.protocol import (
    AlreadyCreatedError,
    NoSuchHitError,
    PlatformUnreachableError,
    RequestRefusedError,
)
from crowd.platforms.servicemodel import aws_settings

#: What these answer may have had its effect; every other client error is a refusal, which had none.
_SERVER_FAULTS = frozenset({"ServiceFault", "InternalFailure", "ServiceUnavailable", "InternalError"})
_THROTTLES = frozenset({"ThrottlingException", "Throttling", "RequestLimitExceeded", "TooManyRequestsException"})
#: A HIT is not there; a HIT was made before with the same token, and the message names it.
_NO_SUCH_HIT = "HITDoesNotExist"
_ALREADY_CREATED = frozenset({"HITAlreadyExists", "HitAlreadyExists"})
#: Operations whose answers hold the HITs' pages, which nobody here reads.
_WITH_PAGES = ("ListHITs", "CreateHITWithHITType")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wire:
    """A boto3 client whose errors are those of `crowd.platforms`."""

    name: str
    """The platform's, for messages."""
    client: Any
    when_gone: str = ""
    """What to say when nothing answers at the other end."""

    def call(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """One call of an operation (`CreateHITType`), tried again when throttled.

        Raises:
            RequestRefusedError: the platform understood and said no.
            PlatformUnreachableError: no answer, or none that says what happened.
            ValueError: there are no credentials, or boto3 does not take the parameters.
        """
        with self._explained(operation):
            answer: dict[str, Any] = getattr(self.client, xform_name(operation))(**parameters)
            return answer

    def pages(self, operation: str, parameters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The pages of a listing, a hundred entries each, through boto3's paginator; errors as in `call`."""
        paginator = self.client.get_paginator(xform_name(operation))
        with self._explained(operation):
            yield from paginator.paginate(**parameters, PaginationConfig={"PageSize": 100})

    @contextmanager
    def _explained(self, operation: str) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            raise self._of_answer(operation, error) from error
        except ParamValidationError as error:
            raise ValueError(f"{operation}: {error}") from error
        except (NoCredentialsError, PartialCredentialsError) as error:
            raise ValueError(
                f"{self.name} needs AWS credentials and found none: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY"
            ) from error
        except (HTTPClientError, BotoCoreError) as error:
            raise PlatformUnreachableError(f"{self.name} does not answer: {error}. {self.when_gone}".strip()) from error

    def _of_answer(self, operation: str, error: ClientError) -> Exception:
        details = error.response.get("Error", {})
        code = str(error.response.get("TurkErrorCode") or details.get("Code", "")).removeprefix("AWS.MechanicalTurk.")
        message = str(error.response.get("Message") or details.get("Message") or "no reason given").strip()
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if status in {404, 410}:
            return PlatformUnreachableError(f"{self.name} answers {status} ({message}). {self.when_gone}".strip())
        if code in _THROTTLES:
            return PlatformUnreachableError(f"{self.name} asks to slow down ({operation}); run the same command again")
        if code in _SERVER_FAULTS or status >= 500:
            return PlatformUnreachableError(
                f"{self.name} failed in {operation} ({message}). Run the same command again".replace("..", ".")
            )
        return _refusal(operation, code, message)


def _refusal(operation: str, code: str, message: str) -> RequestRefusedError:
    if code == _NO_SUCH_HIT:
        return NoSuchHitError(operation, code, message)
    named = re.search(r'"([A-Z0-9]+)"', message)
    if code in _ALREADY_CREATED and named:
        return AlreadyCreatedError(operation, code, message, named[1])
    return RequestRefusedError(operation, code, message)


def make_client(
    session: botocore.session.Session,
    endpoint_url: str,
    *,
    proxies: dict[str, str] | None = None,
    without_pages: bool = False,
) -> Any:
    """A requester client on that session, for one endpoint and no other.

    With `without_pages` the server is asked to leave HITs' pages out of its answers; Amazon's does not know that.

    Retries are botocore's: throttled and failed calls are sent again with a growing pause, eight times unless
    AWS_MAX_ATTEMPTS says otherwise. That is safe because every call that pays carries its token.
    """
    attempts = {} if "AWS_MAX_ATTEMPTS" in os.environ else {"max_attempts": 8}
    settings = Config(
        retries={"mode": "standard", **attempts},
        connect_timeout=10,
        read_timeout=60,
        user_agent_extra="vidgen",
        ignore_configured_endpoint_urls=True,
        **({} if proxies is None else {"proxies": proxies}),
    )
    try:
        client = boto3.Session(botocore_session=session).client(
            "mturk", region_name="us-east-1", endpoint_url=endpoint_url, config=settings
        )
    except UnknownServiceError as error:
        raise ValueError("this botocore has no MTurk model and vidgen's copy of it is missing: reinstall") from error
    except NoConnectionError as error:  # credentials are looked for on the network, too
        raise PlatformUnreachableError(f"AWS does not answer: {error}") from error
    except (BotoCoreError, ValueError) as error:
        raise ValueError(aws_settings(error)) from error
    if without_pages:
        for operation in _WITH_PAGES:
            client.meta.events.register(f"before-call.mturk.{operation}", _prefer_minimal)
    return client


def _prefer_minimal(params: dict[str, Any], **_: Any) -> None:
    params["headers"]["Prefer"] = "return=minimal"
