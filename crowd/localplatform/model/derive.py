"""``python -m crowd.localplatform.model.derive``: copies the model from the installed botocore.

Needs a botocore that still has the ``mturk`` model; run it by hand to renew the copy.
"""

import gzip
import json
from pathlib import Path
from typing import Any

import botocore

from crowd.localplatform.model import LOCATION, SEARCH_PATH


def derive(source: Path, target: Path) -> list[Path]:
    """Write botocore's three files of the service below `source` to `target`, without documentation."""
    files = sorted((source / LOCATION).glob("*.json*"))
    written = []
    for file in files:
        name = file.name.removesuffix(".gz")
        if name == "examples-1.json":
            continue
        raw = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        written.append(target / LOCATION / name)
        written[-1].parent.mkdir(parents=True, exist_ok=True)
        written[-1].write_text(_dump(without_documentation(json.loads(raw))), encoding="utf-8")
    if not written:
        raise FileNotFoundError(f"{source / LOCATION}: this botocore {botocore.__version__} has no mturk model")
    return written


def without_documentation(value: Any) -> Any:
    """The JSON value without any ``documentation`` texts."""
    if isinstance(value, dict):
        return {
            key: without_documentation(item)
            for key, item in value.items()
            if not (key == "documentation" and isinstance(item, str))
        }
    return [without_documentation(item) for item in value] if isinstance(value, list) else value


def _dump(model: dict[str, Any]) -> str:
    """JSON with one line per operation or shape, which is small and gives readable diffs."""
    lines = []
    for key, value in model.items():
        if isinstance(value, dict) and len(value) > 8:
            rows = [f"    {json.dumps(name)}: {json.dumps(item)}" for name, item in value.items()]
            lines.append(f"  {json.dumps(key)}: {{\n" + ",\n".join(rows) + "\n  }")
        else:
            lines.append(f"  {json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    derive(Path(botocore.__file__).parent / "data", SEARCH_PATH)
