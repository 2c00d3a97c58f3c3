"""How browsers show a video file: its size and duration on the screen, and whether some cannot play it.

Measured with Chromium 156 and Firefox 153. For Safari and older iPhones, which play only H.264, by Apple's documents.
"""

import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Suffixes of the animated pictures for browsers that cannot play a video.
FALLBACKS = (".gif", ".webp")
#: Suffixes of still pictures that browsers show.
STILLS = (".png", ".jpg", ".jpeg")
#: Suffixes of video files that browsers open, each with its container's name in FFmpeg.
CONTAINERS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mp4", ".webm": "webm"}
#: The codecs that only some browsers play, and the one that all play, in these pixel formats: 4:2:0 with 8 bits.
SOME_PLAY = frozenset({"h264", "hevc", "vp8", "vp9", "av1"})
ALL_PLAY, COLOURS = "h264", ("yuv420p", "yuvj420p")
#: Browsers show a frame of an animated picture for 100 ms if its delay is below 11 ms.
SHORTEST_MS, INSTEAD_MS = 11, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Playback:
    """How a file is shown: for `duration_s` seconds, `width` by `height` square pixels, upright."""

    duration_s: float
    width: int
    height: int
    unplayed: str = ""
    """What in the file not every browser plays, such as "av1 in .mp4 files"; empty if all browsers play it."""
    replaceable: bool = True
    """Whether a browser that cannot play it detects that, and can show a picture instead."""


