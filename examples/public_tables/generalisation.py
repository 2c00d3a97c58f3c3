"""Geirhos et al. 2018: which of 16 objects a distorted photograph shows, shown for a fifth of a second.

    python examples/public_tables/generalisation.py generalisation-humans-DNNs/raw-data/humans/false-colour-experiment

The source is one experiment's folder, a file per observer and session. The method is the condition, the pair is the
photograph; few photographs were seen under two conditions.
"""

import re
import sys
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))
from reshaping import arguments, check, first_answers, without, write

LABELS = {
    *("airplane", "bear", "bicycle", "bird", "boat", "bottle", "car", "cat"),
    *("chair", "clock", "dog", "elephant", "keyboard", "knife", "oven", "truck"),
}
#: What the source writes where nobody clicked in time; it counts as wrong there, and as Unclear here.
NO_ANSWER = "na"
#: The end of an image's name: its class and number in ImageNet.
PHOTOGRAPH = r"_(n\d+_\d+)\.\w+$"


def read(folder: Path) -> pd.DataFrame:
    """Every human observer's file of an experiment, every value as it is spelled."""
    files = sorted(folder.glob("*_subject-*.csv"))
    if not files:
        raise ValueError(f"{folder}: no *_subject-*.csv; give the folder of one experiment in raw-data/humans")
    return pd.concat([pd.read_csv(file, dtype=str, keep_default_na=False) for file in files], ignore_index=True)


def reshape(trials: pd.DataFrame, experiment: str) -> pd.DataFrame:
    """The answers table of one experiment's trials."""
    print(f"{len(trials)} rows")
    photograph = trials["imagename"].str.extract(PHOTOGRAPH)[0]
    rows = without(trials.assign(photograph=photograph), photograph.isna(), "no photograph in the image's name")
    print(f"{int((rows['object_response'] == NO_ANSWER).sum())} rows without an answer in time: Unclear, so wrong")
    method = experiment + " " + rows["condition"]
    answers = pd.DataFrame(
        {
            "worker_id": rows["subj"],
            "video_id": rows["photograph"] + "/" + rows["condition"],
            "method": method,
            "label": rows["category"],
            "answer": rows["object_response"].replace(NO_ANSWER, "Unclear"),
            "pair": rows["photograph"],
        }
    )
    check(answers, LABELS | {"Unclear"})
    return first_answers(answers)


def main() -> None:
    """Read, reshape, write."""
    options = arguments(__doc__.splitlines()[0], "folder of one experiment in raw-data/humans").parse_args()
    experiment = re.sub(r"-experiment$", "", options.source.resolve().name)
    write(reshape(read(options.source), experiment), options.out)


if __name__ == "__main__":
    main()
