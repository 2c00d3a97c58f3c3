"""The release of vidgen that is running, as files name it."""

from importlib.metadata import PackageNotFoundError, version

#: What pip calls this project; on PyPI `vidgen` is another one.
DISTRIBUTION = "crowd-video-evaluation"
try:
    RELEASE = version(DISTRIBUTION)
except PackageNotFoundError:  # run from a folder of sources that is not installed
    RELEASE = "unknown"
