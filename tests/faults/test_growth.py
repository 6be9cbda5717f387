"""The judgement of a soak: what grows is said to grow, noise and warm-up are not."""

import random
from pathlib import Path
from typing import Any

from tests.faults.growth import BEGIN, END, Minute, report, trends, written_into


def a_minute(**changes: Any) -> Minute:
    values = {"p50_ms": 10.0, "p95_ms": 40.0, "api_mb": 400.0, "worker_mb": 300.0}
    return Minute(**({"requests": 600, "failed": 0, "connections": 20, **values} | changes))


def grew(minutes: list[Minute]) -> list[str]:
    return [one.name for one in trends(minutes) if one.grew]


def test_level_figures_with_noise_do_not_grow() -> None:
    chance = random.Random(1)
    minutes = [
        a_minute(api_mb=400 + chance.uniform(-4, 4), p95_ms=40 + chance.uniform(-8, 8))
        for _ in range(30)
    ]

    assert grew(minutes) == []


def test_a_slow_leak_grows() -> None:
    # A megabyte a minute from 400: 23 MB over 24 minutes is 5.5 % of the mean.
    assert grew([a_minute(api_mb=400 + n) for n in range(30)]) == ["api_mb"]


def test_a_warm_up_is_left_out() -> None:
    warming = [a_minute(api_mb=200 + 40 * n, worker_mb=100 + 30 * n) for n in range(6)]

    assert grew(warming + [a_minute()] * 24) == []


def test_latency_and_connections_that_climb_grow() -> None:
    minutes = [a_minute(p95_ms=40 + n, connections=20 + n) for n in range(30)]

    assert grew(minutes) == ["p95_ms", "connections"]


def test_a_single_minute_has_no_trend() -> None:
    assert grew([a_minute()]) == []


def test_the_table_goes_between_its_marks(tmp_path: Path) -> None:
    path = tmp_path / "faults.md"
    path.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")

    written_into(path, report([a_minute(failed=2)] * 3, 30.0, 21.0))

    text = path.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert "1800 requests, 6 failed" in text
    assert "| memory of both API processes, MB | 400.0 | 400.0 |" in text
    assert "no growth" not in text
    assert "too short to tell" in text


def test_a_table_of_enough_minutes_gives_a_verdict() -> None:
    table = report([a_minute(connections=20 + n) for n in range(10)], 30.0, 21.0)

    assert "| connections to PostgreSQL | 22.0 | 29.0 | +60.0 | +27% | 10% | **grew** |" in table
    assert "no growth" in table
