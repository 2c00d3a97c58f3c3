import numpy as np
import pytest

from vidgen.dataset.clips import clip
from vidgen.dataset.files import write_dataset
from vidgen.dataset.folder import read_folder, read_resampled
from vidgen.dataset.settings import DatasetSettings
from vidgen.labels import LABELS
from vidgen.video_io import write_picture, write_video


def moving(index=0, size=(128, 96), num_frames=16):
    """A clip of another size and length, made by repetition and padding of one of ours."""
    frames = clip(index, 0, "train")[0]
    width, height = size
    chosen = frames[np.linspace(0, 15, num_frames).round().astype(int)]
    padding = [(0, 0), (0, max(height - 96, 0)), (0, max(width - 128, 0)), (0, 0)]
    return np.pad(chosen, padding, constant_values=255)[:, :height, :width]


def fill(directory, classes, per_class=5):
    """A folder of one subfolder per class."""
    for class_index, name in enumerate(classes):
        (directory / name).mkdir(parents=True)
        for number in range(per_class):
            write_video(directory / name / f"{number}.mp4", moving(class_index + 11 * number))


def test_one_subfolder_per_class(tmp_path):
    """Subfolders' names are the classes, and each holds back a video for validation and one for the test."""
    fill(tmp_path, ["waving", "clapping"])
    heard = []
    folder = read_folder(tmp_path, on_file=heard.append)
    assert folder.classes == ("clapping", "waving")
    assert folder.frames.shape == (10, 16, 96, 128, 3)
    assert folder.targets.tolist() == [0] * 5 + [1] * 5
    assert heard == list(folder.files) == sorted(folder.files)
    for split, count in (("train", 6), ("validation", 2), ("test", 2)):
        frames, targets = folder.part(split)
        assert len(frames) == count
        assert set(targets.tolist()) == {0, 1}
    assert not folder.skipped


def test_splits_do_not_change_between_readings(tmp_path):
    """The same names get the same splits."""
    fill(tmp_path, ["waving"], per_class=6)
    assert read_folder(tmp_path).splits == read_folder(tmp_path).splits


def test_subfolders_may_be_splits(tmp_path):
    """Subfolders called train and test hold classes themselves."""
    fill(tmp_path / "train", ["a", "b"], per_class=2)
    fill(tmp_path / "test", ["a", "b"], per_class=1)
    folder = read_folder(tmp_path)
    assert folder.classes == ("a", "b")
    assert len(folder.part("train")[0]) == 4
    assert len(folder.part("test")[0]) == 2


def test_our_own_dataset_is_read_with_its_splits(tmp_path):
    """A dataset of ours comes back with the label table's classes in their order, and its splits."""
    rows = write_dataset(tmp_path / "data", DatasetSettings(per_class=2))
    folder = read_folder(tmp_path / "data")
    assert folder.classes == tuple(map(str, LABELS))
    assert folder.splits == tuple(row["split"] for row in rows)
    assert [folder.classes[target] for target in folder.targets] == [row["label"] for row in rows]


def test_broken_files_are_skipped_and_named(tmp_path):
    """Files that are broken, missing, outside or without a label are skipped, each with its reason."""
    (tmp_path / "data").mkdir()
    write_video(tmp_path / "data" / "good.mp4", moving())
    write_video(tmp_path / "outside.mp4", moving())
    (tmp_path / "data" / "broken.mp4").write_bytes(b"no video")
    rows = ["good.mp4,car", "broken.mp4,car", "gone.mp4,car", "../outside.mp4,car", "good.mp4,", "b.mp4,car + ship"]
    (tmp_path / "data" / "metadata.csv").write_text("\n".join(["file_name,label", *rows]))
    folder = read_folder(tmp_path / "data")
    assert folder.files == ("good.mp4",)
    reasons = dict(folder.skipped)
    assert "no video that can be decoded" in reasons["broken.mp4"]
    assert reasons["gone.mp4"] == "No such file or directory"
    assert reasons["../outside.mp4"] == "it lies outside the folder"
    assert reasons["good.mp4"] == "it has no label"
    assert reasons["b.mp4"] == "it has several labels (car + ship), and training needs one"
    assert all("\n" not in reason for reason in reasons.values())


