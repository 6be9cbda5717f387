"""`make run`: engines, migrations, demo data, the main job, and then the API."""

import asyncio
import os
import secrets
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final
from uuid import UUID

from rich.console import Console

from api.settings import settings
from importers.engines import Say, embedded_engines

KEY_FILE: Final = "demo-key"
WORD_FILE: Final = "demo-password"
STOP_SECONDS: Final = 15
"""For so long what was begun may go on once no more is taken."""


def run(data_dir: Path, *, once: bool, console: Console) -> None:
    """Do the main job once; then serve until Ctrl-C or SIGTERM, unless `once`."""
    os.environ["DRAIN_IN_PROCESS"] = "true"
    with _sigterm_as_exit(), embedded_engines(data_dir, _say(console)):
        asyncio.run(_prepare_and_run(data_dir, console))
        if not once:
            serve(console)
    console.print("Stopped; everything entered is kept.")


def serve(console: Console, leave_seconds: float = 0.0) -> None:
    """Serve the API and its documentation; after SIGTERM for `leave_seconds` more."""
    from granian.constants import Interfaces

    from importers.serving import Server

    here = settings()
    address = f"http://{here.host}:{here.port}"
    console.print(f"\nServing on {address}, documentation on {address}/docs. Ctrl-C stops.")
    Server(
        "importers.asgi:app",
        leave_seconds=leave_seconds,
        address=here.host,
        port=here.port,
        interface=Interfaces.ASGI,
        workers=1,
        log_access=False,
        workers_kill_timeout=STOP_SECONDS,
    ).serve()


async def _prepare_and_run(data_dir: Path, console: Console) -> None:
    from api import database, index, indexing
    from api.clock import now
    from api.migrations.forward import migrate
    from importers.demo import load as demo
    from importers.demo import obligations as demo_obligations
    from importers.job import run_main_job
    from importers.reference import load as reference
    from importers.rule_books import load as rule_books

    say = _say(console)
    say("Bringing the database up to date")
    await migrate()
    async with database.pool(settings().database_pool_size), index.engine():
        say("Loading codes and areas")
        await reference.load_shipped(now())
        await rule_books.load_shipped(now())
        say("Loading the demo directory")
        made = await demo.load_enterprises(now())
        tender_id = await demo.load_notices(now())
        await demo_obligations.load_obligations(now())
        say(f"Bringing the index up to date ({made} new enterprises)")
        await indexing.catch_up()
        access = await _demo_access(data_dir)
        await run_main_job(tender_id, console, now())
    console.print(access, highlight=False)


async def _demo_access(data_dir: Path) -> str:
    """Make the demo people and a key; gives what to tell about them."""
    from api.clock import now
    from importers.demo import people

    password = _demo_password(data_dir / WORD_FILE)
    municipality = await people.load_people(password, now())
    key = await _demo_key(data_dir / KEY_FILE, municipality)
    who = [f"  {one.email}: {', '.join(one.roles)}" for one in people.PEOPLE]
    told = [f"\nAPI key for trying things out: {key}", f"People, password {password}:", *who]
    return "\n".join(told)


async def _demo_key(file: Path, organisation: UUID) -> str:
    """Give the key that was made at the first run; only its owner can read the file."""
    from api.accounts import service
    from api.clock import now

    kept = _kept(file)
    known = None if kept is None else await service.actor_of(kept, now())
    if kept is not None and known is not None and known.organisation == organisation:
        return kept
    made = await service.create_key("demo", service.SCOPES, now=now(), organisation_id=organisation)
    return _keep(file, made.secret)


def _demo_password(file: Path) -> str:
    """Give the password of the demo people, made at random at the first run."""
    return _kept(file) or _keep(file, secrets.token_urlsafe(12))


def _kept(file: Path) -> str | None:
    return file.read_text().strip() if file.exists() else None


def _keep(file: Path, secret: str) -> str:
    file.touch(mode=0o600)
    file.write_text(secret)
    return secret


@contextmanager
def _sigterm_as_exit() -> Iterator[None]:
    """Let SIGTERM unwind like Ctrl-C, so that the engines are stopped in good order."""

    def leave(number: int, _: FrameType | None) -> None:
        sys.exit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _say(console: Console) -> Say:
    def say(step: str) -> None:
        console.print(f"[dim]·[/dim] {step} ...", highlight=False)

    return say
