"""The application as an integrator meets it: a server on a port, with the demo in it."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from importers.engines import free_port

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 180


class Served(NamedTuple):
    """Where the server listens, and a key with every scope."""

    url: str
    key: str
    log: Path


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        folder = Path(made)
        folder.chmod(0o755)
        yield from _served(folder)


def _served(folder: Path) -> Iterator[Served]:
    port, log = free_port(), folder / "run.log"
    given = {
        "DATA_DIR": str(folder / "data"),
        "PORT": str(port),
        "RATE_LIMIT_ANONYMOUS": "0",
        "RATE_LIMIT_KNOWN": "0",
    }
    unset = ("DATABASE_URL", "MEILISEARCH_URL", "MEILISEARCH_KEY")
    inherited = {name: value for name, value in os.environ.items() if name not in unset}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "importers", "run"],
            cwd=ROOT,
            env=inherited | given,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(process, log)
        key = (folder / "data" / "demo-key").read_text(encoding="utf-8").strip()
        yield Served(f"http://127.0.0.1:{port}", key, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_SECONDS)


def _wait(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while "Started worker" not in log.read_text(encoding="utf-8", errors="replace"):
        assert process.poll() is None, log.read_text(encoding="utf-8")
        assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
        time.sleep(0.2)
