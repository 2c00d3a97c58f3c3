"""What an installation must be able to do, without pytest and without the checkout: `python tests/smoke.py`.

The demonstration runs from videos to a report with simulated participants, in a temporary directory. Without torch it
takes the videos that come with the package.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path


def main() -> None:
    """Run it; a failure ends the program with exit status 1."""
    with tempfile.TemporaryDirectory() as place:
        subprocess.run([sys.executable, "-P", "-m", "vidgen", "--version"], cwd=place, check=True)
        subprocess.run([sys.executable, "-P", "-m", "vidgen", "demo", "--out", "demo"], cwd=place, check=True)
        report = json.loads(Path(place, "demo/report/report.json").read_text(encoding="utf-8"))
        if not report["simulated"] or len(report["methods"]) < 3:
            raise SystemExit(f"the report is not that of the demonstration: {report['methods']}")
        print("works:", sys.version)


if __name__ == "__main__":
    main()
