"""Liveness and readiness, for whoever restarts or routes: they tell the truth."""

from typing import Annotated

import msgspec
from litestar import Router, get
from msgspec import Meta

from api import database
from api.domain.errors import Unavailable
from api.index import client
from api.outbox import service as outbox
from api.problems import answers
from search.errors import SearchError


class Alive(msgspec.Struct, frozen=True, rename="camel"):
    """The process answers."""

    alive: bool = True


class Readiness(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Whether requests can be served, and what lags."""

    ready: bool = True
    search: Annotated[bool, Meta(description="False: text search answers 503; all else is served.")]
    waiting_for_index: Annotated[int, Meta(description="Changes that the index has yet to follow.")]


@get("/live", operation_id="getLiveness", summary="Is the process alive", responses=answers())
async def live() -> Alive:
    """Answer as long as the process does."""
    return Alive()


@get(
    "/ready",
    operation_id="getReadiness",
    summary="Can requests be served",
    responses=answers(503),
)
async def ready() -> Readiness:
    """Answer 503 while the database is away; a search engine that is away is only named."""
    if not await database.is_alive():
        raise Unavailable("The database does not answer.")
    return Readiness(search=await _search_answers(), waiting_for_index=await outbox.backlog())


async def _search_answers() -> bool:
    try:
        await client().health()
    except (SearchError, Unavailable):
        return False
    return True


router = Router("/health", route_handlers=[live, ready], tags=["Operations"])
