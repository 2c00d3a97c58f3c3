"""The videos over HTTP, and nothing else."""

import hashlib
import json
from http.client import HTTPConnection
from pathlib import Path

import pytest

from crowd.opaque_names import blind, former
from tests.crowd.localplatform.market import Market


@pytest.fixture
def videos(market: Market, tmp_path: Path) -> Path:
    """A study of one clip and one link, beside files that are none of a participant's business."""
    directory = tmp_path / "videos"
    (directory / "sub").mkdir(parents=True)
    (directory / "sub" / "clip é.mp4").write_bytes(bytes(range(256)) * 4)
    (directory / "metadata.csv").write_text("file_name,method,label\n")
    (tmp_path / "outside.mp4").write_bytes(b"secret")
    (directory / "link.mp4").symlink_to(tmp_path / "outside.mp4")
    listed = [
        {"file_name": "sub/clip é.mp4", "fallback": ""},
        {"file_name": "link.mp4"},
        {"file_name": "../outside.mp4"},
    ]
    (market.study / "design.json").write_text(json.dumps({"videos_dir": str(directory), "videos": listed}))
    return directory


def test_whole_and_in_parts(market: Market, videos: Path) -> None:
    """A video comes whole or by range, with its type, a validator and a short life in caches."""
    url = market.server.endpoint_url + market.server.media_url("sub/clip é.mp4")
    whole = market.http.get(url)
    assert (whole.status_code, whole.headers["content-type"], len(whole.content)) == (200, "video/mp4", 1024)
    assert whole.headers["accept-ranges"] == "bytes"
    assert "max-age=3600" in whole.headers["cache-control"]
    part = market.http.get(url, headers={"Range": "bytes=256-511"})
    assert (part.status_code, part.content) == (206, bytes(range(256)))
    assert part.headers["content-range"] == "bytes 256-511/1024"
    assert market.http.get(url, headers={"Range": "bytes=-4"}).content == bytes([252, 253, 254, 255])
    assert market.http.get(url, headers={"Range": "bytes=5000-"}).status_code == 416
    assert market.http.head(url).headers["content-length"] == "1024"
    assert market.http.get(url, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "metadata.csv",
        "sub/clip%20%C3%A9.mp4",
        former("../outside.mp4"),
        former("metadata.csv"),
        "",
        "../outside.mp4",
        "..%2foutside.mp4",
        "%2e%2e/outside.mp4",
        "sub/../../outside.mp4",
        "sub/..%2f..%2foutside.mp4",
        "..\\outside.mp4",
        "%00.mp4",
        "/etc/passwd",
        "//etc/passwd.mp4",
        "%2fetc%2fpasswd.mp4",
        "sub/",
        "nothing.mp4",
        "a" * 300 + ".mp4",
        "clip.mp4/../../outside.mp4",
    ],
)
def test_no_path_leaves_the_folder(market: Market, videos: Path, path: str) -> None:
    """Paths upwards, absolute paths, folders and files that are not the study's are all simply not found."""
    connection = HTTPConnection(market.server.endpoint_url.removeprefix("http://"), timeout=60)
    connection.putrequest("GET", f"/media/{path}", skip_accept_encoding=True)
    connection.endheaders()
    response = connection.getresponse()
    assert (response.status, b"secret" in response.read()) == (404, False)
    connection.close()


def test_a_link_that_the_study_lists_is_served(market: Market, videos: Path) -> None:
    """A directory of links into a store, as Hugging Face's cache lays it, is served under the links' own endings."""
    answer = market.http.get(market.server.endpoint_url + market.server.media_url("link.mp4"))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "video/mp4")


def test_names_tell_nothing() -> None:
    """The public name of a video holds neither its label nor its method, and differs for each file and each study."""
    files = ("proposed/ball-left.mp4", "proposed/ball-right.mp4", "proposed/ball-left.GIF")
    names = {blind(name, key) for name in files for key in ("one", "another")}
    assert len(names) == 6
    assert all(len(name) == 36 and "ball" not in name for name in names)
    assert {name[32:] for name in names} == {".mp4", ".gif"}


def test_names_cannot_be_guessed_from_file_names(market: Market, videos: Path) -> None:
    """Who knows every file name and no key can neither recognise an address nor ask for one."""
    design = json.loads((market.study / "design.json").read_text())
    (market.study / "design.json").write_text(json.dumps(design | {"shown": {"title": "A study"}}))
    address = market.server.media_url("link.mp4")
    assert market.http.get(market.server.endpoint_url + address).status_code == 200
    for guess in (former("link.mp4"), blind("link.mp4", ""), "link.mp4"):
        assert guess not in address
        assert market.http.get(f"{market.server.endpoint_url}/media/{guess}").status_code == 404


def test_addresses_that_an_earlier_release_published_stay(market: Market, videos: Path) -> None:
    """Pages that people have open, and rounds that are open, go on showing their videos."""
    plain = hashlib.sha256(b"link.mp4").hexdigest()[:32]
    assert market.http.get(f"{market.server.endpoint_url}/media/{plain}.mp4").status_code == 200


def test_dates_of_files_are_not_told(market: Market, videos: Path) -> None:
    """Files that one method made on one day share their date."""
    answer = market.http.get(market.server.endpoint_url + market.server.media_url("link.mp4"))
    assert "last-modified" not in answer.headers
    assert "etag" in answer.headers


def test_dates_of_files_cannot_be_probed(market: Market, videos: Path) -> None:
    """Whether a file changed since a date is not told either: that would give the date after a few questions."""
    address = market.server.endpoint_url + market.server.media_url("link.mp4")
    for date in ("Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 2100 00:00:00 GMT"):
        assert market.http.get(address, headers={"If-Modified-Since": date}).status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("if_range", "status"),
    [
        ("{etag}", 206),
        ("W/{etag}", 200),
        ('"another"', 200),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 200),
        ("nonsense", 200),
        ("", 200),
    ],
)
def test_a_part_is_sent_only_of_the_file_that_the_browser_began(
    market: Market, videos: Path, method: str, if_range: str, status: int
) -> None:
    """Browsers load large clips in parts, and ask with If-Range for the rest of the same file."""
    address = market.server.endpoint_url + market.server.media_url("link.mp4")
    whole = market.http.get(address)
    headers = {"Range": "bytes=1-", "If-Range": if_range.format(etag=whole.headers["etag"])}
    answer = market.http.request(method, address, headers=headers)
    assert answer.status_code == status
    if method == "GET":
        assert answer.content == (whole.content[1:] if status == 206 else whole.content)


def test_nothing_before_publication(market: Market) -> None:
    """Without a design, or with a broken one, there are no videos."""
    assert market.http.get(market.server.endpoint_url + "/media/a.mp4").status_code == 404
    (market.study / "design.json").write_text("{")
    assert market.http.get(market.server.endpoint_url + "/media/a.mp4").status_code == 404
