"""Reads and writes of the directory, in SQL. No rule is decided here."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from api.database import Row, as_struct, copy_rows, fetch, in_transaction, update_row
from api.domain.tendering.coverage import Coverage, Reach
from api.enterprises.tables import Enterprise, Mark, Offering, Revision
from api.joined import Joined

# Rows as JSON in an array: an aggregate of jsonb, which is built to be searched, took the
# database twice as long as the rest of the statement.
_PROFILES: Final = """
SELECT e.*,
  ARRAY(SELECT row_to_json(o)::text
        FROM (SELECT {offering} FROM offering
              WHERE enterprise = e.id AND withdrawn_at IS NULL) o
        ORDER BY o.position, o.id) AS offerings,
  ARRAY(SELECT row_to_json(m)::text FROM quality_mark m
        WHERE m.enterprise = e.id ORDER BY m.scheme, m.id) AS marks
FROM enterprise e
"""
_WORKED_OUT: Final = {"enterprise", "cpv_lineage", "area_full", "area_partial", "withdrawn_at"}
_STATED: Final = [
    name
    for column in Offering._meta.columns  # noqa: SLF001  Piccolo's documented place of them
    if (name := column._meta.name) not in _WORKED_OUT  # noqa: SLF001
]
_AS_STATED: Final = _PROFILES.format(offering=", ".join(_STATED))
# One id by itself: the server keeps the plan of that, and makes one for each array.
_ONE: Final = _AS_STATED + " WHERE e.id = $1"
_SEVERAL: Final = _AS_STATED + " WHERE e.id = ANY($1)"
_WHOLE: Final = _PROFILES.format(offering="*") + " WHERE e.id = ANY($1)"


class Known(msgspec.Struct, frozen=True):
    """What an import must know of a record that is already here."""

    id: UUID
    external_id: str | None
    kvk_number: str | None
    content_hash: str
    version: int
    state: str
    successor: UUID | None = None
    owner: UUID | None = None


async def profile(enterprise_id: UUID) -> dict[str, Any] | None:
    """Give one enterprise with its marks, and with its offerings as they were stated."""
    if in_transaction():
        return (await _stated({enterprise_id})).get(enterprise_id)
    return await _joined.get(enterprise_id)


async def _stated(ids: AbstractSet[UUID]) -> dict[UUID, dict[str, Any]]:
    rows = await (fetch(_ONE, *ids) if len(ids) == 1 else fetch(_SEVERAL, list(ids)))
    return {row["id"]: _decoded(row) for row in rows}


_joined: Final = Joined(_stated)


async def profiles(ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Give many enterprises, in no order, and all that was worked out from their offerings."""
    return [_decoded(row) for row in await fetch(_WHOLE, list(ids))]


async def page_of_ids(after: UUID | None, limit: int) -> list[UUID]:
    """Walk all published enterprises by id."""
    sql = """
    SELECT id FROM enterprise WHERE state = 'published' AND ($1::uuid IS NULL OR id > $1)
    ORDER BY id LIMIT $2
    """
    return [row["id"] for row in await fetch(sql, after, limit)]


async def known(
    source: str, external_ids: Iterable[str], kvk_numbers: Iterable[str]
) -> list[Known]:
    """Find the records that share an external id or a KvK number with what comes in."""
    sql = """
    SELECT id, CASE WHEN source = $1 THEN external_id END AS external_id, kvk_number,
           content_hash, version, state, successor, owner
    FROM enterprise
    WHERE (source = $1 AND external_id = ANY($2)) OR kvk_number = ANY($3)
    """
    rows = await fetch(sql, source, list(external_ids), list(kvk_numbers))
    return [as_struct(row, Known) for row in rows]


async def lock_enterprise(enterprise_id: UUID) -> Known | None:
    """Lock one enterprise until the transaction ends."""
    sql = """
    SELECT id, external_id, kvk_number, content_hash, version, state, successor, owner
    FROM enterprise WHERE id = $1 FOR UPDATE
    """
    rows = await fetch(sql, enterprise_id)
    return as_struct(rows[0], Known) if rows else None


async def insert(
    enterprises: Sequence[Row], offerings: Sequence[Row], marks: Sequence[Row]
) -> None:
    """Insert new rows in bulk."""
    await copy_rows(Enterprise, enterprises)
    await copy_rows(Offering, offerings)
    await copy_rows(Mark, marks)


async def update_enterprise(enterprise_id: UUID, values: Row) -> None:
    """Change columns of one enterprise."""
    await update_row("enterprise", enterprise_id, values)


async def update_offering(offering_id: UUID, values: Row) -> None:
    """Change columns of one offering."""
    await update_row("offering", offering_id, values)


