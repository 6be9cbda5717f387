"""Who calls, and whether they may. A route names its scope; nothing else decides."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from api.accounts import service
from api.accounts.service import Actor
from api.clock import now
from api.problems import AccessDenied, NotAuthenticated

Connection = ASGIConnection[Any, Any, Any, Any]
Guard = Callable[[Connection, BaseRouteHandler], Awaitable[None]]
SECURITY: list[dict[str, list[str]]] = [{"apiKey": []}]
"""What a guarded operation shows in the OpenAPI document."""


def needs(scope: str) -> Guard:
    """Make a guard that lets only keys with `scope` pass."""
    if scope not in service.SCOPES:
        raise ValueError(f"unknown scope {scope!r}")

    async def guard(connection: Connection, _: BaseRouteHandler) -> None:
        actor = await _actor(connection)
        if scope not in actor.scopes:
            raise AccessDenied(f"This needs a key with the scope {scope!r}.")
        connection.state.actor = actor

    return guard


def current_actor(request: Request[Any, Any, Any]) -> Actor:
    """Give the actor that the guard let pass."""
    actor: Actor = request.state.actor
    return actor


async def _actor(connection: Connection) -> Actor:
    scheme, _, secret = connection.headers.get("Authorization", "").partition(" ")
    actor = await service.actor_of(secret.strip(), now()) if scheme.lower() == "bearer" else None
    if actor is None:
        raise NotAuthenticated("Send a valid key as 'Authorization: Bearer pcl_...'.")
    return actor
