"""The requester API through boto3, its errors told in one line."""

import os
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

from crowd.platforms.protocol import PlatformUnreachableError, RequestRefusedError
from crowd.platforms.servicemodel import aws_settings

#: Refused without effect; every other client error might hide a call that did its work.
_SERVER_FAULTS = frozenset({"ServiceFault", "InternalFailure", "ServiceUnavailable", "InternalError"})
_THROTTLES = frozenset({"ThrottlingException", "Throttling", "RequestLimitExceeded", "TooManyRequestsException"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Requester:
    """A boto3 client that satisfies `Platform`."""

    name: str
    client: Any
    real_money: bool
    pays: bool
    link_origin: str
    serves_media: bool
    when_gone: str = ""
    """What to say when nothing answers at the other end."""

    def call(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """One call by its name in the API."""
        with self._explained(operation):
            answer: dict[str, Any] = getattr(self.client, xform_name(operation))(**parameters)
            return answer

    def pages(self, operation: str, parameters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The pages of a listing, through boto3's paginator, a hundred entries each."""
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
        return RequestRefusedError(operation, code, message)


def make_client(session: botocore.session.Session, endpoint_url: str, *, proxies: dict[str, str] | None = None) -> Any:
    """A requester client on that session, for one endpoint and no other.

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
        return boto3.Session(botocore_session=session).client(
            "mturk", region_name="us-east-1", endpoint_url=endpoint_url, config=settings
        )
    except UnknownServiceError as error:
        raise ValueError("this botocore has no MTurk model and vidgen's copy of it is missing: reinstall") from error
    except NoConnectionError as error:  # credentials are looked for on the network, too
        raise PlatformUnreachableError(f"AWS does not answer: {error}") from error
    except (BotoCoreError, ValueError) as error:
        raise ValueError(aws_settings(error)) from error
