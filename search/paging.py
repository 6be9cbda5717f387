"""Where a walk over a list stands: enough to go on after it, whatever was changed since (ADR 22).

A list in an order of its own (lot, name, time of change) goes on behind the key of the last
enterprise. A ranking by text or by distance has no key to filter by: its scores may shift when
others change. Such a walk remembers whom it has given, and leaves them out.
"""

import hashlib
from collections.abc import Iterable
from typing import Final

from search.answers import Hit
from search.query import Order, Position, Search, Walk, quoted

MARK_BYTES: Final = 5
"""Of an enterprise that was given. Among 1,000 two are alike once in two million walks."""
ROUNDING_METRES: Final = 2
"""The engine tells distances in whole metres, and measures a little otherwise than it filters."""


def walk_of(search: Search) -> Walk:
    """Tell by what a search is walked."""
    match search.order:
        case Order.NAME:
            return Walk.NAME
        case Order.UPDATED:
            return Walk.UPDATED
        case Order.DISTANCE if search.near is not None:
            return Walk.DISTANCE
        case _:
            return Walk.TEXT if search.terms else Walk.LOT


def mark(enterprise_id: str) -> bytes:
    """Give the few bytes by which a walk remembers an enterprise."""
    return hashlib.blake2b(enterprise_id.encode(), digest_size=MARK_BYTES).digest()


def marks(position: Position | None) -> frozenset[bytes]:
    """Give the marks of those that were given."""
    packed = b"" if position is None else position.seen
    starts = range(0, len(packed) - MARK_BYTES + 1, MARK_BYTES)
    return frozenset(packed[start : start + MARK_BYTES] for start in starts)


def unseen(hits: Iterable[Hit], position: Position | None) -> list[Hit]:
    """Leave out who was given on an earlier page."""
    before = marks(position)
    return [hit for hit in hits if mark(hit.enterprise_id) not in before] if before else [*hits]


def behind(search: Search) -> list[str]:
    """Build the filter for what comes after the position of a search; none for a text."""
    after = search.after
    if after is None:
        return []
    key = quoted(after.key) if isinstance(after.key, str) else str(after.key)
    match after.walk:
        case Walk.LOT:
            return [f"lot > {after.lot}"]
        case Walk.NAME:
            return [f"sortName > {key} OR (sortName = {key} AND lot > {after.lot})"]
        case Walk.UPDATED:
            return [f"updatedAt < {key} OR (updatedAt = {key} AND lot > {after.lot})"]
        case Walk.DISTANCE if search.near is not None and int(after.key) > ROUNDING_METRES:
            point = f"{search.near.lat:.6f}, {search.near.lon:.6f}"
            return [f"NOT _geoRadius({point}, {int(after.key) - ROUNDING_METRES})"]
        case _:
            return []


def position(search: Search, given: Iterable[Hit]) -> Position | None:
    """Give the position after a page; `given` are all hits of this walk up to its end."""
    hits = [*given]
    if not hits:
        return search.after
    walk, last = walk_of(search), hits[-1]
    match walk:
        case Walk.NAME:
            return Position(walk, last.sort_name, last.lot)
        case Walk.UPDATED:
            return Position(walk, last.updated_at, last.lot)
        case Walk.LOT:
            return Position(walk, lot=last.lot)
        case Walk.DISTANCE:
            return Position(walk, last.distance, seen=_nearby(search, hits))
        case Walk.TEXT:
            return Position(walk, seen=_packed(search.after, hits))


def _nearby(search: Search, hits: list[Hit]) -> bytes:
    """Remember whom the filter of the next page lets through once more."""
    edge = hits[-1].distance - 2 * ROUNDING_METRES
    again = [hit for hit in hits if hit.distance >= edge]
    before = search.after
    kept = before if before is not None and int(before.key) >= edge else None
    return _packed(kept, again)


def _packed(before: Position | None, hits: Iterable[Hit]) -> bytes:
    return b"".join(sorted(marks(before) | {mark(hit.enterprise_id) for hit in hits}))
