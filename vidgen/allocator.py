"""The C library's memory allocator."""

import ctypes
import sys

_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4


def tune_allocator() -> bool:
    """Keep freed memory in the process instead of giving it back to the system after each use.

    By default glibc maps and unmaps every large buffer anew. The page faults take a third of the time of small
    networks, and a quarter of the time of processes that write videos in parallel.

    Returns:
        Whether the C library accepted the settings; false where it is not glibc.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except AttributeError:
        return False
    return bool(mallopt(_M_MMAP_MAX, 0) and mallopt(_M_TRIM_THRESHOLD, 2**31 - 1))
