"""Checks that the videos of a study with sound have sound tracks."""

from collections.abc import Iterable
from pathlib import Path

from crowd.videos.metadata import FALLBACKS, Video


def check_soundtracks(videos: Iterable[Video]) -> None:
    """Check that every video has a sound track, for a study with ``sound = "on"``.

    Raises:
        ValueError: some have none; the message names the first of them.
    """
    silent = [video.file_name for video in videos if not has_soundtrack(Path(video.directory) / video.file_name)]
    if silent:
        more = f" and {len(silent) - 1} more" if len(silent) > 1 else ""
        raise ValueError(
            f'sound: is "on", but {silent[0]}{more} have no sound track; set it to "off", or add one'
            " (ffmpeg -i IN -f lavfi -i anullsrc -shortest -c:v copy -c:a aac OUT.mp4 adds silence)"
        )


def has_soundtrack(path: Path) -> bool:
    """Whether the file has a sound track; animated pictures have none.

    Raises:
        av.FFmpegError: it cannot be read.
    """
    import av  # slow to import, and rarely needed

    if path.suffix.lower() in FALLBACKS:
        return False
    with av.open(str(path)) as container:
        return bool(container.streams.audio)
