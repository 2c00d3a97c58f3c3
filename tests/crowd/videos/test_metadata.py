"""`crowd.videos.metadata`: any directory of videos, or one clear line."""

import os
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import imageio
import numpy as np
import pytest
from PIL import Image

from crowd.videos.metadata import labels_of, read_videos
from tests.crowd.clips import write_clip, write_metadata, write_videos
from tests.films import corners, write_film


def write_animation(path: Path, delays_ms: Sequence[int]) -> None:
    """A GIF or WebP with a frame for each delay, no two frames alike."""
    first, *rest = [Image.new("RGB", (20, 10), (5 * place, 0, 0)) for place in range(len(delays_ms))]
    options = {"lossless": True} if path.suffix == ".webp" else {}
    first.save(path, save_all=True, append_images=rest, duration=list(delays_ms), loop=0, **options)


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
    assert (video.fallback, video.fallback_duration_s) == ("a b/ü.gif", 0.48)  # a GIF counts hundredths
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
    "file_name,method,label\nv\ufffe.mp4,m,b\n": r"metadata\.csv:2: file_name holds U\+FFFE",
    "file_name,method,label\na/../v.mp4,m,x\n": r"metadata\.csv:2: file_name 'a/\.\./v\.mp4' leads out of the",
    "file_name,method,label,fallback\nv.mp4,m,x,../v.gif\n": r"fallback '\.\./v\.gif' leads out of the directory",
    "file_name,method,label,fallback\nv.mp4,m,x,w.mp4\n": r"fallback 'w\.mp4' is no animated picture, \.gif or \.webp",
    "file_name,method,label,fallback\nv.mp4,m,x,w.gif\n": r"missing w\.gif",
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


#: What some browsers play: Safari of older iPhones plays none of these.
PLAYED_BY_SOME = [
    ("v.webm", "libvpx", "yuv420p", "vp8 in .webm files"),
    ("v.webm", "libvpx-vp9", "yuv420p", "vp9 in .webm files"),
    ("v.mp4", "libvpx-vp9", "yuv420p", "vp9 in .mp4 files"),
    ("v.mp4", "libsvtav1", "yuv420p", "av1 in .mp4 files"),
    ("v.mp4", "libsvtav1", "yuv420p10le", "av1 in .mp4 files"),
    ("v.mov", "libx265", "yuv420p", "hevc in .mov files"),
    ("V.MP4", "libx264", "yuv444p", "H.264 with yuv444p colours"),
    ("v.m4v", "libx264", "yuv422p", "H.264 with yuv422p colours"),
    ("v.mov", "libx264", "yuv420p10le", "H.264 with yuv420p10le colours"),
]
PLAYED_BY_NONE = [
    ("v.mp4", "mpeg4", "yuv420p", "mpeg4 in .mp4 files"),
    ("v.mov", "prores_ks", "yuv422p10le", "prores in .mov files"),
    ("v.mov", "mjpeg", "yuvj420p", "mjpeg in .mov files"),
    ("v.avi", "libx264", "yuv420p", ".avi files"),
    ("v.mkv", "libx264", "yuv420p", ".mkv files"),
]


@pytest.mark.parametrize(("name", "codec", "colours", "what"), [*PLAYED_BY_SOME, *PLAYED_BY_NONE])
def test_what_browsers_do_not_play_is_named(tmp_path: Path, name: str, codec: str, colours: str, what: str) -> None:
    """What some participants would not see is refused, with the line that converts it."""
    write_film(tmp_path / name, corners(64, 64), codec=codec, colours=colours)
    write_metadata(tmp_path, [{"file_name": name, "method": "m", "label": "x"}])
    with pytest.raises(ValueError, match=rf"{name}: not every browser plays {what}; convert it to H\.264") as caught:
        read_videos(tmp_path)
    out = {"v.mp4": "v-h264.mp4", "V.MP4": "V-h264.mp4"}.get(name, "v.mp4")
    assert f"(ffmpeg -i {tmp_path / name} -c:v libx264 -pix_fmt yuv420p -vf " in str(caught.value)
    assert f"{tmp_path / out})" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone has these priorities")
def test_writing_a_clip_leaves_the_priority_as_it_was(tmp_path: Path) -> None:
    """A test that kept a real-time priority would slow down every test after it; see `tests.films`."""
    before = os.sched_getscheduler(0)
    for codec in ("libx264", "libsvtav1"):
        write_film(tmp_path / "v.mp4", corners(64, 64), codec=codec)
        assert os.sched_getscheduler(0) == before


