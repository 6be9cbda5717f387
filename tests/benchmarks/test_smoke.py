"""Every benchmark still runs, on the smallest world; no figure of it is looked at."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = {
    "bench_exports.py": ("--enterprises", "60"),
    "bench_import.py": ("--enterprises", "60", "--again"),
    "bench_ledger.py": ("--size", "40"),
    "bench_match_growth.py": ("--size", "200"),
    "bench_match_service.py": ("--size", "400"),
    "bench_matching.py": ("--size", "30"),
    "bench_pages.py": ("--size", "2"),
    "bench_plan.py": ("--size", "12", "--worlds", "1"),
    "bench_search.py": ("--firms", "60", "--offerings", "140"),
    "bench_solvers.py": ("--size", "20"),
    "bench_splitter.py": ("--size", "10", "--scenes", "1"),
}


def run(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout


@pytest.mark.parametrize("part", PARTS)
def test_every_part_runs_and_tells_figures(part: str) -> None:
    assert run(f"tests/benchmarks/{part}", *PARTS[part]).strip()


def test_every_part_is_tried() -> None:
    assert {file.name for file in Path(__file__).parent.glob("bench_*.py")} == set(PARTS)


def test_the_whole_bench_tells_every_request_and_job_beside_its_floor() -> None:
    told = run("-m", "tests.benchmarks", "--size", "120", "--seconds", "0.03", "--print")

    for name in ("search, radius", "profile", "match one lot", "allocation, 20 lots", "lot plan"):
        assert f"| {name}" in told
    for name in ("index rebuild", "match lots, one job", "import", "export, CSV"):
        assert f"| {name} |" in told
    assert "# The heaviest statements, explained" in told
    assert told.count("EXPLAIN") == 1
    assert told.count("Execution Time") == 5
