"""The clients that are tried, with their versions."""

from tests.clients.bridge import Client

SDKS = [
    Client("boto3", "1.17.112", "with_boto3.py", besides=("botocore==1.20.112",)),
    Client("boto3", "1.44.8", "with_boto3.py", besides=("botocore==1.44.8",)),
    Client("awscli", "1.46.3", "with_awscli.py"),
    Client("aiobotocore", "3.10.0", "with_aiobotocore.py"),
    Client("capo-mturk", "0.11.0", "with_capo.py"),
    Client("@aws-sdk/client-mturk", "3.1015.0", "with_sdk.mjs"),
    Client("aws-sdk", "2.1693.0", "with_sdk.mjs", arguments=("--two",)),
]
DALLINGER = Client("dallinger", "12.4.0", "with_dallinger.py")
PSITURK = Client(
    "psiturk",
    "3.3.1",
    "with_psiturk.py",
    besides=("boto3==1.17.112", "flask==3.1.2", "future==1.0.0", "python-dotenv==1.2.1", "setuptools==80.9.0"),
    without_dependencies=True,
)
MCP = Client("mcp-server-mturk", "0.1.1", "with_mcp.py", besides=("mcp==1.30.0",))
CLIENTS = [*SDKS, DALLINGER, PSITURK, MCP]
