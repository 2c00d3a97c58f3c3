"""`crowd.videos`: any directory of videos, or one clear line."""

from pathlib import Path

import pytest
from PIL import Image

from crowd.videos import labels_of, read_videos
from tests.crowd.clips import write_clip, write_metadata, write_videos


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """One good clip with its row."""
    write_clip(tmp_path / "a b/ü.mp4")
    write_metadata(tmp_path, [{"file_name": "a b/ü.mp4", "method": "new", "label": "ball going left"}])
    return tmp_path


def test_a_directory_with_the_three_columns_is_enough(directory: Path) -> None:
    """The file name stands in for the id; the file is measured and its fallback found."""
    (video,) = read_videos(directory)
    assert video.video_id == video.file_name == "a b/ü.mp4"
    assert (video.method, video.label, video.labels) == ("new", "ball going left", ("ball going left",))
    assert video.fallback == "a b/ü.gif"
    assert (video.duration_s, video.width, video.height) == (0.5, 64, 48)
    assert Path(video.directory, video.file_name).is_file()


def test_several_labels_of_a_video(tmp_path: Path) -> None:
    """Labels joined by " + " are several, and each is an option once."""
    write_clip(tmp_path / "v.mp4", fallback=False)
    write_metadata(tmp_path, [{"file_name": "v.mp4", "method": "m", "label": "b  + a "}])
    (video,) = read_videos(tmp_path)
    assert video.label == "b + a"
    assert labels_of([video, video]) == ("b", "a")


@pytest.mark.parametrize("label", ["writing 2+2=4", "C++ code", "a +b", "+"])
def test_a_plus_without_spaces_joins_nothing(tmp_path: Path, label: str) -> None:
    """Only " + " stands between labels: what has another plus in it is one label."""
    write_clip(tmp_path / "v.mp4", fallback=False)
    write_metadata(tmp_path, [{"file_name": "v.mp4", "method": "m", "label": label}])
    assert labels_of(read_videos(tmp_path)) == (label,)


def test_labels_that_read_alike_are_one(tmp_path: Path) -> None:
    """Accents in one character or two, and spaces of any kind, make no second option."""
    labels = ("caf\u00e9 au lait", "cafe\u0301\u00a0au  lait", "caf\u00e9 au\u200b lait")
    rows = [{"file_name": f"{place}.mp4", "method": "m", "label": label} for place, label in enumerate(labels)]
    for row in rows:
        write_clip(tmp_path / row["file_name"], fallback=False)
    write_metadata(tmp_path, rows)
    assert labels_of(read_videos(tmp_path)) == ("caf\u00e9 au lait",)


def test_unknown_columns_and_ids_are_kept_apart(tmp_path: Path) -> None:
    """`video_id` is used where it is given, and further columns change nothing."""
    write_clip(tmp_path / "v.mp4")
    row = {"file_name": "v.mp4", "video_id": "v1", "method": "m", "label": "x", "seed": "3", "note": "a, b"}
    write_metadata(tmp_path, [row])
    assert [video.video_id for video in read_videos(tmp_path)] == ["v1"]


def test_an_animated_picture_is_a_video_too(tmp_path: Path) -> None:
    """A directory of GIFs works, with their own duration."""
    frames = [Image.new("RGB", (20, 10), (shade, 0, 0)) for shade in (0, 100, 200)]
    frames[0].save(tmp_path / "v.gif", save_all=True, append_images=frames[1:], duration=200)
    write_metadata(tmp_path, [{"file_name": "v.gif", "method": "m", "label": "x"}])
    (video,) = read_videos(tmp_path)
    assert (video.duration_s, video.width, video.height, video.fallback) == (0.6, 20, 10, "")


def test_no_directory_is_an_error_with_its_name(tmp_path: Path) -> None:
    """A directory without metadata.csv is named."""
    with pytest.raises(FileNotFoundError, match=r"nowhere/metadata\.csv"):
        read_videos(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError, match=r"No such file; it lists the videos, with the columns file_name"):
        read_videos(tmp_path)


