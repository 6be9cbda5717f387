"""Large buffers go back to the system when they are freed.

The C library of most servers (glibc) takes a block over its threshold from the system and gives
it back when it is freed; but each such block raises the threshold, up to 32 MB. From then on the
JSON of a lot plan comes out of the heap, and what is made meanwhile keeps the heap from shrinking.
A threshold that is set stays as it is (mallopt(3), `M_MMAP_THRESHOLD`; ADR 49).
"""

import ctypes
from contextlib import suppress
from typing import Final

_M_MMAP_THRESHOLD: Final = -3
LARGE: Final = 2**20
"""Bytes of a block that goes back by itself."""


def give_large_buffers_back() -> None:
    """Set the threshold for this process; another C library is left alone."""
    with suppress(OSError, AttributeError):  # no such library, or no such function in it
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE)
