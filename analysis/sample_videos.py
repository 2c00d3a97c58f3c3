"""Sample videos for the report: a few small ones per method, from the study's own files."""

from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crowd.fileformat import parsed

#: At most so many videos of each method, and so many bytes of video in the page.
PER_METHOD = 3
MAX_BYTES = 3_000_000

#: Chromium plays a QuickTime file as MP4, and not as what it is.
TYPES = {
    **dict.fromkeys((".mp4", ".m4v", ".mov"), "video/mp4"),
    ".webm": "video/webm",
    ".gif": "image/gif",
    ".webp": "image/webp",
}


@dataclass(frozen=True, slots=True)
class SampleVideo:
    """A video inside the page."""

    method: str
    label: str
    file_name: str
    url: str
    is_picture: bool


def sample_videos(design: Path) -> list[SampleVideo]:
    """A few videos of each method, each of another label, as data URLs; none where files are gone or too large."""
    if not design.exists():
        return []
    table = parsed(design)
    folder = design.parent / table.get("videos_dir", "")
    chosen: dict[str, list[dict[str, Any]]] = {}
    labels = sorted({video["label"] for video in table["videos"]})[:PER_METHOD]
    for video in table["videos"]:
        own = chosen.setdefault(video["method"], [])
        if video["label"] in labels and video["label"] not in [other["label"] for other in own]:
            own.append(video)
    found, left = [], MAX_BYTES
    # Label by label, so that the bytes reach for every method.
    for label in labels:
        for video in (video for method in sorted(chosen) for video in chosen[method] if video["label"] == label):
            path = folder / video["file_name"]
            if path.suffix.lower() not in TYPES or not path.is_file() or path.stat().st_size > left:
                continue
            content = path.read_bytes()
            left -= len(content)
            kind = TYPES[path.suffix.lower()]
            url = f"data:{kind};base64,{b64encode(content).decode()}"
            found.append(SampleVideo(video["method"], label, video["file_name"], url, kind.startswith("image/")))
    return found
