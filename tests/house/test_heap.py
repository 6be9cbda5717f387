"""Large buffers go back to the system, whatever was freed before."""

import ctypes
import subprocess
import sys

import pytest

_ASK = """
import ctypes, sys
from api.heap import give_large_buffers_back

class Info(ctypes.Structure):
    names = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
    _fields_ = [(name, ctypes.c_size_t) for name in names.split()]

library = ctypes.CDLL(None)
library.mallinfo2.restype = Info
if sys.argv[1] == "set":
    give_large_buffers_back()
freed = bytearray(16 * 2**20)
del freed
before = library.mallinfo2().hblks
kept = bytearray(8 * 2**20)
print(library.mallinfo2().hblks - before)
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallinfo2"), reason="not glibc 2.33 or newer")
@pytest.mark.parametrize(("chosen", "blocks"), [("set", "1"), ("left", "0")])
def test_a_block_of_its_own_for_what_is_large(chosen: str, blocks: str) -> None:
    """The second case shows why: a block that was freed raised the threshold."""
    told = subprocess.run(
        [sys.executable, "-c", _ASK, chosen], capture_output=True, text=True, check=True
    )

    assert told.stdout.strip() == blocks
