"""Liveness and readiness, for whoever restarts or routes: they tell the truth."""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from litestar import Response, Router, get
from litestar.di import NamedDependency
from msgspec import Meta

from api import database, leaving
from api.domain.errors import NotFound, Unavailable
from api.index import client
from api.outbox import service as outbox
from api.problems import answers
from api.settings import settings
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
    """Answer as long as the process does, whatever the state of its engines."""
    return Alive()


@get(
    "/ready",
    operation_id="getReadiness",
    summary="Can requests be served",
    responses=answers(503),
)
async def ready() -> Readiness:
    """Answer 503 while the database is away, and soon before the process stops.

    A search engine that is away is only named.
    """
    if leaving.is_leaving():
        raise Unavailable("The process is about to stop; ask another one.")
    if not await database.is_alive():
        raise Unavailable("The database does not answer.")
    return Readiness(search=await _search_answers(), waiting_for_index=await outbox.backlog())


async def _search_answers() -> bool:
    try:
        await client().health()
    except (SearchError, Unavailable):
        return False
    return True


@get("/.well-known/security.txt", include_in_schema=False, media_type="text/plain")
async def security_txt(now: NamedDependency[datetime]) -> Response[str]:
    """Say whom to tell of a weakness (RFC 9116); 404 where the operator named nobody."""
    contact = settings().security_contact
    if contact is None:
        raise NotFound("The operator of this installation named no contact.")
    until = (now + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    lines = [f"Contact: {contact}", f"Expires: {until}", "Preferred-Languages: nl, en"]
    if settings().public_url:
        lines.append(f"Canonical: {settings().public_url}/.well-known/security.txt")
    return Response("\n".join(lines) + "\n", media_type="text/plain; charset=utf-8")


router = Router("/health", route_handlers=[live, ready], tags=["Operations"])
