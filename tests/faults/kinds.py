"""What a soak sends, each kind by itself, beside an empty handler: does it grow with its own data?

    python -m tests.faults.kinds [--chunks 10] [--bookings 2000] [--matches 250]

A soak takes half an hour, in which the machine itself may become slower. Here bookings on one
obligation and matches of the same lots are sent as fast as few callers can, so that as much
comes together in minutes, and each chunk is told as a multiple of an empty handler's time.
"""

import argparse
import asyncio
import statistics
import time
from typing import Final

import aiohttp

from tests.faults.soak import Draw, Traffic, installed, tell

CALLERS: Final = 4
FLOOR_EVERY: Final = 5
"""Requests, for each of which the empty handler is asked once."""


async def chunk(traffic: Traffic, draw: Draw, requests: int) -> tuple[float, float]:
    """Send so many of one kind; gives the median of them and of the handler, in seconds."""
    numbers = iter(range(requests))
    times: list[float] = []
    floor: list[float] = []

    async def call(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            began = time.perf_counter()
            if not await traffic.send(session, draw):
                raise RuntimeError("a request was not answered well")
            times.append(time.perf_counter() - began)
            if number % FLOOR_EVERY == 0:
                began = time.perf_counter()
                await traffic.send(session, traffic.nothing)
                floor.append(time.perf_counter() - began)

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(call(session) for _ in range(CALLERS)))
    return statistics.median(times), statistics.median(floor)


async def compared(traffic: Traffic, chunks: int, sizes: dict[str, int]) -> None:
    """Print every chunk of each kind."""
    kinds = {"bookings": traffic.booking, "matches": traffic.match}
    for name, draw in kinds.items():
        for number in range(chunks):
            took, floor = await chunk(traffic, draw, sizes[name])
            tell(
                f"{name} after {number * sizes[name]:,}: {took * 1000:.1f} ms,"
                f" {took / floor:.1f} times an empty handler's {floor * 1000:.2f}"
            )


def main() -> None:
    """Send, and print the chunks."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--chunks", type=int, default=10)
    arguments.add_argument("--bookings", type=int, default=2_000)
    arguments.add_argument("--matches", type=int, default=250)
    arguments.add_argument("--firms", type=int, default=3_000)
    given = arguments.parse_args()
    sizes = {"bookings": given.bookings, "matches": given.matches}
    with installed(given.firms) as (traffic, _):
        asyncio.run(compared(traffic, given.chunks, sizes))


if __name__ == "__main__":
    main()
