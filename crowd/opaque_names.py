"""Names under which the local platform serves videos; they reveal neither the label nor the method.

A file name can be guessed (``proposed/car-left.mp4``), and with it a plain hash of it. These are hashes with a key that
only the study has.
"""

import hashlib
import hmac
from pathlib import PurePosixPath


def blind(file_name: str, key: str) -> str:
    """The public name of a file of the videos directory: a hash and the file's ending, which browsers go by.

    Args:
        file_name: relative to the videos directory.
        key: of the study (`crowd.credentials.Secrets.media_key`).
    """
    return _named(hmac.new(key.encode(), file_name.encode("utf-8"), hashlib.sha256).hexdigest(), file_name)


def former(file_name: str) -> str:
    """The name that releases without a key gave the file; their studies' pages go on using it."""
    return _named(hashlib.sha256(file_name.encode("utf-8")).hexdigest(), file_name)


def address(file_name: str, key: str = "") -> str:
    """The path of a file on the server that shows the study; without a key one of the same length."""
    return "/media/" + blind(file_name, key)


def _named(digest: str, file_name: str) -> str:
    return digest[:32] + PurePosixPath(file_name).suffix.lower()
