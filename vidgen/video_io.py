"""Reading and writing video files: MP4, animated pictures as a fallback, and contact sheets.

Frames are uint8 arrays (frames, height, width, 3), RGB in [0, 255].
"""

import io
import threading
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.container import InputContainer
from av.video.reformatter import Colorspace, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from vidgen.atomic_write import draft_of
from vidgen.presentation import PICTURES, Orientation, frames_at_even_times, picture_frames

#: Frames per second of the files written here: 16 frames last two seconds.
FPS = 8
#: H.264's constant rate factor; at 12 flat drawings show no artefacts.
CRF = 12
#: For sixteen small frames, 20 % faster than the default search, with files half as large again.
_FAST = {"preset": "superfast", "bf": "0"}
_MPEG_RANGE = 1
_SMPTE170M = 6
_OF_THREAD = threading.local()


def write_video(path: Path | str, frames: NDArray[np.uint8], *, fps: int = FPS, fallback: str | None = None) -> None:
    """Write an MP4 (H.264, yuv420p, index first), atomically.

    The bytes depend on the arguments alone, not on the number of processors.

    Args:
        path: the file.
        frames: uint8 `(frames, height, width, 3)`, width and height even.
        fps: frames per second.
        fallback: "webp" or "gif": also write an animated picture of the same stem, which loops for ever.

    Raises:
        ValueError: frames of another shape or type, an odd width or height, or an unknown fallback.
        OSError: the file cannot be written.
    """
    path = Path(path)
    check_frames(frames)
    if frames.shape[1] % 2 or frames.shape[2] % 2:
        raise ValueError(f"{path}: H.264 needs an even width and height, not {frames.shape[2]}×{frames.shape[1]}")
    if fallback not in (None, "webp", "gif"):
        raise ValueError(f"unknown fallback {fallback!r}; known fallbacks: webp, gif")
    if fallback:
        write_picture(path.with_suffix(f".{fallback}"), frames, fps=fps)
    _write_atomically(path, lambda partial: _encode(partial, frames, fps))


def write_picture(path: Path | str, frames: NDArray[np.uint8], *, fps: int = FPS) -> None:
    """Write an animated picture that loops for ever, WebP or GIF by its suffix, atomically.

    Raises:
        ValueError: frames of another shape or type, or another suffix.
        OSError: the file cannot be written.
    """
    path = Path(path)
    check_frames(frames)
    kind = path.suffix.lower()
    if kind not in (".webp", ".gif"):
        raise ValueError(f"{path}: an animated picture ends in .webp or .gif")
    options = {"quality": 90, "method": 2} if kind == ".webp" else {"optimize": False}
    first, *others = (Image.fromarray(frame) for frame in frames)
    _write_atomically(
        path,
        lambda partial: first.save(
            partial, kind[1:], save_all=True, append_images=others, duration=round(1000 / fps), loop=0, **options
        ),
    )


def read_video(
    path: Path | str, *, num_frames: int | None = None, fit: tuple[int, int] | None = None
) -> NDArray[np.uint8]:
    """The frames of a video or an animated picture (GIF, WebP) as players show them: uint8 (frames, height, width, 3).

    Frames are upright, with square pixels. Memory is needed for the frames returned, not for the whole video.

    Args:
        path: the file.
        num_frames: return this number of frames, evenly spaced in time from the first to the last, repeated where the
            video has fewer; None: all.
        fit: (width, height) of a box that each frame is scaled to fit, in proportion; None: no scaling.

    Raises:
        ValueError: the file cannot be decoded as a video.
        OSError: the file cannot be opened.
    """
    path = Path(path)
    with path.open("rb"):  # raises the system's own error, with its reason
        pass
    times, decode = (_picture_times, _decode_picture) if path.suffix.lower() in PICTURES else (_times, _decode)
    try:
        wanted = None if num_frames is None else frames_at_even_times(*times(path), num_frames)
        frames = decode(path, wanted, fit)
    except (av.FFmpegError, OSError, SyntaxError, EOFError) as error:
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())
        raise ValueError(f"{path}: no video that can be decoded ({reason})") from error
    if not frames:
        raise ValueError(f"{path}: no video that can be decoded (it has no frames)")
    return np.stack(frames)


def decode_video(content: bytes) -> NDArray[np.uint8]:
    """All frames of a film that is in memory, such as a member of an archive; see `read_video`.

    Raises:
        ValueError: it cannot be decoded as a video.
    """
    try:
        frames = _decode(io.BytesIO(content), None, None)
    except (av.FFmpegError, OSError) as error:
        raise ValueError(f"no video that can be decoded ({error})") from error
    if not frames:
        raise ValueError("no video that can be decoded (it has no frames)")
    return np.stack(frames)


