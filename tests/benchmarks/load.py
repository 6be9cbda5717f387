"""Load on a server of ours, and on the floor beneath it, in one run; asserts nothing about time."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import msgspec

Send = Callable[[], Awaitable[None]]
CLIENTS: Final = (1, 8, 32)
WARM_UP: Final = 20
ROUNDS: Final = 3


class Figures(msgspec.Struct, frozen=True):
    """What one load came to; the median of the rounds, and how far they lay apart."""

    p50_ms: float
    p95_ms: float
    per_second: float
    noise: float
    """The widest distance between rounds, as a share of their median throughput."""


async def figures(send: Send, clients: int, seconds: float) -> Figures:
    """Let clients send one after the other for a while, a few rounds long."""
    for _ in range(WARM_UP):
        await send()
    rounds = [await _round(send, clients, seconds / ROUNDS) for _ in range(ROUNDS)]
    rates = [rate for _, rate in rounds]
    took = sorted(one for times, _ in rounds for one in times)
    middle = statistics.median(rates)
    return Figures(
        p50_ms=statistics.median(took) * 1000,
        p95_ms=took[min(len(took) - 1, int(len(took) * 0.95))] * 1000,
        per_second=middle,
        noise=(max(rates) - min(rates)) / middle,
    )


async def _round(send: Send, clients: int, seconds: float) -> tuple[list[float], float]:
    times: list[float] = []
    began = time.perf_counter()
    end = began + seconds
    await asyncio.gather(*(_client(send, end, times) for _ in range(clients)))
    return times, len(times) / (time.perf_counter() - began)


async def _client(send: Send, end: float, times: list[float]) -> None:
    while (start := time.perf_counter()) < end:
        await send()
        times.append(time.perf_counter() - start)


def exponent(sizes: Sequence[int], values: Sequence[float]) -> float | None:
    """Give the power with which a figure grows with the size: the slope of a line through logs."""
    if len(sizes) < 2:
        return None
    import math

    xs, ys = [math.log(one) for one in sizes], [math.log(one) for one in values]
    slope, _ = statistics.linear_regression(xs, ys)
    return slope
