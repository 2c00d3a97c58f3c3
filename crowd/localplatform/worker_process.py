"""One of several processes that serve a study (`crowd.localplatform.processes`)."""

import json
import logging
import os
import select
import signal
import socket
import sys
from pathlib import Path

from crowd.localplatform.clock import SteadyClock
from crowd.localplatform.logs import logging_to
from crowd.localplatform.marketplace import Marketplace
from crowd.localplatform.server import serving

_log = logging.getLogger(__name__)


def main() -> None:
    """Read the settings from standard input, and answer requests until it ends or SIGTERM comes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches all processes; the first one ends the others
    stop, stopping = os.pipe()
    signal.signal(signal.SIGTERM, lambda *_: os.write(stopping, b"."))
    told = json.loads(sys.stdin.buffer.readline())
    clock = None if told["offset_s"] is None else SteadyClock(offset_s=told["offset_s"])
    try:
        platform = Marketplace(Path(told["study_dir"]), clock=clock, is_worker=True, shows_videos=told["shows_videos"])
    except OSError as error:  # the database is away; another worker tries again
        _log.error("%s", error)
        sys.exit(1)
    try:
        with (
            logging_to(told["log"]),
            socket.socket(fileno=told["listener"]) as listener,
            serving(platform, listener, told["public_url"], told["proxies"], accepted_at_once=1),
        ):
            os.write(told["ready"], b".")
            select.select([sys.stdin.buffer, stop], [], [])
    finally:
        platform.close()