BAD_TABLES = {
    "file_name,label\nv.mp4,x\n": r"metadata\.csv: no column method; needed are file_name, method, label",
    "": r"no column file_name, method, label",
    "file_name;method;label\nv.mp4;m;x\n": r"no column file_name, method, label; needed .* label, separated by commas",
    "file_name,method,label\nv.mp4,m,a cat, sitting\n": r"metadata\.csv:2: more cells than columns; put quotes around",
    "file_name,method,label\nv.mp4,m,a\ufffeb\n": r"metadata\.csv:2: label holds U\+FFFE, a character that no page",
    "file_name,method,label\nv.mp4,m\x1b[2J,b\n": r"metadata\.csv:2: method holds U\+001B, a character that no page",
    "file_name,method,label\n": r"lists no video",
    "file_name,method,label\nv.mp4,,x\n": r"metadata\.csv:2: method is empty",
    "file_name,method,label\nv.mp4\n": r"metadata\.csv:2: method is empty",
    "file_name,method,label\nv.mp4,m,x\nv.mp4,m,y\n": r"file_name 'v\.mp4' stands 2 times",
    "file_name,video_id,method,label\nv.mp4,1,m,x\nw.mp4,1,m,y\n": r"video_id '1' stands 2 times",
    "file_name,method,label\n../v.mp4,m,x\n": r"'\.\./v\.mp4' leads out of the directory",
    "file_name,method,label\n/etc/passwd,m,x\n": r"'/etc/passwd' leads out of the directory",
    "file_name,method,label\na.mp4,m,x\nb.mp4,m,x\nc.mp4,m,x\nd.mp4,m,x": r"missing a\.mp4, b\.mp4, c\.mp4 and 1 more",
}


@pytest.mark.parametrize(("table", "message"), BAD_TABLES.items(), ids=range(len(BAD_TABLES)))
def test_bad_tables_are_named(directory: Path, table: str, message: str) -> None:
    """Each mistake of metadata.csv is one line with the file, and where it helps the line and the value."""
    (directory / "a b/ü.mp4").rename(directory / "v.mp4")
    (directory / "w.mp4").write_bytes((directory / "v.mp4").read_bytes())
    (directory / "metadata.csv").write_text(table, encoding="utf-8")
    with pytest.raises(ValueError, match=message) as caught:
        read_videos(directory)
    assert "\n" not in str(caught.value)


def test_a_table_in_another_encoding_is_named(directory: Path) -> None:
    """Bytes that are not UTF-8 are told as such."""
    (directory / "metadata.csv").write_bytes("file_name,method,label\nü.mp4,m,x\n".encode("latin-1"))
    with pytest.raises(ValueError, match=r"metadata\.csv: not a UTF-8 CSV file"):
        read_videos(directory)


def test_broken_videos_are_named(directory: Path) -> None:
    """An empty file, a text and a video cut off in the middle are broken; their names are told."""
    path = directory / "a b/ü.mp4"
    whole = path.read_bytes()
    mdat, moov = whole.index(b"mdat"), whole.index(b"moov")
    for content in (b"", b"not a video", whole[: len(whole) // 2], whole[: mdat + 8] + whole[moov - 4 :]):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"ü\.mp4: broken video"):
            read_videos(directory)


@pytest.mark.parametrize(
    ("name", "codec", "colours", "what"),
    [
        ("v.mp4", "mpeg4", "yuv420p", "mpeg4 in .mp4 files"),
        ("v.avi", "libx264", "yuv420p", ".avi files"),
        ("v.mkv", "libx264", "yuv420p", ".mkv files"),
        ("V.MP4", "libx264", "yuv444p", "H.264 with yuv444p colours"),
        ("v.mov", "libx264", "yuv420p10le", "H.264 with yuv420p10le colours"),
    ],
)
def test_what_browsers_do_not_play_is_named(tmp_path: Path, name: str, codec: str, colours: str, what: str) -> None:
    """What some participants would not see is refused, with the way to convert it."""
    write_clip(tmp_path / name, codec=codec, colours=colours, fallback=False)
    write_metadata(tmp_path, [{"file_name": name, "method": "m", "label": "x"}])
    with pytest.raises(ValueError, match=rf"{name}: not every browser plays {what}; convert it to H\.264") as caught:
        read_videos(tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "codec"),
    [("V.MP4", "libx264"), ("v.m4v", "libx264"), ("é 日 #?%.mov", "libx264"), ("v.webm", "libvpx-vp9")],
)
def test_what_browsers_play_is_taken(tmp_path: Path, name: str, codec: str) -> None:
    """The usual endings, in capitals too, spaces and other scripts in names, and spaces in the table's first line."""
    write_clip(tmp_path / name, codec=codec, fallback=False)
    (tmp_path / "metadata.csv").write_text(f"file_name, method, label\n{name}, m, x\n", encoding="utf-8")
    assert [(video.file_name, video.width) for video in read_videos(tmp_path)] == [(name, 64)]


def test_many_videos_of_one_picture(tmp_path: Path) -> None:
    """The rows keep their order."""
    videos = read_videos(write_videos(tmp_path, methods=("b", "a"), per_label=2))
    assert [video.method for video in videos] == ["b"] * 6 + ["a"] * 6