async def withdraw_offerings(ids: Sequence[UUID], now: datetime) -> None:
    """Take offerings out of the directory; match runs keep pointing at them."""
    sql = "UPDATE offering SET withdrawn_at = $2 WHERE id = ANY($1) AND withdrawn_at IS NULL"
    await fetch(sql, list(ids), now)


async def delete_claims(ids: Sequence[UUID]) -> None:
    """Drop marks that were only claimed: a new statement of the enterprise replaces them."""
    sql = """
    DELETE FROM quality_mark
    WHERE enterprise = ANY($1) AND verified_on IS NULL AND revoked_on IS NULL
    """
    await fetch(sql, list(ids))


async def unverify_uncovered(ids: Sequence[UUID]) -> None:
    """Turn certificates that do not name their firm's present KvK number back into claims."""
    sql = """
    UPDATE quality_mark m SET verified_on = NULL, verified_by = NULL, verified_reference = NULL
    FROM enterprise e
    WHERE m.enterprise = ANY($1) AND e.id = m.enterprise AND cardinality(m.holder_kvk_numbers) > 0
      AND (e.kvk_number IS NULL OR NOT e.kvk_number = ANY(m.holder_kvk_numbers))
    """
    await fetch(sql, list(ids))


async def insert_revisions(rows: Sequence[Row]) -> None:
    """Add revisions."""
    await copy_rows(Revision, rows)


async def mark_revision(revision_id: UUID, values: Row) -> None:
    """Note what was decided on a proposed revision."""
    await update_row("enterprise_revision", revision_id, values)


async def pending_revision(revision_id: UUID) -> Row | None:
    """Lock a revision that waits for a decision."""
    sql = """
    SELECT id, enterprise, actor, patch FROM enterprise_revision
    WHERE id = $1 AND state = 'pending' FOR UPDATE
    """
    rows = await fetch(sql, revision_id)
    return rows[0] if rows else None


async def take_back(ids: Sequence[UUID], now: datetime) -> list[UUID]:
    """Withdraw profiles that nobody touched since they were made; gives which.

    Their numbers become free, so that the list can come again.
    """
    sql = """
    UPDATE enterprise SET state = 'withdrawn', external_id = NULL, kvk_number = NULL,
      version = version + 1, updated_at = $2
    WHERE id = ANY($1) AND state = 'published' AND version = 1 AND owner IS NULL RETURNING id
    """
    return sorted(row["id"] for row in await fetch(sql, list(ids), now))


async def verify_mark(
    enterprise_id: UUID, mark: tuple[str, str | None], verified_on: date, verified_by: str
) -> None:
    """Note that the certificate of a mark (scheme, level) was seen."""
    sql = """
    UPDATE quality_mark m SET verified_on = $4, verified_by = $5
    WHERE enterprise = $1 AND scheme = $2 AND level IS NOT DISTINCT FROM $3
      AND (cardinality(holder_kvk_numbers) = 0 OR EXISTS (
        SELECT 1 FROM enterprise e WHERE e.id = $1 AND e.kvk_number = ANY(m.holder_kvk_numbers)))
    """
    await fetch(sql, enterprise_id, *mark, verified_on, verified_by)


class OfferingCoverage(msgspec.Struct, frozen=True):
    """A coverage as given, and as worked out when it was stored."""

    offering_id: UUID
    enterprise_id: UUID
    coverage: Coverage
    reach: Reach


async def coverages(after: UUID | None, limit: int) -> list[OfferingCoverage]:
    """Walk the coverages of all live offerings, by offering id."""
    sql = """
    SELECT id, enterprise, coverage, area_full, area_partial FROM offering
    WHERE withdrawn_at IS NULL AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2
    """
    return [
        OfferingCoverage(
            row["id"],
            row["enterprise"],
            msgspec.json.decode(row["coverage"], type=Coverage),
            Reach(tuple(row["area_full"]), tuple(row["area_partial"])),
        )
        for row in await fetch(sql, after, limit)
    ]


async def offering_count(enterprise_id: UUID) -> int:
    """Count the live offerings of an enterprise."""
    sql = "SELECT count(*) AS n FROM offering WHERE enterprise = $1 AND withdrawn_at IS NULL"
    return int((await fetch(sql, enterprise_id))[0]["n"])


def _decoded(row: Row) -> dict[str, Any]:
    found = dict(row)
    found["details"] = msgspec.json.decode(found["details"] or "null")
    for column in ("offerings", "marks"):
        found[column] = msgspec.json.decode(f"[{','.join(found[column])}]")
    return found
