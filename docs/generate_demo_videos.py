"""Makes `vidgen/demo_videos`, what `vidgen demo` shows without torch: `python -m docs.generate_demo_videos`.

The videos are those of the demonstration, encoded once more with more search, and the comparison's noise more coarsely,
so that all of them take less than a megabyte; the judge looks at what is kept.
"""

import csv
import shutil
import tempfile
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from vidgen.cli import main
from vidgen.demo import BUNDLED
from vidgen.video_io import FPS, read_video

#: H.264's constant rate factor by method; noise and specks take ten times the bytes of a drawing.
CRF = {"comparison": 37, "proposed": 26}


def write_small(path: Path, frames: NDArray[np.uint8], crf: int) -> None:
    """An MP4 (H.264, yuv420p) of `frames`, uint8 `(frames, height, width, 3)`."""
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        options = {"crf": str(crf), "preset": "veryslow", "threads": "1"}
        stream = container.add_stream("libx264", rate=FPS, options=options)
        stream.height, stream.width, stream.pix_fmt = *frames.shape[1:3], "yuv420p"
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame)))
        container.mux(stream.encode())


def bundle(made: Path) -> None:
    """Write the bundle from a directory that `generate-batch` made."""
    for path in BUNDLED.rglob("*"):
        if path.is_file() and path.name != "README.md":
            path.unlink()
    (BUNDLED / "videos").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(made / "metadata.csv", BUNDLED / "metadata.csv")
    with (made / "metadata.csv").open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            frames = read_video(made / row["file_name"])
            write_small(BUNDLED / row["file_name"], frames, CRF.get(row["method"], 14))
    main(["judge", str(BUNDLED)], standalone_mode=False)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        made = Path(place) / "videos"
        settings = "--methods proposed,comparison,refined --per-label 2 --real 2"
        main(["generate-batch", "--out", str(made), *settings.split()], standalone_mode=False)
        bundle(made)
