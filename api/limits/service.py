"""Counting against a limit. Windows are of the database's clock: replicas agree on them."""

import hashlib
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Final

import msgspec
from litestar.types import Scope

from api.database import fetch
from api.settings import settings

_TAKE: Final = """
INSERT INTO rate_window AS w (bucket, ends_at, taken)
VALUES ($1, statement_timestamp() + make_interval(secs => $2), $3)
ON CONFLICT (bucket) DO UPDATE SET
    taken = CASE WHEN w.ends_at > statement_timestamp() THEN w.taken + $3 ELSE $3 END,
    ends_at = CASE WHEN w.ends_at > statement_timestamp() THEN w.ends_at ELSE excluded.ends_at END
RETURNING taken, extract(epoch FROM ends_at - statement_timestamp())::float8 AS seconds_left
"""
_SWEEP: Final = """
DELETE FROM rate_window WHERE bucket IN (
    SELECT bucket FROM rate_window WHERE ends_at < statement_timestamp()
    LIMIT 1000 FOR UPDATE SKIP LOCKED)
"""


class Rule(msgspec.Struct, frozen=True):
    """So many in so many seconds."""

    name: str
    limit: int
    seconds: int


class Taken(msgspec.Struct, frozen=True):
    """What is left after taking; the window ends in `seconds_left`."""

    granted: int
    left: int
    seconds_left: float


async def take(rule: Rule, caller: str, amount: int = 1) -> Taken:
    """Take `amount` of what `caller` may, or as much as is left. Exact over all replicas."""
    [row] = await fetch(_TAKE, bucket(rule, caller), rule.seconds, amount)
    before = row["taken"] - amount
    granted = max(0, min(amount, rule.limit - before))
    return Taken(granted, max(0, rule.limit - row["taken"]), row["seconds_left"])


async def forget(rule: Rule, caller: str) -> None:
    """Let a caller begin anew."""
    await fetch("DELETE FROM rate_window WHERE bucket = $1", bucket(rule, caller))


async def sweep() -> None:
    """Delete windows that ended."""
    await fetch(_SWEEP)


def address_of(scope: Scope) -> str:
    """Give the address of who asks: as the outermost proxy of ours that is trusted saw it.

    What stands further left in `X-Forwarded-For` anybody can write. Of IPv6 the network counts.
    """
    client = scope.get("client")
    address = "unknown" if client is None else client[0]
    hops = settings().forwarded_hops
    if hops:
        values = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        chain = b",".join(values).decode("latin-1").split(",")
        address = chain[-min(hops, len(chain))].strip() or address
    return _network(address)


@lru_cache(maxsize=4_096)
def _network(address: str) -> str:
    try:
        known = ip_address(address)
    except ValueError:
        return address[:60]
    if known.version == 4:  # noqa: PLR2004  IPv4
        return str(known)
    return str(ip_network((known, 64), strict=False))


def bucket(rule: Rule, caller: str) -> str:
    """Name the counter of a caller; addresses and accounts are kept as a hash only."""
    return f"{rule.name}:{hashlib.sha256(caller.encode()).hexdigest()[:40]}"
