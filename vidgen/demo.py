"""The demonstration's directory, and the videos that come with the package for where generation is not installed."""

import shutil
from pathlib import Path

#: Videos with their verdicts; `python -m docs.generate_demo_videos` makes them.
BUNDLED = Path(__file__).parent / "demo_videos"


def check_empty_or_ours(out: Path) -> None:
    """Refuse a directory that holds other things, before minutes are spent on videos that could not be published.

    Raises:
        ValueError: it does.
    """
    there = {path.name for path in out.iterdir()} if out.exists() else set()
    strange = sorted(there - {"videos", "study", "report", "try"})
    if strange or (there and "videos" not in there):
        raise ValueError(f"{out}: holds {(strange or sorted(there))[0]}, which no demo made; choose another --out")


def copy_bundled(videos: Path) -> None:
    """Put the videos that come with the package into `videos`, which holds nothing else.

    Raises:
        ValueError: it holds other files.
        OSError: it cannot be written.
    """
    ours = {path.relative_to(BUNDLED) for path in BUNDLED.rglob("*")}
    strange = [path for path in videos.rglob("*") if path.relative_to(videos) not in ours]
    if strange:
        raise ValueError(f"{videos}: holds other files, such as {strange[0].name}; choose another --out")
    for name in sorted(ours):
        if (BUNDLED / name).is_file():
            (videos / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(BUNDLED / name, videos / name)
