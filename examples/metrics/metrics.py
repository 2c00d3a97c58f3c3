"""What a metric is worth beside people: six methods, 33 prompts, two metrics, answers by simulated participants.

    python examples/metrics/metrics.py

Participants name what a video shows, as in the paper (Yamamoto & Harada, MM '16: 11 labels, here with three prompts
each). One metric looks at the video, as a judge network does; the other only knows how hard a prompt is. Both are
compared with people, and the first then helps to estimate accuracies from few answers. Nothing here says what people
see.
"""

import argparse
from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.formats import decimal, percent, points, range_decimal, range_percent, range_points
from analysis.metrics.scores import scores
from analysis.metrics.validation import validate
from analysis.prediction_powered import ScoredVideos, difference, labelled_needed, mean
from analysis.records.metrics import MetricValidation, SystemCorrelation, VideoCorrelation

Array = np.ndarray

#: Log odds of a right answer to a typical video of each method; the first two are 88 and 43 % right.
METHODS = {"proposed": 2.0, "comparison": -0.3, "ablation a": 1.4, "ablation b": 1.0, "ablation c": 0.6, "older": -1.0}
#: Prompts that people answer about, and prompts that videos were generated for.
ANSWERED, PROMPTS = 33, 330
PEOPLE, SEEN = 60, 0.25


@dataclass(frozen=True, kw_only=True)
class Videos:
    """Every method's video of every prompt, in this order, and the answers to some of them."""

    method: Array
    prompt: Array
    metrics: dict[str, Array]
    participant: Array
    video: Array
    right: Array


def simulate(rng: np.random.Generator) -> Videos:
    """Draw a study: logit standard deviations are 0.8 of prompts, 0.8 of videos and 0.7 of participants."""
    method, prompt = np.divmod(np.arange(len(METHODS) * PROMPTS), PROMPTS)
    hard = rng.normal(0, 0.8, PROMPTS)[prompt]
    logit = np.array(list(METHODS.values()))[method] + hard + rng.normal(0, 0.8, len(method))
    metrics = {
        "judge": special.expit(logit + rng.normal(0, 1.0, len(logit))),
        "prompt difficulty": -hard + rng.normal(0, 0.3, len(logit)),
    }
    answered = np.flatnonzero(prompt < ANSWERED)
    participant, place = np.nonzero(rng.random((PEOPLE, len(answered))) < SEEN)
    video = answered[place]
    odds = logit[video] + rng.normal(0, 0.7, PEOPLE)[participant]
    right = rng.random(len(odds)) < special.expit(odds)
    return Videos(method=method, prompt=prompt, metrics=metrics, participant=participant, video=video, right=right)


def validated(videos: Videos, metric: str, rng: np.random.Generator) -> MetricValidation:
    """A metric beside people, over the videos that they answered about."""
    own = scores(
        videos.right.astype(float),
        videos.participant,
        videos.video,
        np.where(videos.prompt < ANSWERED, videos.metrics[metric], np.nan),
        videos.method,
        videos.prompt,
    )
    return validate(own, rng, metric=metric, lower_is_better=metric == "prompt difficulty")


def lines(found: MetricValidation) -> list[str]:
    """What is printed of a metric."""
    ceiling = f"people's own ceiling {decimal(found.ceiling_by_video)}"
    rows = [f"{found.metric}, over {found.num_videos} videos ({ceiling}) and {found.num_systems} methods:"]
    rows += [f"  {row.name:<18}videos   {_figure(row)}" for row in found.by_video]
    rows += [
        f"  {row.name:<18}methods  {_figure(row)}; other methods {range_decimal(row.new_low, row.new_high)}"
        for row in found.by_system
    ]
    return rows


def _figure(row: VideoCorrelation | SystemCorrelation) -> str:
    return f"{decimal(row.value)} ({range_decimal(row.ci_low, row.ci_high)})"


def scored(videos: Videos, name: str) -> ScoredVideos:
    """One method's videos, with the judge's scores of all."""
    place = list(METHODS).index(name)
    own = videos.method[videos.video] == place
    others = np.flatnonzero((videos.method == place) & (videos.prompt >= ANSWERED))
    return ScoredVideos(
        score=videos.right[own].astype(float),
        participant=videos.participant[own],
        unit=videos.prompt[videos.video[own]],
        machine=videos.metrics["judge"][videos.video[own]],
        other_machine=videos.metrics["judge"][others],
        other_unit=videos.prompt[others],
    )


def estimates(videos: Videos, correlation: float) -> list[str]:
    """Accuracies and one difference, from people alone and with the judge."""
    rows = [f"with the judge's scores of {PROMPTS} videos of each method:"]
    for name in ("proposed", "comparison"):
        found = mean(scored(videos, name))
        alone, powered = (
            f"{percent(each.value)} ({range_percent(*found.share_interval(alone=each is found.alone))})"
            for each in (found.alone, found.powered)
        )
        rows.append(f"  {name:<20}people alone {alone:<22}with the judge {powered}")
    pair = difference(scored(videos, "ablation a"), scored(videos, "ablation b"))
    texts = [f"{points(each.value)} ({range_points(*each.interval('new'))})" for each in (pair.alone, pair.powered)]
    rows.append(f"  {'ablation a less b':<20}people alone {texts[0]:<22}with the judge {texts[1]} points")
    needed = labelled_needed(ANSWERED, PROMPTS, correlation)
    rows.append(f"  with a correlation of {decimal(correlation)}, {needed} videos say as much as {ANSWERED} without it")
    return rows


def main() -> None:
    """Simulate, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=16)
    rng = np.random.default_rng(parser.parse_args().seed)
    videos = simulate(rng)
    print("Simulated participants, not people.")
    found = [validated(videos, metric, rng) for metric in videos.metrics]
    for each in found:
        print("\n".join(lines(each)))
    print("\n".join(estimates(videos, found[0].by_video[0].value or 0.0)))


if __name__ == "__main__":
    main()
