"""Load on a server of ours, and on the floor beneath it, in one run; asserts nothing about time."""

import asyncio
import math
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import msgspec

Send = Callable[[], Awaitable[None]]
CLIENTS: Final = (1, 8, 32)


class Figures(msgspec.Struct, frozen=True):
    """What one load came to; the median of the rounds, and how far they lay apart."""

    p50_ms: float
    p95_ms: float
    per_second: float
    noise: float | None
    """The widest distance between rounds, as a share of their median throughput."""


class Effort(msgspec.Struct, frozen=True):
    """How long a request is tried."""

    warm_up: int
    rounds: int


USUAL: Final = Effort(warm_up=20, rounds=3)
HEAVY: Final = Effort(warm_up=1, rounds=1)
"""For what takes seconds: one round, in which each client is answered once at least."""


async def figures(send: Send, clients: int, seconds: float, effort: Effort = USUAL) -> Figures:
    """Let clients send one after the other for a while, a few rounds long."""
    for _ in range(effort.warm_up):
        await send()
    lasting = seconds / effort.rounds
    rounds = [await _round(send, clients, lasting) for _ in range(effort.rounds)]
    rates = [rate for _, rate in rounds]
    took = sorted(one for times, _ in rounds for one in times)
    middle = statistics.median(rates)
    return Figures(
        p50_ms=statistics.median(took) * 1000,
        p95_ms=took[min(len(took) - 1, int(len(took) * 0.95))] * 1000,
        per_second=middle,
        noise=(max(rates) - min(rates)) / middle if len(rates) > 1 else None,
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
    xs, ys = [math.log(one) for one in sizes], [math.log(one) for one in values]
    slope, _ = statistics.linear_regression(xs, ys)
    return slope
