"""The hash chain over a ledger, so that a changed, missing or moved entry shows.

`h_n = SHA-256(h_(n-1) || canonical_json(entry_n))`, `h_0` is 32 zero bytes.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

import msgspec

from api.domain.social_return.credit import Reason
from api.domain.social_return.entries import Entry

GENESIS: Final = "00" * 32


class Link(msgspec.Struct, frozen=True, rename="camel"):
    """An entry with the hash over it and everything before it, in hexadecimal."""

    entry: Entry
    hash: str


class Tampering(msgspec.Struct, frozen=True, rename="camel"):
    """The first place where a chain does not hold."""

    number: int
    """Position in the chain, from 1."""
    reason: Reason


def canonical_json(entry: Entry) -> bytes:
    """Write an entry in one way only: keys sorted, no spaces, UTF-8, shortest escapes.

    Equal to RFC 8785 for what an entry holds: text, lists, null and whole numbers that the
    ledger keeps within 2**53 - 1; dates are text.
    """
    return msgspec.json.encode(msgspec.to_builtins(entry), order="sorted")


def seal(previous: str, entry: Entry) -> Link:
    """Put an entry behind the hash before it; the first one comes after `GENESIS` (FIPS 180-4)."""
    return Link(entry, sha256(bytes.fromhex(previous) + canonical_json(entry)).hexdigest())


def verify_chain(links: Iterable[Link], published_head: str | None = None) -> Tampering | None:
    """Name the first entry that was changed, left out or moved; `None` when all holds.

    A chain that was cut off at its end holds in itself: `published_head`, a hash kept in a
    second place, must occur in it. Source: the chain above; own choice, ADR 6.
    """
    previous, number, seen = GENESIS, 0, {GENESIS}
    for number, link in enumerate(links, start=1):
        if link.entry.number != number:
            detail = f"entry {link.entry.number} stands in place {number}"
            return Tampering(number, Reason("entry-out-of-place", detail))
        if seal(previous, link.entry).hash != link.hash:
            detail = f"entry {number} or the hash before it was changed"
            return Tampering(number, Reason("hash-differs", detail))
        previous = link.hash
        seen.add(previous)
    if published_head is not None and published_head not in seen:
        detail = "the published hash does not occur: entries are missing at the end"
        return Tampering(number + 1, Reason("chain-cut-off", detail))
    return None
