"""A line between two processes that can be cut or slowed."""

import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

Address = int | str | Path
CHUNK: Final = 65_536


class Proxy:
    """Hands bytes on, from a port or socket of its own to another; both on this machine."""

    def __init__(self, listen: Address, target: Address) -> None:
        self.port = listen
        self.delay = 0.0
        """Seconds that each chunk is held back."""
        self._target = target
        self._cut = False
        self._open: set[socket.socket] = set()
        self._listener = _socket(listen)
        self._listener.bind(_address(listen))
        self._listener.listen(128)
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End every connection, and refuse new ones at once."""
        self._cut = True
        for one in list(self._open):
            self._end(one)

    def mend(self) -> None:
        """Hand on again, at full speed."""
        self._cut, self.delay = False, 0.0

    def close(self) -> None:
        """End for good."""
        self.cut()
        self._end(self._listener)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        far = _socket(self._target)
        self._open |= {near, far}
        if self._cut or far.connect_ex(_address(self._target)):
            self._end(near)
            self._end(far)
            return
        for one, other in ((near, far), (far, near)):
            threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while chunk := source.recv(CHUNK):
                if self.delay:
                    time.sleep(self.delay)
                sink.sendall(chunk)
        self._end(source)
        self._end(sink)

    def _end(self, one: socket.socket) -> None:
        self._open.discard(one)
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()


def _socket(address: Address) -> socket.socket:
    family = socket.AF_UNIX if isinstance(address, Path) else socket.AF_INET
    return socket.socket(family, socket.SOCK_STREAM)


def _address(address: Address) -> str | tuple[str, int]:
    return str(address) if isinstance(address, Path) else ("127.0.0.1", int(address))
