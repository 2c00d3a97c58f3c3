"""Videos on Amazon S3, or on another store with its protocol, which `AWS_ENDPOINT_URL_S3` names.

Keys are hashes of the contents: a file is uploaded once, a rerun continues where an earlier run stopped, and a changed
file has another address. A key does not depend on the file's name, so it reveals nothing that the video does not show.
"""

import hashlib
import mimetypes
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

import boto3
import httpx
from boto3.s3.transfer import TransferConfig, create_transfer_manager
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, NoCredentialsError
from botocore.exceptions import ConnectionError as NoConnectionError

from crowd.ledger.calls import Progress
from crowd.platforms.servicemodel import aws_settings
from crowd.videos.metadata import Video, files_of

#: The ways of making participants' links.
LINKS = ("presigned", "public", "base-url")
#: The longest time for which Amazon accepts a presigned link, in seconds.
PRESIGNED_AT_MOST_S = 604_800
#: The content of a key never changes.
_CACHE = "public, max-age=31536000, immutable"


@dataclass(frozen=True, kw_only=True, slots=True)
class S3Settings:
    """Where the videos are on S3, and how pages refer to them."""

    bucket: str
    """The bucket, which must exist."""
    prefix: str = "vidgen/"
    """The beginning of every key."""
    region: str = ""
    """The bucket's region; empty: detected."""
    links: str = "presigned"
    """`presigned` for a private bucket, `public` for one that everybody may read, `base-url` for a server in front."""
    base_url: str = ""
    """With `base-url`: the address that serves the bucket, for instance of a content delivery network."""

    def __post_init__(self) -> None:
        """Refuse settings that contradict each other."""
        if not self.bucket:
            raise ValueError("bucket: S3 needs the name of a bucket (--bucket)")
        if self.links not in LINKS:
            raise ValueError(f"links: must be one of {', '.join(LINKS)}, is {self.links!r}")
        if (self.links == "base-url") != bool(self.base_url):
            wanted = "needed" if self.links == "base-url" else "only used"
            raise ValueError(f"base_url {self.base_url!r}: an address is {wanted} with --links base-url (--base-url)")
        if self.base_url and not self.base_url.startswith(("https://", "http://")):
            raise ValueError(f"base_url {self.base_url!r}: must begin with https://")


