"""Lets a browser trust a certificate authority of a test's own, by Mozilla's `certutil`."""

import shutil
import subprocess
from pathlib import Path

CERTUTIL = shutil.which("certutil")


def trust(authority: Path, folder: Path) -> None:
    """Make a database of certificates in the folder in which this authority may vouch for sites."""
    folder.mkdir(parents=True, exist_ok=True)
    for arguments in (["-N", "--empty-password"], ["-A", "-n", "own", "-t", "C,,", "-i", str(authority)]):
        subprocess.run([str(CERTUTIL), *arguments, "-d", f"sql:{folder}"], check=True, capture_output=True, timeout=60)
