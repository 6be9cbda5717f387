"""Jobs of the worker, until it is told to stop."""

import asyncio
import signal
from collections.abc import Coroutine, Iterable
from typing import Any


async def until_told(jobs: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Work until SIGTERM or SIGINT; then each job finishes its step, or gives it back.

    What is given back is as it was before the step: another worker takes it up at once, as
    locks end with the connection. Raises what a job raises.
    """
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    working = [asyncio.create_task(job) for job in jobs]
    stop = asyncio.create_task(told.wait())
    done, _ = await asyncio.wait({*working, stop}, return_when=asyncio.FIRST_COMPLETED)
    for task in (*working, stop):
        task.cancel()
    await asyncio.wait({*working, stop})
    for task in done - {stop}:
        task.result()
