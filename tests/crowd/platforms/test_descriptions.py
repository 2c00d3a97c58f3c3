"""What is known of platforms without asking them."""

import subprocess
import sys
from pathlib import Path

import pytest

from crowd.platforms import NAMES, describe, open_platform


@pytest.mark.parametrize("name", ["", "MTURK", "https://mturk-requester.us-east-1.amazonaws.com", "production"])
def test_anything_else_is_an_error_that_lists_the_names(name: str, tmp_path: Path) -> None:
    """There is no way to publish to an unnamed endpoint."""
    with pytest.raises(ValueError, match=", ".join(NAMES)):
        open_platform(name, tmp_path)


def test_a_platform_is_described_before_it_is_opened() -> None:
    """Planning asks what a platform charges without a client, a server or credentials."""
    program = "import sys; from crowd.platforms import describe; describe('mturk'); print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"'boto3'", "'botocore'", "'starlette'"} & set(done.stdout.strip("[]\n").split(", "))
    assert [name for name in NAMES if describe(name).real_money] == ["mturk"]
