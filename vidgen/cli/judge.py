"""`vidgen judge`."""

from pathlib import Path

import click

from vidgen.cli import command as declare

EXAMPLES = """
vidgen judge videos
vidgen judge videos --out judge.json
"""


@declare("judge", EXAMPLES)
@click.argument("videos_dir", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Where the figures go.  [default: VIDEOS_DIR/judge.json]")
@click.option("--preset", default="compact", help="Whose judge.")
@click.option("--weights", type=click.Path(path_type=Path), help="Folder that `vidgen train` wrote, instead of ours.")
def command(videos_dir: Path, out: Path | None, preset: str, weights: Path | None) -> None:
    """Let an independent classifier look at the videos before people do.

    It was trained on other drawings than the networks that generate, and takes no part in generation. It is a
    pre-flight check: it replaces no people. Writes judge.json, and beliefs.csv, from which simulated participants can
    answer.
    """
    import json

    from tqdm import tqdm

    from vidgen.judge import NOTICE, judge_directory, load_judge, write_beliefs
    from vidgen.runrecord import write_text

    judge, threshold = load_judge(preset, weights)
    with tqdm(desc="judge", unit="video") as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update()

        verdicts, figures = judge_directory(videos_dir, judge, threshold, show)
    path = out or videos_dir / "judge.json"
    write_text(path, json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
    write_beliefs(videos_dir / "beliefs.csv", verdicts)
    columns = (
        "n_videos",
        "accuracy",
        "object_accuracy",
        "direction_accuracy",
        "unclear",
        "background_error",
    )
    click.echo(f"{'method':<12}" + "".join(f"{name:>20}" for name in columns))
    for name, figure in figures["methods"].items():
        values = (figure[column] for column in columns)
        cells = "".join(f"{'–' if v is None else v if isinstance(v, int) else f'{v:.4f}':>20}" for v in values)
        click.echo(f"{name:<12}{cells}")
    click.echo(f"{NOTICE}\n{path}")
