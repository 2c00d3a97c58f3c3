"""The field's words are used in code, help texts and documentation."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: Words that once stood for what the field has a word for, in generation …
GENERATION = {
    r"\bsketch(es|ed)?\b": "exemplars",
    r"\b(un)?told\b": "conditional, unconditional",
    r"\bhaste\b": "step exponent",
    r"\bforesight\b": "multistep correction",
    r"\bslopes?\b": "gradient",
    r"\breadied\b|\blaid_out\b": "prepare_for_inference, to_channels_last",
    r"\bmoment_|_moments?\b": "snippets",
}
#: … and everywhere.
EVERYWHERE = {
    r"\bbeliefs?\b": "response probabilities",
    r"\b(Mind|Temper|temper)\b": "simulated worker, response style",
    r"\btaste\b": "participant × method interaction",
    r"\bset_?aside\b": "exclusions",
    r"\bbring_up\b": "apply, reconcile",
    r"\b(wholefile|medianames|crowd\.secrets|crowd\.money)\b": "atomic_write, opaque_names, credentials, pricing",
    r"\b(sidebyside|readied|laid_out)\b": "parallel, prepare_for_inference, to_channels_last",
}
#: Where the release before is read, and a module whose code the calibration names by its hash.
EXEMPT = {
    *("vidgen/batch.py", "vidgen/networks/checkpoints.py", "vidgen/runrecord.py", "vidgen/training/runs.py"),
    *("crowd/simulated/response_probabilities.py", "vidgen/cli/rehearse.py", "vidgen/cli/simulate_answers.py"),
    *("analysis/simulator.py", "docs/cli.md"),
}
ABOUT_GENERATION = [path for path in (ROOT / "vidgen").rglob("*.py") if path.parent.name != "cli"]
ABOUT_GENERATION += [ROOT / "docs" / name for name in ("methods.md", "dataset.md")]
EVERY_FILE = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md")),
    *(ROOT / "docs").glob("*.md"),
    *(
        path
        for package in ("vidgen", "crowd", "analysis", "templates")
        for path in (ROOT / package).rglob("*")
        if path.suffix in (".py", ".j2", ".js", ".toml", ".css")
    ),
]
CASES = [
    *((pattern, word, ABOUT_GENERATION) for pattern, word in GENERATION.items()),
    *((pattern, word, EVERY_FILE) for pattern, word in EVERYWHERE.items()),
]


@pytest.mark.parametrize(("pattern", "word", "files"), CASES, ids=[word for _, word, _ in CASES])
def test_the_fields_words_are_used(pattern: str, word: str, files: list[Path]) -> None:
    """No other word stands for the same thing."""
    assert files
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in files
        if str(path.relative_to(ROOT)) not in EXEMPT
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert found == [], f"say: {word}"
