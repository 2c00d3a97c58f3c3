"""How long participants took to answer."""

import numpy as np

from analysis.answers import Answers
from analysis.counts import KEPT
from analysis.records.answers import ResponseTimes
from analysis.shown import places

#: Edges of the histogram in seconds: ten to a factor of ten.
EDGES = 10 ** np.arange(-1, 3.01, 0.1)


def response_times(answers: Answers) -> list[ResponseTimes]:
    """Per method: quantiles, medians of right and wrong answers, histogram; empty where no times were recorded."""
    if "time_to_answer_s" not in answers.telemetry:
        return []
    valid = f"{KEPT} AND time_to_answer_s > 0"
    methods = places(answers.videos.method, answers.methods).astype(np.int16)
    codes = {"video": np.arange(len(methods), dtype=np.int32), "method": methods}
    answers.connection.register("method_codes", codes)
    rows = answers.connection.execute(
        "SELECT method, count(*), quantile_cont(time_to_answer_s, [0.25, 0.5, 0.75, 0.9]), "  # noqa: S608
        "quantile_cont(time_to_answer_s, 0.5) FILTER (WHERE correct), "
        "quantile_cont(time_to_answer_s, 0.5) FILTER (WHERE NOT correct) "
        f"FROM answers JOIN method_codes USING (video) WHERE {valid} GROUP BY method ORDER BY method"
    ).fetchall()
    bins = answers.arrays(
        "SELECT method, greatest(0, least(40, floor((log10(time_to_answer_s) + 1) * 10)))::INT AS bin, count(*) AS n "  # noqa: S608
        f"FROM answers JOIN method_codes USING (video) WHERE {valid} GROUP BY ALL"
    )
    answers.connection.unregister("method_codes")
    histogram = np.zeros((len(answers.methods), len(EDGES)), dtype=np.int64)
    np.add.at(histogram, (bins["method"].astype(int), bins["bin"].astype(int)), bins["n"].astype(np.int64))
    return [
        ResponseTimes(
            method=answers.methods[method],
            n_answers=number,
            quartile_1_s=quantiles[0],
            median_s=quantiles[1],
            quartile_3_s=quantiles[2],
            percentile_90_s=quantiles[3],
            median_right_s=right,
            median_wrong_s=wrong,
            histogram=histogram[method].tolist(),
        )
        for method, number, quantiles, right, wrong in rows
    ]
