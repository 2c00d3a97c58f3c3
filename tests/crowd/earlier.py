"""Studies as earlier releases wrote them."""

import json
from pathlib import Path


def forget_terms(study_dir: Path) -> None:
    """Make the design one of the releases that kept nothing of what participants see and are paid."""
    table = json.loads((study_dir / "design.json").read_text(encoding="utf-8"))
    for name in ("shown", "shown_sha256", "pages"):
        del table[name]
    (study_dir / "design.json").write_text(json.dumps(table), encoding="utf-8")
