"""What is under way when a worker stops."""

import asyncio
from collections.abc import Awaitable, Iterable


async def all_ended(attempts: Iterable[Awaitable[None]]) -> None:
    """Await attempts at once; when the worker stops, bring those under way to their end first.

    What is half sent would otherwise come twice. Raises `CancelledError` afterwards.
    """
    together = asyncio.gather(*attempts)
    try:
        await asyncio.shield(together)
    except asyncio.CancelledError:
        await together
        raise
