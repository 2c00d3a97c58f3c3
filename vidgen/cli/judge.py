"""`vidgen judge`."""

from pathlib import Path
from typing import Any

import click

from vidgen.cli import command as declare
from vidgen.cli.types import IN_FOLDER, OUT_FILE, PRESET, check_writable
from vidgen.distribution import GENERATION

EXAMPLES = """
vidgen judge videos
vidgen judge videos --out judge.json
"""


@declare("judge", EXAMPLES, needs=GENERATION)
@click.argument("videos_dir", type=IN_FOLDER)
@click.option("--out", type=OUT_FILE, help="Where the figures go.  [default: VIDEOS_DIR/judge.json]")
@click.option("--preset", type=PRESET, default="compact", help="Whose judge.")
@click.option("--weights", type=IN_FOLDER, help="Folder that `vidgen train` wrote, instead of ours.")
def command(videos_dir: Path, out: Path | None, preset: str, weights: Path | None) -> None:
    """Let an independent classifier look at the videos before people do.

    It was trained on other drawings than the networks that generate, and takes no part in generation. It is a
    pre-flight check: it replaces no people. Writes judge.json, and beliefs.csv, from which simulated participants can
    answer.
    """
    import json

    from tqdm import tqdm

    from vidgen.atomic_write import write_text
    from vidgen.judging import NOTICE, judge_directory, load_judge, write_beliefs
    from vidgen.runrecord import stamp

    path = out or videos_dir / "judge.json"
    check_writable(videos_dir, "VIDEOS_DIR")
    judge, threshold = load_judge(preset, weights)
    with tqdm(desc="judge", unit="video") as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update()

        verdicts, figures = judge_directory(videos_dir, judge, threshold, show)
    write_text(path, json.dumps({**stamp(), **figures}, indent=1, ensure_ascii=False) + "\n")
    write_beliefs(videos_dir / "beliefs.csv", verdicts)
    click.echo(table(figures))
    click.echo(f"\n{NOTICE}\n{path}")


#: Heading, name in judge.json, and how a value is shown.
COLUMNS = (
    ("videos", "n_videos", "{}"),
    ("accuracy", "accuracy", "{:.1%}"),
    ("object", "object_accuracy", "{:.1%}"),
    ("direction", "direction_accuracy", "{:.1%}"),
    ("Unclear", "unclear", "{:.1%}"),
    ("Other", "other", "{:.1%}"),
    ("background", "background_error", "{:.4f}"),
    ("diversity", "diversity", "{:.3f}"),
    ("nearest", "nearest_training_distance", "{:.3f}"),
)


def table(figures: dict[str, Any]) -> str:
    """The figures of judge.json with a line per method, and what the columns are."""
    from crowd.design.texts import printable

    names = list(figures["methods"])
    width = max(len(printable(name)) for name in ["method", *names])
    lines = ["method".ljust(width) + "".join(f"{heading:>12}" for heading, _, _ in COLUMNS)]
    for name in names:
        values = [(figures["methods"][name][key], form) for _, key, form in COLUMNS]
        cells = ("–" if value is None else form.format(value).replace("%", " %") for value, form in values)
        lines.append(printable(name).ljust(width) + "".join(f"{cell:>12}" for cell in cells))
    return "\n".join(
        [
            *lines,
            "",
            f"background: mean absolute difference from white, where nothing is shown "
            f"({figures['dataset']['background_error']:.4f} in the dataset)",
            "diversity: mean distance (root mean square) between videos of one label",
            "nearest: distance to the nearest of some training clips of the label; small means copied",
        ]
    )
