"""The other end of `Bridge` (tests/clients/bridge.py): a call a line in, an answer a line out, both JSON."""

import json
import sys
import traceback
from collections.abc import Callable
from typing import Any


def serve(call: Callable[[str, dict[str, Any]], Any]) -> None:
    """Answer calls until there are none."""
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = {"result": call(asked["name"], asked["parameters"])}
        except Exception as error:
            traceback.print_exc()
            answer = {"error": f"{error!r} {error}"}
        print(json.dumps(answer, default=str), flush=True)
