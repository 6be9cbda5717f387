"""What computes much takes turns: a few at once are as fast as many, and hold less memory.

The wait begins when the whole question is in, so that who sends slowly keeps nobody waiting, and
ends before a transaction begins, so that nobody holds what those whose turn it is need (ADR 49).
"""

import asyncio
import re
from typing import Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, ReceiveMessage, Scope, Send

AT_ONCE: Final = {"match-runs": 4, "allocations": 2, "lot-plans": 2}
"""By the end of the path, each for itself: a plan of many seconds keeps no match waiting.

One thread computes at a time, while the database and the index work for the others.
"""
_HEAVY: Final = re.compile(r"/v1/(?:lots/[^/]+/(match-runs)|tenders/[^/]+/(allocations|lot-plans))")
"""Whose POST compares all firms of a category."""


def taking_turns(app: ASGIApp) -> ASGIApp:
    """Let a few of the heavy requests in at once; the others wait in their order."""
    turns = {kind: asyncio.Semaphore(at_once) for kind, at_once in AT_ONCE.items()}

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        kind = _kind(scope["method"], scope["path"]) if scope["type"] == ScopeType.HTTP else None
        if kind is None:
            await app(scope, receive, send)
            return
        turn = _Turn(turns[kind], receive)
        try:
            await app(scope, turn.receive, send)
        finally:
            turn.end()

    return wrapped


class _Turn:
    """A place among those at work, taken with the last part of the body."""

    def __init__(self, places: asyncio.Semaphore, receive: Receive) -> None:
        self._places = places
        self._receive = receive
        self._held = False

    async def receive(self) -> ReceiveMessage:
        """Give a part of the body; the last one when it is this request's turn."""
        message = await self._receive()
        whole = message["type"] == "http.request" and not message.get("more_body")
        if whole and not self._held:
            await self._places.acquire()
            self._held = True
        return message

    def end(self) -> None:
        """Give the place back, if it was taken."""
        if self._held:
            self._places.release()


def _kind(method: str, path: str) -> str | None:
    found = _HEAVY.fullmatch(path) if method == "POST" else None
    return None if found is None else found[1] or found[2]
