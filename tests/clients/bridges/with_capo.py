"""capo-mturk: a client made from the Smithy model, without botocore; its names are in snake case."""

import datetime
import os
import re

from capo_mturk import Credentials, MTurkClient
from lines import serve

client = MTurkClient(
    region="us-east-1",
    endpoint=os.environ["ENDPOINT"],
    credentials=Credentials(access_key=os.environ["AWS_ACCESS_KEY_ID"], secret_key=os.environ["AWS_SECRET_ACCESS_KEY"]),
)


def _snake(name):
    return re.sub("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _converted(value, name=""):
    if isinstance(value, dict):
        return {_snake(key): _converted(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_converted(item) for item in value]
    return datetime.datetime.fromisoformat(value) if name == "ExpireAt" else value


serve(lambda name, parameters: getattr(client, _snake(name))(**_converted(parameters)))
