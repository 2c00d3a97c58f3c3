"""The objective that the paper's 50,000 literal steps reach, and the one that ours reach in fewer, from the same seeds.

Ours are the method's own steps, and from their end some on the literal objective itself, with Nesterov's momentum
instead of 50,000 equal steps: what those would still gain, and, in sheet.png, what it looks like. All ends are valued
by the literal method's own terms and rates, Σ η_k L_k / max η: with Table 1's rates, L_C3D + L_AE.
The literal run is long: it goes on where it was stopped, and writes its values on the way, so that one sees whether it
had arrived. `python -m benchmarks.integration --out DIR [--labels 'car right,rocket up,ship left']`.
`--finer 4` asks instead whether a method's own equal steps are short enough: it takes four times as many, each as much
shorter, from the same seeds, and prints how far apart the ends are.
"""

import argparse
import json
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, cast

import torch
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from vidgen.atomic_write import write_text
from vidgen.batch import target_of
from vidgen.descent import Step, descend, for_videos, most_labels, start_video, term_values, total_value
from vidgen.device import choose_device, tune
from vidgen.labels import JOINER, parse_labels
from vidgen.methods import Method, Term, find_method
from vidgen.networks.c3d import C3D
from vidgen.objectives import EvaluationContext
from vidgen.runrecord import claim
from vidgen.weights import Networks, load_networks


def scaled(literal: Method) -> list[Term]:
    """The literal method's terms, the largest of their rates taken as 1."""
    most = max(term.rate for term in literal.terms)
    return [replace(term, rate=term.rate / most) for term in literal.terms]


