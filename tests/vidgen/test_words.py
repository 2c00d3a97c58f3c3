"""Generation is named in the field's words, in code, help texts and documentation."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Words that once stood for what the field has a word for; those of the release before are known where files are read.
OTHERWISE = {
    r"\bsketch(es|ed)?\b": "exemplars",
    r"\b(un)?told\b": "conditional, unconditional",
    r"\bhaste\b": "step exponent",
    r"\bforesight\b": "multistep correction",
    r"\bslopes?\b": "gradient",
    r"\breadied\b|\blaid_out\b": "prepare_for_inference, to_channels_last",
    r"\bmoment_|_moments?\b": "snippets",
}
READERS = {"vidgen/batch.py", "vidgen/networks/checkpoints.py", "vidgen/runrecord.py", "vidgen/training/runs.py"}
PAGES = [ROOT / "docs" / name for name in ("methods.md", "dataset.md")]
FILES = [path for path in (ROOT / "vidgen").rglob("*.py") if path.parent.name != "cli"] + PAGES


@pytest.mark.parametrize(("pattern", "word"), OTHERWISE.items(), ids=OTHERWISE.values())
def test_the_fields_words_are_used(pattern: str, word: str) -> None:
    """No other word stands for the same thing, but where files of the release before are read."""
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in FILES
        if str(path.relative_to(ROOT)) not in READERS
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert found == [], f"say: {word}"
