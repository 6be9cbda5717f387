"""What every answer carries, and paths that are refused, whichever route is asked."""

from typing import Final

import msgspec
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import MEDIA_TYPE, Problem

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


def standard_headers(app: ASGIApp) -> ASGIApp:
    """Add the headers of `HEADERS` where an answer does not set its own."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await app(scope, receive, send_with_headers)

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
