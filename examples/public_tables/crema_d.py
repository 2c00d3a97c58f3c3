"""CREMA-D: which emotion an actor means, judged by ear, by eye or by both.

    python examples/public_tables/crema_d.py CREMA-D/finishedResponses.csv --slow CREMA-D/finishedEmoResponses.csv

The method is what people were given, the pair is the clip. The columns are those that the source's README describes.
"""

import sys
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))
from reshaping import arguments, check, first_answers, without, write

METHODS = {"1": "audio", "2": "video", "3": "audio-visual"}
EMOTIONS = {"A": "anger", "D": "disgust", "F": "fear", "H": "happy", "N": "neutral", "S": "sad"}
#: Actor, sentence, emotion, level; practice clips have other names.
CLIP = r"^(\d{4}_[A-Z]{3}_(?:ANG|DIS|FEA|HAP|NEU|SAD)_[A-Z]{2})"
#: Where a question stands, in both of the source's files.
QUESTION = ["sessionNums", "queryType", "questNum"]
#: The source's own limit for a first answer: processFinishedResponses.R tabulates only what is below it.
SLOW_MS = 10_000


def read(path: Path) -> pd.DataFrame:
    """A file of the source, every value as it is spelled."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def reshape(responses: pd.DataFrame, first_clicks: pd.DataFrame | None = None) -> pd.DataFrame:
    """The answers table of `finishedResponses.csv`, without slow answers if `finishedEmoResponses.csv` is given."""
    print(f"{len(responses)} rows")
    clip = responses["clipName"].str.extract(CLIP)[0]
    rows = without(responses.assign(clip=clip), clip.isna(), "practice clips, no clips of the collection")
    rows = without(rows, ~rows["queryType"].isin(list(METHODS)), "neither audio nor video nor both")
    rows = without(rows, ~rows["respEmo"].isin(list(EMOTIONS)), "no answer of the six")
    if first_clicks is not None:
        slow = first_clicks[pd.to_numeric(first_clicks["ttr"], errors="coerce") > SLOW_MS]
        places = pd.MultiIndex.from_frame(slow[QUESTION])
        is_slow = pd.MultiIndex.from_frame(rows[QUESTION]).isin(places)
        rows = without(rows, pd.Series(is_slow, rows.index), "first click later than 10 s, as in the source")
    meant = rows["clip"].str[9]
    other = int((rows["dispEmo"] != meant).sum())
    print(f"{other} rows whose dispEmo is not the emotion in the clip's name, which is taken")
    method = rows["queryType"].map(METHODS)
    answers = pd.DataFrame(
        {
            "worker_id": rows["localid"],
            "video_id": rows["clip"] + "/" + method,
            "method": method,
            "label": meant.map(EMOTIONS),
            "answer": rows["respEmo"].map(EMOTIONS),
            "pair": rows["clip"],
        }
    )
    check(answers, set(EMOTIONS.values()))
    return first_answers(answers)


def main() -> None:
    """Read, reshape, write."""
    parser = arguments(__doc__.splitlines()[0], "finishedResponses.csv of the source")
    parser.add_argument("--slow", type=Path, help="finishedEmoResponses.csv: leave out what took more than 10 s")
    options = parser.parse_args()
    write(reshape(read(options.source), read(options.slow) if options.slow else None), options.out)


if __name__ == "__main__":
    main()