@pytest.mark.parametrize(("name", "codec", "colours", "what"), PLAYED_BY_SOME)
def test_a_fallback_stands_in_for_what_some_do_not_play(
    tmp_path: Path, name: str, codec: str, colours: str, what: str
) -> None:
    """With a picture beside it, or one named in the table, the video is taken: some browsers will show that."""
    write_film(tmp_path / name, corners(64, 64), codec=codec, colours=colours)
    write_animation(tmp_path / "v.webp", [200, 300])
    write_animation(tmp_path / "other.gif", [200, 200])
    write_metadata(tmp_path, [{"file_name": name, "method": "m", "label": "x", "fallback": "other.gif"}])
    (video,) = read_videos(tmp_path)
    assert (video.fallback, video.fallback_duration_s) == ("other.gif", 0.4)
    write_metadata(tmp_path, [{"file_name": name, "method": "m", "label": "x"}])
    if name[0] == "v":
        (video,) = read_videos(tmp_path)
        assert (video.fallback, video.fallback_duration_s) == ("v.webp", 0.5)


@pytest.mark.parametrize(("name", "codec", "colours", "what"), PLAYED_BY_NONE)
def test_a_fallback_is_not_enough_for_what_none_plays(
    tmp_path: Path, name: str, codec: str, colours: str, what: str
) -> None:
    """A study of pictures alone should say so in its table."""
    write_film(tmp_path / name, corners(), codec=codec, colours=colours)
    write_animation(tmp_path / "v.gif", [200, 200])
    write_metadata(tmp_path, [{"file_name": name, "method": "m", "label": "x"}])
    with pytest.raises(ValueError, match="not every browser plays") as caught:
        read_videos(tmp_path)
    assert "GIF" not in str(caught.value)


@pytest.mark.parametrize("asked", [(0, True, False), (0, False, True), (90, True, False)])
def test_mirrored_videos_are_refused(tmp_path: Path, asked: tuple[int, bool, bool]) -> None:
    """Browsers differ: some mirror as the file says, some do not, and a movement to the left is one to the right."""
    write_film(tmp_path / "v.mp4", corners(), rotation=asked[0], mirrored=asked[1:])
    write_animation(tmp_path / "v.gif", [200, 200])
    write_metadata(tmp_path, [{"file_name": "v.mp4", "method": "m", "label": "x"}])
    with pytest.raises(ValueError, match="not every browser plays pictures that are stored mirrored; convert it"):
        read_videos(tmp_path)


def test_pixels_that_the_container_alone_calls_oblong_are_refused(tmp_path: Path) -> None:
    """Browsers differ (`ffmpeg -aspect 16:9 -c copy`): some stretch them, some go by the codec, which says square."""
    write_film(tmp_path / "square.mp4", corners())
    with av.open(str(tmp_path / "square.mp4")) as source, av.open(str(tmp_path / "v.mp4"), "w") as copy:
        stream = copy.add_stream_from_template(source.streams.video[0])
        stream.sample_aspect_ratio = Fraction(4, 3)
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                copy.mux(packet)
    write_metadata(tmp_path, [{"file_name": "v.mp4", "method": "m", "label": "x"}])
    with pytest.raises(ValueError, match="not every browser plays oblong pixels of which the container alone tells"):
        read_videos(tmp_path)


@pytest.mark.parametrize("rotation", [None, 0, 90, 180, 270])
@pytest.mark.parametrize(
    ("pixel_aspect", "size"), [(None, (64, 48)), (Fraction(16, 9), (114, 48)), (Fraction(1, 2), (64, 96))]
)
def test_sizes_are_those_on_the_screen(
    tmp_path: Path, rotation: int | None, pixel_aspect: Fraction | None, size: tuple[int, int]
) -> None:
    """A film of a phone held upright is higher than wide, and oblong pixels are stretched, as browsers do."""
    write_film(tmp_path / "v.mp4", corners(), rotation=rotation, pixel_aspect=pixel_aspect)
    write_metadata(tmp_path, [{"file_name": "v.mp4", "method": "m", "label": "x"}])
    (video,) = read_videos(tmp_path)
    assert (video.width, video.height) == (size[::-1] if rotation in (90, 270) else size)


def test_durations_of_an_uneven_rate_are_those_on_the_screen(tmp_path: Path) -> None:
    """Frames that stand for longer count for longer."""
    write_film(tmp_path / "v.mp4", corners(frames=4), times=[0, 0.1, 0.2, 4.0])
    write_metadata(tmp_path, [{"file_name": "v.mp4", "method": "m", "label": "x"}])
    (video,) = read_videos(tmp_path)
    assert 4 < video.duration_s < 8


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
@pytest.mark.parametrize(
    ("delays_ms", "seconds"),
    [([0] * 40, 4.0), ([10] * 40, 4.0), ([20] * 40, 0.8), ([80] * 40, 3.2), ([0] * 20 + [200] * 20, 6.0)],
)
def test_pictures_last_as_long_as_in_browsers(
    tmp_path: Path, suffix: str, delays_ms: list[int], seconds: float
) -> None:
    """A frame that asks for no time, or for 10 ms at most, gets 100 ms."""
    write_animation(tmp_path / f"v{suffix}", delays_ms)
    write_metadata(tmp_path, [{"file_name": f"v{suffix}", "method": "m", "label": "x"}])
    assert [video.duration_s for video in read_videos(tmp_path)] == [pytest.approx(seconds)]


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
@pytest.mark.parametrize("share", [0, 0.02, 0.5, 0.98])
def test_pictures_that_are_cut_off_are_named(tmp_path: Path, suffix: str, share: float) -> None:
    """Wherever a picture was cut off, it is broken; as a fallback too."""
    write_clip(tmp_path / "v.mp4", fallback=False)
    write_animation(tmp_path / f"v{suffix}", [100] * 40)
    whole = (tmp_path / f"v{suffix}").read_bytes()
    (tmp_path / f"v{suffix}").write_bytes(whole[: int(share * len(whole))])
    for name in (f"v{suffix}", "v.mp4"):
        write_metadata(tmp_path, [{"file_name": name, "method": "m", "label": "x"}])
        with pytest.raises(ValueError, match=rf"v\{suffix}: broken video"):
            read_videos(tmp_path)


