"""The server of the API: told to stop, it first says so and serves on, then stops."""

import os
import signal
import threading
from typing import Any

from granian import Granian

from api.leaving import NOTICE


class Server(Granian):  # type: ignore[misc,valid-type]  # chosen by platform, and not typed
    """Granian, but that after SIGTERM readiness says no for a while before it stops.

    Proxies look at readiness every few seconds; until they have looked they go on sending.
    """

    def __init__(self, target: str, *, leave_seconds: float, **settings: Any) -> None:  # noqa: ANN401  handed on
        super().__init__(target, **settings)
        self._leave_seconds = leave_seconds
        self._leaving = False

    def signal_handler_interrupt(self, *signals: Any, **more: Any) -> None:  # noqa: ANN401  Granian's signature
        """Stop: at once after Ctrl-C or a second signal, else after the notice was seen."""
        if self._leaving or not self._leave_seconds or signals[:1] != (signal.SIGTERM,):
            super().signal_handler_interrupt(*signals, **more)
            return
        self._leaving = True
        for worker in self.wrks:
            os.kill(worker.inner.pid, NOTICE)
        stop = threading.Timer(self._leave_seconds, super().signal_handler_interrupt)
        stop.daemon = True
        stop.start()
