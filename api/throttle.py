"""How much and how long a caller may ask, for all replicas together.

A process takes a twentieth of a caller's limit at a time from the database and spends it
without asking again: one statement for many requests, and never more than the limit in all.
What one process took and did not spend is lost to the others until the window ends.
"""

import asyncio
import time
from collections import OrderedDict
from hashlib import sha256
from typing import Any, Final

import msgspec
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from api.database import AWAY
from api.domain.errors import Unavailable
from api.limits import service
from api.limits.service import Rule, address_of
from api.problems import TooManyRequests, TooSlow, send_problem
from api.settings import settings

WINDOW: Final = 60
PORTIONS: Final = 20
_MOST_CALLERS: Final = 20_000
_SWEEP_EVERY: Final = 1_000
FREE: Final = ("/v1/health/", "/v1/openapi.json")
"""What is never refused: probes must tell the truth under load."""


class Portion(msgspec.Struct):
    """What this process holds of a caller's limit; `ends` on the clock of the process."""

    here: int
    elsewhere: int
    ends: float


class Throttle:
    """The portions that this process holds."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, Portion] = OrderedDict()
        self._known: OrderedDict[bytes, str] = OrderedDict()
        self._taken = 0

    async def spend(self, rule: Rule, caller: str) -> tuple[bool, Portion]:
        """Spend one of what a caller may; tell whether there was one."""
        name = f"{rule.name}:{caller}"
        held = self._held.get(name)
        if held is None or held.ends <= time.monotonic():
            held = Portion(0, rule.limit, 0.0)
        if held.here == 0 and held.elsewhere > 0:
            held = await self._portion(rule, caller, held)
            self._remember(self._held, name, held)
        if held.here == 0:
            return False, held
        held.here -= 1
        return True, held

    async def _portion(self, rule: Rule, caller: str, held: Portion) -> Portion:
        self._taken += 1
        if self._taken % _SWEEP_EVERY == 0:
            await service.sweep()
        taken = await service.take(rule, caller, max(1, rule.limit // PORTIONS))
        # Another request of this process may have fetched a portion meanwhile.
        present = self._held.get(f"{rule.name}:{caller}", held)
        still = present.here if present.ends > time.monotonic() else 0
        ends = time.monotonic() + taken.seconds_left
        return Portion(taken.granted + still, taken.left, ends)

    def caller(self, scope: Scope) -> tuple[Rule, str]:
        """Give whose limit counts: a key or session that was found good, else the address."""
        credential = _credential(scope)
        known = None if credential is None else self._known.get(credential)
        if known is not None:
            return Rule("known", settings().rate_limit_known, WINDOW), known
        return Rule("anonymous", settings().rate_limit_anonymous, WINDOW), address_of(scope)

    def note(self, scope: Scope) -> None:
        """Remember whose a credential is, where the guard knew somebody by it.

        The same key can be sent in many ways, with another cookie each time: all of them
        count as one.
        """
        credential = _credential(scope)
        actor: Any = scope.get("state", {}).get("actor")
        if credential is not None and actor is not None:
            whose = str(actor.session_id or actor.key_id or actor.name)
            self._remember(self._known, credential, whose)

    @staticmethod
    def _remember(kept: OrderedDict, key: object, value: object) -> None:  # type: ignore[type-arg]  # of either kind
        kept[key] = value
        kept.move_to_end(key)
        if len(kept) > _MOST_CALLERS:
            kept.popitem(last=False)


def throttled(app: ASGIApp) -> ASGIApp:
    """Refuse who asks too much, and tell everybody how much is left."""
    throttle = Throttle()

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["path"].startswith(FREE):
            await app(scope, receive, send)
            return
        rule, caller = throttle.caller(scope)
        if rule.limit == 0:
            await app(scope, receive, send)
            return
        try:
            allowed, held = await throttle.spend(rule, caller)
        except (*AWAY, Unavailable):  # the answer itself tells that the database is away
            await app(scope, receive, send)
            return
        telling = _telling(rule, held, send)
        if allowed:
            await app(scope, receive, telling)
            throttle.note(scope)
        else:
            detail = f"More than {rule.limit} requests in {rule.seconds} seconds."
            error = TooManyRequests(detail, _seconds(held))
            await send_problem(error, scope["path"], telling)

    return wrapped


def timed(app: ASGIApp) -> ASGIApp:
    """Give up on an answer that does not begin within the limit; what was begun is undone."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        limit = settings().request_seconds
        deadline = asyncio.timeout(limit)

        async def send_in_time(message: Message) -> None:
            if not deadline.expired():
                deadline.reschedule(None)
            await send(message)

        try:
            async with deadline:
                await app(scope, receive, send_in_time)
        except TimeoutError:
            if not deadline.expired():
                raise
            detail = f"No answer within {limit} seconds. Nothing was stored."
            await send_problem(TooSlow(detail), scope["path"], send)

    return wrapped


def _telling(rule: Rule, held: Portion, send: Send) -> Send:
    async def telling(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableScopeHeaders.from_message(message)
            left = held.here + held.elsewhere
            headers["RateLimit-Policy"] = f'"{rule.name}";q={rule.limit};w={rule.seconds}'
            headers["RateLimit"] = f'"{rule.name}";r={left};t={_seconds(held)}'
        await send(message)

    return telling


def _seconds(held: Portion) -> int:
    return max(1, int(held.ends - time.monotonic()) + 1)


def _credential(scope: Scope) -> bytes | None:
    """Give a hash of what a caller proves themself with; `None` where they send nothing."""
    sent = [value for name, value in scope["headers"] if name in {b"authorization", b"cookie"}]
    return sha256(b"\0".join(sent)).digest() if sent else None
