"""Reads and writes of spend, in SQL; every one names the organisation. No rule is decided here."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from api.database import Row, as_struct, copy_rows, fetch
from api.domain.tendering.cpv import lineage
from api.domain.tendering.notice import Rejected
from api.domain.values import CpvCode
from api.spend.drafts import Booked, Supplier
from api.spend.schemas import Candidate, SpendFileOut
from api.spend.tables import SpendFile, SpendLine, SpendSupplier

# A merged enterprise counts as its successor.
_SUPPLIERS: Final = """
SELECT s.id, s.name, s.kvk_number, s.decided_by, s.decided_at, s.enterprise AS decided,
  coalesce(n.id, e.id) AS by_kvk, coalesce(n.state, e.state) = 'published' AS by_kvk_published,
  (SELECT coalesce(sum(l.amount_cents), 0)::bigint FROM spend_line l WHERE l.supplier = s.id)
    AS spend_cents
FROM spend_supplier s
LEFT JOIN enterprise e ON e.kvk_number = s.kvk_number
LEFT JOIN enterprise n ON n.id = e.successor
WHERE s.organisation = $1
"""
_BOOKED: Final = """
SELECT l.supplier, extract(year FROM l.bought_on)::int AS year, l.cpv, l.category,
  sum(l.amount_cents)::bigint AS cents
FROM spend_line l JOIN spend_file f ON f.id = l.file
WHERE f.organisation = $1 AND l.bought_on >= $2 AND l.bought_on < $3
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
_OFFERED: Final = """
SELECT o.enterprise, o.cpv_lineage, o.cpv_codes FROM offering o
JOIN enterprise e ON e.id = o.enterprise AND e.state = 'published'
WHERE o.withdrawn_at IS NULL AND o.cpv_lineage && $1::text[]
"""


async def file(organisation: UUID, file_id: UUID) -> SpendFileOut | None:
    """Give a file."""
    sql = "SELECT * FROM spend_file WHERE organisation = $1 AND id = $2"
    rows = await fetch(sql, organisation, file_id)
    return _file(rows[0]) if rows else None


async def files(organisation: UUID, before: UUID | None, limit: int) -> list[SpendFileOut]:
    """List files, the last uploaded first."""
    sql = """
    SELECT * FROM spend_file WHERE organisation = $1 AND ($2::uuid IS NULL OR id < $2)
    ORDER BY id DESC LIMIT $3
    """
    return [_file(row) for row in await fetch(sql, organisation, before, limit)]


async def same_file(organisation: UUID, content_hash: str) -> UUID | None:
    """Find a file with the same bytes."""
    sql = "SELECT id FROM spend_file WHERE organisation = $1 AND content_hash = $2"
    rows = await fetch(sql, organisation, content_hash)
    return rows[0]["id"] if rows else None


def _file(row: Row) -> SpendFileOut:
    faults = msgspec.json.decode(row["faults"], type=tuple[Rejected, ...])
    return as_struct(dict(row) | {"faults": faults, "state": "created"}, SpendFileOut)


async def insert(file_row: Row, suppliers: Sequence[Row], lines: Sequence[Row]) -> None:
    """Store a file with its lines, and the suppliers that are new."""
    await copy_rows(SpendFile, [file_row])
    await copy_rows(SpendSupplier, suppliers)
    await copy_rows(SpendLine, lines)


async def delete(file_id: UUID) -> None:
    """Drop a file with its lines; suppliers stay, with what was decided."""
    await fetch("DELETE FROM spend_line WHERE file = $1", file_id)
    await fetch("DELETE FROM spend_file WHERE id = $1", file_id)


async def keys(organisation: UUID) -> dict[str, UUID]:
    """Give the suppliers by what they are recognised by."""
    sql = "SELECT key, id FROM spend_supplier WHERE organisation = $1"
    return {row["key"]: row["id"] for row in await fetch(sql, organisation)}


async def known_tokens(organisation: UUID, tokens: Collection[str]) -> set[str]:
    """Give those tokens that came before."""
    sql = """
    SELECT l.token FROM spend_line l JOIN spend_file f ON f.id = l.file
    WHERE f.organisation = $1 AND l.token = ANY($2)
    """
    return {row["token"] for row in await fetch(sql, organisation, list(tokens))}


async def suppliers(
    organisation: UUID, after: UUID | None = None, limit: int | None = None
) -> list[Supplier]:
    """List suppliers by id."""
    sql = f"{_SUPPLIERS} AND ($2::uuid IS NULL OR s.id > $2) ORDER BY s.id LIMIT $3"
    return [as_struct(row, Supplier) for row in await fetch(sql, organisation, after, limit)]


async def supplier(organisation: UUID, supplier_id: UUID) -> Supplier | None:
    """Give a supplier."""
    rows = await fetch(f"{_SUPPLIERS} AND s.id = $2", organisation, supplier_id)
    return as_struct(rows[0], Supplier) if rows else None


async def decide(
    supplier_id: UUID, enterprise_id: UUID | None, author: str | None, now: datetime | None
) -> None:
    """Store a decision, or take one back where there is no author."""
    sql = """
    UPDATE spend_supplier SET enterprise = $2, decided_by = $3, decided_at = $4 WHERE id = $1
    """
    await fetch(sql, supplier_id, enterprise_id, author, now)


async def directory() -> list[tuple[Candidate, tuple[str, ...]]]:
    """Give every published enterprise with the names that it goes by."""
    sql = "SELECT id, name, trade_names, town, kvk_number FROM enterprise WHERE state = 'published'"
    return [
        (as_struct(row, Candidate), (row["name"], *row["trade_names"])) for row in await fetch(sql)
    ]


async def enterprises(ids: Collection[UUID]) -> dict[UUID, Candidate]:
    """Give enterprises, published or not."""
    sql = "SELECT id, name, town, kvk_number FROM enterprise WHERE id = ANY($1)"
    return {row["id"]: as_struct(row, Candidate) for row in await fetch(sql, list(ids))}


async def booked(organisation: UUID, period: tuple[date, date]) -> list[Booked]:
    """Add lines up by supplier, year, code and category."""
    return [as_struct(row, Booked) for row in await fetch(_BOOKED, organisation, *period)]


async def offering_enterprises(groups: Collection[str]) -> dict[str, int]:
    """Count the published enterprises that offer within each group."""
    found: dict[str, set[UUID]] = {group: set() for group in groups}
    for row in await fetch(_OFFERED, list(groups)):
        above = {one for code in row["cpv_codes"] for one in lineage(CpvCode(code))}
        for group in above.intersection(groups):
            found[group].add(row["enterprise"])
    return {group: len(firms) for group, firms in found.items()}
