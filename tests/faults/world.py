"""The processes of an installation on this machine, each of which can be killed and started again.

Everything runs in a folder of its own and on the loopback address; only what was started here
is killed. Between the processes and the engines stand proxies that can cut or slow the line.
"""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Final

import psutil

from importers.engines import free_port
from search import engine as meilisearch
from tests.faults.proxy import Proxy

ROOT: Final = Path(__file__).parents[2]
PATIENCE_SECONDS: Final = 180.0
PYTHON: Final = sys.executable
PSEUDONYM_KEY: Final = "only-for-the-fault-tests-0123456789"
SECRETS_KEY: Final = "only-for-the-fault-tests-9876543210"
_START_POSTGRES: Final = (
    "import sys; from pathlib import Path; from api.embedded import start_postgres;"
    "print(start_postgres(Path(sys.argv[1])))"
)
SOCKET: Final = ".s.PGSQL.5432"


class World:
    """Two API processes, two workers, and both engines behind proxies."""

    def __init__(self, folder: Path, **settings: str) -> None:
        folder.chmod(0o755)
        self.folder = folder
        self.limited = settings.get("RATE_LIMIT_KNOWN", "0") != "0"
        self.ports = {"api": free_port(), "api-2": free_port()}
        self.search_port, self.key = free_port(), secrets.token_urlsafe(16)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.dsn = self._start_postgres()
        self.database_line = Proxy(self._behind() / SOCKET, folder / "postgres" / SOCKET)
        self.search_line = Proxy(free_port(), self.search_port)
        direct = {
            "DATABASE_URL": self.dsn,
            "MEILISEARCH_KEY": self.key,
            "DATA_DIR": str(folder),
            "HOST": "127.0.0.1",
            "PSEUDONYM_KEY": PSEUDONYM_KEY,
            "SECRETS_KEY": SECRETS_KEY,
            "RATE_LIMIT_ANONYMOUS": "0",
            "RATE_LIMIT_KNOWN": "0",
            **settings,
        }
        self.direct = os.environ | direct | {"MEILISEARCH_URL": self._url(self.search_port)}
        lines = {
            "DATABASE_URL": self.dsn.replace(str(folder / "postgres"), str(self._behind())),
            "MEILISEARCH_URL": self._url(self.search_line.port),
        }
        self.env = os.environ | direct | lines
        self._start_meilisearch()
        self.command("migrate")

    def start_all(self) -> None:
        """Start the API processes and the workers."""
        for name in ("api", "api-2", "worker", "worker-2"):
            self.start(name)

    def start(self, name: str) -> None:
        """Start one of them."""
        match name.partition("-")[0]:
            case "postgres":
                self._start_postgres()
            case "meilisearch":
                self._start_meilisearch()
            case "api":
                self._start_python(name, "serve", {"PORT": str(self.ports[name])})
            case _:
                self._start_python(name, "drain", {})

    def kill(self, name: str) -> None:
        """End one of them without a word, as a crash of the machine would."""
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
        for line in (self.database_line, self.search_line):
            line.close()
        for name in (*self.processes, "postgres"):
            try:
                self.kill(name)
            except (OSError, KeyError, IndexError):
                continue

    def command(self, *words: str) -> str:
        """Run one of our own commands past the proxies; give what it printed."""
        done = subprocess.run(
            [PYTHON, "-m", "importers", *words],
            cwd=ROOT,
            env=self.direct,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        return done.stdout.strip()

    def documents(self, index: str) -> int:
        """Count the documents that an index holds; none where there is no such index."""
        request = urllib.request.Request(  # noqa: S310  our own engine
            f"{self._url(self.search_port)}/indexes/{index}/stats",
            headers={"Authorization": f"Bearer {self.key}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  our own engine
                return int(json.loads(answer.read())["numberOfDocuments"])
        except OSError:
            return 0

    def memory_mb(self) -> dict[str, float]:
        """Give the resident memory of our own processes, with their children."""
        found = {}
        for name, process in self.processes.items():
            family = [psutil.Process(process.pid)]
            family += family[0].children(recursive=True)
            found[name] = round(sum(one.memory_info().rss for one in family) / 2**20, 1)
        return found

    def _behind(self) -> Path:
        behind = self.folder / "line"
        behind.mkdir(exist_ok=True)
        return behind

    @staticmethod
    def _url(port: object) -> str:
        return f"http://127.0.0.1:{port}"

    def _start_python(self, name: str, command: str, more: dict[str, str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [PYTHON, "-m", "importers", command],
                cwd=ROOT,
                env=self.env | more,
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
                [PYTHON, "-c", _START_POSTGRES, str(self.folder / "postgres")],
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
