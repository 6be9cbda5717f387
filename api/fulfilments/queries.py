"""Reads for fulfilments, in SQL. No rule is decided here."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from api.database import Row, as_struct, fetch
from api.domain.directory import QualityMark
from api.domain.social_return.double_count import Beside
from api.domain.social_return.entries import ClaimState
from api.domain.social_return.ledger import LIVE
from api.domain.social_return.signals import Spend, Work
from api.fulfilments.drafts import Earlier
from api.fulfilments.schemas import Details, Filters, FulfilmentCard, FulfilmentOut, ToConfirm

_LIVE: Final = sorted(LIVE)
_SUPPLIER: Final = """
SELECT e.kvk_number, e.turnover_cents, coalesce((
  SELECT jsonb_agg(jsonb_build_object(
    'scheme', m.scheme, 'level', m.level, 'issuedOn', m.issued_on,
    'validUntil', m.valid_until, 'verifiedOn', m.verified_on, 'revokedOn', m.revoked_on)
    ORDER BY m.scheme, m.id)
  FROM quality_mark m WHERE m.enterprise = e.id), '[]') AS marks
FROM enterprise e WHERE e.id = $1
"""
_OF_PERSON: Final = """
SELECT f.starts_on, f.ends_on, f.facts FROM fulfilment f JOIN obligation o ON o.id = f.obligation
WHERE f.token = $1 AND f.code = $2 AND f.state = ANY($3)
  AND o.authority = $4 AND o.contractor = $5 AND f.id <> $6 ORDER BY f.id
"""
_OF_ACTIVITY: Final = """
SELECT starts_on, ends_on, facts FROM fulfilment
WHERE obligation = $1 AND kind = 'activity' AND code = $2 AND state = ANY($3) AND id <> $4
ORDER BY id
"""
_BESIDE: Final = """
SELECT f.obligation, b.book_id, f.whole_cents,
       f.basis_cents - f.credited_basis_cents AS claimed_cents,
       f.starts_on, f.ends_on, f.hours_per_week
FROM fulfilment f JOIN obligation o ON o.id = f.obligation JOIN rule_book b ON b.id = o.rule_book
WHERE f.token = $1 AND f.state = ANY($2) AND f.id <> $3
"""
_TO_CONFIRM: Final = """
SELECT f.id, f.obligation, f.kind, f.facts, c.name AS contractor
FROM fulfilment f JOIN enterprise e ON e.id = f.supplier
  JOIN obligation o ON o.id = f.obligation JOIN organisation c ON c.id = o.contractor
WHERE e.kvk_number = $1 AND f.state = $2 AND ($3::uuid IS NULL OR f.id < $3)
ORDER BY f.id DESC LIMIT $4
"""
_FULFILMENTS: Final = """
SELECT * FROM (
  SELECT f.id, f.obligation AS obligation_id, o.title AS obligation_title,
    o.authority AS authority_id, o.contractor AS contractor_id, c.name AS contractor,
    f.kind, f.code, f.supplier AS supplier_id, s.name AS supplier, f.state, f.number,
    b.at AS booked_at, f.raw_cents, f.credit_cents, f.credit_cents - f.off_cents AS left_cents,
    f.disputed_cents, f.facts, b.details,
    b.details::jsonb -> 'signals' ->> 'colour' AS signals,
    CASE WHEN f.state = 'confirmed' THEN 'verification'
         WHEN f.state = 'submitted' AND EXISTS (
           SELECT FROM organisation a WHERE a.kvk_number = s.kvk_number)
         THEN 'supplier-confirmation'
         WHEN f.state = 'submitted' THEN 'authority-confirmation' END AS awaits
  FROM fulfilment f JOIN obligation o ON o.id = f.obligation
    JOIN organisation c ON c.id = o.contractor
    JOIN ledger_entry b ON b.obligation = f.obligation AND b.number = f.number
    LEFT JOIN enterprise s ON s.id = f.supplier
  WHERE ($1::uuid IS NULL OR o.authority = $1 OR o.contractor = $1)
    AND ($2::uuid IS NULL OR f.obligation = $2) AND ($3::uuid IS NULL OR f.id = $3)
    AND ($4::text[] IS NULL OR f.state = ANY($4)) AND ($5::text IS NULL OR f.kind = $5)
    AND ($6::boolean IS NULL OR (f.disputed_cents > 0) = $6)
) one WHERE ($7::text IS NULL OR awaits = $7) AND ($8::uuid IS NULL OR id < $8)
ORDER BY id DESC LIMIT $9
"""
_WORK: Final = """
SELECT coalesce(sum(w.hours), 0) AS hours, coalesce(sum(w.hours) FILTER (WHERE w.unpaid), 0)
  AS unpaid_hours, count(*) FILTER (WHERE w.unpaid IS NULL) AS unknown
FROM (SELECT hours_per_week * (ends_on - starts_on) / 7 AS hours,
        (facts ->> 'unpaid')::boolean AS unpaid
      FROM fulfilment WHERE obligation = $1 AND kind = 'placement' AND state = ANY($2)
        AND id <> $3) w
