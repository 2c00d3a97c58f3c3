"""mcp-server-mturk's tools; its botocore finds the endpoint in the environment."""

import asyncio
import json

from lines import serve
from mturk_mcp.server import TOOL_HANDLERS


def _call(name, parameters):
    (content,) = asyncio.run(TOOL_HANDLERS[name](parameters))
    try:
        return json.loads(content.text)
    except ValueError:
        if "error" in content.text.lower():
            raise RuntimeError(content.text) from None
        return content.text


serve(_call)
