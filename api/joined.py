"""Reads by key that many ask for at once: those that come while one is under way go as one.

A read costs the process more than the statement costs the server: a connection is taken and
given back, a message is sent, the loop is woken. Who asks alone waits for nobody; who comes
while a read is under way waits for the next one, which begins when that ends. So what is
answered was read after it was asked for (ADR 55).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from contextvars import Context
from typing import Final, Generic, TypeVar

from api.settings import settings

Key = TypeVar("Key")
Value = TypeVar("Value")
AT_ONCE: Final = 32
"""Keys of one read: the loop serves others between reads."""
PATIENCE: Final = 2.0
"""Seconds. Who comes when a read has been under way for longer begins another beside it."""


class Joined(Generic[Key, Value]):
    """One kind of read, which gives the values of many keys at once; `None` where there is none.

    Not for use in a transaction: its own writes are not seen.
    """

    def __init__(self, read: Callable[[AbstractSet[Key]], Awaitable[Mapping[Key, Value]]]) -> None:
        self._read = read
        self._under_way = 0
        self._began = 0.0
        self._waiting: list[tuple[Key, asyncio.Future[Value | None]]] = []
        self._next: asyncio.Task[None] | None = None
        """The loop itself would not keep it alive."""

    async def get(self, key: Key) -> Value | None:
        """Give the value of a key as it is from now on; raises what the read raises."""
        loop = asyncio.get_running_loop()
        if not self._under_way or loop.time() - self._began > PATIENCE:
            return (await self._found({key})).get(key)
        answer: asyncio.Future[Value | None] = loop.create_future()
        self._waiting.append((key, answer))
        return await answer

    async def _found(self, keys: AbstractSet[Key]) -> Mapping[Key, Value]:
        loop = asyncio.get_running_loop()
        self._under_way += 1
        self._began = loop.time()
        try:
            return await self._read(keys)
        finally:
            self._under_way -= 1
            if self._waiting:
                # It belongs to no request: neither their limits of time nor their traces hold.
                self._next = loop.create_task(self._for_those_waiting(), context=Context())

    async def _for_those_waiting(self) -> None:
        here = _open(self._waiting)
        taken, self._waiting = here[:AT_ONCE], here[AT_ONCE:]
        if not taken:
            return
        try:
            async with asyncio.timeout(settings().request_seconds):
                found = await self._found({key for key, _ in taken})
        except Exception as error:  # noqa: BLE001  told to everybody who asked
            for _, answer in _open(taken):
                answer.set_exception(error)
        else:
            for key, answer in _open(taken):
                answer.set_result(found.get(key))


def _open(
    taken: Iterable[tuple[Key, asyncio.Future[Value | None]]],
) -> list[tuple[Key, asyncio.Future[Value | None]]]:
    """Leave out who went away meanwhile."""
    return [one for one in taken if not one[1].done()]
