"""What every answer carries, and paths that are refused, whichever route is asked."""

import logging
from collections.abc import Mapping
from time import perf_counter
from typing import Any, Final

import msgspec
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from api import telemetry, trace
from api.problems import MEDIA_TYPE, Problem

_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_NAMES_REQUEST: Final = frozenset({b"traceparent", b"x-request-id"})
logger = logging.getLogger(__name__)

API_VERSION: Final = "1.0.0"
HEADERS: Final = {
    "API-Version": API_VERSION,
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""API Design Rules: /core/version-header and /core/transport/security-headers."""
_STANDARD: Final = tuple((name.lower().encode(), value.encode()) for name, value in HEADERS.items())


def standard_headers(app: ASGIApp) -> ASGIApp:
    """Add the headers of `HEADERS` where an answer does not set its own."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = list(message["headers"])
                given = {name.lower() for name, _ in own}
                own += [one for one in _STANDARD if one[0] not in given]
                message["headers"] = own
            await send(message)

        await app(scope, receive, send_with_headers)

    return wrapped


def traced(app: ASGIApp) -> ASGIApp:
    """Name the request, in its answer and in one line of the log: no query, no body, no address."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        sent = {name: value for name, value in scope["headers"] if name in _NAMES_REQUEST}
        parent = _text(sent.get(b"traceparent"))
        name = trace.request_id_of(_text(sent.get(b"x-request-id")), parent)
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableScopeHeaders.from_message(message)["X-Request-Id"] = name
            await send(message)

        token, began = trace.request_id.set(name), perf_counter()
        trace.acting_for.set(None)
        with telemetry.span(scope["method"], parent) as span:
            try:
                await app(scope, receive, send_with_id)
            finally:
                _tell(scope, status, perf_counter() - began, span)
                trace.request_id.reset(token)

    return wrapped


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def _tell(scope: HTTPScope, status: int, seconds: float, span: Any) -> None:  # noqa: ANN401  a span or none
    method, route = scope["method"], str(scope.get("path_template") or "(no route)")
    told = {"method": method, "route": route, "status": status}
    logger.info("answered", extra=told | {"milliseconds": round(seconds * 1000, 1)})
    telemetry.count(method if method in _METHODS else "OTHER", route, status, seconds)
    telemetry.describe(span, method, route, status)


def every_method(app: ASGIApp, methods: Mapping[str, str]) -> ASGIApp:
    """Answer OPTIONS with every method of the path; the framework names those of one handler."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_methods(message: Message) -> None:
            known = methods.get(str(scope.get("path_template")))
            if message["type"] == "http.response.start" and known is not None:
                headers = MutableScopeHeaders.from_message(message)
                if "Allow" in headers:
                    headers["Allow"] = known
            await send(message)

        asked = scope["type"] == ScopeType.HTTP and scope["method"] == "OPTIONS"
        await app(scope, receive, send_with_methods if asked else send)

    return wrapped


def no_trailing_slash(app: ASGIApp) -> ASGIApp:
    """Answer 404 to a path that ends in a slash, the root exempt (/core/no-trailing-slash)."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if scope["type"] == ScopeType.HTTP and path != "/" and path.endswith("/"):
            await _refuse(path, send)
        else:
            await app(scope, receive, send)

    return wrapped


async def _refuse(path: str, send: Send) -> None:
    detail = "A path here never ends in a slash."
    problem = Problem(
        type="/problems/not-found",
        status=404,
        title="Not found",
        detail=detail,
        code="not-found",
        instance=path,
    )
    headers = [(b"content-type", MEDIA_TYPE.encode())]
    await send({"type": "http.response.start", "status": 404, "headers": headers})
    body = msgspec.json.encode(problem)
    await send({"type": "http.response.body", "body": body, "more_body": False})
