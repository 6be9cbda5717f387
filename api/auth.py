"""Who calls, and whether they may. A route names its scope; nothing else decides.

A machine sends a key in `Authorization`; a person who signed in has a cookie. Where both are
sent the key counts. A cookie is sent by browsers whoever made them ask, so an unsafe method
with a cookie must come from our own pages (ADR 33).
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import urlsplit

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler
from litestar.types import Scope

from api import trace
from api.accounts import service
from api.accounts.service import Actor
from api.clock import now
from api.database import AWAY
from api.domain.access import OrganisationKind
from api.domain.errors import DomainError
from api.problems import AccessDenied, CrossSiteRequest, NotAuthenticated
from api.sessions import service as sessions
from api.settings import settings

Connection = ASGIConnection[Any, Any, Any, Any]
Guard = Callable[[Connection, BaseRouteHandler], Awaitable[None]]
SECURITY: list[dict[str, list[str]]] = [{"apiKey": []}, {"session": []}]
"""What a guarded operation shows in the OpenAPI document: either will do."""
PERSONAL: list[dict[str, list[str]]] = [{"session": []}]
"""What an operation shows that only somebody who signed in may ask."""
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
COOKIE: Final = "perceel"
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class PeopleOnly(AccessDenied):
    """A key asks for what only somebody who signed in may do."""

    code = "people-only"


class OwnExplanationsOnly(AccessDenied):
    """An enterprise is told about itself, never about others."""

    code = "own-explanations-only"


def needs(scope: str) -> Guard:
    """Make a guard that lets only callers with `scope` pass."""
    if scope not in service.SCOPES:
        raise ValueError(f"unknown scope {scope!r}")

    async def guard(connection: Connection, _: BaseRouteHandler) -> None:
        actor = await _known(connection)
        if scope not in actor.scopes:
            raise AccessDenied(f"This needs the scope {scope!r}.")

    guard.scope = scope  # type: ignore[attr-defined]  # read by the list of permissions
    return guard


async def for_buyers(connection: Connection, _: BaseRouteHandler) -> None:
    """Let no enterprise read about others, nor act for a buyer."""
    refuse_enterprises(connection.state.actor)


def refuse_enterprises(actor: Actor) -> None:
    """Refuse an enterprise where others are explained."""
    if actor.kind is OrganisationKind.ENTERPRISE:
        raise OwnExplanationsOnly("An enterprise sees its own explanations only.")


async def signed_in(connection: Connection, _: BaseRouteHandler) -> None:
    """Guard: let pass whoever is known, whatever their scopes."""
    await _known(connection)


async def people_only(connection: Connection, _: BaseRouteHandler) -> None:
    """Guard: let only somebody who signed in pass."""
    actor = await _known(connection)
    if actor.session_id is None:
        raise PeopleOnly("This is for people who signed in; a key can't do it.")


async def same_site(connection: Connection, _: BaseRouteHandler) -> None:
    """Guard of what needs nobody to be known: refuse what a page of another site sends."""
    if _from_elsewhere(connection) is True:
        raise CrossSiteRequest("A page of another site can't ask this.")


def current_actor(request: Request[Any, Any, Any]) -> Actor:
    """Give the actor that the guard let pass."""
    actor: Actor = request.state.actor
    return actor


async def actor_or_none(connection: Connection) -> Actor | None:
    """Give who asks, for pages that greet whoever is there; `None` where nobody is known."""
    known: Actor | None = connection.state.get("actor")
    if known is None:
        known = await _asking(connection)
        connection.state.actor = known
    trace.acting_for.set(None if known is None else known.organisation)
    return known


async def is_known(scope: Scope) -> bool:
    """Tell before the routes are asked whether somebody is known; guards look no further then."""
    scope.setdefault("state", {})
    try:
        return await actor_or_none(ASGIConnection(scope)) is not None
    except (DomainError, *AWAY):  # the guard comes to the same, and its answer tells it
        return False


def origin_of(connection: Connection) -> str:
    """Give the address of this site as others know it."""
    return settings().public_url or f"{connection.url.scheme}://{connection.url.netloc}"


def session_token(connection: Connection) -> str | None:
    """Give the token in the cookie."""
    return connection.cookies.get(_cookie_name(connection))


def session_cookie(connection: Connection, opened: sessions.Opened) -> Cookie:
    """Make the cookie of a session; it ends with the browser, or with the session."""
    return _cookie(connection, opened.token, settings().session_hours * 3600)


def ended_cookie(connection: Connection) -> Cookie:
    """Make the cookie that takes the session away."""
    return _cookie(connection, "", 0)


def flow_cookie(connection: Connection, name: str, value: str, seconds: int) -> Cookie:
    """Make a short-lived cookie that ties a walk over several pages to one browser."""
    return _cookie(connection, value, seconds, name)


def flow_token(connection: Connection, name: str) -> str | None:
    """Give the value of such a cookie."""
    return connection.cookies.get(_cookie_name(connection, name))


async def _known(connection: Connection) -> Actor:
    actor = await actor_or_none(connection)
    if actor is None:
        raise NotAuthenticated("Send a valid key as 'Authorization: Bearer pcl_...', or sign in.")
    return actor


async def _asking(connection: Connection) -> Actor | None:
    header = connection.headers.get("Authorization")
    if header is not None:
        scheme, _, secret = header.partition(" ")
        if scheme.lower() != "bearer":
            return None
        return await service.actor_of(secret.strip(), now())
    token = session_token(connection)
    if not token:
        return None
    if connection.scope.get("method") not in SAFE_METHODS:
        _refuse_elsewhere(connection)
    return await sessions.actor_of(token, now())


def _refuse_elsewhere(connection: Connection) -> None:
    if _from_elsewhere(connection) is not False:
        detail = "With a cookie, send 'Origin' or 'Sec-Fetch-Site' of this site; or use a key."
        raise CrossSiteRequest(detail)


def _from_elsewhere(connection: Connection) -> bool | None:
    """Tell whether a browser says that another site asks; `None` where it does not say."""
    site = connection.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site != "same-origin"
    origin = connection.headers.get("Origin")
    if origin is None:
        return None
    given = settings().public_url
    if given:
        return origin.lower() != given.lower()
    return urlsplit(origin).netloc != connection.headers.get("Host", "")


def _cookie(connection: Connection, value: str, seconds: int, name: str = COOKIE) -> Cookie:
    return Cookie(
        _cookie_name(connection, name),
        value=value,
        max_age=seconds,
        path="/",
        secure=not _plain(connection),
        httponly=True,
        samesite="lax",
    )


def _cookie_name(connection: Connection, name: str = COOKIE) -> str:
    """Give the name; `__Host-` keeps other hosts of the domain from planting one (RFC 6265bis)."""
    return name if _plain(connection) else f"__Host-{name}"


def _plain(connection: Connection) -> bool:
    """Tell whether this is a try-out on this machine: browsers refuse `Secure` there."""
    return connection.url.scheme == "http" and connection.url.hostname in _LOOPBACK
