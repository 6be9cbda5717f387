"""A site of our own on the demo data, and the browser of the system."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from importers.engines import free_port

ROOT: Final = Path(__file__).parents[2]
PEOPLE: Final = {
    "officer": "inkoper@lingedaal.example",
    "coordinator": "coordinator@lingedaal.example",
    "contractor": "social-return@krommerijn.example",
    "owner": "eigenaar@spadesteek.example",
    "moderator": "moderator@perceel.example",
}
NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
ARGS: Final = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE: Final = 120
"""Seconds until the engines are up and the demo is loaded."""


class Site:
    """Where the site is, and how to get in."""

    def __init__(self, address: str, folder: Path) -> None:
        self.address = address
        self.password = (folder / "demo-password").read_text().strip()
        self.key = (folder / "demo-key").read_text().strip()

    def get(self, path: str) -> Any:
        """Ask the API with the key of the demo."""
        return httpx.get(self.address + path, headers=self._headers).json()

    def post(self, path: str, body: Any = None) -> Any:
        """Send an object with the key of the demo."""
        answer = httpx.post(self.address + path, headers=self._headers, json=body or {}, timeout=30)
        return answer.json()

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


def chromium() -> str | None:
    """Find the browser of the system."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def running(folder: Path) -> Iterator[Site]:
    """Run the site in a folder; `make run` on a port of its own."""
    port = free_port()
    limits = {"RATE_LIMIT_ANONYMOUS": "0", "RATE_LIMIT_KNOWN": "0"}
    own = {"DATA_DIR": str(folder), "PORT": str(port), "DATABASE_URL": "", "MEILISEARCH_URL": ""}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "importers", "run"],
            cwd=ROOT,
            env=os.environ | limits | own,
            stdout=log,
            stderr=log,
        )
        try:
            _wait(process, f"http://127.0.0.1:{port}", folder)
            yield Site(f"http://127.0.0.1:{port}", folder)
        finally:
            process.terminate()
            process.wait(60)


def _wait(process: subprocess.Popen[bytes], address: str, folder: Path) -> None:
    for _ in range(PATIENCE * 4):
        if process.poll() is not None:
            break
        try:
            httpx.get(address + "/v1/health/live")
        except httpx.TransportError:
            time.sleep(0.25)
        else:
            return
    raise RuntimeError((folder / "log").read_text(errors="replace")[-2_000:])
