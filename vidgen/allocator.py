"""The C library's memory allocator."""

import ctypes
import sys

_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4


def tune_allocator() -> bool:
    """Keep freed memory in the process instead of giving it back to the system after each use.

    glibc maps and unmaps every large buffer anew by default; the page faults cost small networks a third of their time,
    and processes that write videos side by side a quarter.

    Returns:
        Whether this C library took the settings.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except AttributeError:
        return False
    return bool(mallopt(_M_MMAP_MAX, 0) and mallopt(_M_TRIM_THRESHOLD, 2**31 - 1))
