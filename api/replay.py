"""`Idempotency-Key` on POST: the same request twice has one effect and one answer (ADR 34).

The answer is stored in the transaction of the effect. Whatever dies in between, both are there
or neither is; so a caller who saw no answer asks again under the same key.
"""

import logging
import re
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any, Final

from litestar import Request, Response
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

from api import clock
from api.accounts.service import Actor
from api.database import in_transaction, transaction, try_lock
from api.domain.errors import Fault, InvalidInput, RuleViolation, Unavailable
from api.idempotency import service
from api.idempotency.service import Answer, Asked
from api.problems import send_problem
from api.settings import settings

logger = logging.getLogger(__name__)

Known = Callable[[Scope], Awaitable[bool]]
HEADER: Final = b"idempotency-key"
NEVER: Final = {"idempotency": "never"}
"""`opt` of a handler whose answer holds a secret: that is not kept."""
_KEY: Final = re.compile(r'"?([\x21\x23-\x7e]{1,255})"?')
_REFUSED: Final = 400
_KEPT_HEADERS: Final = {b"content-type", b"location", b"etag"}


class KeyReused(RuleViolation):
    """The key stands for another request already."""

    code = "idempotency-key-reused"


class InProgress(RuleViolation):
    """The first request with this key is still being worked on."""

    code = "request-in-progress"


class _Undo(Exception):
    """Leave nothing of a request that was refused."""


class _Kept:
    """An answer, held back until its effect is stored."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def send(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def start(self) -> HTTPResponseStartEvent:
        return next(one for one in self.messages if one["type"] == "http.response.start")

    def answer(self) -> Answer:
        """Give what is kept of it."""
        headers = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in self.start["headers"]
            if name.lower() in _KEPT_HEADERS
        }
        body = b"".join(one["body"] for one in self.messages if one["type"] == "http.response.body")
        return Answer(self.start["status"], headers, body)


def replayable(app: ASGIApp, never: Callable[[str], bool], known: Known) -> ASGIApp:
    """Do a POST under a key in one transaction with its answer.

    Only where answers are kept: elsewhere a refusal would undo more than it may, such as the
    count of wrong passwords. And only for who is known, with the whole body at hand: a
    transaction holds a connection, of which there are few, and nobody may hold one by waiting.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        keyed = scope["type"] == ScopeType.HTTP and scope["method"] == "POST"
        if not keyed or _sent(scope) is None or never(scope["path"]) or not await known(scope):
            await app(scope, receive, send)
            return
        held = _Kept()
        ahead = await _read_ahead(receive)
        try:
            await _in_one(app, scope, ahead, held)
        except _Undo:
            pass
        except Exception:  # whatever kept it from being stored, it was not answered either
            logger.exception("a keyed request was not stored")
            detail = "The answer could not be stored; ask again under the same key."
            await send_problem(Unavailable(detail), scope["path"], send)
            return
        for message in held.messages:
            await send(message)

    return wrapped


async def replay(request: Request[Any, Any, Any]) -> Response[bytes] | None:
    """Give the answer that is kept under the key sent, if any. Stands behind the guards."""
    key = _sent(request.scope)
    actor: Actor | None = request.state.get("actor")
    never = request.scope["route_handler"].opt.get("idempotency") == "never"
    if request.method != "POST" or key is None or actor is None or never:
        return None
    asked = Asked(_caller(actor), _checked(key), await _request_hash(request))
    if not in_transaction():
        # The database was away when it was asked who this is, and is back now.
        raise Unavailable("This could not be done under its key; ask again under the same key.")
    if not await try_lock(f"idempotency:{asked.caller}:{asked.key}"):
        raise InProgress("The first request with this key is still being worked on; ask again.")
    found = await service.kept(asked, clock.now())
    if found is None:
        request.state.asked = asked
        return None
    if found[0] != asked.request_hash:
        raise KeyReused("This key was sent with another request.")
    headers = found[1].headers | {"Idempotency-Replayed": "true"}
    media_type = headers.pop("content-type", "application/json")
    return Response(
        found[1].body, status_code=found[1].status, headers=headers, media_type=media_type
    )


async def _read_ahead(receive: Receive) -> Receive:
    """Read the body up to the limit; what is longer is refused by whoever reads on."""
    read: list[Any] = []
    left = settings().max_body_bytes
    while left >= 0:
        message = await receive()
        read.append(message)
        if message["type"] != "http.request" or not message.get("more_body"):
            break
        left -= len(message["body"])
    messages = iter(read)

    async def again() -> Any:  # noqa: ANN401  what ASGI receives
        return next(messages, None) or await receive()

    return again


async def _in_one(app: ASGIApp, scope: Scope, receive: Receive, held: _Kept) -> None:
    async with transaction():
        await app(scope, receive, held.send)
        if held.start["status"] >= _REFUSED:
            raise _Undo
        asked: Asked | None = scope.get("state", {}).get("asked")
        if asked is not None:
            await service.keep(asked, held.answer(), clock.now())


def _sent(scope: Scope) -> str | None:
    values = [value for name, value in scope["headers"] if name == HEADER]
    return b",".join(values).decode("latin-1") if values else None


def _checked(key: str) -> str:
    found = _KEY.fullmatch(key.strip())
    if found is None:
        detail = "1 to 255 visible ASCII characters."
        raise InvalidInput(Fault("invalid-idempotency-key", detail, "Idempotency-Key"))
    return found[1]


def _caller(actor: Actor) -> str:
    """Name whose keys these are: a person at an organisation, or an API key."""
    return f"{actor.organisation}:{actor.person if actor.session_id else actor.key_id}"


async def _request_hash(request: Request[Any, Any, Any]) -> bytes:
    asked = f"{request.url.path}?{request.url.query}\n{request.headers.get('Content-Type')}\n"
    return sha256(asked.encode() + await request.body()).digest()
