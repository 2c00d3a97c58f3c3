"""`vidgen.dataset.listing`: classes and splits of folders as people and Hugging Face lay them out."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vidgen.dataset.listing import list_videos


def fill(root: Path, *names: str) -> Path:
    """Empty files; nothing is opened."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def found(root: Path) -> dict[str, tuple[str, str | None]]:
    """Class and split of each video."""
    return {entry.file_name: (entry.label, entry.split) for entry in list_videos(root)}


SPLITS = [
    ("train", "train"),
    ("Train", "train"),
    ("TRAINING", "train"),
    ("train2017", "train"),
    ("val", "validation"),
    ("Valid", "validation"),
    ("validation", "validation"),
    ("dev", "validation"),
    ("test", "test"),
    ("Testing", "test"),
    ("eval", "test"),
]


@pytest.mark.parametrize(("folder", "split"), SPLITS)
def test_splits_are_no_classes(tmp_path: Path, folder: str, split: str) -> None:
    """Whatever word and case names the split, the classes are the folders in it."""
    fill(tmp_path, f"{folder}/dog/1.mp4", f"{folder}/cat/1.mp4")
    assert found(tmp_path) == {f"{folder}/cat/1.mp4": ("cat", split), f"{folder}/dog/1.mp4": ("dog", split)}


LAYOUTS = {
    "classes": (["dog/1.mp4", "cat/more/2.mp4"], {("dog", None), ("cat", None)}),
    "splits under a folder": (
        ["data/train/dog/1.mp4", "data/val/cat/2.mp4"],
        {("dog", "train"), ("cat", "validation")},
    ),
    "splits in classes": (["dog/train/1.mp4", "cat/test/2.mp4"], {("dog", "train"), ("cat", "test")}),
    "a class called train": (["train/1.mp4", "car/2.mp4"], {("train", None), ("car", None)}),
    "notes beside splits": (["train/dog/1.mp4", "notes/a.txt", "b.txt"], {("dog", "train")}),
    "hidden": (["dog/1.mp4", ".cache/2.mp4", "dog/._1.mp4"], {("dog", None)}),
    "fallbacks": (["dog/1.mp4", "dog/1.gif", "cat/2.webp"], {("dog", None), ("cat", None)}),
    "splits without classes": (["train/1.mp4", "val/2.mp4"], {("", "train"), ("", "validation")}),
    "accents": (["cafe\u0301/1.mp4", "caf\u00e9/2.mp4"], {("caf\u00e9", None)}),
}


@pytest.mark.parametrize(("names", "expected"), LAYOUTS.values(), ids=LAYOUTS)
def test_usual_layouts(tmp_path: Path, names: list[str], expected: set[tuple[str, str | None]]) -> None:
    """Where splits stand, and what is no video, is seen from the names."""
    assert set(found(fill(tmp_path, *names)).values()) == expected


def test_splits_beside_others_are_an_error(tmp_path: Path) -> None:
    """Splits with a folder per class beside a folder that is no split would be classes: refused, with their names."""
    fill(tmp_path, "train/dog/1.mp4", "val/dog/2.mp4", "extra/dog/3.mp4")
    with pytest.raises(ValueError, match=r"train, val looks like a split .*, and extra beside it is no split; move it"):
        list_videos(tmp_path)


