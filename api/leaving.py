"""Told beforehand that this process will stop: it says so, and is sent nothing more."""

import asyncio
import signal
from contextlib import suppress
from typing import Final

NOTICE: Final = signal.SIGURG
"""Sent to a process that will be stopped soon. One that still starts is not ended by it."""
_told: Final = asyncio.Event()


def listen() -> None:
    """Hear the notice from now on, where signals can be heard: not in a thread of a test."""
    with suppress(ValueError, RuntimeError, NotImplementedError):
        asyncio.get_running_loop().add_signal_handler(NOTICE, _told.set)


def is_leaving() -> bool:
    """Tell whether this process will stop soon."""
    return _told.is_set()
