"""The façade: `vidgen.generate` and its siblings, their examples, and their defaults."""

import doctest
import inspect
import subprocess
import sys
from dataclasses import fields
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import vidgen
import vidgen.bench
from tests.tinyweights import C3D_CONFIG, JUDGE_CONFIG, TEMPCAE_CONFIG
from vidgen.batch_config import BatchConfig
from vidgen.cli import load
from vidgen.dataset.settings import DatasetSettings, LargeSettings
from vidgen.training import runs
from vidgen.training.fit import FitConfig
from vidgen.training.presets import PRESETS, Preset
from vidgen.training.runs import TrainConfig

FUNCTIONS = [name for name in vidgen.__all__ if not name.startswith("_")]


def examples() -> list[doctest.DocTest]:
    """The examples of the façade, and that of `vidgen.bench`."""
    found = [doctest.DocTestFinder().find(module, globs={"vidgen": vidgen}) for module in (vidgen, vidgen.bench)]
    return [test for tests in found for test in tests if test.examples]


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_examples_run(example: doctest.DocTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every example gives what it shows; trainings are of a tiny preset and looked at briefly."""
    fits = {field.name: FitConfig(steps=3, batch=2) for field in fields(Preset) if field.name.endswith("_fit")}
    sizes = {"c3d": C3D_CONFIG, "tempcae": TEMPCAE_CONFIG, "judge": JUDGE_CONFIG, "any_tempcae": TEMPCAE_CONFIG}
    if example.name == "vidgen.train":
        monkeypatch.setitem(PRESETS, "compact", Preset(**sizes, **fits))
        monkeypatch.setattr(runs, "accuracy", partial(runs.accuracy, batches=1))
        monkeypatch.setattr(runs, "unclear_threshold", partial(runs.unclear_threshold, clips=4))
    monkeypatch.chdir(tmp_path)
    printed: list[str] = []
    doctest.DocTestRunner(verbose=False).run(example, out=printed.append)
    assert not printed, "".join(printed)


def test_every_function_has_an_example() -> None:
    """Each says what it takes, returns and raises, and shows it."""
    for name in FUNCTIONS:
        text = inspect.getdoc(getattr(vidgen, name)) or ""
        assert [part for part in ("Args:", "Returns:", "Raises:", "Example:") if part not in text] == [], name


def test_the_facade_is_listed_and_loads_nothing() -> None:
    """`dir` has the functions before any of them was used, and torch and numpy are not loaded for it."""
    code = "import sys, vidgen; print(dir(vidgen)); print({'torch', 'numpy', 'av'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == [str(sorted(vidgen.__all__)), "set()"]


def defaults(function: object) -> dict[str, object]:
    """The defaults of a function's arguments."""
    parameters = inspect.signature(function).parameters.values()  # type: ignore[arg-type]
    return {one.name: one.default for one in parameters if one.default is not inspect.Parameter.empty}


CONFIGS = [
    ("generate_batch", BatchConfig(), {"real": "real_per_label"}),
    ("generate", BatchConfig(), {"real": "real_per_label"}),
    ("train", TrainConfig(), {}),
    ("make_dataset", DatasetSettings(), {}),
    ("make_captioned_dataset", LargeSettings(), {}),
]


@pytest.mark.parametrize(("name", "config", "names"), CONFIGS)
def test_defaults_are_those_of_the_settings(name: str, config: object, names: dict[str, str]) -> None:
    """An argument of the façade that is a setting has the setting's default; device and batch size are chosen."""
    chosen = {"device", "batch_size"}
    for argument, value in defaults(getattr(vidgen, name)).items():
        setting = names.get(argument, argument)
        if hasattr(config, setting) and argument not in chosen:
            assert value == getattr(config, setting), argument


COMMANDS = [("generate-batch", vidgen.generate_batch), ("train", vidgen.train), ("judge", vidgen.judge)]
COMMANDS += [("make-dataset", vidgen.make_dataset), ("bench-gpu", vidgen.bench.bench_gpu)]  # type: ignore[list-item]


@pytest.mark.parametrize(("name", "function"), COMMANDS)
def test_options_have_the_defaults_of_the_facade(name: str, function: object) -> None:
    """What a command does without an option is what the function does without the argument."""
    found = defaults(function)
    options = {option.name: option.default for option in load(name).params if option.name in found}
    assert len(options) >= 3
    for option, value in options.items():
        wanted = found[option]
        given = tuple(value.split(",")) if isinstance(wanted, tuple) and isinstance(value, str) else value
        assert wanted == (None if repr(given) == "Sentinel.UNSET" else given), option


def test_real_clips_follow_the_generated_ones(tiny_weights: Path) -> None:
    """Frames are those of the label sets in order, then the control's; labels may be a list or a text."""
    made = vidgen.generate(["car right", "rocket up + ship left"], weights=tiny_weights, steps=1, device="cpu", real=1)
    assert made.shape == (4, 16, 96, 128, 3)
    alone = vidgen.generate("car right,rocket up + ship left", weights=str(tiny_weights), steps=1, device="cpu")
    assert np.array_equal(made[:2], alone)
    assert (made[2:] == 255).mean() > 0.5  # drawings on white


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"labels": "dog up"}, "unknown label 'dog up'"),
        ({"method": "dream"}, "unknown method 'dream'"),
        ({"preset": "huge"}, "unknown preset 'huge'"),
        ({"device": "tpu"}, "unknown device 'tpu'"),
        ({"real": -1}, "must not be negative"),
    ],
)
def test_unknown_names_are_refused(options: dict[str, object], message: str) -> None:
    """The error names the argument's value, and nothing is computed."""
    with pytest.raises(ValueError, match=message):
        vidgen.generate(**options)  # type: ignore[arg-type]
