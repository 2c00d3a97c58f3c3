"""Time and memory of the reviewers' model over a million answers: 10,000 people, 8,250 videos, three methods.

    python -m benchmarks.mixed [--answers 1000000] [--rounds 3]

Each round fits in a process of its own, and counts the largest memory above what it holds before the fit. The truth is
printed beside what is found.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from typing import Any

import numpy as np
from scipy import special

#: Videos per label and method, labels, methods, and answers of each participant.
VIDEOS, LABELS, METHODS, EACH = 250, 11, 3, 100
#: On the logit scale: the methods' effects; SDs of videos, of participants, and of participant × method.
EFFECTS, SD = (1.5, 0.5, 0.0), (1.0, 0.7, 0.4)


def simulate(answers: int, seed: int) -> dict[str, np.ndarray]:
    """So many answers, each participant's to different videos drawn at random."""
    rng = np.random.default_rng(seed)
    workers, videos = max(answers // EACH, 2), VIDEOS * LABELS * METHODS
    worker = np.repeat(np.arange(workers), EACH)
    video = np.concatenate([rng.choice(videos, EACH, replace=False) for _ in range(workers)])
    method, label = video // LABELS % METHODS, video % LABELS
    eta = np.array(EFFECTS)[method] + 0.1 * label - 0.5 + rng.normal(0, SD[0], videos)[video]
    eta += rng.normal(0, SD[1], workers)[worker]
    eta += rng.normal(0, SD[2], workers * METHODS)[worker * METHODS + method]
    right = rng.random(len(eta)) < special.expit(eta)
    return {"worker": worker, "video": video, "method": method, "label": label, "right": right}


def measure(answers: int, seed: int) -> dict[str, Any]:
    """Fit in this process."""
    from analysis.mixed import mixed_model

    data = simulate(answers, seed)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    model = mixed_model(
        **data, methods=[f"method {k}" for k in range(METHODS)], labels=[f"label {k}" for k in range(LABELS)]
    )
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "seconds": seconds,
        "mebibytes": (after - before) / 1024,
        "evaluations": model.model.evaluations,
        "converged": model.converged,
        "sampled": model.sampled,
        "sd": model.sd,
        "contrasts": {f"{one.a} v {one.b}": [one.log_odds, one.standard_error] for one in model.contrasts},
    }


def main() -> None:
    """Print the medians over the rounds, and the last round's estimates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.answers, options.seed)))
        return
    found = []
    for number in range(options.rounds):
        arguments = ["--measure", "--answers", str(options.answers), "--seed", str(options.seed + number)]
        command = [sys.executable, "-m", "benchmarks.mixed", *arguments]
        found.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    for name in ("seconds", "mebibytes", "evaluations"):
        print(f"{name:<12}{statistics.median(one[name] for one in found):>10.1f}")
    print(f"converged   {sum(one['converged'] for one in found):>6} of {len(found)}")
    for (name, sd), truth in zip(found[-1]["sd"].items(), SD, strict=True):
        print(f"SD of {name:<22}{sd:>8.3f}, in truth {truth}")
    truths = [EFFECTS[0] - EFFECTS[1], EFFECTS[0] - EFFECTS[2], EFFECTS[1] - EFFECTS[2]]
    for (name, (log_odds, error)), truth in zip(found[-1]["contrasts"].items(), truths, strict=True):
        print(f"{name:<28}{log_odds:>8.3f} ± {error:.3f}, in truth {truth}")


if __name__ == "__main__":
    main()
