"""boto3, any version."""

import os

import boto3
from botocore import xform_name
from lines import serve

client = boto3.client("mturk", region_name="us-east-1", endpoint_url=os.environ["ENDPOINT"])
serve(lambda name, parameters: getattr(client, xform_name(name))(**parameters))
