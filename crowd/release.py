"""The release of vidgen that is running, as files name it."""

from importlib.metadata import PackageNotFoundError, version

try:
    RELEASE = version("crowd-video-evaluation")
except PackageNotFoundError:  # run from a folder of sources that is not installed
    RELEASE = "unknown"