def measure(path: Path) -> Playback:
    """Measure how the file is shown; counts a video's packets and decodes its first frame to check that it is complete.

    Raises:
        ValueError: it is broken.
        OSError: it cannot be read.
    """
    import av  # slow to import, and rarely needed

    try:
        return _measure_picture(path) if path.suffix.lower() in FALLBACKS else _measure_video(path)
    except (av.FFmpegError, OSError, SyntaxError, EOFError, IndexError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{path}: broken video, cannot be decoded ({reason or type(error).__name__})") from error


def check_reference(path: Path) -> None:
    """Check that every browser shows a file beside a video: a still or moving picture, or a video.

    Raises:
        ValueError: it is broken, or some browsers do not show it.
        OSError: it cannot be read.
    """
    if path.suffix.lower() not in (*STILLS, *FALLBACKS):
        if unplayed := measure(path).unplayed:
            raise ValueError(f"{path}: not every browser shows {unplayed} as a reference; make it a PNG, or H.264")
        return
    from PIL import Image  # slow to import, and rarely needed

    try:
        with Image.open(path) as picture:
            picture.load()
    except (OSError, SyntaxError, EOFError, IndexError) as error:
        raise ValueError(f"{path}: broken picture, cannot be decoded ({error or type(error).__name__})") from error


def conversion(path: Path) -> str:
    """The command that converts the video to one that every browser plays."""
    out = path.with_name(f"{path.stem}{'-h264' if path.suffix.lower() == '.mp4' else ''}.mp4")
    names = shlex.quote(str(path)), shlex.quote(str(out))
    even = "'scale=trunc(iw/2)*2:trunc(ih/2)*2'"
    return f"ffmpeg -i {names[0]} -c:v libx264 -pix_fmt yuv420p -vf {even} -movflags +faststart {names[1]}"


def _measure_video(path: Path) -> Playback:
    import av

    with av.open(str(path)) as container:
        stream: Any = container.streams.best("video")  # not a cover picture
        if stream is None:
            raise ValueError(f"{path}: broken video, holds no picture")
        stream.codec_context.thread_count = 1  # only one frame is decoded
        unplayed, replaceable = _unplayed(path, stream, container.format.name)
        width, height = _square(stream)
        if not replaceable:  # it is refused, so it need not be measured
            return Playback(duration_s=0, width=width, height=height, unplayed=unplayed, replaceable=False)
        packets = [packet for packet in container.demux(stream) if packet.size]
        if not packets or (stream.frames and len(packets) < stream.frames):
            raise ValueError(f"{path}: broken video, cut off after {len(packets)} of {stream.frames or 'its'} frames")
        container.seek(0)
        frame = next(container.decode(stream), None)
        if frame is None:
            raise ValueError(f"{path}: broken video, holds no frame")
        ends = [packet.pts + (packet.duration or 0) for packet in packets if packet.pts is not None]
        # A header may give the duration of a variable frame rate as if it were constant; WebM has none for the stream.
        seconds = (
            float(max([stream.duration or 0, *ends]) * stream.time_base) or (container.duration or 0) / av.time_base
        )
        turned, mirrored = _turned_and_mirrored(frame)
        if mirrored:
            unplayed, replaceable = "pictures that are stored mirrored", False
        elif _is_aspect_of_container(stream, path.suffix.lower()):
            unplayed, replaceable = "oblong pixels of which the container alone tells", False
        return Playback(
            duration_s=round(seconds, 3),
            width=height if turned else width,
            height=width if turned else height,
            unplayed=unplayed,
            replaceable=replaceable,
        )


def _unplayed(path: Path, stream: Any, container: str) -> tuple[str, bool]:
    """What in the file not every browser plays, and whether some browsers play it."""
    suffix, codec, colours = path.suffix.lower(), stream.codec_context.codec.canonical_name, stream.pix_fmt
    if suffix not in CONTAINERS:
        return f"{suffix} files" if suffix else "files without an ending", False
    if CONTAINERS[suffix] not in container.split(","):
        return f"{container.partition(',')[0]} in {suffix} files", False
    if codec != ALL_PLAY or suffix == ".webm":
        return f"{codec} in {suffix} files", codec in SOME_PLAY
    return ("", True) if colours in COLOURS else (f"H.264 with {colours} colours", True)


def _turned_and_mirrored(frame: Any) -> tuple[bool, bool]:
    """Whether the display matrix, which phones write, swaps width and height, and whether it mirrors the picture.

    `vidgen.presentation` applies the same matrix to pictures.
    """
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return False, False
    a, b, _, c, d = memoryview(bytes(matrix)).cast("i")[:5].tolist()
    return abs(b) + abs(c) > abs(a) + abs(d), a * d - b * c < 0


def _is_aspect_of_container(stream: Any, suffix: str) -> bool:
    """Whether the pixels' aspect ratio is in the MP4 container and differs from the codec's, which Firefox uses."""
    return suffix != ".webm" and (stream.sample_aspect_ratio or 1) != (stream.codec_context.sample_aspect_ratio or 1)


def _square(stream: Any) -> tuple[int, int]:
    """Width and height in square pixels; one side is enlarged, as in browsers."""
    aspect = stream.sample_aspect_ratio or 1
    return (
        (round(stream.width * aspect), stream.height) if aspect > 1 else (stream.width, round(stream.height / aspect))
    )


def _measure_picture(path: Path) -> Playback:
    """Measure a picture: decode the first frame, and only read the others' delays, since pictures may be large."""
    from PIL import Image

    with Image.open(path) as picture:
        picture.load()
        (width, height), kind = picture.size, picture.format
    delays_ms = {"GIF": _gif_delays_ms, "WEBP": _webp_delays_ms}[kind](path) if kind in ("GIF", "WEBP") else []
    shown_ms = sum(delay if delay >= SHORTEST_MS else INSTEAD_MS for delay in delays_ms or [0])
    return Playback(duration_s=shown_ms / 1000, width=width, height=height)


def _gif_delays_ms(path: Path) -> list[float]:
    import av

    with path.open("rb") as file:
        file.seek(-min(64, path.stat().st_size), os.SEEK_END)
        if not file.read().rstrip(b"\0").endswith(b";"):  # a GIF's last byte
            raise ValueError(f"{path}: broken video, cut off before its end")
    with av.open(str(path), format="gif") as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        return [float(1000 * (packet.duration or 0) * packet.time_base) for packet in packets]


def _webp_delays_ms(path: Path) -> list[float]:
    """Delays from the file's `ANMF` chunks: https://developers.google.com/speed/webp/docs/riff_container."""
    delays: list[float] = []
    with path.open("rb") as file:
        file.seek(12)
        while len(head := file.read(8)) == 8:
            size = int.from_bytes(head[4:], "little")
            start = file.tell()
            if head[:4] == b"ANMF":
                delays.append(int.from_bytes(file.read(15)[12:], "little"))
            file.seek(start + size + size % 2)
    return delays
