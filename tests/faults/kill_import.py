"""Kills API, worker, Meilisearch and PostgreSQL at random while enterprises are entered.

    python -m tests.faults.kill_import [--enterprises 2000] [--kills 24] [--seed 1]

Everything runs on this machine, in a folder of its own; only what was started here is killed.
At the end every acknowledged enterprise must be in the database, and the index must equal it.
"""

import argparse
import json
import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any, Final

import msgspec

from importers.engines import free_port
from search import engine as meilisearch

ROOT: Final = Path(__file__).parents[2]
PATIENCE_SECONDS: Final = 180.0
VICTIMS: Final = ("api", "worker", "meilisearch", "postgres")
_PYTHON: Final = sys.executable
_START_POSTGRES: Final = (
    "import sys; from pathlib import Path; from api.embedded import start_postgres;"
    "print(start_postgres(Path(sys.argv[1])))"
)


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a run came to."""

    seed: int
    kills: dict[str, int]
    acknowledged: int
    retried: int
    lost: int
    without_trace: int
    """Enterprises that have not exactly one row in the audit trail."""
    index_missing: int
    index_surplus: int
    seconds: float


class World:
    """The four processes, each of which can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.search_port, self.key = free_port(), free_port(), secrets.token_urlsafe(16)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.dsn = self._start_postgres()
        self.env = os.environ | {
            "DATABASE_URL": self.dsn,
            "MEILISEARCH_URL": f"http://127.0.0.1:{self.search_port}",
            "MEILISEARCH_KEY": self.key,
            "DATA_DIR": str(folder),
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
        }
        self._start_meilisearch()
        self.command("migrate")
        self.token = self.command("key", "--name", "faults", "--scope", "directory:write")
        for name in ("api", "worker"):
            self.start(name)

    def start(self, name: str) -> None:
        """Start one of the four."""
        match name:
            case "postgres":
                self._start_postgres()
            case "meilisearch":
                self._start_meilisearch()
            case "api":
                self._start_python(name, "serve")
            case _:
                self._start_python(name, "drain")

    def kill(self, name: str) -> None:
        """End one of the four without a word, as a crash of the machine would."""
        if name == "postgres":
            lines = (self.folder / "postgres" / "postmaster.pid").read_text().splitlines()
            os.kill(int(lines[0]), signal.SIGKILL)
            return
        process = self.processes[name]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE_SECONDS)

    def revive(self) -> None:
        """Start what ended by itself, as a restart policy does: a start can meet a dead engine."""
        for name, process in list(self.processes.items()):
            if process.poll() is not None:
                self.start(name)

    def close(self) -> None:
        """Stop whatever runs."""
        for name in ("api", "worker", "meilisearch", "postgres"):
            try:
                self.kill(name)
            except (OSError, KeyError, IndexError):
                continue

    def command(self, *words: str) -> str:
        """Run one of our own commands; give what it printed."""
        done = subprocess.run(
            [_PYTHON, "-m", "importers", *words],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        return done.stdout.strip()

    def _start_python(self, name: str, command: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [_PYTHON, "-m", "importers", command],
                cwd=ROOT,
                env=self.env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _start_meilisearch(self) -> None:
        running = meilisearch.start(self.folder / "meilisearch", self.search_port, self.key)
        self.processes["meilisearch"] = running.process

    def _start_postgres(self) -> str:
        """Start in a process of its own; what a killed server left behind may take a moment."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            done = subprocess.run(
                [_PYTHON, "-c", _START_POSTGRES, str(self.folder / "postgres")],
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=PATIENCE_SECONDS,
                check=False,
            )
            if done.returncode == 0:
                return done.stdout.strip()
            if time.monotonic() > deadline:
                raise RuntimeError(done.stderr)
            time.sleep(0.5)


class Writer(threading.Thread):
    """Enters enterprises one by one, and again until each is acknowledged."""

    def __init__(self, world: World, count: int) -> None:
        super().__init__(daemon=True)
        self.world, self.count = world, count
        self.acknowledged: set[str] = set()
        self.retried = 0

    def run(self) -> None:
        """Enter them all."""
        for number in range(self.count):
            kvk = f"8{number:07d}"
            while not self._enter(kvk):
                self.retried += 1
                time.sleep(0.1)
            self.acknowledged.add(kvk)

    def _enter(self, kvk: str) -> bool:
        """Send one; 409 says that an earlier try, of which the answer was lost, was stored."""
        body = json.dumps(an_enterprise(kvk)).encode()
        url = f"http://127.0.0.1:{self.world.port}/v1/enterprises"
        headers = {
            "Authorization": f"Bearer {self.world.token}",
            "Content-Type": "application/json",
        }
        request = urllib.request.Request(url, body, headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310  as above
                return bool(answer.status == 201)
        except urllib.error.HTTPError as error:
            return error.code == 409
        except OSError:
            return False


def an_enterprise(kvk: str) -> dict[str, Any]:
    """Give one of many."""
    offering = {
        "title": "Groenonderhoud",
        "cpvCodes": ["77310000"],
        "serviceMode": "service",
        "coverage": {"kind": "country"},
    }
    return {"name": f"Groenploeg {kvk}", "kvkNumber": kvk, "offerings": [offering, offering]}


def run(enterprises: int, kills: int, seed: int) -> Outcome:
    """Enter, kill, start again; then compare."""
    chance = random.Random(seed)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        world = World(Path(folder))
        try:
            writer = Writer(world, enterprises)
            writer.start()
            killed = _kill_at_random(world, writer, kills, chance)
            while writer.is_alive():
                world.revive()
                writer.join(1.0)
            traces = _traces(world)
            missing, surplus = _compared(world)
        finally:
            world.close()
    return Outcome(
        seed=seed,
        kills=dict(killed),
        acknowledged=len(writer.acknowledged),
        retried=writer.retried,
        lost=len(writer.acknowledged - set(traces)),
        without_trace=sum(number != 1 for number in traces.values()),
        index_missing=missing,
        index_surplus=surplus,
        seconds=round(time.monotonic() - began, 1),
    )


def _kill_at_random(
    world: World, writer: Writer, kills: int, chance: random.Random
) -> Counter[str]:
    killed: Counter[str] = Counter()
    for _ in range(kills):
        time.sleep(chance.uniform(0.5, 3.0))
        if not writer.is_alive():
            break
        victim = chance.choice(VICTIMS)
        world.kill(victim)
        killed[victim] += 1
        time.sleep(chance.uniform(0.0, 0.5))
        world.start(victim)
        world.revive()
    return killed


def _traces(world: World) -> dict[str, int]:
    """Give every enterprise in the database, with the number of its audit rows."""
    script = (
        "import asyncio, asyncpg, os\n"
        "async def read():\n"
        "    rows = await (await asyncpg.connect(os.environ['DATABASE_URL'])).fetch("
        "'SELECT e.kvk_number, count(a.id) AS n FROM enterprise e LEFT JOIN audit_event a "
        "ON a.subject = e.id GROUP BY e.id')\n"
        "    print('\\n'.join(f\"{row['kvk_number']} {row['n']}\" for row in rows))\n"
        "asyncio.run(read())\n"
    )
    done = subprocess.run(
        [_PYTHON, "-c", script], env=world.env, capture_output=True, text=True, check=True
    )
    pairs = (line.split() for line in done.stdout.splitlines())
    return {kvk: int(number) for kvk, number in pairs}


def _compared(world: World) -> tuple[int, int]:
    """Wait until the worker has caught up, then compare index and database."""
    printed = ""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        printed = world.command("verify-index")
        if printed.startswith("0 missing or old, 0 surplus"):
            break
        time.sleep(1.0)
    numbers = [int(word) for word in printed.replace(",", " ").split() if word.isdigit()]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else (-1, -1)


def main() -> None:
    """Run once and print the outcome; exit 1 if anything was lost."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--enterprises", type=int, default=2_000)
    arguments.add_argument("--kills", type=int, default=24)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    outcome = run(given.enterprises, given.kills, given.seed)
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(outcome)).decode() + "\n")
    harm = (outcome.lost, outcome.without_trace, outcome.index_missing, outcome.index_surplus)
    sys.exit(1 if any(harm) else 0)


if __name__ == "__main__":
    main()
