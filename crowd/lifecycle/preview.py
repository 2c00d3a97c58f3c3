"""Writes the pages of a study's tasks as files, to be looked at before anything is published."""

from dataclasses import dataclass
from pathlib import Path

from crowd.atomic_write import write_whole
from crowd.lifecycle.plan import plan
from crowd.platforms import describe
from crowd.task.page import page_data, page_of, pay_shown


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """The pages that were written."""

    pages: tuple[Path, ...]
    """A page for each different task, in the order of the design."""
    num_tasks: int
    """How many different tasks the study has."""


def preview(
    study_dir: str | Path, videos_dir: str | Path, out: str | Path, *, tasks: int = 1, platform: str = "local"
) -> Preview:
    """Write the pages of the first tasks as a participant would see them; nothing is published, sent or stored.

    A page can be gone through from the consent to the end, and says at the end that nothing is submitted. It shows the
    videos from where they are, so it works on this machine only.

    Args:
        study_dir: holds `study.toml`; without one the defaults are used.
        videos_dir: the videos and their `metadata.csv`.
        out: the folder for ``task-1.html`` and so on, made if it is not there; files of these names are replaced.
        tasks: the most pages to write.
        platform: "local", "mturk-sandbox" or "mturk", which determines what the page says of the pay.

    Returns:
        Where the pages are.

    Raises:
        ValueError: as `crowd.plan`.
        OSError: a file cannot be read or written.

    Example:
        >>> shown = crowd.preview("my-study", "my-videos", "preview")
        >>> shown.pages[0].name, shown.num_tasks
        ('task-1.html', 1)
    """
    planned = plan(study_dir, videos_dir, platform=platform)
    study, design = planned.study, planned.design
    pay = pay_shown(study, platform_pays=describe(platform).pays)
    different = list({hit.block: hit for hit in reversed(design.hits)}.values())[::-1]
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    pages = []
    for number, hit in enumerate(different[:tasks], start=1):
        task = page_data(study, design, hit, lambda name: (Path(videos_dir) / name).resolve().as_uri(), pay=pay)
        pages.append(folder / f"task-{number}.html")
        write_whole(pages[-1], page_of(task, study.language))
    return Preview(pages=tuple(pages), num_tasks=len(different))
