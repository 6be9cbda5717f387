"""The embedded engines of one data folder: started by the first that needs them, found by others.

Whoever started them stops them. Both run in process groups of their own, so that Ctrl-C in
a terminal reaches us alone and they are stopped in good order.
"""

import fcntl
import os
import secrets
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec
import psutil

from api.database import use_database
from api.embedded import postgres, start_postgres
from api.settings import kept_key, settings
from search import engine as meilisearch

Say = Callable[[str], None]
_NAME: Final = "meilisearch"


class _Kept(msgspec.Struct, frozen=True):
    """What others must know of a running search engine; readable by its owner alone."""

    pid: int
    url: str
    key: str


class EngineBusy(Exception):
    """The engines of this folder belong to a process that is still starting."""


@contextmanager
def embedded_engines(data_dir: Path, say: Say) -> Iterator[None]:
    """Set DATABASE_URL and MEILISEARCH_URL, from embedded engines where they are not given."""
    if os.environ.get("DATABASE_URL") and os.environ.get("MEILISEARCH_URL"):
        _use_engines()
        yield
        return
    data_dir = data_dir.resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "run.lock").open("w") as lock_file:
        try:
            fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _attach(data_dir)
            _use_engines()
            yield
            return
        with _own_postgres(data_dir, say), _own_meilisearch(data_dir, say):
            _use_engines()
            yield


def _use_engines() -> None:
    """Let this process see what was just started."""
    settings.cache_clear()
    use_database(settings().database_url or "")


def _attach(data_dir: Path) -> None:
    if not os.environ.get("DATABASE_URL"):
        _use_postgres(start_postgres(data_dir / "postgres"), data_dir)
    if not os.environ.get("MEILISEARCH_URL"):
        kept = _read(data_dir)
        if kept is None:
            raise EngineBusy("Another command is starting the engines; try again in a moment.")
        os.environ |= {"MEILISEARCH_URL": kept.url, "MEILISEARCH_KEY": kept.key}


@contextmanager
def _own_postgres(data_dir: Path, say: Say) -> Iterator[None]:
    if os.environ.get("DATABASE_URL"):
        yield
        return
    say("Starting PostgreSQL")
    with postgres(data_dir / "postgres") as dsn:
        _use_postgres(dsn, data_dir)
        yield


def _use_postgres(dsn: str, data_dir: Path) -> None:
    """Name the embedded server; what it keeps sealed has its key beside it (ADR 48)."""
    os.environ["DATABASE_URL"] = dsn
    if not os.environ.get("SECRETS_KEY"):
        os.environ["SECRETS_KEY"] = kept_key(data_dir / "secrets-key").decode()


@contextmanager
def _own_meilisearch(data_dir: Path, say: Say) -> Iterator[None]:
    if os.environ.get("MEILISEARCH_URL"):
        yield
        return
    say("Starting Meilisearch")
    _end_orphan(data_dir)
    key = secrets.token_urlsafe(32)
    running = meilisearch.start(data_dir / _NAME, free_port(), key)
    try:
        _write(data_dir, _Kept(running.process.pid, running.url, key))
        os.environ |= {"MEILISEARCH_URL": running.url, "MEILISEARCH_KEY": key}
        yield
    finally:
        meilisearch.stop(running)
        _file(data_dir).unlink(missing_ok=True)


def free_port() -> int:
    """Give a port on the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _end_orphan(data_dir: Path) -> None:
    """End an engine that a killed run left behind: two on one folder would harm the index."""
    kept = _read(data_dir)
    if kept is None:
        return
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(kept.pid)
        if process.name() == _NAME and str(data_dir) in " ".join(process.cmdline()):
            process.send_signal(signal.SIGTERM)
            process.wait(meilisearch.STOP_SECONDS)
    _file(data_dir).unlink(missing_ok=True)


def _file(data_dir: Path) -> Path:
    return data_dir / "meilisearch.json"


def _read(data_dir: Path) -> _Kept | None:
    with suppress(FileNotFoundError, msgspec.DecodeError):
        return msgspec.json.decode(_file(data_dir).read_bytes(), type=_Kept)
    return None


def _write(data_dir: Path, kept: _Kept) -> None:
    descriptor = os.open(_file(data_dir), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(kept))
