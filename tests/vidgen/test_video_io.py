import av
import numpy as np
import pytest
from PIL import Image

from vidgen.dataset.clips import clip
from vidgen.video_io import contact_sheet, read_video, write_picture, write_video


@pytest.fixture(scope="module")
def frames():
    return clip(0, 0, "train")[0]


def test_round_trip_keeps_the_picture(tmp_path, frames):
    """What is read back has the same size and length and differs little: by chroma at edges alone."""
    write_video(tmp_path / "a.mp4", frames)
    back = read_video(tmp_path / "a.mp4")
    assert back.shape == frames.shape
    assert back.dtype == np.uint8
    error = np.abs(back.astype(int) - frames)
    assert error.mean() < 1
    assert (back[0, 0, 0] == 255).all(), "white stays white"


def test_flat_colors_survive(tmp_path):
    """A flat colour comes back within two levels: matrix and range are the ones the file names."""
    for color in ((200, 30, 40), (20, 160, 60), (30, 60, 220), (0, 0, 0), (128, 128, 128)):
        flat = np.broadcast_to(np.array(color, dtype=np.uint8), (4, 96, 128, 3))
        write_video(tmp_path / "flat.mp4", flat)
        assert np.abs(read_video(tmp_path / "flat.mp4").astype(int) - color).max() <= 2


def test_file_is_what_browsers_play(tmp_path, frames):
    """H.264 in yuv420p, 8 frames a second, two seconds, with named colours and the index before the data."""
    write_video(tmp_path / "a.mp4", frames)
    with av.open(str(tmp_path / "a.mp4")) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert stream.average_rate == 8
        assert container.duration == 2_000_000
        assert (stream.codec_context.color_range, stream.codec_context.colorspace) == (1, 6)
    data = (tmp_path / "a.mp4").read_bytes()
    assert 0 < data.find(b"moov") < data.find(b"mdat")


def test_same_frames_give_the_same_bytes(tmp_path, frames):
    """Two files of the same frames are equal, whatever their names."""
    write_video(tmp_path / "a.mp4", frames)
    write_video(tmp_path / "b.mp4", frames)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


@pytest.mark.parametrize("kind", ["webp", "gif"])
def test_fallback_lies_beside_the_video_and_loops(tmp_path, frames, kind):
    """The fallback has the video's stem, all its frames at the same rate, and loops for ever."""
    write_video(tmp_path / "a.mp4", frames, fallback=kind)
    with Image.open(tmp_path / f"a.{kind}") as picture:
        assert picture.n_frames == 16
        assert picture.info["loop"] == 0
        assert picture.size == (128, 96)
        picture.seek(8)
        picture.load()
        assert picture.info["duration"] in (120, 125)
        shown = np.asarray(picture.convert("RGB")).astype(int)
    assert np.abs(shown - frames[8]).mean() < 4


def test_nothing_unfinished_is_left(tmp_path, frames):
    """A folder holds the finished files only, and a failed write leaves an older file as it was."""
    write_video(tmp_path / "a.mp4", frames, fallback="webp")
    before = (tmp_path / "a.mp4").read_bytes()
    with pytest.raises(ValueError, match="uint8"):
        write_video(tmp_path / "a.mp4", frames.astype(float))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "a.webp"]
    assert (tmp_path / "a.mp4").read_bytes() == before


def test_missing_folder_is_named(tmp_path, frames):
    """A write into a missing folder says which file could not be written."""
    with pytest.raises(OSError, match=r"nowhere/a\.mp4"):
        write_video(tmp_path / "nowhere" / "a.mp4", frames)


@pytest.mark.parametrize(
    ("shape", "dtype", "word"),
    [((16, 95, 128, 3), "uint8", "even"), ((16, 96, 128), "uint8", "16, 96, 128"), ((0, 96, 128, 3), "uint8", "0, 96")],
)
def test_frames_that_fit_no_video_are_refused(tmp_path, shape, dtype, word):
    """Odd sizes, missing colours and empty videos are refused with what they are."""
    with pytest.raises(ValueError, match=word):
        write_video(tmp_path / "a.mp4", np.zeros(shape, dtype=dtype))


