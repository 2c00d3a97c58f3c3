"""The AWS command line interface, a process a call."""

import json
import os
import subprocess
import sys
from pathlib import Path

from awscli.botocore import xform_name
from lines import serve

_AWS = Path(sys.executable).with_name("aws")


def _call(name, parameters):
    command = [
        sys.executable, _AWS, "--region", "us-east-1", "--endpoint-url", os.environ["ENDPOINT"], "--output", "json",
        "--no-paginate", "mturk", xform_name(name, "-"), "--cli-input-json", json.dumps(parameters),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return json.loads(done.stdout or "{}")


serve(_call)
