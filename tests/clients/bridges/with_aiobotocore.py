"""aiobotocore: botocore over asyncio and aiohttp."""

import asyncio
import os

from aiobotocore.session import get_session
from botocore import xform_name
from lines import serve


async def _call(name, parameters):
    async with get_session().create_client(
        "mturk", region_name="us-east-1", endpoint_url=os.environ["ENDPOINT"]
    ) as client:
        return await getattr(client, xform_name(name))(**parameters)


serve(lambda name, parameters: asyncio.run(_call(name, parameters)))
