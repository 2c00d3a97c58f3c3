"""A copy of the requester API's service model, for the server and for clients.

botocore removes the models of services that have closed, as Mechanical Turk has. The three JSON files below
``mturk/2017-01-17/`` are botocore's (Apache-2.0, see NOTICE) without the documentation texts, in botocore's layout:

* the local platform validates requests and responses with `service_model()`;
* a client adds `SEARCH_PATH` to the search path of botocore's data loader and can then make an ``mturk`` client.

``python -m crowd.localplatform.model.derive`` made them.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

#: A directory to add to ``session.get_component("data_loader").search_paths``.
SEARCH_PATH = Path(__file__).parent

#: The folder of the files below any of botocore's search paths.
LOCATION = Path("mturk", "2017-01-17")


@cache
def service_model() -> dict[str, Any]:
    """The model as botocore's ``service-2.json`` describes it: ``metadata``, ``operations`` and ``shapes``."""
    model: dict[str, Any] = json.loads((SEARCH_PATH / LOCATION / "service-2.json").read_text(encoding="utf-8"))
    return model