def with_longer_steps(method: Method, times: int) -> Method:
    """The same gradient flow to the same time in steps so many times as long: what no GPU is needed for."""
    terms = tuple(replace(term, rate=term.rate * times) for term in method.terms)
    return replace(method, steps=-(-method.steps // times), terms=terms)


def shape_of(networks: Networks) -> tuple[int, int, int, int]:
    """The shape of a video."""
    size = cast(C3D, networks.c3d).config
    return 3, size.frames, size.height, size.width


def with_shorter_steps(method: Method, times: int) -> Method:
    """The same gradient flow to the same time in so many times as many steps, each as much shorter."""
    terms = tuple(replace(term, rate=term.rate / times) for term in method.terms)
    return replace(method, steps=method.steps * times, terms=terms)


def values(video: Tensor, literal: Method, target: Tensor, networks: Networks) -> dict[str, Any]:
    """Each term of the literal method per video, and their sum by its scaled rates."""
    terms = term_values(video, literal, target, **networks.of(literal))
    total = torch.stack([term.rate * terms[term.objective] for term in scaled(literal)]).sum(0)
    return {"objective": total.tolist(), **{name: value.tolist() for name, value in terms.items()}}


def follow(
    method: Method, literal: Method, seeds: list[int], target: Tensor, networks: Networks, out: Path, every: int
) -> tuple[list[dict[str, Any]], Tensor]:
    """The values on the way, and the end; a method of equal steps goes on from the state that is kept in `out`."""
    shape = shape_of(networks)
    stem = method.name.replace(":", "-")
    state, history = out / f"{stem}.pt", out / f"{stem}.json"
    video, step, way = start_video(method.start, seeds, shape, target.device), 0, []
    if state.exists() and history.exists():
        kept = torch.load(state, map_location=target.device, weights_only=True)
        video, step = kept["video"], kept["step"]
        way = [entry for entry in json.loads(history.read_text(encoding="utf-8")) if entry["step"] <= step]
    stretch = method.steps if method.annealing else every
    nets = networks.of(method)
    with tqdm(total=method.steps, initial=step, desc=method.name, mininterval=2) as bar:
        while step < method.steps:
            began = time.perf_counter()

            def tell(step: Step) -> None:
                bar.update()

            part = replace(method, steps=min(stretch, method.steps - step))
            video = descend(video, part, target, callback=tell, **nets)
            step += part.steps
            seconds = time.perf_counter() - began
            way.append({"step": step, "seconds": seconds, **values(video, literal, target, networks)})
            torch.save({"step": step, "video": video}, state.with_suffix(".partial"))
            write_text(history, json.dumps(way, indent=1) + "\n")
            state.with_suffix(".partial").replace(state)
    return way, video


#: Of the steps on the literal objective: how far one goes, and how much of the last one's way it adds.
CLOSING_RATE, MOMENTUM = 5.0, 0.97


def close(video: Tensor, literal: Method, target: Tensor, networks: Networks, steps: int) -> Tensor:
    """Steps on Σ η_k L_k / max η with Nesterov's momentum (1983; Sutskever et al. 2013, eqs. 3–4)."""
    terms, speed, nets = scaled(literal), torch.zeros_like(video), networks.of(literal)
    for _ in tqdm(range(steps), desc="on the literal objective", mininterval=2):
        ahead = (video + MOMENTUM * speed).detach().requires_grad_()
        context = EvaluationContext(ahead, literal.sigma, target, **nets, num_objects=most_labels(target))
        (gradient,) = torch.autograd.grad(total_value(context, terms).sum(), ahead)
        speed = MOMENTUM * speed - CLOSING_RATE * gradient
        video = video + speed
    return video


def sheet(videos: list[Tensor]) -> Image.Image:
    """First, middle and last frames: a row of videos for each tensor of them."""
    rows = []
    for batch in videos:
        shown = batch[:, :, [0, batch.shape[2] // 2, -1]].clamp(0, 1)
        rows.append(shown.permute(3, 0, 2, 4, 1).flatten(1, 3))
    return Image.fromarray((torch.cat(rows) * 255).round().byte().cpu().numpy())


def compare_finer(
    method: Method, times: int, labels: list[tuple[str, ...]], seed: int, networks: Networks, device: torch.device
) -> None:
    """Print how far a method's end is from that of a finer integration, per label, and the values of both."""
    target = torch.stack([target_of(names, networks.classes, networks.num_outputs) for names in labels]).to(device)
    size: Any = networks.c3d.config
    start = start_video(
        method.start, range(seed, seed + len(labels)), (3, size.frames, size.height, size.width), device
    )
    both = [descend(start, one, target, **networks.of(one)) for one in (method, with_shorter_steps(method, times))]
    far = [(1 - video).square().flatten(1).sum(1).sqrt() for video in both]
    apart = (both[0] - both[1]).square().flatten(1).sum(1).sqrt() / far[1]
    ends = [values(video, method, target, networks)["objective"] for video in both]
    print(f"{method.name}: {method.steps} steps and {times * method.steps}")
    for index, names in enumerate(labels):
        print(
            f"{JOINER.join(names):<24}objective {ends[0][index]:.4g} and {ends[1][index]:.4g}"
            f"   difference {apart[index]:.1%} of the ink"
        )


def main() -> None:
    """Run both, print the objective per label, the ratio, and how far the literal run still moved at its end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("integration"), help="directory of the states; gone on with")
    parser.add_argument("--literal", default="proposed:paper")
    parser.add_argument("--ours", default="guided")
    parser.add_argument("--labels", default="car right,rocket up,ship left")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, help="of the literal method, instead of all")
    parser.add_argument("--longer", type=int, default=1, help="times as long, and as few, the literal steps are")
    parser.add_argument("--closing", type=int, default=300, help="steps of ours on the literal objective itself")
    parser.add_argument("--every", type=int, default=500, help="steps between what is kept")
    parser.add_argument("--preset", default="compact")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--finer", type=int, help="compare --ours with so many times as many steps, and nothing else")
    options = parser.parse_args()
    device = choose_device(options.device)
    tune(device)
    networks = load_networks(options.preset, options.weights, device)
    label_sets = parse_labels(options.labels, networks.classes)
    literal, ours = find_method(options.literal), find_method(options.ours)
    if options.finer:
        compare_finer(ours, options.finer, label_sets, options.seed, networks, device)
        return
    if options.steps:
        literal = replace(literal, steps=options.steps)
    literal = with_longer_steps(literal, options.longer)
    names = [JOINER.join(labels) for labels in label_sets]
    settings = {"literal": asdict(literal), "ours": asdict(ours), "labels": names, "seed": options.seed}
    claim(options.out, {**settings, **networks.hashes}, {"torch": torch.__version__})
    target = torch.stack([target_of(labels, networks.classes, networks.num_outputs) for labels in label_sets])
    seeds = [options.seed + index for index in range(len(label_sets))]
    # One set of a learned prior's draws for both methods, so that they share one objective.
    begin = start_video(ours.start, seeds, shape_of(networks), torch.device(device))
    networks = replace(networks, tempcae=for_videos(networks.tempcae, begin))
    ends: dict[str, Tensor] = {}
    found: dict[str, dict[str, Any]] = {}
    for method in (ours, literal):
        way, ends[method.name] = follow(method, literal, seeds, target.to(device), networks, options.out, options.every)
        found[method.name] = way[-1]
        seconds = sum(entry["seconds"] for entry in way)
        print(f"{method.name}: {method.steps:,} steps, {seconds / len(seeds):.1f} s a video", flush=True)
    closed = f"{ours.name} and {options.closing} closing steps"
    began = time.perf_counter()
    ends[closed] = close(ends[ours.name], literal, target.to(device), networks, options.closing)
    found[closed] = values(ends[closed], literal, target.to(device), networks)
    print(f"{closed}: {(time.perf_counter() - began) / len(seeds):.1f} s more a video")
    sheet(list(ends.values())).save(options.out / "sheet.png", optimize=True)
    write_text(options.out / "ends.json", json.dumps({"labels": names, **found}, indent=1) + "\n")
    for index, name in enumerate(names):
        print(name)
        wanted = found[literal.name]["objective"][index]
        for end, terms in found.items():
            parts = "  ".join(f"{term.objective} {terms[term.objective][index]:.3g}" for term in literal.terms)
            reached = terms["objective"][index]
            print(f"  {end:<36}{reached:>12.6g}  {reached / wanted:8.4f} × literal   {parts}")
    late = [entry["objective"] for entry in way if entry["step"] >= 0.9 * literal.steps]
    moved = max(abs(first - last) / last for first, last in zip(late[0], late[-1], strict=True))
    print(f"in its last tenth {literal.name} moved by at most {moved:.2%}")


if __name__ == "__main__":
    main()
