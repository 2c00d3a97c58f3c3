"""Videos on S3, against moto's real HTTP server."""

import http.server
import json
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer

from crowd.design.study import Study
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.close import keep_open
from crowd.lifecycle.publish import load, open_due_rounds, publish
from crowd.localplatform import running
from crowd.media.places import remembered
from crowd.media.s3 import PRESIGNED_AT_MOST_S, S3Media, S3Settings
from crowd.platforms import open_platform
from crowd.task.page import render_page
from crowd.videos.metadata import Video, read_videos
from tests.crowd.clips import write_clip, write_metadata
from tests.crowd.faulted import Kill, run

STUDY_FILE = "study.toml"

ORIGIN = "https://www.mturkcontent.com"
DAY_S = 86_400


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of moto's server."""
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


@pytest.fixture(autouse=True)
def s3(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of an S3 with one bucket, `clips`, which boto3 finds by its environment."""
    for name, value in {
        "AWS_ENDPOINT_URL_S3": server,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    # What a process that the test before killed had still on its way may have arrived since.
    httpx.post(f"{server}/moto-api/reset", trust_env=False, timeout=60)
    client = boto3.client("s3")
    client.create_bucket(Bucket="clips")
    yield client
    httpx.post(f"{server}/moto-api/reset", trust_env=False, timeout=60)


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> list[Video]:
    """Six videos, all different, each with its fallback."""
    directory = tmp_path_factory.mktemp("videos")
    rows = []
    for number in range(6):
        write_clip(directory / f"{number}.mp4", frames=4 + number)
        rows.append({"file_name": f"{number}.mp4", "method": "ab"[number % 2], "label": "xyz"[number // 2]})
    write_metadata(directory, rows)
    return read_videos(directory)


def keys(s3: Any) -> dict[str, str]:
    """The bucket's keys, with the time each was written."""
    return {
        entry["Key"]: str(entry["LastModified"]) for entry in s3.list_objects_v2(Bucket="clips").get("Contents", ())
    }


def _study(videos: Path, study_dir: Path) -> None:
    """A study with the defaults, which its presigned links outlive."""
    study_dir.mkdir()
    Study.from_videos(videos, training_items=0).save(study_dir / STUDY_FILE)


def test_a_link_is_uploaded_as_what_it_leads_to(tmp_path: Path, s3: Any) -> None:
    """Of a directory of links into a store the videos themselves go up, with the links' endings and types."""
    write_clip(tmp_path / "clip.mp4", fallback=False)
    (tmp_path / "clip.mp4").rename(tmp_path / "blob")
    write_metadata(tmp_path / "videos", [{"file_name": "a.mp4", "method": "m", "label": "x"}])
    (tmp_path / "videos/a.mp4").symlink_to("../blob")
    media = S3Media(S3Settings(bucket="clips"))
    media.prepare(read_videos(tmp_path / "videos"), needed_s=DAY_S, origin=ORIGIN)
    answer = httpx.get(media.url("a.mp4"))
    assert (answer.content, answer.headers["content-type"]) == ((tmp_path / "blob").read_bytes(), "video/mp4")


@pytest.mark.thorough
@pytest.mark.parametrize("links", ["presigned", "public"])
def test_every_file_is_uploaded_and_its_link_gives_it(links: str, videos: list[Video], s3: Any) -> None:
    """Videos and fallbacks lie in the bucket under the hash of their contents, with type and caching; links work."""
    if links == "public":
        everybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::clips/*"}
        s3.put_bucket_policy(Bucket="clips", Policy=json.dumps({"Version": "2012-10-17", "Statement": [everybody]}))
    media = S3Media(S3Settings(bucket="clips", links=links))
    steps: list[tuple[int, int]] = []
    media.prepare(videos, needed_s=DAY_S, origin=ORIGIN, progress=lambda done, total: steps.append((done, total)))
    assert len(keys(s3)) == 12
    assert steps == [(number, 12) for number in range(1, 13)]
    for video in videos:
        answer = httpx.get(media.url(video.file_name), trust_env=False, timeout=60)
        assert answer.content == Path(video.directory, video.file_name).read_bytes()
        assert answer.headers["content-type"] == "video/mp4"
        assert "immutable" in answer.headers["cache-control"]
        assert httpx.get(media.url(video.fallback), trust_env=False, timeout=60).headers["content-type"] == "image/gif"
    assert ("X-Amz-Signature" in media.url("0.mp4")) is (links == "presigned")
    assert "%25" not in media.url("0.mp4"), "encoded twice"


def test_what_is_there_is_not_uploaded_again(videos: list[Video], s3: Any) -> None:
    """A second run finds every file by its contents, also under another name."""
    S3Media(S3Settings(bucket="clips")).prepare(videos, needed_s=DAY_S, origin=ORIGIN)
    before = keys(s3)
    uploads: list[tuple[int, int]] = []
    S3Media(S3Settings(bucket="clips")).prepare(
        videos, needed_s=DAY_S, origin=ORIGIN, progress=lambda done, total: uploads.append((done, total))
    )
    assert keys(s3) == before
    assert uploads == []


@pytest.mark.thorough
def test_a_killed_upload_goes_on_where_it_stopped(videos: list[Video], s3: Any, tmp_path: Path) -> None:
    """After a SIGKILL in the middle the next run uploads the rest alone, and then publishes."""
    directory, study = Path(videos[0].directory), tmp_path / "study"
    _study(directory, study)
    # Eight are on their way at a time: the ninth begins when one of them has arrived.
    kill = Kill(operation="PutObject", skip=8, when="before")
    assert run("publish on S3", study, directory, kill=kill) == -signal.SIGKILL
    before = keys(s3)
    assert 0 < len(before) < 12
    assert run("publish on S3", study, directory) == 0
    after = keys(s3)
    assert len(after) == 12
    assert {key: after[key] for key in before} == before, "written once"


def test_hits_show_the_links_and_later_rounds_remember_the_place(videos: list[Video], tmp_path: Path) -> None:
    """The published page loads from the bucket; a later run of the study uses the same place unasked."""
    study_dir = tmp_path / "study"
    media = S3Media(S3Settings(bucket="clips"))
    _study(Path(videos[0].directory), study_dir)
    with running(study_dir), open_platform("local", study_dir) as platform:
        publish(study_dir, videos[0].directory, media=media)
        (listed,) = [hit for page in platform.wire.pages("ListHITs", {}) for hit in page["HITs"]]
        hit = platform.wire.call("GetHIT", {"HITId": listed["HITId"]})["HIT"]
        study, planned = load(study_dir)
        assert "/clips/vidgen/" in hit["Question"]
        assert "X-Amz-Signature" in render_page(study, planned, planned.hits[0], media.url)
        assert open_due_rounds(study_dir).created == 0
    with Ledger(study_dir) as ledger:
        assert remembered(ledger).settings() == media.settings()


def test_hits_are_not_kept_open_for_longer_than_their_links(videos: list[Video], tmp_path: Path) -> None:
    """The links in a published page end a week after it was made, so the HIT cannot be kept open beyond."""
    study_dir = tmp_path / "study"
    _study(Path(videos[0].directory), study_dir)
    with running(study_dir):
        publish(study_dir, videos[0].directory, media=S3Media(S3Settings(bucket="clips")))
        now = datetime.now(UTC)
        assert keep_open(study_dir, now + timedelta(days=6.9)).made == 1
        with pytest.raises(ValueError, match="links are presigned and end before; possible is 20"):
            keep_open(study_dir, now + timedelta(days=7))


@pytest.mark.parametrize(("needed_s", "fits"), [(PRESIGNED_AT_MOST_S, True), (PRESIGNED_AT_MOST_S + 1, False)])
def test_a_hit_that_outlives_its_links_is_refused(needed_s: int, fits: bool, videos: list[Video], s3: Any) -> None:
    """Presigned links last a week; a study that can be open for longer is refused before anything is uploaded."""
    media = S3Media(S3Settings(bucket="clips"))
    if fits:
        media.prepare(videos, needed_s=needed_s, origin=ORIGIN)
    else:
        with pytest.raises(ValueError, match=r"604,801 s .* only for 604,800 s: .* lifetime_s in study.toml"):
            media.prepare(videos, needed_s=needed_s, origin=ORIGIN)
        assert keys(s3) == {}


def test_links_of_temporary_credentials_are_not_trusted(videos: list[Video], monkeypatch: pytest.MonkeyPatch) -> None:
    """Links signed with credentials that end at an unknown time are refused."""
    monkeypatch.setenv("AWS_SESSION_TOKEN", "temporary")
    with pytest.raises(ValueError, match="these credentials are temporary"):
        S3Media(S3Settings(bucket="clips")).prepare(videos, needed_s=60, origin=ORIGIN)


def test_a_bucket_that_is_not_there_is_told(videos: list[Video]) -> None:
    """A missing bucket is named in one line."""
    with pytest.raises(ValueError, match="bucket nowhere does not exist"):
        S3Media(S3Settings(bucket="nowhere")).prepare(videos, needed_s=60, origin=ORIGIN)


def test_a_wrong_region_is_told_with_the_right_one(videos: list[Video], s3: Any) -> None:
    """A bucket that lies elsewhere than said is told with the option that helps; unsaid, the region is found out."""
    s3.create_bucket(Bucket="far", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    with pytest.raises(ValueError, match="bucket far is in eu-west-1, not us-east-2: --region eu-west-1"):
        S3Media(S3Settings(bucket="far", region="us-east-2")).prepare(videos, needed_s=60, origin=ORIGIN)
    media = S3Media(S3Settings(bucket="far"))
    media.prepare(videos, needed_s=60, origin=ORIGIN)
    assert "eu-west-1" in media.url("0.mp4")


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("allowed", "missing"),
    [([], "s3:ListBucket"), (["s3:ListBucket", "s3:HeadBucket", "s3:GetObject"], "s3:PutObject")],
)
def test_missing_rights_are_told(
    allowed: list[str], missing: str, videos: list[Video], server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Credentials that may not do what is needed are told which right they lack."""
    iam = boto3.client("iam", endpoint_url=server)
    iam.create_user(UserName="reader")
    statement = {"Effect": "Allow", "Action": [*allowed, "iam:GetUser"], "Resource": "*"}
    iam.put_user_policy(
        UserName="reader",
        PolicyName="p",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    httpx.post(f"{server}/moto-api/reset-auth", content=b"0", trust_env=False, timeout=60)
    try:
        with pytest.raises(ValueError, match=f"bucket clips: these credentials lack the right {missing}"):
            S3Media(S3Settings(bucket="clips")).prepare(videos, needed_s=60, origin=ORIGIN)
    finally:
        httpx.post(f"{server}/moto-api/reset-auth", content=b"inf", trust_env=False, timeout=60)


def test_no_credentials_and_no_answer_are_told(
    videos: list[Video], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither ends in a traceback."""
    with monkeypatch.context() as bare:
        bare.delenv("AWS_ACCESS_KEY_ID")
        bare.delenv("AWS_SECRET_ACCESS_KEY")
        bare.setenv("AWS_EC2_METADATA_DISABLED", "true")
        bare.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
        with pytest.raises(ValueError, match="S3 needs AWS credentials"):
            S3Media(S3Settings(bucket="clips")).prepare(videos, needed_s=60, origin=ORIGIN)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(OSError, match="S3 does not answer"):
        S3Media(S3Settings(bucket="clips")).prepare(videos, needed_s=60, origin=ORIGIN)


class Cdn(http.server.SimpleHTTPRequestHandler):
    """A server before the bucket."""

    cors = ""
    body: bytes | None = None

    def do_GET(self) -> None:
        if self.body is None:
            self.send_error(403)
            return
        self.send_response(200)
        if self.cors:
            self.send_header("Access-Control-Allow-Origin", self.cors)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@pytest.mark.parametrize(
    ("cors", "body", "problem"),
    [
        ("*", "right", ""),
        (ORIGIN, "right", ""),
        ("", "right", "may not be loaded by pages from https://www.mturkcontent.com: give the bucket a CORS rule"),
        ("https://other.example", "right", "CORS rule"),
        ("*", "wrong", "gives something else than"),
        ("*", None, "answers 403, so participants could not see the videos"),
    ],
)
def test_one_file_is_loaded_as_a_browser_would(cors: str, body: str | None, problem: str, videos: list[Video]) -> None:
    """Before publishing one link is really loaded; without the right bytes or the CORS header nothing is published."""
    smallest = min(
        (Path(video.directory, name) for video in videos for name in (video.file_name, video.fallback)),
        key=lambda path: path.stat().st_size,
    )
    content = {"right": smallest.read_bytes(), "wrong": b"<html>", None: None}[body]
    handler = type("Handler", (Cdn,), {"cors": cors, "body": content})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as cdn:
        threading.Thread(target=partial(cdn.serve_forever, 0.05), daemon=True).start()
        media = S3Media(
            S3Settings(bucket="clips", links="base-url", base_url=f"http://127.0.0.1:{cdn.server_address[1]}/v/")
        )
        try:
            if problem:
                with pytest.raises(ValueError, match=problem):
                    media.prepare(videos, needed_s=60, origin=ORIGIN)
            else:
                media.prepare(videos, needed_s=60, origin=ORIGIN)
                assert "/v/vidgen/" in media.url("0.mp4")
        finally:
            cdn.shutdown()


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"bucket": ""}, "--bucket"),
        ({"bucket": "b", "links": "signed"}, "links: must be one of presigned, public, base-url"),
        ({"bucket": "b", "links": "base-url"}, "base_url ''"),
        ({"bucket": "b", "base_url": "https://x"}, "an address is only used with --links base-url"),
        ({"bucket": "b", "links": "base-url", "base_url": "ftp://x"}, "must begin with https"),
    ],
)
def test_settings_that_make_no_sense_are_named(settings: dict[str, str], problem: str) -> None:
    """Each mistake is told by its name and value."""
    with pytest.raises(ValueError, match=problem):
        S3Settings(**settings)
