"""The server's log as JSON lines: requests by the pattern of their path, warnings and errors.

A line holds no link, key, answer or address of a client. Of an exception it holds the class and where it was raised,
and not its message, which may quote what was sent.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Any

#: Requests are logged only where a log was asked for, and never echoed on the terminal with what else `crowd` logs.
REQUESTS = logging.getLogger("crowd.requests")
REQUESTS.propagate = False

_SECRET_PATH = re.compile(r"(/(?:p|requester|tasks)/)[^/\s\"'?#]+")


def without_links(text: str) -> str:
    """The text without the secret parts of addresses: anybody who has a link can answer as its participant."""
    return _SECRET_PATH.sub(r"\1[secret]", text)


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON.

    A record's `extra` may have ``fields``, which are added to the line, ``brief``, which stands for a message that
    quotes an exception, and ``error``, the exception.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        brief: str | None = getattr(record, "brief", None)
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "source": record.name,
            "message": without_links(record.getMessage()) if brief is None else brief,
        }
        error = getattr(record, "error", None) or (record.exc_info[1] if record.exc_info else None)
        return json.dumps(entry | getattr(record, "fields", {}) | _described(error), ensure_ascii=False)


def _described(error: BaseException | None) -> dict[str, Any]:
    if error is None:
        return {}
    stack = traceback.extract_tb(error.__traceback__)
    return {
        "error": type(error).__qualname__,
        "stack": [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in stack],
    }


@contextmanager
def logging_to(target: str | Path | None) -> Iterator[None]:
    """Append what the server logs to a file while the block runs; ``-`` is standard output, None logs no requests.

    A file that was renamed meanwhile, as logrotate does, is opened anew under its name.

    Raises:
        OSError: the file cannot be written.
    """
    if target is None:
        yield
        return
    handler = logging.StreamHandler(sys.stdout) if str(target) == "-" else WatchedFileHandler(target, encoding="utf-8")
    handler.setFormatter(JsonLines())
    loggers = (logging.getLogger("crowd"), REQUESTS)
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.setLevel(level)
        handler.close()