def test_unknown_pictures_are_refused(tmp_path, frames):
    """An unknown fallback or ending is refused by name, before anything is written."""
    with pytest.raises(ValueError, match="apng"):
        write_video(tmp_path / "a.mp4", frames, fallback="apng")
    with pytest.raises(ValueError, match=r"a\.png"):
        write_picture(tmp_path / "a.png", frames)
    assert not list(tmp_path.iterdir())


def test_reading_takes_frames_evenly_and_fits_them(tmp_path, frames):
    """A given number of frames comes from first to last, scaled in proportion; a short video repeats its frames."""
    write_video(tmp_path / "a.mp4", frames)
    few = read_video(tmp_path / "a.mp4", num_frames=4, fit=(64, 96))
    assert few.shape == (4, 48, 64, 3)
    whole = read_video(tmp_path / "a.mp4")
    np.testing.assert_array_equal(read_video(tmp_path / "a.mp4", num_frames=4), whole[[0, 5, 10, 15]])
    np.testing.assert_array_equal(read_video(tmp_path / "a.mp4", num_frames=31)[::2], whole)


@pytest.mark.parametrize("content", [b"", b"no video at all", b"\x00\x00\x00\x20ftypisom" + bytes(40)])
def test_broken_files_are_named(tmp_path, content):
    """A file that holds no video is named with the reason."""
    (tmp_path / "broken.mp4").write_bytes(content)
    with pytest.raises(ValueError, match=r"broken\.mp4: no video that can be decoded"):
        read_video(tmp_path / "broken.mp4")


def test_truncated_files_are_named(tmp_path, frames):
    """A file cut off in its index is named with the reason."""
    write_video(tmp_path / "a.mp4", frames)
    (tmp_path / "cut.mp4").write_bytes((tmp_path / "a.mp4").read_bytes()[:700])
    with pytest.raises(ValueError, match=r"cut\.mp4"):
        read_video(tmp_path / "cut.mp4", num_frames=16)


def test_sound_alone_is_no_video(tmp_path):
    """A file with a sound track alone is refused as having no frames."""
    with av.open(str(tmp_path / "sound.mp4"), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 2048), dtype=np.float32), format="fltp", layout="mono")
        sound.rate = 44100
        container.mux(stream.encode(sound))
        container.mux(stream.encode(None))
    with pytest.raises(ValueError, match="no frames"):
        read_video(tmp_path / "sound.mp4")


def test_missing_file_is_the_systems_error(tmp_path):
    """A file that is not there is an OSError with its name."""
    with pytest.raises(FileNotFoundError, match=r"gone\.mp4"):
        read_video(tmp_path / "gone.mp4")


def test_contact_sheet_shows_first_and_last_frames(frames):
    """A sheet has a row per video, its first frame at the left and its last at the right, after the labels."""
    sheet = contact_sheet([frames, frames], num_frames=4, gap=2)
    assert sheet.shape == (2 * 98, 4 * 130, 3)
    np.testing.assert_array_equal(sheet[:96, :128], frames[0])
    np.testing.assert_array_equal(sheet[98 : 98 + 96, 390 : 390 + 128], frames[15])
    labelled = contact_sheet([frames], ["car moving right"], num_frames=4)
    assert labelled.shape[1] > sheet.shape[1]
    assert labelled[:, : labelled.shape[1] - sheet.shape[1]].min() < 100, "the label is to be read"


def test_contact_sheet_refuses_what_has_no_rows(frames):
    """A sheet of nothing, of mixed sizes or with labels to spare is refused."""
    for videos, labels in (([], None), ([frames, frames[:, :48]], None), ([frames], ["a", "b"])):
        with pytest.raises(ValueError, match=r"contact sheet|labels"):
            contact_sheet(videos, labels)
