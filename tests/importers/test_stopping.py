"""Told to stop under load: every request gets its answer, and every job its end."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from api.embedded import postgres
from importers.engines import free_port
from importers.run import STOP_SECONDS

ROOT = Path(__file__).parents[2]
LEAVE_SECONDS = 2
ROWS = 4_000


class Installation:
    """A database, and processes on it; the search engine is away, which stops nobody."""

    def __init__(self, dsn: str, folder: Path) -> None:
        self.dsn, self.folder, self.port = dsn, folder, free_port()
        own = {
            "DATABASE_URL": dsn,
            "MEILISEARCH_URL": "http://127.0.0.1:1",
            "DATA_DIR": str(folder),
        }
        numbers = {"PORT": str(self.port), "LEAVE_SECONDS": str(LEAVE_SECONDS)}
        self.env = os.environ | own | numbers
        self.run("migrate")
        words = ("--scope", "directory:write", "--scope", "imports:write")
        self.key = self.run("key", "--name", "desk", *words).split()[-1]

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "importers", *words],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextlib.contextmanager
    def started(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        with (self.folder / f"{words[0]}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "importers", *words],
                cwd=ROOT,
                env=self.env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            try:
                yield process
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()

    def post(self, path: str, body: bytes, kind: str = "application/json") -> int:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": kind}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/v1{path}", body, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  an address of ours
            return int(answer.status)

    def is_ready(self) -> bool:
        try:
            url = f"http://127.0.0.1:{self.port}/v1/health/ready"
            with urllib.request.urlopen(url, timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + 60
        while not self.is_ready():
            assert time.monotonic() < deadline, (self.folder / "serve.log").read_text()
            time.sleep(0.1)

    def asked(self, sql: str) -> int:
        async def answer() -> int:
            connection = await asyncpg.connect(self.dsn)
            try:
                return int(await connection.fetchval(sql))
            finally:
                await connection.close()

        return asyncio.run(answer())

    def wait_for(self, sql: str) -> None:
        """Wait until a count is above zero."""
        deadline = time.monotonic() + 60
        while not self.asked(sql):
            assert time.monotonic() < deadline, (self.folder / "drain.log").read_text()
            time.sleep(0.02)


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with postgres(Path(folder) / "postgres") as dsn:
            yield Installation(dsn, Path(folder))


class Sender(threading.Thread):
    """Enters enterprises as fast as it can, for as long as readiness says yes."""

    def __init__(self, at: Installation, number: int, said_no: threading.Event) -> None:
        super().__init__(daemon=True)
        self.at, self.number, self.said_no = at, number, said_no
        self.stored, self.failed = 0, list[str]()

    def run(self) -> None:
        while not self.said_no.is_set():
            body = json.dumps({"name": f"Sender {self.number} {self.stored}"}).encode()
            try:
                assert self.at.post("/enterprises", body) == 201
                self.stored += 1
            except (OSError, AssertionError) as error:
                self.failed.append(repr(error))
                return


class Slow:
    """One request whose body comes in two halves."""

    def __init__(self, at: Installation) -> None:
        self.body = json.dumps({"name": "Slow"}).encode()
        self.socket = socket.create_connection(("127.0.0.1", at.port), 30)
        head = (
            "POST /v1/enterprises HTTP/1.1\r\nHost: here\r\nConnection: close\r\n"
            f"Authorization: Bearer {at.key}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(self.body)}\r\n\r\n"
        )
        self.socket.sendall(head.encode() + self.body[:5])

    def finish(self) -> bytes:
        self.socket.sendall(self.body[5:])
        with self.socket, self.socket.makefile("rb") as answer:
            return answer.readline()


def stopped_under_load(
    at: Installation, process: subprocess.Popen[bytes], senders: list[Sender]
) -> tuple[float, float]:
    """Tell a process to stop while all send; when, and after how long readiness said no.

    As behind a proxy: it looks at readiness every 0.3 s, and sends nothing more after a no.
    """
    for one in senders:
        one.start()
    time.sleep(2)
    process.send_signal(signal.SIGTERM)
    told = time.monotonic()
    while at.is_ready():
        time.sleep(0.05)
    until_no = time.monotonic() - told
    time.sleep(0.3)
    senders[0].said_no.set()
    for one in senders:
        one.join(30)
    return told, until_no


@pytest.mark.slow
def test_an_api_process_answers_what_it_took_and_says_no_first(
    installation: Installation,
) -> None:
    said_no = threading.Event()
    senders = [Sender(installation, number, said_no) for number in range(3)]
    with installation.started("serve") as process:
        installation.wait_until_ready()
        slow = Slow(installation)
        told, until_no = stopped_under_load(installation, process, senders)
        time.sleep(max(0.0, told + LEAVE_SECONDS + 0.5 - time.monotonic()))
        slow_answer = slow.finish()
        code = process.wait(STOP_SECONDS + 10)
        took = time.monotonic() - told

    stored = installation.asked("SELECT count(*) FROM enterprise WHERE name LIKE 'Sender %'")
    assert [one.failed for one in senders] == [[], [], []]
    assert stored == sum(one.stored for one in senders) > 10
    assert b" 201 " in slow_answer
    assert installation.asked("SELECT count(*) FROM enterprise WHERE name = 'Slow'") == 1
    assert code == 0
    assert until_no < LEAVE_SECONDS
    assert LEAVE_SECONDS <= took < LEAVE_SECONDS + STOP_SECONDS + 5


@pytest.mark.slow
def test_a_worker_hands_its_job_back_and_another_ends_it(installation: Installation) -> None:
    rows = [{"name": f"Row {n}", "externalId": f"row-{n}"} for n in range(ROWS)]
    body = "\n".join(json.dumps(row) for row in rows).encode()
    with installation.started("serve") as api:
        installation.wait_until_ready()
        assert installation.post("/imports?source=list", body, "application/x-ndjson") == 202
        api.send_signal(signal.SIGTERM)
        assert api.wait(STOP_SECONDS + 10) == 0

    with installation.started("drain") as first:
        installation.wait_for("SELECT count(*) FROM import_batch")
        first.send_signal(signal.SIGTERM)
        told = time.monotonic()
        code = first.wait(STOP_SECONDS + 10)
        took = time.monotonic() - told
    half = installation.asked("SELECT count(*) FROM import_job WHERE state = 'done'")
    with installation.started("drain") as second:
        installation.wait_for("SELECT count(*) FROM import_job WHERE state = 'done'")
        second.send_signal(signal.SIGTERM)
        assert second.wait(STOP_SECONDS + 10) == 0

    named = "SELECT count(*) FROM enterprise WHERE source = 'list'"
    assert code == 0
    assert took < STOP_SECONDS
    assert half == 0, "it was stopped half way"
    assert installation.asked(named) == ROWS
    assert installation.asked(named.replace("count(*)", "count(DISTINCT external_id)")) == ROWS