def contact_sheet(
    videos: Sequence[NDArray[np.uint8]], labels: Sequence[str] | None = None, *, num_frames: int = 6, gap: int = 2
) -> NDArray[np.uint8]:
    """A picture with a row per video and `num_frames` of its frames from first to last: uint8 (height, width, 3).

    Args:
        videos: uint8 `(frames, height, width, 3)` each, of one size.
        labels: texts at the left of the rows.
        num_frames: frames of each video.
        gap: pixels between frames.

    Raises:
        ValueError: no video, videos of different sizes, or not as many labels as videos.
    """
    if not len(videos) or len({video.shape[1:] for video in videos}) > 1:
        raise ValueError("a contact sheet needs at least one video, all of one size")
    if labels is not None and len(labels) != len(videos):
        raise ValueError(f"{len(labels)} labels for {len(videos)} videos")
    height, width = videos[0].shape[1:3]
    margin = 0 if labels is None else 8 + max(int(ImageDraw.Draw(Image.new("L", (1, 1))).textlength(t)) for t in labels)
    size = (margin + num_frames * (width + gap), len(videos) * (height + gap))
    sheet = Image.new("RGB", size, (225, 225, 225))
    draw = ImageDraw.Draw(sheet)
    if labels is not None:
        draw.rectangle((0, 0, margin - 1, size[1]), fill="white")
    for row, video in enumerate(videos):
        y = row * (height + gap)
        for column, index in enumerate(_evenly(len(video), num_frames)):
            sheet.paste(Image.fromarray(video[index]), (margin + column * (width + gap), y))
        if labels is not None:
            draw.text((4, y + height / 2), labels[row], fill="black", anchor="lm")
    return np.asarray(sheet)


def check_frames(frames: NDArray[np.uint8]) -> None:
    """Raise ValueError unless the frames are uint8 `(frames, height, width, 3)` and not empty."""
    if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[-1] != 3 or not frames.size:
        raise ValueError(f"frames are uint8 (frames, height, width, 3), not {frames.dtype} {frames.shape}")


def _encode(path: Path, frames: NDArray[np.uint8], fps: int) -> None:
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}) as container:
        stream = container.add_stream("libx264", rate=fps, options={"crf": str(CRF), **_FAST})
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, fps)
        stream.codec_context.thread_count = 1
        # Without these, browsers guess the colour space from the size.
        stream.codec_context.color_range = _MPEG_RANGE
        stream.codec_context.colorspace = _SMPTE170M
        stream.codec_context.color_primaries = _SMPTE170M
        stream.codec_context.color_trc = _SMPTE170M
        convert = _reformatter().reformat
        for pixels in frames:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
            container.mux(
                stream.encode(convert(frame, format="yuv420p", dst_colorspace=Colorspace.SMPTE170M, threads=1))
            )
        container.mux(stream.encode())


def _decode(path: Path | io.BytesIO, wanted: list[int] | None, fit: tuple[int, int] | None) -> list[NDArray[np.uint8]]:
    """The frames of the given indices (ascending, with repetitions), or all frames."""
    with av.open(path if isinstance(path, io.BytesIO) else str(path), "r") as container:
        stream = _film(container)
        if stream is None:
            return []
        stream.thread_type = "NONE"
        convert = _reformatter().reformat
        taken: list[NDArray[np.uint8]] = []
        orientation, size = Orientation(), (0, 0)
        for index, frame in enumerate(container.decode(stream)):
            if index == 0:
                orientation = Orientation.of(frame)
                shown = orientation.shown_size(frame.width, frame.height, stream.sample_aspect_ratio)
                size = shown if fit is None else _fitted(*shown, fit)
            times = 1 if wanted is None else wanted.count(index)
            if times:
                width, height = reversed(size) if orientation.transposed else size
                scaled = convert(frame, width, height, "rgb24", interpolation="AREA", threads=1)
                taken += [orientation.applied(scaled.to_ndarray().astype(np.uint8, copy=False))] * times
    return taken


def _film(container: InputContainer) -> VideoStream | None:
    """The video stream; a cover picture is not it."""
    return cast(VideoStream | None, container.streams.best("video"))


def _times(path: Path) -> tuple[list[float], float]:
    """When each frame appears and when the last disappears, in seconds; frame numbers where the file has no times."""
    times: list[float | None] = []
    lasting = 0.0
    with av.open(str(path)) as container:
        stream = _film(container)
        for frame in container.decode(stream) if stream else ():
            times.append(frame.time)
            lasting = float((frame.duration or 0) * (frame.time_base or 0))
    known = [time for time in times if time is not None]
    if len(known) < len(times) or any(later < earlier for earlier, later in pairwise(known)):
        return [float(index) for index in range(len(times))], 0.0
    return known, (known[-1] + lasting if known else 0.0)


def _decode_picture(path: Path, wanted: list[int] | None, fit: tuple[int, int] | None) -> list[NDArray[np.uint8]]:
    taken: list[NDArray[np.uint8]] = []
    for index, (frame, _) in enumerate(picture_frames(path)):
        times = 1 if wanted is None else wanted.count(index)
        if times:
            scaled = frame.resize(_fitted(*frame.size, fit), Image.Resampling.BOX) if fit else frame
            taken += [np.asarray(scaled)] * times
    return taken


def _picture_times(path: Path) -> tuple[list[float], float]:
    *starts, end = accumulate((seconds for _, seconds in picture_frames(path)), initial=0.0)
    return starts, end


def _reformatter() -> VideoReformatter:
    """This thread's converter; setting one up takes as long as converting six small frames."""
    if not hasattr(_OF_THREAD, "reformatter"):
        _OF_THREAD.reformatter = VideoReformatter()
    return cast(VideoReformatter, _OF_THREAD.reformatter)


def _fitted(width: int, height: int, box: tuple[int, int]) -> tuple[int, int]:
    scale = min(box[0] / width, box[1] / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _evenly(available: int, count: int) -> list[int]:
    """`count` indices, evenly spaced from the first to the last of `available`."""
    return [round(position) for position in np.linspace(0, available - 1, count)] if available else []


def _write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """Write a file atomically with `write`, which takes a path."""
    with draft_of(path) as draft:
        try:
            write(draft)
        except av.FFmpegError as error:
            raise OSError(error.errno, error.strerror or str(error), str(path)) from error
