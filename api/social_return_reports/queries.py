"""Reads for reports, in SQL. Their rows belong to the ledgers; no rule is decided here."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from api.database import Row, as_json, as_struct, fetch
from api.domain.social_return.report import Tally
from api.domain.social_return.rule_book import RuleBook

_SUMS: Final = """
  bool_or(e.act = 'verify' AND e.at {before}) AS verified{n},
  coalesce(sum(e.amount_cents) FILTER (WHERE e.act = 'submit' AND e.at {before}), 0)::bigint
    AS submitted{n},
  coalesce(sum(e.basis_cents) FILTER (WHERE e.act = 'submit' AND e.at {before}), 0)::bigint
    AS basis{n},
  coalesce(sum(e.amount_cents) FILTER (WHERE e.act = 'dispute' AND e.at {before}), 0)::bigint
    AS disputed{n},
  coalesce(sum(e.amount_cents) FILTER (WHERE e.act = 'uphold' AND e.at {before}), 0)::bigint
    AS upheld{n},
  coalesce(sum(e.amount_cents) FILTER (WHERE e.act = 'counter' AND e.at {before}), 0)::bigint
    AS countered{n},
  coalesce(sum(e.basis_cents) FILTER (WHERE e.act = 'counter' AND e.at {before}), 0)::bigint
    AS credited{n}
"""
# What differs between the two instants is what the year realised; of that alone the details
# are looked up, since they are the bulk of a ledger.
_REALISED: Final = f"""
WITH tally AS (
  SELECT e.obligation, e.claim, {_SUMS.format(before="< $3", n=1)},
    {_SUMS.format(before="<= $2", n=2)}
  FROM ledger_entry e WHERE e.obligation = ANY($1) AND e.claim IS NOT NULL AND e.at <= $2
  GROUP BY e.obligation, e.claim HAVING bool_or(e.act = 'verify')
), changed AS (
  SELECT * FROM tally WHERE NOT verified1 OR (submitted1, disputed1, upheld1, countered1, credited1)
    IS DISTINCT FROM (submitted2, disputed2, upheld2, countered2, credited2)
)
SELECT c.*, o.rule_book, coalesce(o.region, o.municipality) AS region, d.kind, d.group,
  d.pseudonym AS person, d.lines -> 0 -> 'rule' ->> 'code' AS recognition,
  d.facts ->> 'supplierId' AS supplier, d.facts ->> 'hoursPerWeek' AS hours_per_week,
  d.facts ->> 'fromDay' AS from_day, d.facts ->> 'untilDay' AS until_day
FROM changed c JOIN obligation o ON o.id = c.obligation
  JOIN ledger_entry s ON s.claim = c.claim AND s.act = 'submit'
  CROSS JOIN LATERAL jsonb_to_record(s.details::jsonb) AS d(
    kind text, "group" text, pseudonym text, facts jsonb, lines jsonb)
"""  # noqa: S608  our own words
_DUE: Final = """
SELECT o.id, o.rule_book, a.amount_cents - a.discount_cents AS due_cents
FROM obligation o LEFT JOIN LATERAL (
  SELECT amount_cents, discount_cents FROM ledger_entry e
  WHERE e.obligation = o.id AND e.act = 'assess' AND e.at <= $4 ORDER BY number DESC LIMIT 1
) a ON true
WHERE o.authority = $1 AND o.created_at <= $4
  AND (o.starts_on < $3 AND o.due_on > $2 OR EXISTS (
    SELECT FROM ledger_entry e WHERE e.obligation = o.id AND e.at >= $5 AND e.at <= $4))
ORDER BY o.id
"""
_ASKED: Final = """
SELECT l.cpv_main AS code, count(*) AS lots FROM lot l JOIN tender t ON t.id = l.tender
WHERE t.published_on >= $1 AND t.published_on < $2 AND l.status <> 'cancelled'
  AND l.cpv_main IS NOT NULL AND l.areas && $3::text[]
GROUP BY l.cpv_main ORDER BY l.cpv_main
"""
_SUPPLY: Final = """
SELECT a.code, r.area, count(DISTINCT e.id) FILTER (
    WHERE o.area_full && ARRAY[r.area, 'NL']) AS whole,
  count(DISTINCT e.id) FILTER (WHERE r.area = ANY(o.area_partial)) AS partly
FROM jsonb_to_recordset($1::jsonb) a(code text, above text[]) CROSS JOIN unnest($2::text[]) r(area)
  LEFT JOIN offering o ON o.withdrawn_at IS NULL
    AND (o.cpv_lineage @> ARRAY[a.code] OR o.cpv_codes && a.above)
  LEFT JOIN enterprise e ON e.id = o.enterprise AND e.state = 'published'
GROUP BY a.code, r.area ORDER BY a.code, r.area
"""


class Running(msgspec.Struct, frozen=True):
    """An obligation that ran in the year, and what was due by it at an instant."""

    id: UUID
    rule_book: UUID
    due_cents: int | None


class ClaimRow(msgspec.Struct, frozen=True, kw_only=True):
    """A claim of which the verified credit changed in the year."""

    rule_book: UUID
    region: str | None
    kind: str
    group: str | None
    person: str | None
    recognition: str | None
    supplier: str | None
    hours_per_week: str | None
    from_day: str | None
    until_day: str | None
    before: Tally
    after: Tally


async def running(
    authority: UUID, days: tuple[date, date], begins: datetime, as_of: datetime
) -> list[Running]:
    """Give the obligations, opened by an instant, that ran or had entries in a year."""
    rows = await fetch(_DUE, authority, *days, as_of, begins)
    return [as_struct(row, Running) for row in rows]


async def realised(obligations: list[UUID], begins: datetime, as_of: datetime) -> list[ClaimRow]:
    """Give what the entries of verified claims add up to, before a year and in it."""
    rows = await fetch(_REALISED, obligations, as_of, begins)
    plain = [name for name in ClaimRow.__struct_fields__ if name not in {"before", "after"}]
    return [
        ClaimRow(**{name: row[name] for name in plain}, before=_tally(row, 1), after=_tally(row, 2))
        for row in rows
    ]


async def books(ids: list[UUID]) -> dict[UUID, RuleBook]:
    """Give the rules of some versions."""
    rows = await fetch("SELECT id, content FROM rule_book WHERE id = ANY($1)", ids)
    return {row["id"]: msgspec.json.decode(row["content"], type=RuleBook) for row in rows}


async def asked(days: tuple[date, date], areas: list[str]) -> dict[str, int]:
    """Count the lots by category that were published in a span of days for some areas."""
    rows = await fetch(_ASKED, *days, areas)
    return {row["code"]: row["lots"] for row in rows}


async def supply(codes: dict[str, list[str]], areas: list[str]) -> list[Row]:
    """Count who offers a category (or one above it, as given) in an area, wholly or partly."""
    wanted = [{"code": code, "above": above} for code, above in codes.items()]
    return await fetch(_SUPPLY, as_json(wanted), areas)


def _tally(row: Row, n: int) -> Tally:
    return Tally(
        verified=row[f"verified{n}"],
        submitted_cents=row[f"submitted{n}"],
        disputed_cents=row[f"disputed{n}"],
        upheld_cents=row[f"upheld{n}"],
        countered_cents=row[f"countered{n}"],
        basis_cents=row[f"basis{n}"],
        credited_basis_cents=row[f"credited{n}"],
    )
