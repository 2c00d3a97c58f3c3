"""The videos of a study: a directory with a `metadata.csv` and files that browsers play."""

import errno
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath

from crowd.csvfile import reading
from crowd.spreadsheet import from_cell
from crowd.texts import apart, as_read, label_as_read, lookalikes, parts, unholdable
from crowd.videos.playback import FALLBACKS as FALLBACKS
from crowd.videos.playback import check_reference, conversion, measure

#: The table in a videos directory, and its required columns.
TABLE = "metadata.csv"
COLUMNS = ("file_name", "method")
#: What a video should show: its label, which naming asks for, or the prompt that it was made from. One is required.
_CONTENTS = ("label", "prompt")
#: The columns that name files.
_FILES = ("file_name", "fallback", "reference")


#: The columns that are fields of `Video`.
_OWN = ("video_id", *COLUMNS, *_CONTENTS, *_FILES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """One video and its properties.

    ``file_name`` and ``fallback`` (empty if there is none) are relative to ``directory``, an absolute path;
    ``width`` and ``height`` are in square pixels, and all measures are as a browser shows the file.
    """

    video_id: str
    file_name: str
    method: str
    label: str
    """What it should show; empty where no question is about labels."""
    prompt: str = ""
    """What it was made from, which videos of several methods share."""
    reference: str = ""
    """A file, such as the first frame, that may be shown beside it."""
    columns: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The other columns of metadata.csv that questions use."""
    fallback: str = ""
    fallback_duration_s: float = 0.0
    duration_s: float = 0.0
    width: int = 0
    height: int = 0
    directory: str = ""

    @property
    def labels(self) -> tuple[str, ...]:
        """The video's labels, usually one; in ``label`` several are joined by ` + `."""
        return parts(self.label)

    @property
    def content(self) -> str:
        """What videos of several methods have in common: the prompt, or the label where there is none."""
        return self.prompt or self.label

    def value(self, column: str) -> str:
        """The text in a column of metadata.csv; empty if there is none."""
        own = {"method": self.method, "label": self.label, "prompt": self.prompt, "reference": self.reference}
        return own.get(column) or self.columns.get(column, "")

    @property
    def identity(self) -> tuple[str, ...]:
        """Where it is and what the directory's table says of it; independent of the file's content."""
        told = self.video_id, self.file_name, self.method, self.label, self.fallback, self.prompt, self.reference
        return self.directory, *told, *(f"{name}={text}" for name, text in sorted(self.columns.items()))


def read_videos(directory: Path | str) -> list[Video]:
    """The videos listed in `directory`/metadata.csv, with their files measured.

    Raises:
        OSError: there is no such directory or no metadata.csv in it.
        ValueError: as `list_videos`; or a file is broken, some browsers do not play it and have nothing to show
            instead, or two labels or methods look alike.
    """
    videos = list_videos(directory)
    table = Path(videos[0].directory, TABLE)
    for what, texts in (("labels", labels_of(videos)), ("methods", sorted({video.method for video in videos}))):
        if alike := lookalikes(texts):
            raise ValueError(f"{table}: {what} {apart(*alike)}; people cannot tell them apart")
    for reference in sorted({video.reference for video in videos} - {""}):
        check_reference(Path(videos[0].directory, reference))
    return [_look_at(video) for video in videos]


def list_videos(directory: Path | str) -> list[Video]:
    """The videos listed in `directory`/metadata.csv, without opening files: durations and sizes are 0.

    Raises:
        OSError: there is no such directory or no metadata.csv in it.
        ValueError: a column is missing, a cell is empty, a file is missing, or something occurs twice.
    """
    root = Path(directory).resolve()
    table = root / TABLE
    if root.is_dir() and not table.exists():
        reason = f"No such file; it lists the videos, with the columns {', '.join(COLUMNS)}"
        raise FileNotFoundError(errno.ENOENT, reason, str(table))
    rows = list(_rows(table))
    if not rows:
        raise ValueError(f"{table}: lists no video")
    ids = [row.get("video_id") or as_read(row["file_name"]) for row in rows]
    for column, values in (("file_name", [row["file_name"] for row in rows]), ("video_id", ids)):
        twice = [value for value, count in Counter(values).items() if count > 1]
        if twice:
            raise ValueError(f"{table}: {column} {twice[0]!r} stands {values.count(twice[0])} times")
    _check_present(root, rows)
    return [
        Video(
            video_id=video_id,
            file_name=row["file_name"],
            method=row["method"],
            label=row.get("label", ""),
            prompt=row.get("prompt", ""),
            reference=row["reference"],
            columns={name: text for name, text in row.items() if name and name not in _OWN and text},
            fallback=row.get("fallback") or _beside(root, row["file_name"]),
            directory=str(root),
        )
        for row, video_id in zip(rows, ids, strict=True)
    ]


def files_of(videos: Iterable[Video]) -> Iterator[tuple[str, Path]]:
    """The name and the path of every file that pages may load: the videos, their fallbacks and references."""
    for video in videos:
        for name in (video.file_name, video.fallback, video.reference):
            if name:
                yield name, Path(video.directory, name)


def labels_of(videos: Iterable[Video]) -> tuple[str, ...]:
    """Every single label of the videos once, in the videos' order."""
    return tuple(dict.fromkeys(label for video in videos for label in video.labels if label))


def _rows(table: Path) -> Iterator[dict[str, str]]:
    """The rows of the table, stripped; a required cell that is empty is an error."""
    with reading(table) as reader:
        header = list(reader.fieldnames or ())
        missing = [column for column in COLUMNS if column not in header]
        if not set(header) & set(_CONTENTS):
            missing.append("label")
        if missing:
            hint = ", separated by commas" if len(header) == 1 else ""
            needed = f"{', '.join(COLUMNS)}, label{hint}; prompt may stand for label where no question is about labels"
            raise ValueError(f"{table}: no column {', '.join(missing)}; needed are {needed}")
        for row in reader:
            if any(cell.strip() for cell in row.get(None) or ()):
                raise ValueError(
                    f"{table}:{reader.line_num}: more cells than columns; put quotes around a cell with a comma"
                )
            cells = {key: value or "" for key, value in row.items() if key is not None}
            yield _read_row(cells, f"{table}:{reader.line_num}")


def _read_row(row: dict[str, str], place: str) -> dict[str, str]:
    """The row with its texts normalized by `as_read`, except file names, which stay as they are on the disk."""
    for column in ("video_id", "method", *_CONTENTS, *_FILES):
        if strange := unholdable(row.get(column, "")):
            raise ValueError(f"{place}: {column} holds {strange}, a character that no page can show")
    for column in row.keys() - {*_FILES}:
        read = label_as_read if column == "label" else as_read
        row[column] = read(from_cell(row[column].strip(" ")))
    for column in _FILES:
        row[column] = row.get(column, "").strip()
        # A link may lead anywhere, as those in Hugging Face's cache do.
        if PurePath(row[column]).anchor or ".." in PurePath(row[column]).parts:
            raise ValueError(f"{place}: {column} {row[column]!r} leads out of the directory")
    for column in (*COLUMNS, *(column for column in ("label",) if column in row and not row.get("prompt"))):
        if not row[column]:
            raise ValueError(f"{place}: {column} is empty")
    if row["fallback"] and PurePath(row["fallback"]).suffix.lower() not in FALLBACKS:
        raise ValueError(f"{place}: fallback {row['fallback']!r} is no animated picture, {' or '.join(FALLBACKS)}")
    return row


def _check_present(root: Path, rows: Sequence[dict[str, str]]) -> None:
    """Check that every file exists."""
    named = [row[column] for row in rows for column in _FILES if row[column]]
    absent = [name for name in dict.fromkeys(named) if not (root / name).is_file()]
    if absent:
        more = f" and {len(absent) - 3} more" if len(absent) > 3 else ""
        raise ValueError(f"{root}: missing {', '.join(absent[:3])}{more}, listed in {TABLE}")


def _beside(root: Path, file_name: str) -> str:
    """The picture with the video's name in the same folder; empty if there is none."""
    path = PurePath(file_name)
    found = (path.with_suffix(suffix) for suffix in FALLBACKS if path.suffix.lower() not in FALLBACKS)
    return next((picture.as_posix() for picture in found if (root / picture).is_file()), "")


def _look_at(video: Video) -> Video:
    """The video with its files measured as a browser shows them."""
    path = Path(video.directory, video.file_name)
    shown = measure(path)
    picture_s = measure(Path(video.directory, video.fallback)).duration_s if video.fallback else 0.0
    if shown.unplayed and not (video.fallback and shown.replaceable):
        instead = " or put a GIF or WebP of its name beside it" if shown.replaceable else ""
        raise ValueError(
            f"{path}: not every browser plays {shown.unplayed}; convert it to H.264 ({conversion(path)}){instead}"
        )
    seen = replace(video, duration_s=shown.duration_s, width=shown.width, height=shown.height)
    return replace(seen, fallback_duration_s=picture_s)