"""
# From the sums kept with each obligation; one by one only where they are not kept yet.
_SPEND: Final = """
SELECT coalesce(sum(one.cents), 0)::bigint AS spend_cents,
  coalesce(sum(one.cents) FILTER (WHERE one.supplier = $3::uuid::text), 0)::bigint
    AS with_supplier_cents
FROM obligation o CROSS JOIN LATERAL (
  SELECT key AS supplier, value::bigint AS cents FROM jsonb_each_text(o.purchases)
  UNION ALL
  SELECT f.supplier::text, f.basis_cents - f.credited_basis_cents FROM fulfilment f
  WHERE o.purchases IS NULL AND f.obligation = o.id AND f.kind = 'purchase' AND f.state = ANY($4)
) one WHERE o.authority = $1 AND o.contractor = $2
"""


class Supplier(msgspec.Struct, frozen=True):
    """What is read of a supplier."""

    kvk_number: str | None
    turnover_cents: int | None
    marks: tuple[QualityMark, ...]


async def supplier(enterprise_id: UUID) -> Supplier | None:
    """Give an enterprise with its marks, also one that has since left the directory."""
    rows = await fetch(_SUPPLIER, enterprise_id)
    if not rows:
        return None
    marks = msgspec.json.decode(rows[0]["marks"], type=tuple[QualityMark, ...])
    return Supplier(rows[0]["kvk_number"], rows[0]["turnover_cents"], marks)


async def of_person(
    token: str | None, code: str, sides: tuple[UUID, UUID], but: UUID
) -> tuple[Earlier, ...]:
    """Give what this contractor booked before at this authority (sides) for a person and block."""
    authority, contractor = sides
    rows = await fetch(_OF_PERSON, token, code, _LIVE, authority, contractor, but)
    return _earlier(rows)


async def of_activity(obligation_id: UUID, code: str, but: UUID) -> tuple[Earlier, ...]:
    """Give what was booked before under an activity on an obligation."""
    return _earlier(await fetch(_OF_ACTIVITY, obligation_id, code, _LIVE, but))


async def work(obligation_id: UUID, but: UUID) -> Work:
    """Add up the hours of the live placements on an obligation."""
    rows = await fetch(_WORK, obligation_id, _LIVE, but)
    return as_struct(rows[0], Work)


async def spend(sides: tuple[UUID, UUID], supplier_id: UUID) -> Spend:
    """Add up what a contractor bought for its obligations at an authority (sides).

    What is planned is not bought yet, so the claim that is being submitted is never among it.
    """
    rows = await fetch(_SPEND, *sides, supplier_id, _LIVE)
    return as_struct(rows[0], Spend)


async def beside(token: str, but: UUID) -> list[Beside]:
    """Give the live claims under a token, on any obligation of any authority."""
    rows = await fetch(_BESIDE, token, _LIVE, but)
    return [Beside(**dict(row)) for row in rows]


async def supplier_kvk(claim_supplier: UUID) -> str | None:
    """Give the KvK number of a supplier."""
    rows = await fetch("SELECT kvk_number FROM enterprise WHERE id = $1", claim_supplier)
    return rows[0]["kvk_number"] if rows else None


async def to_confirm(kvk_number: str, before: UUID | None, limit: int) -> list[ToConfirm]:
    """List what waits for a supplier, the last booked first."""
    rows = await fetch(_TO_CONFIRM, kvk_number, ClaimState.SUBMITTED.value, before, limit)
    return [
        ToConfirm(
            obligation_id=row["obligation"],
            claim_id=row["id"],
            kind=row["kind"],
            contractor=row["contractor"],
            facts=msgspec.json.decode(row["facts"]),
        )
        for row in rows
    ]


async def fulfilments(
    organisation: UUID | None, wanted: Filters, before: UUID | None, limit: int
) -> list[FulfilmentCard]:
    """List fulfilments on the obligations of an organisation, or all, the last made first."""
    values = (
        *(organisation, wanted.obligation_id, None, wanted.states, wanted.kind),
        *(wanted.disputed, wanted.awaits, before, limit),
    )
    rows = await fetch(_FULFILMENTS, *values)
    return [as_struct(_read(row), FulfilmentCard) for row in rows]


async def fulfilment(obligation_id: UUID, claim_id: UUID) -> FulfilmentOut | None:
    """Give a fulfilment with the details of the entry that booked it."""
    anyhow = (None, None, None, None, None, 1)
    rows = await fetch(_FULFILMENTS, None, obligation_id, claim_id, *anyhow)
    if not rows:
        return None
    details = msgspec.json.decode(rows[0]["details"], type=Details)
    return as_struct(_read(rows[0]) | {"details": details}, FulfilmentOut)


def _read(row: Row) -> dict[str, object]:
    return dict(row) | {"facts": msgspec.json.decode(row["facts"])}


def _earlier(rows: Sequence[Row]) -> tuple[Earlier, ...]:
    return tuple(
        Earlier(row["starts_on"], row["ends_on"], msgspec.json.decode(row["facts"])) for row in rows
    )