def test_nothing_usable_is_an_error(tmp_path):
    """A folder of broken videos alone is refused with the first reason and the count."""
    (tmp_path / "car").mkdir()
    (tmp_path / "car" / "a.mp4").write_bytes(b"no video")
    with pytest.raises(ValueError, match=r"none of 1 videos can be used; car/a\.mp4: .*decoded"):
        read_folder(tmp_path)


@pytest.mark.parametrize("listing", [None, "file_name,label\n"])
def test_no_videos_is_an_error(tmp_path, listing):
    """A folder that lists no videos is refused."""
    if listing:
        (tmp_path / "metadata.csv").write_text(listing)
    with pytest.raises(ValueError, match="no videos"):
        read_folder(tmp_path)


def test_missing_columns_are_named(tmp_path):
    """A metadata file without its columns is refused with the ones it has."""
    (tmp_path / "metadata.csv").write_text("path,label\na.mp4,car\n")
    with pytest.raises(ValueError, match=r"metadata\.csv: no column file_name; it has path, label"):
        read_folder(tmp_path)


def test_metadata_in_another_encoding_is_named(tmp_path):
    """A metadata file that is no UTF-8 is refused by name."""
    (tmp_path / "metadata.csv").write_bytes("file_name,label\nä.mp4,Auto\n".encode("latin-1"))
    with pytest.raises(ValueError, match=r"metadata\.csv: not a UTF-8 CSV file"):
        read_folder(tmp_path)


def test_missing_folder_is_the_systems_error(tmp_path):
    """A folder that is not there is an OSError with its name."""
    with pytest.raises(FileNotFoundError, match="gone"):
        read_folder(tmp_path / "gone")


@pytest.mark.parametrize(("size", "num_frames"), [((256, 192), 40), ((64, 48), 16), ((128, 96), 5), ((320, 96), 16)])
def test_any_size_and_length_is_resampled(tmp_path, size, num_frames):
    """Every video becomes 16 frames of 128×96, the first and the last among them."""
    write_video(tmp_path / "a.mp4", moving(size=size, num_frames=num_frames), fps=25)
    frames = read_resampled(tmp_path / "a.mp4")
    assert frames.shape == (16, 96, 128, 3)
    assert (frames[0] != frames[-1]).any()


def test_what_is_left_of_the_frame_takes_the_borders_color(tmp_path):
    """A tall video on green stands in the middle of a green frame."""
    tall = np.full((16, 192, 64, 3), (40, 180, 90), dtype=np.uint8)
    tall[:, 80:112, 20:44] = 0
    write_video(tmp_path / "tall.mp4", tall)
    frames = read_resampled(tmp_path / "tall.mp4").astype(int)
    assert np.abs(frames[:, :, :40] - (40, 180, 90)).max() <= 3
    assert frames[0, 48, 64].max() <= 10


def test_animated_pictures_are_videos_too(tmp_path):
    """A GIF in a class's subfolder is read."""
    (tmp_path / "car").mkdir()
    write_picture(tmp_path / "car" / "a.gif", moving())
    assert read_folder(tmp_path).files == ("car/a.gif",)


def test_links_out_of_the_folder_are_read(tmp_path):
    """A folder as Hugging Face's cache lays it, of links into a store of blobs, is read like any other."""
    (tmp_path / "blobs").mkdir()
    write_video(tmp_path / "blobs" / "b1.mp4", moving())
    (tmp_path / "blobs" / "b1.mp4").rename(tmp_path / "blobs" / "b1")
    (tmp_path / "blobs" / "b2").write_text("file_name,label\nc1.mp4,car\n")
    (tmp_path / "snapshots" / "s").mkdir(parents=True)
    for name, blob in (("c1.mp4", "b1"), ("metadata.csv", "b2")):
        (tmp_path / "snapshots" / "s" / name).symlink_to(f"../../blobs/{blob}")
    folder = read_folder(tmp_path / "snapshots" / "s")
    assert (folder.files, folder.classes, folder.skipped) == (("c1.mp4",), ("car",), ())


def test_classes_are_heard_before_videos_are_read(tmp_path):
    """Whoever refuses the classes does so before a single video was opened."""
    (tmp_path / "car").mkdir()
    (tmp_path / "car" / "a.mp4").write_bytes(b"no video")

    def refuse(classes):
        raise LookupError(*classes)

    with pytest.raises(LookupError, match="car"):
        read_folder(tmp_path, on_classes=refuse)
