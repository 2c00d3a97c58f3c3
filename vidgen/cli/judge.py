"""`vidgen judge`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from vidgen.cli import command as declare
from vidgen.cli.types import IN_FOLDER, OUT_FILE, PRESET, check_writable
from vidgen.distribution import GENERATION

if TYPE_CHECKING:
    from vidgen.attribute_report import AttributeReport
    from vidgen.judge_report import JudgeReport

EXAMPLES = """
vidgen judge videos
vidgen judge videos --out judge.json
"""


@declare("judge", EXAMPLES, needs=GENERATION)
@click.argument("videos_dir", type=IN_FOLDER)
@click.option(
    "--out", type=OUT_FILE, help="File of the figures.  [default: judge.json or attributes.json in VIDEOS_DIR]"
)
@click.option("--preset", type=PRESET, default="compact", help="Preset of the judge.")
@click.option("--weights", type=IN_FOLDER, help="Folder that `vidgen train` wrote.  [default: those of the package]")
def command(videos_dir: Path, out: Path | None, preset: str, weights: Path | None) -> None:
    """Let an independent network judge the videos before people do.

    It was trained on other drawings than the generating networks, and takes no part in generation. It is a pre-flight
    check and replaces no people. Of videos of labels it writes judge.json, and response_probabilities.csv, with a
    probability of each option for each video, from which simulated participants can answer; of captioned videos (column
    prompt of metadata.csv) attributes.json and attributes.csv: objects, colours, sizes, motions, counts, relations.
    """
    from tqdm import tqdm

    import vidgen
    from vidgen import attribute_report, judge_report
    from vidgen.attribute_judging import is_captioned

    check_writable(videos_dir, "VIDEOS_DIR")
    captioned = is_captioned(videos_dir)
    path = out or videos_dir / (attribute_report.FILE if captioned else judge_report.FILE)
    with tqdm(desc="judge", unit="video") as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        if captioned:
            attributes = vidgen.judge_captions(videos_dir, out=path, preset=preset, weights=weights, callback=show)
            shown, notice = attribute_table(attributes), attributes.notice
        else:
            report = vidgen.judge(videos_dir, out=path, preset=preset, weights=weights, callback=show)
            shown, notice = table(report), report.notice
    click.echo(f"{shown}\n\n{notice}\n{path}")


#: Heading, name in judge.json, and how a value is shown.
COLUMNS = (
    ("videos", "n_videos", "{}"),
    ("accuracy", "accuracy", "{:.1%}"),
    ("object", "object_accuracy", "{:.1%}"),
    ("direction", "direction_accuracy", "{:.1%}"),
    ("forced", "forced_accuracy", "{:.1%}"),
    ("Unclear", "unclear", "{:.1%}"),
    ("Other", "other", "{:.1%}"),
    ("background", "background_error", "{:.4f}"),
    ("diversity", "diversity", "{:.3f}"),
    ("nearest", "nearest_training_distance", "{:.3f}"),
)


def table(report: "JudgeReport") -> str:
    """The figures of a report with a line per method, and the meaning of the columns."""
    from crowd.texts import printable

    names = list(report.methods)
    width = max(len(printable(name)) for name in ["method", *names])
    lines = ["method".ljust(width) + "".join(f"{heading:>12}" for heading, _, _ in COLUMNS)]
    for name in names:
        values = [(getattr(report.methods[name], key), form) for _, key, form in COLUMNS]
        cells = ("–" if value is None else form.format(value).replace("%", " %") for value, form in values)
        lines.append(printable(name).ljust(width) + "".join(f"{cell:>12}" for cell in cells))
    return "\n".join(
        [
            *lines,
            "",
            "forced: the likeliest of the classes is right, where neither Other nor Unclear may be answered",
            "background: mean absolute difference from white, where nothing is shown "
            f"({report.dataset.background_error:.4f} in the dataset)",
            "diversity: mean distance (root mean square) between videos of one label",
            "nearest: distance to the nearest of some training clips of the label; small means copied",
        ]
    )


def attribute_table(report: "AttributeReport") -> str:
    """The figures of captioned videos, with a line per method and attribute: of all, of seen, of held-out ones."""
    from crowd.texts import printable

    width = max(len(printable(name)) for name in ["method", *report.methods])
    lines = [f"{'method'.ljust(width)}  {'attribute':<10}{'n':>6}{'all':>9}{'95 %':>16}{'seen':>9}{'held out':>11}"]
    for name, method in report.methods.items():
        for attribute, share in method.all.attributes.items():
            parts = (method.seen.attributes.get(attribute), method.held_out.attributes.get(attribute))
            seen, held_out = ("–" if part is None else f"{part.accuracy:.1%}".replace("%", " %") for part in parts)
            interval = f"{100 * share.low:.1f}–{100 * share.high:.1f} %"
            accuracy = f"{share.accuracy:.1%}".replace("%", " %")
            begins = f"{printable(name).ljust(width)}  {attribute:<10}"
            lines.append(f"{begins}{share.n:>6}{accuracy:>9}{interval:>16}{seen:>9}{held_out:>11}")
    held = "held out: videos with a combination of object, motion and colour that no training shows"
    return "\n".join([*lines, "", held])
