"""Reads and writes of match runs, in SQL. No rule is decided here."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from api.database import Row, as_struct, copy_rows, fetch
from api.domain.directory import LegalForm, QualityMark, ShareBucket
from api.domain.matching.facts import EnterpriseFacts, MarkFacts, OfferingFacts
from api.domain.tendering.cpv import lineage
from api.domain.values import Cents, CpvCode
from api.matches.schemas import Explanation, MatchRunBasis, MatchRunOut, VerdictOut
from api.matches.tables import MatchRun, MatchVerdict

# One row per enterprise, its offerings and marks as JSON: one read, whatever their number.
_FACTS: Final = """
SELECT jsonb_build_object(
  'id', e.id, 'name', e.name, 'legalForm', e.legal_form, 'turnoverCents', e.turnover_cents,
  'targetGroupShare', e.target_group_share, 'shareVerifiedOn', e.share_verified_on,
  'mainAimIntegration', e.main_aim_integration,
  'offerings', coalesce((
    SELECT jsonb_agg(jsonb_build_object(
      'id', o.id, 'enterpriseId', o.enterprise, 'cpvCodes', o.cpv_codes,
      'serviceMode', o.service_mode, 'areaFull', o.area_full, 'areaPartial', o.area_partial,
      'freeCapacityCents', o.reliable_capacity_cents, 'leadTimeDays', o.lead_time_days,
      'minimumOrderCents', o.minimum_order_cents))
    FROM offering o WHERE o.enterprise = e.id AND o.withdrawn_at IS NULL), '[]'),
  'marks', coalesce((
    SELECT jsonb_agg(jsonb_build_object(
      'scheme', m.scheme, 'level', m.level, 'issuedOn', m.issued_on,
      'validUntil', m.valid_until, 'verifiedOn', m.verified_on, 'revokedOn', m.revoked_on))
    FROM quality_mark m WHERE m.enterprise = e.id), '[]')
) AS facts
FROM enterprise e
WHERE e.state = 'published' AND
"""
_IN_CATEGORY: Final = """
e.id IN (
  SELECT o.enterprise FROM offering o
  WHERE o.withdrawn_at IS NULL
    AND (o.cpv_lineage && $1::text[] OR o.cpv_codes && $2::text[] OR o.id = ANY($3::uuid[])))
"""
_VERDICTS: Final = """
SELECT v.rank, v.enterprise AS enterprise_id, e.name, e.town, v.offering AS offering_id,
       o.title AS offering_title, v.score, v.explanation
FROM match_verdict v JOIN enterprise e ON e.id = v.enterprise LEFT JOIN offering o
  ON o.id = v.offering
WHERE v.run = $1 AND v.outcome = $2 AND v.rank > $3 ORDER BY v.rank LIMIT $4
"""
_DIFFERENCE: Final = """
SELECT coalesce(a.enterprise, b.enterprise) AS enterprise_id, e.name,
       a.outcome AS outcome_before, b.outcome AS outcome_after,
       a.rank AS rank_before, b.rank AS rank_after,
       a.score AS score_before, b.score AS score_after,
       a.explanation AS explanation_before, b.explanation AS explanation_after
FROM (SELECT * FROM match_verdict WHERE run = $1) a
FULL JOIN (SELECT * FROM match_verdict WHERE run = $2) b ON b.enterprise = a.enterprise
JOIN enterprise e ON e.id = coalesce(a.enterprise, b.enterprise)
WHERE a.id IS NULL OR b.id IS NULL OR a.outcome <> b.outcome
   OR a.score IS DISTINCT FROM b.score OR a.explanation -> 'reasons' <> b.explanation -> 'reasons'
ORDER BY b.outcome, b.rank, a.rank, enterprise_id
"""


class _Facts(msgspec.Struct, frozen=True, rename="camel"):
    """An enterprise as read."""

    id: str
    name: str
    legal_form: LegalForm | None
    turnover_cents: Cents | None
    target_group_share: ShareBucket | None
    share_verified_on: date | None
    main_aim_integration: bool | None
    offerings: tuple[OfferingFacts, ...]
    marks: tuple[QualityMark, ...]


async def candidates(
    codes: Sequence[CpvCode], found_by_text: Sequence[UUID]
) -> list[EnterpriseFacts]:
    """Read the facts of every enterprise with an offering in the category, or found by text."""
    above = sorted({one for code in codes for one in lineage(code)})
    rows = await fetch(_FACTS + _IN_CATEGORY, list(codes), above, list(found_by_text))
    return [_enterprise_facts(row["facts"]) for row in rows]


async def candidate(enterprise_id: UUID) -> EnterpriseFacts | None:
    """Read the facts of one enterprise, whatever it offers."""
    rows = await fetch(f"{_FACTS} e.id = $1", enterprise_id)
    return _enterprise_facts(rows[0]["facts"]) if rows else None


async def same_run(lot_id: UUID, fingerprint: str, author: str) -> UUID | None:
    """Find a run of this author on the same facts and rules: its answer would be the same."""
    sql = "SELECT id FROM match_run WHERE lot = $1 AND fingerprint = $2 AND author = $3 LIMIT 1"
    rows = await fetch(sql, lot_id, fingerprint, author)
    return rows[0]["id"] if rows else None


async def difference(former: UUID, later: UUID) -> list[Row]:
    """Compare the verdicts of two runs, enterprise by enterprise; equal ones are left out."""
    return await fetch(_DIFFERENCE, former, later)


async def published_count() -> int:
    """Count the enterprises in the directory."""
    rows = await fetch("SELECT count(*) AS n FROM enterprise WHERE state = 'published'")
    return int(rows[0]["n"])


async def insert_run(run: Row, verdicts: Sequence[Row]) -> None:
    """Store a run with all its verdicts."""
    await copy_rows(MatchRun, [run])
    await copy_rows(MatchVerdict, verdicts)


async def run(run_id: UUID) -> MatchRunOut | None:
    """Give a run."""
    rows = await fetch("SELECT * FROM match_run WHERE id = $1", run_id)
    return _run(rows[0]) if rows else None


async def verdicts(run_id: UUID, outcome: str, rank: int, limit: int) -> list[VerdictOut]:
    """Give verdicts of one outcome after a rank."""
    rows = await fetch(_VERDICTS, run_id, outcome, rank, limit)
    return [_verdict(row) for row in rows]


def _enterprise_facts(json: str) -> EnterpriseFacts:
    read = msgspec.json.decode(json, type=_Facts)
    return EnterpriseFacts(
        id=read.id,
        name=read.name,
        legal_form=read.legal_form,
        turnover_cents=read.turnover_cents,
        target_group_share=read.target_group_share,
        share_verified=read.share_verified_on is not None,
        main_aim_integration=read.main_aim_integration,
        marks=tuple(_mark_facts(mark) for mark in read.marks),
        offerings=read.offerings,
    )


def _mark_facts(mark: QualityMark) -> MarkFacts:
    return MarkFacts(mark.scheme, mark.level, mark.validity, mark.verified_on is not None)


def _run(row: Row) -> MatchRunOut:
    basis = msgspec.json.decode(row["basis"], type=MatchRunBasis)
    whole = dict(row) | {"lot_id": row["lot"]} | msgspec.structs.asdict(basis)
    return as_struct(whole, MatchRunOut)


def _verdict(row: Row) -> VerdictOut:
    explanation = msgspec.json.decode(row["explanation"], type=Explanation)
    return as_struct(dict(row) | {"explanation": explanation}, VerdictOut)
