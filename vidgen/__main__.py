"""`python -m vidgen` is the `vidgen` program."""

import sys
from pathlib import Path

# Python puts the current directory first on its path; a user's file there must not be taken for a package of ours or of
# others. `python -P -m vidgen` does the same. In a checkout the packages themselves are there.
if not sys.flags.safe_path and Path(sys.path[0]).resolve() != Path(__file__).resolve().parents[1]:
    del sys.path[0]

from vidgen.cli import main

main()
