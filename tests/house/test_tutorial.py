"""`make run` as a user meets it, and the tutorial, command by command."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from importers.engines import free_port

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 120


class Running:
    """A `make run` of our own: own data, own port."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.folder = folder
        self.log = folder / "run.log"
        given = {"DATA_DIR": str(folder / "data"), "PORT": str(self.port)}
        unset = ("DATABASE_URL", "MEILISEARCH_URL", "MEILISEARCH_KEY")
        inherited = {name: value for name, value in os.environ.items() if name not in unset}
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "importers", "run"],
                cwd=ROOT,
                env=inherited | given,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_served(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while "Serving on" not in self.printed():
            assert self.process.poll() is None, self.printed()
            assert time.monotonic() < deadline, self.printed()
            time.sleep(0.2)

    def printed(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("run")
    folder.chmod(0o755)
    started = Running(folder)
    try:
        started.wait_until_served()
        yield started
    finally:
        if started.process.poll() is None:
            started.stop()


def test_the_main_job_prints_lots_and_explained_suppliers(running: Running) -> None:
    printed = running.printed()

    assert len(re.findall(r"LOT-000\d", printed)) == 5
    assert re.search(r"\d+ found, \d+ nearly, \d+ left out of \d+ in the category", printed)
    assert "cpv 300" in printed
    assert "nearly:" in printed


def test_the_tutorial_runs_as_written(running: Running, tmp_path: Path) -> None:
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    script = "\n".join(re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL))
    (tmp_path / "importers").symlink_to(ROOT / "importers")
    given = {
        "PERCEEL": f"http://127.0.0.1:{running.port}",
        "KEY": (running.folder / "data" / "demo-key").read_text(encoding="utf-8"),
    }

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", _patiently(script)],
        cwd=tmp_path,
        env=os.environ | given,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )

    assert done.returncode == 0, done.stderr + running.printed()
    assert '"state": "unchanged"' in done.stdout
    assert "True" in done.stdout.splitlines()


def test_a_stop_leaves_no_process_behind(running: Running) -> None:
    family = [
        one
        for one in psutil.process_iter(["cmdline"])
        if str(running.folder) in " ".join(one.info["cmdline"] or [])
    ]
    assert family

    code = running.stop()

    assert code in (0, 143)
    assert "everything entered is kept" in running.printed()
    assert [one for one in family if _works(one)] == []


def _works(process: psutil.Process) -> bool:
    """A zombie works no more: it waits for a parent that does not ask."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _patiently(script: str) -> str:
    """The server says that it serves a moment before it listens."""
    ask = 'curl -s -o /dev/null "$PERCEEL/v1/openapi.json"'
    return f"for i in $(seq 50); do {ask} && break; sleep 0.2; done\n{script}"
