"""The videos under study: a directory with a `metadata.csv` and files that browsers play."""

import csv
import errno
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from crowd.spreadsheet import from_cell
from crowd.texts import as_read, label_as_read, parts, unholdable

#: The columns that `metadata.csv` must have.
COLUMNS = ("file_name", "method", "label")
#: Pictures that move where video cannot be played.
FALLBACKS = (".gif", ".webp")
_FREE_CODECS = frozenset({"vp8", "vp9", "av1", "libdav1d", "libvpx", "libvpx-vp9"})
#: What today's browsers play, phones' included: for each ending of a file the codecs in it.
PLAYED = {
    ".mp4": _FREE_CODECS | {"h264"},
    ".m4v": frozenset({"h264"}),
    ".mov": frozenset({"h264"}),
    ".webm": _FREE_CODECS,
}
#: The colours of H.264 that all of them decode: 4:2:0 with 8 bits.
H264_COLOURS = ("yuv420p", "yuvj420p")


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """One video and what is known of it.

    ``file_name`` and ``fallback`` (empty when there is none) are relative to ``directory``, an absolute path;
    ``width`` and ``height`` are in pixels.
    """

    video_id: str
    file_name: str
    method: str
    label: str
    fallback: str = ""
    duration_s: float = 0.0
    width: int = 0
    height: int = 0
    directory: str = ""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that hold for the video; usually one. Several are joined by ` + `."""
        return parts(self.label)


def read_videos(directory: Path | str) -> list[Video]:
    """The videos listed in `directory`/metadata.csv, each opened and looked at.

    Raises:
        OSError: there is no such directory or no metadata.csv in it.
        ValueError: a column is missing, a cell is empty, a file is missing or broken, or something stands twice.
    """
    root = Path(directory).resolve()
    table = root / "metadata.csv"
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
    _check_present(root, (row["file_name"] for row in rows))
    return [_look_at(root, row, video_id) for row, video_id in zip(rows, ids, strict=True)]


def labels_of(videos: Iterable[Video]) -> tuple[str, ...]:
    """Every single label of the videos once, in their order."""
    return tuple(dict.fromkeys(label for video in videos for label in video.labels))


def _rows(table: Path) -> Iterator[dict[str, str]]:
    """The rows of the table, stripped, with each needed cell filled."""
    try:
        with table.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.DictReader(lines)
            reader.fieldnames = header = [name.strip() for name in reader.fieldnames or ()]
            missing = [column for column in COLUMNS if column not in header]
            if missing:
                hint = ", separated by commas" if len(header) == 1 else ""
                raise ValueError(f"{table}: no column {', '.join(missing)}; needed are {', '.join(COLUMNS)}{hint}")
            for row in reader:
                if any(cell.strip() for cell in row.get(None) or ()):
                    raise ValueError(
                        f"{table}:{reader.line_num}: more cells than columns; put quotes around a cell with a comma"
                    )
                cells = {key: value or "" for key, value in row.items() if key is not None}
                yield _read_row(cells, f"{table}:{reader.line_num}")
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{table}: not a UTF-8 CSV file ({error})") from error


def _read_row(row: dict[str, str], place: str) -> dict[str, str]:
    """The row with its texts as people read them; the file's name stays as it is on the disk."""
    readers = {"video_id": as_read, "method": as_read, "label": label_as_read}
    for column, read in readers.items():
        if column in row:
            strange = unholdable(row[column])
            if strange:
                raise ValueError(f"{place}: {column} holds {strange}, a character that no page can show")
            row[column] = read(from_cell(row[column].strip(" ")))
    row["file_name"] = row["file_name"].strip()
    for column in COLUMNS:
        if not row[column]:
            raise ValueError(f"{place}: {column} is empty")
    return row


def _check_present(root: Path, file_names: Iterable[str]) -> None:
    """Every file lies inside the directory."""
    absent = []
    for name in file_names:
        if PurePosixPath(name).is_absolute() or not (root / name).resolve().is_relative_to(root):
            raise ValueError(f"{root / 'metadata.csv'}: file_name {name!r} leads out of the directory")
        if not (root / name).is_file():
            absent.append(name)
    if absent:
        more = f" and {len(absent) - 3} more" if len(absent) > 3 else ""
        raise ValueError(f"{root}: missing {', '.join(absent[:3])}{more}, listed in metadata.csv")


def _look_at(root: Path, row: dict[str, str], video_id: str) -> Video:
    """The row as a video, its file measured."""
    import av  # slow to load, and most programs look at no video

    path = root / row["file_name"]
    try:
        measured = _measure_picture(path) if path.suffix.lower() in FALLBACKS else _measure_video(path)
    except (av.FFmpegError, OSError, SyntaxError, EOFError, IndexError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{path}: broken video, cannot be decoded ({reason or type(error).__name__})") from error
    fallback = next((path.with_suffix(suffix) for suffix in FALLBACKS if path.with_suffix(suffix).is_file()), None)
    duration_s, width, height = measured
    return Video(
        video_id=video_id,
        file_name=row["file_name"],
        method=row["method"],
        label=row["label"],
        fallback=fallback.relative_to(root).as_posix() if fallback and fallback != path else "",
        duration_s=duration_s,
        width=width,
        height=height,
        directory=str(root),
    )


def _measure_video(path: Path) -> tuple[float, int, int]:
    """Duration in seconds, width and height; the first frame is decoded and the promised ones are counted."""
    import av

    with av.open(str(path)) as container:
        if not container.streams.video:
            raise ValueError(f"{path}: broken video, holds no picture")
        stream = container.streams.video[0]
        _check_played(path, stream.codec_context.name, stream.codec_context.pix_fmt)
        packets = [packet for packet in container.demux(stream) if packet.size]
        if not packets or (stream.frames and len(packets) < stream.frames):
            raise ValueError(f"{path}: broken video, cut off after {len(packets)} of {stream.frames or 'its'} frames")
        container.seek(0)
        if next(container.decode(stream), None) is None:
            raise ValueError(f"{path}: broken video, holds no frame")
        if stream.duration and stream.time_base:
            seconds = float(stream.duration * stream.time_base)
        else:
            seconds = (container.duration or 0) / av.time_base
        return round(seconds, 3), stream.width, stream.height


def _check_played(path: Path, codec: str, colours: str | None) -> None:
    """Refuse what some participants' browsers would not show."""
    suffix = path.suffix.lower()
    what = ""
    if suffix not in PLAYED:
        what = f"{suffix} files" if suffix else "files without an ending"
    elif codec not in PLAYED[suffix]:
        what = f"{codec} in {suffix} files"
    elif codec == "h264" and colours not in H264_COLOURS:
        what = f"H.264 with {colours} colours"
    if what:
        raise ValueError(
            f"{path}: not every browser plays {what}; convert it to H.264 (ffmpeg -i IN -pix_fmt yuv420p OUT.mp4)"
        )


def _measure_picture(path: Path) -> tuple[float, int, int]:
    """Duration in seconds, width and height of an animated GIF or WebP."""
    from PIL import Image, ImageSequence

    with Image.open(path) as picture:
        width, height = picture.size
        milliseconds = sum(frame.info.get("duration", 100) for frame in ImageSequence.Iterator(picture))
    return milliseconds / 1000, width, height
