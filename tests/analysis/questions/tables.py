"""Answers tables with several questions."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from tests.analysis.tables import table

METHODS = ("ours", "theirs", "base")


def naming_rows(*, question: str = "naming", seed: int = 0, **columns: Any) -> pd.DataFrame:
    """Twelve people name four videos of each of two methods."""
    frame = table({"ours": 0.8, "theirs": 0.5}, labels=("cat", "dog"), videos=2, workers=12, seed=seed)
    return frame.assign(question=question, question_kind="naming", **columns)


def preference_rows(
    *,
    question: str = "overall",
    methods: Sequence[str] = METHODS,
    strengths: Sequence[float] = (1.8, 0.4, -0.4),
    prompts: int = 8,
    workers: int = 12,
    ties: float = 0.2,
    seed: int = 0,
    **columns: Any,
) -> pd.DataFrame:
    """Everybody compares every pair of methods on every prompt, each on the left as often."""
    rng = np.random.default_rng(seed)
    rows = []
    for worker in range(workers):
        for prompt in range(prompts):
            for a in range(len(methods)):
                for b in range(a):
                    left, right = (a, b) if (worker + prompt) % 2 else (b, a)
                    wins = rng.random() < 1 / (1 + np.exp(strengths[right] - strengths[left]))
                    answer = "tie" if rng.random() < ties else "left" if wins else "right"
                    names = methods[left], methods[right]
                    rows.append((f"w{worker}", f"prompt {prompt}", *(f"{n}/{prompt}" for n in names), *names, answer))
    names = ["worker_id", "prompt", "left_video_id", "right_video_id", "left_method", "right_method", "answer"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(question=question, question_kind="preference", **columns)


def rating_rows(
    *,
    question: str = "quality",
    methods: Sequence[str] = METHODS,
    prompts: int = 8,
    workers: int = 12,
    seed: int = 0,
    **columns: Any,
) -> pd.DataFrame:
    """Everybody rates every video from 1 to 5, the first method best."""
    rng = np.random.default_rng(seed)
    rows = [
        (
            f"w{worker}",
            f"prompt {prompt}",
            f"{method}/{prompt}",
            method,
            str(rng.integers(1, 5 - place) + place // 2 + 1),
        )
        for worker in range(workers)
        for prompt in range(prompts)
        for place, method in enumerate(reversed(methods))
    ]
    frame = pd.DataFrame(rows, columns=["worker_id", "prompt", "video_id", "method", "answer"])
    frame["answer"] = frame["answer"].astype(int).clip(1, 5).astype(str)
    return frame.assign(question=question, question_kind="rating", **columns)


def mirrored(votes: pd.DataFrame) -> pd.DataFrame:
    """The same votes with left and right exchanged."""
    swap = {"left_method": "right_method", "left_video_id": "right_video_id"}
    swap |= {right: left for left, right in swap.items()}
    answers = votes["answer"].replace({"left": "right", "right": "left"})
    return votes.rename(columns=swap).assign(answer=answers)[list(votes.columns)]


PEOPLE, PROMPTS = 12, 6


def rows(kind: str, answer: Callable[[int, int, int], Mapping[str, object]]) -> pd.DataFrame:
    """One row for each participant, prompt and method; `answer` gives its columns."""
    found = [
        {
            "worker_id": f"w{worker}",
            "prompt": f"prompt {prompt}",
            "video_id": f"{method}/{prompt}",
            "method": method,
            **answer(worker, prompt, place),
        }
        for worker in range(PEOPLE)
        for prompt in range(PROMPTS)
        for place, method in enumerate(METHODS)
    ]
    return pd.DataFrame(found).assign(question=kind, question_kind=kind)


def draws(seed: int = 0) -> np.ndarray:
    """(people, prompts, methods) uniform numbers."""
    return np.random.default_rng(seed).random((PEOPLE, PROMPTS, len(METHODS)))


#: The share of good answers to each method.
GOOD = (0.9, 0.6, 0.4)


def captions() -> pd.DataFrame:
    shown = json.dumps([f"caption {place}" for place in range(4)] + ["None of these", "Unclear"])
    u = draws()

    def answer(worker: int, prompt: int, place: int) -> dict[str, object]:
        own, other = f"caption {prompt % 4}", f"caption {(prompt + 1) % 4}"
        wrong = (other, "None of these", "Unclear")[worker % 3]
        return {"label": own, "answer": own if u[worker, prompt, place] < GOOD[place] else wrong, "options": shown}

    return rows("caption", answer)


def statements() -> pd.DataFrame:
    u = draws(1)

    def answer(worker: int, prompt: int, place: int) -> dict[str, object]:
        truth, other = ("yes", "no") if prompt % 2 else ("no", "yes")
        wrong = other if worker % 3 else "cannot_tell"
        return {"label": truth, "answer": truth if u[worker, prompt, place] < GOOD[place] else wrong}

    return rows("statement", answer)


def moments() -> pd.DataFrame:
    u = draws(2)

    def answer(worker: int, prompt: int, place: int) -> dict[str, object]:
        start = prompt + u[worker, prompt, place] / 10
        mark = json.dumps({"start_s": start, "end_s": start + 0.2, "what": "warps" if worker % 2 else "vanishes"})
        return {"answer": "none" if u[worker, prompt, place] < GOOD[place] else mark}

    return rows("moment", answer)


def rankings() -> pd.DataFrame:
    strengths = np.array([1.5, 0.5, 0.0]) + np.random.default_rng(3).gumbel(size=(PEOPLE, PROMPTS, 3))
    found = [
        {
            "worker_id": f"w{worker}",
            "prompt": f"prompt {prompt}",
            "answer": " > ".join(METHODS[place] for place in np.argsort(-strengths[worker, prompt])),
        }
        for worker in range(PEOPLE)
        for prompt in range(PROMPTS)
    ]
    return pd.DataFrame(found).assign(question="ranking", question_kind="ranking")


def once(kind: str, answers: list[str]) -> pd.DataFrame:
    people = [f"w{worker}" for worker in range(len(answers))]
    return pd.DataFrame({"worker_id": people, "answer": answers}).assign(question=kind, question_kind=kind)


TABLES: dict[str, Callable[[], pd.DataFrame]] = {
    "naming": naming_rows,
    "preference": preference_rows,
    "rating": rating_rows,
    "caption": captions,
    "statement": statements,
    "ranking": rankings,
    "moment": moments,
    "choice": lambda: once("choice", ["phone", "laptop", "phone | laptop", "phone"] * 3),
    "number": lambda: once("number", ["20", "31.5", "47", "60"] * 3),
    "text": lambda: once("text", ["<b>bold</b> & | *wild*", "It jumps.", "\u05d0\u05d1 > $x$"]),
}


def every_kind() -> pd.DataFrame:
    """One question of every kind in one table, answered by programs."""
    return pd.concat([make() for make in TABLES.values()], ignore_index=True).assign(simulated=True)
