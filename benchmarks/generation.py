"""Seconds a video and peak memory per method: our batched loop against the plain one, side by side in one run.

The plain loop is what the method is without engineering: one video at a time, every term followed by going back through
its value, networks not frozen, so that their graphs are kept and their gradients filled too, contiguous layout, the
default allocator. Both make the same videos from the same seeds. What is integrated at second order the plain loop
follows in Euler's steps too, as many as come as near to the end of the flow: the objective reached, the mean of the
videos' losses, stands beside the time.
`python -m benchmarks.generation [--videos 22]`.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from typing import Any

LABEL_SETS = 11
#: Euler's steps that reach the objective that a method's own steps of second order reach.
EULER_STEPS = {"refined": 24}


def gradient_by_backward(total: Any, leaf: Any) -> tuple[Any]:
    """What `torch.autograd.grad` gives, as a loop without it does: the networks' gradients are computed as well."""
    total.backward()
    return (leaf.grad,)


def make_plain(networks: Any) -> None:
    """Undo what the loop does for speed, in this process."""
    import torch

    from vidgen import descent, objectives

    for network in (networks.c3d, networks.tempcae, *networks.others.values()):
        network.requires_grad_(True).to(memory_format=torch.contiguous_format)
    torch.autograd.grad = gradient_by_backward
    descent.TOGETHER = 1
    descent.GRADIENTS.clear()

    def decoded(context: objectives.EvaluationContext, labels: Any) -> Any:
        return context._tempcae(context.video, context._sigma_or_sigmas, labels, context._num_objects).detach()

    plain = objectives.EvaluationContext
    plain.fixed_decoded = property(lambda context: decoded(context, None))  # type: ignore[assignment]
    plain.conditional_decoded = property(lambda context: decoded(context, context.labels))  # type: ignore[assignment]


def measure(method_name: str, variant: str, videos: int, steps: int | None) -> dict[str, float]:
    """Make the videos in this process and say what it took: seconds a video, peak memory in GB."""
    from benchmarks.steps import integrate, objective
    from vidgen.allocator import tune_allocator
    from vidgen.batch import make_videos
    from vidgen.batch_config import BatchConfig, plan
    from vidgen.device import default_batch_size
    from vidgen.weights import load_networks

    tuned = variant == "ours"
    if tuned:
        tune_allocator()
    networks = load_networks("compact")
    if not tuned:
        make_plain(networks)
    if variant == "euler":
        integrate(method_name, order=1)
        steps = EULER_STEPS[method_name]
    config = BatchConfig(methods=(method_name,), per_label=-(-videos // LABEL_SETS), steps=steps)
    items = plan(config)[:videos]
    size = default_batch_size("cpu") if tuned else 1
    make_videos(items[:1], BatchConfig(methods=(method_name,), steps=1), networks, lambda _: None)
    began, facts = time.perf_counter(), []
    for start in range(0, len(items), size):
        facts += make_videos(items[start : start + size], config, networks, lambda _: None)[1]
    return {
        "seconds": (time.perf_counter() - began) / len(items),
        "gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        "objective": statistics.mean(map(objective, facts)),
    }


def main() -> None:
    """Run both variants of each method in turn, in processes of their own, and print the medians and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--methods", default="refined,guided,proposed,comparison")
    parser.add_argument("--videos", type=int, default=22)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--child", nargs=2, metavar=("METHOD", "VARIANT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(measure(*options.child, options.videos, options.steps)))
        return
    for method in options.methods.split(","):
        figures: dict[str, list[dict[str, float]]] = {"ours": [], "plain": []}
        if method in EULER_STEPS and not options.steps:
            figures["euler"] = []
        for _ in range(options.rounds):
            for variant, taken in figures.items():
                arguments = [sys.executable, "-m", "benchmarks.generation", "--child", method, variant]
                arguments += ["--videos", str(options.videos)]
                arguments += ["--steps", str(options.steps)] if options.steps else []
                output = subprocess.run(arguments, capture_output=True, text=True, check=True).stdout
                taken.append(json.loads(output.splitlines()[-1]))
        for variant, taken in figures.items():
            seconds = statistics.median(item["seconds"] for item in taken)
            memory = max(item["gigabytes"] for item in taken)
            ratio = statistics.median(
                item["seconds"] / ours["seconds"] for item, ours in zip(taken, figures["ours"], strict=True)
            )
            print(
                f"{method:<12}{variant:<8}{seconds:8.3f} s/video{memory:8.2f} GB peak"
                f"   objective {taken[0]['objective']:.4g}   {ratio:.2f} × the time of ours"
            )
        print(f"(medians of {options.rounds} rounds)")


if __name__ == "__main__":
    main()
