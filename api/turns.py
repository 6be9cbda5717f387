"""What computes much takes turns: a few at once are as fast as many, and hold less memory.

The wait is before any connection to the database is taken, so that nobody holds what those
whose turn it is need (ADR 49).
"""

import asyncio
import re
from typing import Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

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
        async with turns[kind]:
            await app(scope, receive, send)

    return wrapped


def _kind(method: str, path: str) -> str | None:
    found = _HEAVY.fullmatch(path) if method == "POST" else None
    return None if found is None else found[1] or found[2]
