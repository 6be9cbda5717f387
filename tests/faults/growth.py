"""Whether anything grew in a soak: a line through the minutes, the warm-up left out. Pure."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import linear_regression, mean
from typing import Final

import msgspec

WARM_UP: Final = 0.2
"""Part of the minutes that is left out at the start: caches and pools fill."""
MOST: Final[Mapping[str, float]] = {
    "p50_ms": 0.25,
    "p95_ms": 0.25,
    "api_mb": 0.05,
    "worker_mb": 0.05,
    "connections": 0.10,
}
"""By what part of its mean a figure may rise over the minutes that count."""
NAMES: Final = {
    "p50_ms": "latency p50, ms",
    "p95_ms": "latency p95, ms",
    "api_mb": "memory of both API processes, MB",
    "worker_mb": "memory of both workers, MB",
    "connections": "connections to PostgreSQL",
}
FEWEST: Final = 5
"""Minutes, the warm-up left out, from which on a line says anything."""
BEGIN, END = "<!-- soak: begin -->", "<!-- soak: end -->"


class Minute(msgspec.Struct, frozen=True, kw_only=True):
    """What one minute looked like."""

    requests: int
    failed: int
    p50_ms: float
    p95_ms: float
    api_mb: float
    worker_mb: float
    connections: int


class Trend(msgspec.Struct, frozen=True):
    """How a figure went over the minutes that count."""

    name: str
    first: float
    """On the line, at the first minute that counts."""
    last: float
    per_hour: float
    rise: float
    """Over the minutes that count, as a part of the mean."""

    @property
    def grew(self) -> bool:
        """Tell whether it rose by more than it may."""
        return self.rise > MOST[self.name]


def steady(minutes: Sequence[Minute]) -> Sequence[Minute]:
    """Leave out the warm-up, at least the first minute where there are several."""
    left_out = max(1, round(len(minutes) * WARM_UP)) if len(minutes) > 1 else 0
    return minutes[left_out:]


def trends(minutes: Sequence[Minute]) -> tuple[Trend, ...]:
    """Lay a line through each figure; the least squares decide, no single minute does."""
    return tuple(
        _trend(name, [float(getattr(one, name)) for one in steady(minutes)]) for name in MOST
    )


def _trend(name: str, values: Sequence[float]) -> Trend:
    if len(values) < 2:
        return Trend(name, values[0], values[0], 0.0, 0.0)
    slope, start = linear_regression(range(len(values)), values)
    end = start + slope * (len(values) - 1)
    return Trend(name, start, end, slope * 60, (end - start) / mean(values))


def report(minutes: Sequence[Minute], full: float, pace: float) -> str:
    """Write the figures as a table for people."""
    failed, sent = sum(one.failed for one in minutes), sum(one.requests for one in minutes)
    kept = len(steady(minutes))
    head = (
        f"{len(minutes)} minutes at {pace:.0f} requests a second, where {full:.0f} is all that two"
        f" processes do here; {sent} requests, {failed} failed. The line goes through the last"
        f" {kept} minutes."
    )
    lines = [
        head,
        "",
        "| | at the start | at the end | an hour | rise | may rise | |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in trends(minutes):
        verdict = "**grew**" if one.grew else "no growth"
        verdict = verdict if kept >= FEWEST else "too short to tell"
        lines.append(
            f"| {NAMES[one.name]} | {one.first:.1f} | {one.last:.1f} | {one.per_hour:+.1f}"
            f" | {one.rise:+.0%} | {MOST[one.name]:.0%} | {verdict} |"
        )
    return "\n".join(lines) + "\n"


def written_into(path: Path, table: str) -> None:
    """Put the table between its marks in a document."""
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    path.write_text(f"{before}{BEGIN}\n{table}{END}{after}", encoding="utf-8")