def write_table(path: Path, rows: list[dict[str, object]]) -> None:
    """The rows as the table's ending says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".csv":
        lines = [",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]
        path.write_text("\n".join(lines), encoding="utf-8")
    elif path.suffix == ".jsonl":
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    else:
        pq.write_table(pa.Table.from_pylist(rows), path)


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_one_table_for_all(tmp_path: Path, kind: str) -> None:
    """A table in the folder itself names files below it, their classes, and by column or folder their splits."""
    rows = [
        {"file_name": "train/x/1.mp4", "label": "dog", "split": ""},
        {"file_name": "val/x/2.mp4", "label": "cat", "split": ""},
        {"file_name": "val/x/3.mp4", "label": "cat", "split": "Dev"},
        {"file_name": "val/x/4.mp4", "label": 7, "split": "judge"} if kind == "jsonl" else None,
    ]
    write_table(tmp_path / f"metadata.{kind}", [row for row in rows if row])
    fill(tmp_path, "train/unlisted/9.mp4")
    expected = {
        "train/x/1.mp4": ("dog", "train"),
        "val/x/2.mp4": ("cat", "validation"),
        "val/x/3.mp4": ("cat", "validation"),
        "val/x/4.mp4": ("7", "judge"),
    }
    assert found(tmp_path) == {name: entry for name, entry in expected.items() if name[-5] != "4" or kind == "jsonl"}


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_a_table_per_split(tmp_path: Path, kind: str) -> None:
    """Names are relative to their table's folder; folders without a table speak for themselves."""
    write_table(tmp_path / f"train/metadata.{kind}", [{"file_name": "1.mp4", "label": "dog"}])
    write_table(tmp_path / f"Test/metadata.{kind}", [{"file_name": "more/2.mp4", "label": "cat"}])
    fill(tmp_path, "val/cat/3.mp4")
    assert found(tmp_path) == {
        "Test/more/2.mp4": ("cat", "test"),
        "train/1.mp4": ("dog", "train"),
        "val/cat/3.mp4": ("cat", "validation"),
    }


def test_a_table_without_labels_leaves_them_to_the_folders(tmp_path: Path) -> None:
    """A table of captions beside class folders is no obstacle; without class folders the column is asked for."""
    write_table(tmp_path / "metadata.jsonl", [{"file_name": "train/dog/1.mp4", "text": "a dog"}])
    assert found(tmp_path) == {"train/dog/1.mp4": ("dog", "train")}
    write_table(tmp_path / "metadata.jsonl", [{"file_name": "1.mp4", "text": "a dog"}])
    with pytest.raises(ValueError, match=r"metadata\.jsonl: no column label; it has file_name, text"):
        list_videos(tmp_path)


def test_the_nearest_table_counts(tmp_path: Path) -> None:
    """Of two tables that name a file, that of the inner folder is believed."""
    write_table(tmp_path / "metadata.csv", [{"file_name": "a/1.mp4", "label": "outer"}])
    write_table(tmp_path / "a/metadata.csv", [{"file_name": "1.mp4", "label": "inner"}])
    assert found(tmp_path) == {"a/1.mp4": ("inner", None)}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("metadata.jsonl", '{"file_name": "1.mp4"', r"metadata\.jsonl:1: not a JSON object"),
        ("metadata.jsonl", "\n[1]", r"metadata\.jsonl:2: not a JSON object"),
        ("metadata.jsonl", '{"path": "1.mp4", "label": "x"}', r"no column file_name; it has path, label"),
        ("metadata.parquet", "no table", r"metadata\.parquet: not a Parquet file"),
    ],
)
def test_bad_tables_are_named(tmp_path: Path, name: str, text: str, message: str) -> None:
    """A table that cannot be read is one error with its name and, where it has lines, the line."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        list_videos(tmp_path)


def test_two_tables_in_one_folder_are_refused(tmp_path: Path) -> None:
    """Which of them is meant cannot be known."""
    for kind in ("csv", "jsonl"):
        write_table(tmp_path / f"metadata.{kind}", [{"file_name": "1.mp4", "label": "dog"}])
    with pytest.raises(ValueError, match=r"both metadata\.csv and metadata\.jsonl; keep one of them"):
        list_videos(tmp_path)


def test_links_are_followed_and_circles_left(tmp_path: Path) -> None:
    """Linked files and folders count as their names say; a link to a folder above ends nothing and repeats nothing."""
    fill(tmp_path, "blobs/b1", "store/dogs/1.mp4", "data/cat/x.txt")
    (tmp_path / "data/cat/c1.mp4").symlink_to("../../blobs/b1")
    (tmp_path / "data/dog").symlink_to(tmp_path / "store/dogs")
    (tmp_path / "data/cat/up").symlink_to("..")
    assert found(tmp_path / "data") == {"cat/c1.mp4": ("cat", None), "dog/1.mp4": ("dog", None)}
