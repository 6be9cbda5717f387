"""What every command needs: a place to print, and the engines."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

import click
from rich.console import Console

from api.settings import settings
from importers.engines import embedded_engines

console: Final = Console(width=None if sys.stdout.isatty() else 110)
Answer = TypeVar("Answer")
FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


def with_engines(job: Callable[[datetime], Awaitable[Answer]]) -> Answer:
    """Do a job with the engines that are set, or the embedded ones."""
    with embedded_engines(settings().data_dir, quiet):
        return asyncio.run(connected(job))


async def connected(job: Callable[[datetime], Awaitable[Answer]]) -> Answer:
    """Do a job with connections to the engines."""
    from api import clock, database, index

    async with database.pool(settings().database_pool_size), index.engine():
        return await job(clock.now())


def quiet(_: str) -> None:
    """Say nothing: these commands are quick."""
