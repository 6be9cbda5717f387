"""Strong ETags, and 304 to who has the present answer already (RFC 9110, 8.8 and 13.1.2).

The tag of an answer is a hash of it, behind the version that `If-Match` takes where the handler
gave one: marks lapse and places move without a new version, and a strong tag must tell.
"""

from hashlib import blake2b
from typing import Final

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

_OK: Final = 200
_UNCHANGED: Final = 304
_TAGGED: Final = ("application/json", "application/ld+json", "application/geo+json")


def conditional(app: ASGIApp) -> ASGIApp:
    """Tag whole JSON answers to GET, and leave the body out where the caller has it."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["method"] != "GET":
            await app(scope, receive, send)
        else:
            await app(scope, receive, _tagging(_asked(scope), send))

    return wrapped


def _tagging(present: str | None, send: Send) -> Send:
    start: HTTPResponseStartEvent | None = None

    async def tagged(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start" and _is_tagged(message):
            start = message
            return
        if start is not None and message["type"] == "http.response.body":
            first, start = start, None
            if not message["more_body"]:
                message["body"] = _answer(first, message["body"], present)
            await send(first)
        await send(message)

    return tagged


def _answer(start: HTTPResponseStartEvent, body: bytes, present: str | None) -> bytes:
    """Set the tag; turn the answer into a 304 without body where the caller has it."""
    headers = MutableScopeHeaders.from_message(start)
    version = headers.get("ETag", "").strip('"')
    digest = blake2b(body, digest_size=9).hexdigest()
    tag = f'"{version}.{digest}"' if version else f'"{digest}"'
    headers["ETag"] = tag
    if present is None or not _names(present, tag):
        return body
    start["status"] = _UNCHANGED
    for name in ("Content-Length", "Content-Type"):
        if name in headers:
            del headers[name]
    return b""


def _names(present: str, tag: str) -> bool:
    given = [one.strip().removeprefix("W/") for one in present.split(",")]
    return "*" in given or tag in given


def _is_tagged(message: HTTPResponseStartEvent) -> bool:
    kind = MutableScopeHeaders.from_message(message).get("Content-Type", "")
    return message["status"] == _OK and kind.partition(";")[0] in _TAGGED


def _asked(scope: Scope) -> str | None:
    values = [value for name, value in scope["headers"] if name == b"if-none-match"]
    return b",".join(values).decode("latin-1") if values else None
