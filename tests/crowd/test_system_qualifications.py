"""The qualifications that Mechanical Turk defines."""

from pathlib import Path

import crowd
from crowd import system_qualifications
from crowd.system_qualifications import ADULT, LOCALE, MASTERS, NUMBER_APPROVED, PERCENT_APPROVED


def test_each_id_stands_in_one_module() -> None:
    """Whoever asks for a qualification takes its id from here."""
    root = Path(crowd.__file__).parents[1]
    texts = {
        path: path.read_text(encoding="utf-8")
        for package in ("vidgen", "crowd", "analysis", "templates")
        for path in (root / package).rglob("*.py")
    }
    for each in (ADULT, LOCALE, NUMBER_APPROVED, PERCENT_APPROVED, *MASTERS):
        assert [path for path, text in texts.items() if each in text] == [Path(system_qualifications.__file__)]
