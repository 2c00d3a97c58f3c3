"""A botocore session that knows Mechanical Turk, also after botocore has dropped it."""

import os
from functools import cache
from pathlib import Path

import botocore.session
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES
from botocore.exceptions import BotoCoreError
from botocore.loaders import Loader, create_loader

from crowd.localplatform.model import SEARCH_PATH

#: Settings of the environment that hold for every server: where further service models are, and how often to try.
_ALWAYS_TAKEN = ("data_path", "max_attempts")


def botocore_session(*, own_settings: bool = False) -> botocore.session.Session:
    """A session whose loader finds the service model: botocore's own, or else the copy that vidgen ships.

    With `own_settings` it reads no profiles, files and variables of AWS: they mean nothing to a server that is not
    Amazon's, and a mistake in them must not stop the command.

    Raises:
        ValueError: a profile does not exist, or a settings file cannot be read.
    """
    defaults = {
        name: (None, None, default, convert)
        for name, (_, _, default, convert) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()
        if name not in _ALWAYS_TAKEN
    }
    nowhere = dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))
    session = botocore.session.Session(session_vars=defaults | nowhere if own_settings else None)
    try:
        data_path = session.get_config_variable("data_path")
    except BotoCoreError as error:  # no such profile, or a file that cannot be read
        raise ValueError(aws_settings(error)) from error
    loader = _loader(data_path)
    loader.search_paths[:] = dict.fromkeys(loader.search_paths)  # each boto3 session adds the same one
    session.register_component("data_loader", loader)
    return session


def aws_settings(error: Exception) -> str:
    """The message for variables and files of AWS that boto3 cannot use."""
    return f"AWS settings cannot be used: {error}; correct the variables AWS_… or the files in ~/.aws"


@cache
def _loader(data_path: str | None) -> Loader:
    """One loader for all sessions of the process: botocore's files are large, and are read once."""
    loader: Loader = create_loader(data_path)
    if not any((Path(path) / "mturk").is_dir() for path in loader.search_paths):
        loader.search_paths.append(str(SEARCH_PATH))
    return loader
