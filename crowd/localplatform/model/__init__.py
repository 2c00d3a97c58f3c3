"""The requester API's service model: our own copy, for the server and for clients.

botocore removes the models of services that have closed, and Mechanical Turk has. The three JSON files below
``mturk/2017-01-17/`` are botocore's (Apache-2.0, see NOTICE) without the documentation texts, in botocore's own layout:

* the local platform validates requests and responses with `service_model()`;
* a client puts `SEARCH_PATH` on the search path of botocore's data loader and has its ``mturk`` client back.

``python -m crowd.localplatform.model.derive`` made them.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

#: A directory for ``session.get_component("data_loader").search_paths``.
SEARCH_PATH = Path(__file__).parent

#: Where the files lie below any of botocore's search paths.
LOCATION = Path("mturk", "2017-01-17")


@cache
def service_model() -> dict[str, Any]:
    """The model as botocore's ``service-2.json`` describes it: ``metadata``, ``operations`` and ``shapes``."""
    model: dict[str, Any] = json.loads((SEARCH_PATH / LOCATION / "service-2.json").read_text(encoding="utf-8"))
    return model
