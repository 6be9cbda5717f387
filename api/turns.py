"""What computes much takes turns: a few at once are as fast as many, and hold less memory.

The wait is before any connection to the database is taken, so that nobody holds what those
whose turn it is need (ADR 49).
"""

import asyncio
import re
from typing import Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

AT_ONCE: Final = 4
"""One thread computes at a time, while the database and the index work for the others."""
_HEAVY: Final = re.compile(r"/v1/(lots/[^/]+/match-runs|tenders/[^/]+/allocations)")
"""Whose POST compares all firms of a category."""


def taking_turns(app: ASGIApp) -> ASGIApp:
    """Let a few of the heavy requests in at once; the others wait in their order."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or not _is_heavy(scope["method"], scope["path"]):
            await app(scope, receive, send)
            return
        async with turns:
            await app(scope, receive, send)

    return wrapped


def _is_heavy(method: str, path: str) -> bool:
    return method == "POST" and _HEAVY.fullmatch(path) is not None