def test_a_picture_that_was_given_seconds_for_milliseconds(tmp_path: Path) -> None:
    """`imageio.mimsave(…, duration=1/12)` writes no delay at all, and browsers take four seconds for forty frames."""
    frames = [np.full((10, 20, 3), shade, dtype=np.uint8) for shade in range(0, 200, 5)]
    imageio.mimsave(tmp_path / "v.gif", frames, duration=1 / 12, loop=0)
    write_metadata(tmp_path, [{"file_name": "v.gif", "method": "m", "label": "x"}])
    assert [video.duration_s for video in read_videos(tmp_path)] == [4.0]


def test_links_out_of_the_directory_are_read(tmp_path: Path) -> None:
    """A directory as Hugging Face's cache lays it: every file, the table too, is a link into a store."""
    write_clip(tmp_path / "b1.mp4", fallback=False)
    write_metadata(tmp_path / "table", [{"file_name": "c1.mp4", "method": "m", "label": "x"}])
    snapshot = tmp_path / "snapshots/s"
    snapshot.mkdir(parents=True)
    (tmp_path / "blobs").mkdir()
    for name, source in (("c1.mp4", tmp_path / "b1.mp4"), ("metadata.csv", tmp_path / "table/metadata.csv")):
        source.rename(tmp_path / "blobs" / source.stem)
        (snapshot / name).symlink_to(f"../../blobs/{source.stem}")
    (video,) = read_videos(snapshot)
    assert (video.file_name, video.width, video.directory) == ("c1.mp4", 64, str(snapshot))
    (tmp_path / "blobs/b1").unlink()
    with pytest.raises(ValueError, match=r"missing c1\.mp4"):
        read_videos(snapshot)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("m", "Dog"), ("m", "dog")], r"metadata\.csv: labels 'Dog' and 'dog' differ in capitals only"),
        ([("m", "c\u0430t"), ("m", "cat")], r"labels .* look alike but differ at character 2: U\+0430, U\+0061"),
        ([("Ours", "cat"), ("ours", "cat")], r"metadata\.csv: methods 'Ours' and 'ours' differ in capitals only"),
    ],
)
def test_lookalikes_are_refused_early(tmp_path: Path, rows: list[tuple[str, str]], message: str) -> None:
    """What the analysis would refuse after all was paid is refused when the table is read."""
    for place in range(len(rows)):
        write_clip(tmp_path / f"{place}.mp4", fallback=False)
    table = [{"file_name": f"{place}.mp4", "method": row[0], "label": row[1]} for place, row in enumerate(rows)]
    write_metadata(tmp_path, table)
    with pytest.raises(ValueError, match=message):
        read_videos(tmp_path)


@pytest.mark.parametrize(
    ("name", "codec"),
    [("V.MP4", "libx264"), ("v.m4v", "libx264"), ("é 日 #?%.mov", "libx264")],
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


def test_a_reference_is_a_picture_or_a_video_that_browsers_show(directory: Path) -> None:
    """Anything else is refused before it is published, and a file that is missing is named once."""
    rows = [{"file_name": "a b/ü.mp4", "method": "new", "label": "cat", "reference": ""}]
    write_animation(directory / "r.gif", [100, 100])
    for name in ("r.png", "r.JPG", "r.webp"):
        Image.new("RGB", (20, 10)).save(directory / name)
    for name in ("r.png", "r.JPG", "r.webp", "r.gif", "a b/ü.mp4"):
        write_metadata(directory, [rows[0] | {"reference": name}])
        assert read_videos(directory)[0].reference == name
    Image.new("RGB", (20, 10)).save(directory / "r.tiff")
    for name in ("text.png", "text.mp4", "text.txt"):
        (directory / name).write_text("no picture")
    for name in ("text.png", "text.mp4", "text.txt", "r.tiff"):
        write_metadata(directory, [rows[0] | {"reference": name}])
        with pytest.raises(ValueError, match=f"/{name}: (broken|not every browser shows)"):
            read_videos(directory)
    write_clip(directory / "b.mp4")
    missing = [rows[0] | {"file_name": name, "reference": "none.png"} for name in ("a b/ü.mp4", "b.mp4")]
    write_metadata(directory, missing)
    with pytest.raises(ValueError, match=r"missing none\.png, listed in"):
        read_videos(directory)