class S3Media:
    """A study's videos in a bucket of Amazon S3, or of another store with its protocol.

    ``crowd.publish(…, media=crowd.S3Media(crowd.S3Settings(bucket="my-bucket")))`` uploads them and shows them there.
    """

    def __init__(self, settings: S3Settings) -> None:
        self._settings = settings
        self._keys: dict[str, str] = {}
        self._client: Any = None

    @cached_property
    def _session(self) -> boto3.Session:
        try:
            return boto3.Session()
        except BotoCoreError as error:
            raise ValueError(aws_settings(error)) from error

    def settings(self) -> Mapping[str, str]:
        """The settings as texts."""
        return asdict(self._settings)

    def prepare(self, videos: Sequence[Video], *, needed_s: int, origin: str, progress: Progress | None = None) -> None:
        """Upload the files that are missing, and load one file as a participant's browser would.

        Raises:
            ValueError: links would expire before the HITs do, the bucket does not exist or is in another region, a
                permission is missing, or the file cannot be loaded from pages of that origin.
            OSError: S3 or the address does not respond.
        """
        self._check_lifetime(needed_s)
        files = dict(files_of(videos))
        self._keys = {name: self._key(path) for name, path in files.items()}
        with self._explained("s3:ListBucket"):
            self._client = self._connect()
            there = self._listed()
        missing = {key: files[name] for name, key in self._keys.items() if key not in there}
        with self._explained("s3:PutObject"):
            self._upload(missing, progress)
        name = min(files, key=lambda name: files[name].stat().st_size)
        _check_link(self.url(name), files[name], origin, self._settings)

    def url(self, file_name: str) -> str:
        """The link to a file; call `prepare` first."""
        key = self._keys[file_name]
        place = {"Bucket": self._settings.bucket, "Key": key}
        if self._settings.links == "base-url":
            return f"{self._settings.base_url.rstrip('/')}/{quote(key)}"
        if self._settings.links == "public":
            unsigned = self._make_client(self._client.meta.region_name, signature_version=UNSIGNED)
            return str(unsigned.generate_presigned_url("get_object", Params=place))
        return str(self._client.generate_presigned_url("get_object", Params=place, ExpiresIn=PRESIGNED_AT_MOST_S))

    def links_last_s(self) -> int | None:
        """Seconds for which links work: for presigned ones at most 7 days, or until temporary credentials expire.

        It is 0 if the expiration of temporary credentials is unknown, and None for other links.
        """
        if self._settings.links != "presigned":
            return None
        credentials = self._session.get_credentials()
        if credentials is None or not credentials.token:
            return PRESIGNED_AT_MOST_S
        expiry = getattr(credentials, "_expiry_time", None)
        left_s = (expiry - datetime.now(UTC)).total_seconds() if expiry else 0
        return max(0, min(PRESIGNED_AT_MOST_S, int(left_s)))

    def _check_lifetime(self, needed_s: int) -> None:
        """Refuse links that expire before the HITs do."""
        lasting = self.links_last_s()
        if lasting is None or needed_s <= lasting:
            return
        why = (
            "presigned links last 7 days at most"
            if lasting == PRESIGNED_AT_MOST_S
            else "these credentials are temporary, and links signed with them end when they do"
        )
        raise ValueError(
            f"a task can be open for {needed_s:,} s (lifetime_s + assignment_duration_s), and its videos' links only "
            f"for {lasting:,} s: {why}. Set a smaller lifetime_s in study.toml, or use --links public or base-url"
        )

    def _key(self, path: Path) -> str:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return f"{self._settings.prefix}{digest[:40]}{path.suffix.lower()}"

    def _connect(self) -> Any:
        """A client in the bucket's own region."""
        client = self._make_client(self._settings.region or self._session.region_name or "us-east-1")
        answer = client.head_bucket(Bucket=self._settings.bucket)
        there = answer.get("BucketRegion") or answer["ResponseMetadata"]["HTTPHeaders"].get("x-amz-bucket-region")
        if self._settings.region and there and there != self._settings.region:
            raise ValueError(
                f"bucket {self._settings.bucket} is in {there}, not {self._settings.region}: --region {there}"
            )
        return self._make_client(there or client.meta.region_name)

    def _make_client(self, region: str, **settings: Any) -> Any:
        config = Config(
            **{"signature_version": "s3v4", "retries": {"mode": "standard"}, "max_pool_connections": 16, **settings}
        )
        return self._session.client("s3", region_name=region, config=config)

    def _listed(self) -> set[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._settings.bucket, Prefix=self._settings.prefix
        )
        return {entry["Key"] for page in pages for entry in page.get("Contents", ())}

    def _upload(self, missing: Mapping[str, Path], progress: Progress | None) -> None:
        config = TransferConfig(max_concurrency=8, preferred_transfer_client="classic")
        with create_transfer_manager(self._client, config) as manager:
            uploads = [
                manager.upload(str(path), self._settings.bucket, key, extra_args=_described(path))
                for key, path in missing.items()
            ]
            for number, upload in enumerate(uploads, 1):
                upload.result()
                if progress:
                    progress(number, len(uploads))

    @contextmanager
    def _explained(self, right: str) -> Iterator[None]:
        bucket = self._settings.bucket
        try:
            yield
        except NoCredentialsError as error:
            raise ValueError("S3 needs AWS credentials and found none: set AWS_PROFILE or the access keys") from error
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
            if status == 404:
                raise ValueError(f"bucket {bucket} does not exist; create it or name another with --bucket") from error
            if status == 301 or code in {"PermanentRedirect", "AuthorizationHeaderMalformed"}:
                raise ValueError(
                    f"bucket {bucket} is in another region than {self._settings.region}: --region"
                ) from error
            if status in {401, 403}:
                raise ValueError(f"bucket {bucket}: these credentials lack the right {right} ({code})") from error
            raise OSError(f"bucket {bucket}: {error}") from error
        except (NoConnectionError, HTTPClientError) as error:
            raise OSError(f"S3 does not answer: {error}") from error
        except BotoCoreError as error:
            raise ValueError(aws_settings(error)) from error


def _described(path: Path) -> dict[str, str]:
    kind = mimetypes.guess_type(path.name)[0]
    return {"ContentType": kind or "application/octet-stream", "CacheControl": _CACHE}


def _check_link(url: str, path: Path, origin: str, settings: S3Settings) -> None:
    """Load one file by its link, as a page of that origin would."""
    shown = url.partition("?")[0]
    try:
        answer = httpx.get(url, headers={"Origin": origin}, timeout=30, follow_redirects=True)
    except httpx.HTTPError as error:
        raise OSError(f"{shown} does not answer: {error}") from error
    if answer.status_code != 200:
        hint = " (is everybody allowed to read the bucket?)" if settings.links == "public" else ""
        raise ValueError(f"{shown} answers {answer.status_code}, so participants could not see the videos{hint}")
    if answer.content != path.read_bytes():
        raise ValueError(f"{shown} gives something else than {path.name}")
    allowed = answer.headers.get("access-control-allow-origin")
    if allowed not in {"*", origin}:
        raise ValueError(
            f"{shown} may not be loaded by pages from {origin}: give the bucket a CORS rule with AllowedOrigins "
            '["*"] and AllowedMethods ["GET", "HEAD"]'
        )
