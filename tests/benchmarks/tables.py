"""The tables of a run, as the page shows them."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from tests.benchmarks.jobs import Job
from tests.benchmarks.load import CLIENTS, Figures, exponent
from tests.benchmarks.requests import Measured

ELSEWHERE: Final = {"a country": 5_000, "one of 27 indexes of the EU": 104_000}
"""The EU counts 2.8 million organisations in its social economy (European Commission, 2021)."""


class Size(msgspec.Struct, frozen=True):
    """All figures at one size."""

    firms: int
    fill_seconds: float
    measured: tuple[Measured, ...]
    jobs: tuple[Job, ...]
    memory_mb: float


def tables(
    sizes: Sequence[Size],
    before: tuple[float, float, float],
    after: tuple[float, float, float],
    seconds: float,
) -> Iterator[str]:
    """Give the lines: how it was taken, requests and jobs at the largest size, every size."""
    firms = ", ".join(f"{size.firms:,}" for size in sizes)
    yield (
        f"{firms} enterprises, {seconds / 60:.0f} minutes in all; load of 1, 5 and 15 minutes"
        f" {_load(before)} before and {_load(after)} after, the bench itself included."
    )
    yield ""
    yield from _requests(sizes)
    yield ""
    yield from _jobs(sizes)
    yield ""
    yield from _sizes(sizes)
    if len(sizes) > 1:
        yield ""
        yield from _elsewhere(sizes)


def _load(average: tuple[float, float, float]) -> str:
    return " / ".join(f"{one:.1f}" for one in average)


def _requests(sizes: Sequence[Size]) -> Iterator[str]:
    largest = sizes[-1]
    yield (
        f"| request at {largest.firms:,} enterprises | p50 ms | p95 ms | "
        + " | ".join(f"{n} clients /s" for n in CLIENTS)
        + " | of its floor | p95 of its floor, 32 clients | statements | grows with n^ | noise |"
    )
    yield "|---|" + "---|" * (7 + len(CLIENTS))
    for place, one in enumerate(largest.measured):
        yield _request(one, _growth(sizes, [size.measured[place].alone.p50_ms for size in sizes]))


def _request(one: Measured, growth: str) -> str:
    rates = " | ".join(_rate(figures.per_second) for figures in one.at)
    crowd: Figures = one.at[-1]
    share = crowd.per_second / one.floor.per_second
    noise = "one round" if crowd.noise is None else f"{crowd.noise:.0%}"
    return (
        f"| {one.name} | {one.alone.p50_ms:,.1f} | {one.alone.p95_ms:,.1f} | {rates}"
        f" | {share:.2f} of {one.floor_name} | {crowd.p95_ms / one.floor.p95_ms:.1f}"
        f" | {one.statements} | {growth} | {noise} |"
    )


def _rate(per_second: float) -> str:
    return f"{per_second:,.0f}" if per_second >= 10 else f"{per_second:.2g}"


def _jobs(sizes: Sequence[Size]) -> Iterator[str]:
    largest = sizes[-1]
    yield (
        f"| job at {largest.firms:,} enterprises | amount | seconds | a second"
        " | its floor | times its floor | memory of the process | one grows with n^ |"
    )
    yield "|---|" + "---|" * 7
    for place, one in enumerate(largest.jobs):
        each = [size.jobs[place].seconds / size.jobs[place].amount for size in sizes]
        yield (
            f"| {one.name} | {one.amount:,} {one.unit} | {one.seconds:,.1f}"
            f" | {_rate(one.amount / one.seconds)} | {one.floor_name}, {one.floor_seconds:.1f} s"
            f" | {one.seconds / one.floor_seconds:.1f} | {one.memory_mb:.0f} MB"
            f" | {_growth(sizes, each)} |"
        )


def _sizes(sizes: Sequence[Size]) -> Iterator[str]:
    names = [one.name for one in sizes[-1].jobs]
    yield (
        "| enterprises | copied in | memory of an API worker, after all requests | "
        + " | ".join(f"{name}, s (amount)" for name in names)
        + " |"
    )
    yield "|---|" + "---|" * (2 + len(names))
    for size in sizes:
        jobs = " | ".join(f"{one.seconds:,.1f} ({one.amount:,})" for one in size.jobs)
        yield f"| {size.firms:,} | {size.fill_seconds:.0f} s | {size.memory_mb:.0f} MB | {jobs} |"


def _elsewhere(sizes: Sequence[Size]) -> Iterator[str]:
    """Carry the times over to other sizes by their exponents (docs/scaling.md)."""
    largest = sizes[-1]
    yield (
        f"| by the exponents above | p50 ms at {largest.firms:,} | grows with n^ | "
        + " | ".join(f"at {firms:,}, {what}" for what, firms in ELSEWHERE.items())
        + " |"
    )
    yield "|---|" + "---|" * (2 + len(ELSEWHERE))
    for place, one in enumerate(largest.measured):
        times = [size.measured[place].alone.p50_ms for size in sizes]
        power = exponent([size.firms for size in sizes], times) or 0.0
        there = [times[-1] * (firms / largest.firms) ** power for firms in ELSEWHERE.values()]
        told = " | ".join(f"{time:,.1f}" for time in there)
        yield f"| {one.name} | {times[-1]:,.1f} | {power:.2f} | {told} |"


def _growth(sizes: Sequence[Size], values: Sequence[float]) -> str:
    found = exponent([size.firms for size in sizes], values)
    return "" if found is None else f"{found:.2f}"
