"""`make run`: engines, migrations, demo data, the main job, and then the API."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

from rich.console import Console

from api.settings import settings
from importers.engines import Say, embedded_engines

KEY_FILE: Final = "demo-key"


def run(data_dir: Path, *, once: bool, console: Console) -> None:
    """Do the main job once; then serve until Ctrl-C or SIGTERM, unless `once`."""
    os.environ["DRAIN_IN_PROCESS"] = "true"
    with _sigterm_as_exit(), embedded_engines(data_dir, _say(console)):
        asyncio.run(_prepare_and_run(data_dir, console))
        if not once:
            serve(console)
    console.print("Stopped; everything entered is kept.")


def serve(console: Console) -> None:
    """Serve the API and its documentation."""
    from granian import Granian
    from granian.constants import Interfaces

    here = settings()
    address = f"http://{here.host}:{here.port}"
    console.print(f"\nServing on {address}, documentation on {address}/docs. Ctrl-C stops.")
    Granian(
        "importers.asgi:app",
        address=here.host,
        port=here.port,
        interface=Interfaces.ASGI,
        workers=1,
        log_access=False,
        workers_kill_timeout=15,
    ).serve()


async def _prepare_and_run(data_dir: Path, console: Console) -> None:
    from api import database, index, indexing
    from api.clock import now
    from importers.demo import load as demo
    from importers.demo import obligations as demo_obligations
    from importers.job import run_main_job
    from importers.reference import load as reference
    from importers.rule_books import load as rule_books

    say = _say(console)
    say("Bringing the database up to date")
    await database.migrate()
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
        key = await _demo_key(data_dir / KEY_FILE)
        await run_main_job(tender_id, console, now())
    console.print(f"\nAPI key for trying things out: {key}", highlight=False)


async def _demo_key(file: Path) -> str:
    """Give the key that was made at the first run; only its owner can read the file."""
    from api.accounts import service
    from api.clock import now

    if file.exists() and await service.actor_of(file.read_text().strip(), now()):  # noqa: ASYNC240  before anything is served
        return file.read_text().strip()  # noqa: ASYNC240  as above
    made = await service.create_key("demo", service.SCOPES, now=now())
    file.touch(mode=0o600)  # noqa: ASYNC240  as above
    file.write_text(made.secret)  # noqa: ASYNC240  as above
    return made.secret


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
