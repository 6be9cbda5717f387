"""Heads of the chains for keeping elsewhere: whoever rewrites a chain can't rewrite those.

A chain proves that its links belong together, not that the whole of it was not made anew.
That shows only against a head that somebody else kept (ADR 36).
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from api.database import fetch
from api.domain.errors import Fault, InvalidInput

_AUDIT: Final = "SELECT number, hash FROM audit_seal ORDER BY number DESC LIMIT 1"
_LEDGERS: Final = """
SELECT id::text AS name, ledger_number AS number, ledger_hash AS hash FROM obligation
WHERE ledger_number > 0 ORDER BY id
"""
_NOT_IN_AUDIT: Final = """
SELECT given.number, coalesce(kept.hash, 'missing') AS hash
FROM unnest($1::int[], $2::text[]) AS given(number, hash)
LEFT JOIN audit_seal kept ON kept.number = given.number
WHERE kept.hash IS DISTINCT FROM given.hash ORDER BY given.number
"""
_NOT_IN_LEDGERS: Final = """
SELECT given.ledger, given.number, coalesce(kept.hash, 'missing') AS hash
FROM unnest($1::uuid[], $2::int[], $3::text[]) AS given(ledger, number, hash)
LEFT JOIN ledger_entry kept ON kept.obligation = given.ledger AND kept.number = given.number
WHERE kept.hash IS DISTINCT FROM given.hash ORDER BY given.ledger, given.number
"""


class Head(msgspec.Struct, frozen=True):
    """The newest link of a chain: its number, and its hash as 64 hexadecimal digits."""

    number: int
    hash: str


class Heads(msgspec.Struct, frozen=True, kw_only=True):
    """The heads at one moment; of ledgers those that moved since the heads before."""

    at: datetime
    audit: Head | None
    ledgers: dict[str, Head] = {}
    """By the id of the obligation."""


async def heads(at: datetime, former: Iterable[Heads] = ()) -> Heads:
    """Give the heads of now, of ledgers only those that `former` do not tell already."""
    told: dict[str, Head] = {}
    for one in former:
        told |= one.ledgers
    audit = await fetch(_AUDIT)
    found = {row["name"]: Head(row["number"], row["hash"]) for row in await fetch(_LEDGERS)}
    return Heads(
        at=at.astimezone(UTC),
        audit=Head(**dict(audit[0])) if audit else None,
        ledgers={name: head for name, head in found.items() if told.get(name) != head},
    )


async def faults(published: Sequence[Heads]) -> list[str]:
    """Compare heads that were kept elsewhere with the chains; name what is not there as it was."""
    links = [one.audit for one in published if one.audit is not None]
    entries = [(name, head) for one in published for name, head in one.ledgers.items()]
    audit = await fetch(_NOT_IN_AUDIT, [one.number for one in links], [one.hash for one in links])
    ledgers = await fetch(
        _NOT_IN_LEDGERS,
        [name for name, _ in entries],
        [head.number for _, head in entries],
        [head.hash for _, head in entries],
    )
    return [
        *(f"link {row['number']} of the audit chain is {_now(row['hash'])}" for row in audit),
        *(
            f"entry {row['number']} of ledger {row['ledger']} is {_now(row['hash'])}"
            for row in ledgers
        ),
    ]


def read_heads(content: bytes) -> list[Heads]:
    """Read what was kept: a line of JSON per moment. Raises `InvalidInput` naming the line."""
    found = []
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            found.append(msgspec.json.decode(line, type=Heads))
        except msgspec.MsgspecError as error:
            fault = Fault("invalid-value", f"Not the heads of a moment: {error}", f"line {number}")
            raise InvalidInput(fault) from error
    return found


def _now(hash_: str) -> str:
    return "missing" if hash_ == "missing" else f"not what was published, but {hash_}"
