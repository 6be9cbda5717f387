"""Reads and writes of match runs, in SQL. No rule is decided here."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

import msgspec

from api.accounts.service import Actor, OrganisationKind
from api.art77.schemas import Art77Facts
from api.clock import new_id
from api.database import Row, as_struct, copy_rows, fetch, lock
from api.domain.capacity import left
from api.domain.directory import LegalForm, QualityMark, ServiceMode, ShareBucket
from api.domain.matching.facts import EnterpriseFacts, MarkFacts, OfferingFacts
from api.domain.matching.near_miss import Shortfall
from api.domain.tendering.cpv import lineage
from api.domain.tendering.notice import Buyer
from api.domain.values import CpvCode, Period, Point
from api.matches.drafts import LeftOut, Legend, kilometres, left_out_of, legend_of, told
from api.matches.schemas import (
    ExclusionOut,
    Explanation,
    MatchRunBasis,
    MatchRunOut,
    VerdictOut,
)
from api.matches.tables import BuyerExclusion, MatchRun, MatchVerdict

# A row per offering. Of its areas only those are sent that can matter: a coverage of
# hundreds of places is otherwise most of what is read.
_FACTS: Final = """
SELECT e.id::text AS enterprise_id, e.name, e.state = 'published' AS visible, e.legal_form,
  e.turnover_cents, e.target_group_share, e.share_verified_on IS NOT NULL AS share_verified,
  e.main_aim_integration, e.lat, e.lon,
  coalesce(jsonb_array_length(e.details -> 'references'), 0) AS track_record,
  o.id::text AS offering_id, o.cpv_codes, o.service_mode,
  CASE WHEN 'NL' = ANY(o.area_full) THEN ARRAY['NL'] WHEN $1::text[] IS NULL THEN o.area_full
    ELSE ARRAY(SELECT w FROM unnest($1::text[]) w WHERE w = ANY(o.area_full)) END AS area_full,
  CASE WHEN $1::text[] IS NULL THEN o.area_partial
    ELSE ARRAY(SELECT w FROM unnest($1::text[]) w WHERE w = ANY(o.area_partial))
    END AS area_partial,
  o.reliable_capacity_cents, o.lead_time_days, o.minimum_order_cents
FROM
"""
# Joined sideways, so that the cost follows the number of candidates, not of enterprises.
_IN_CATEGORY: Final = """
(SELECT * FROM offering WHERE withdrawn_at IS NULL AND (
   cpv_lineage && $2::text[] OR cpv_codes && $3::text[]
   OR (id = ANY($4::uuid[]) AND ($5 OR cpv_codes = '{}')))) o
CROSS JOIN LATERAL (
  SELECT * FROM enterprise WHERE id = o.enterprise AND state = 'published' OFFSET 0) e
"""
_ONE_FIRM: Final = """
enterprise e LEFT JOIN offering o ON o.enterprise = e.id AND o.withdrawn_at IS NULL
WHERE e.id = $2
"""
_MARKS: Final = """
SELECT enterprise::text AS enterprise_id, scheme, level, issued_on, valid_until, revoked_on,
  verified_on IS NOT NULL AS verified
FROM quality_mark WHERE enterprise = ANY($1::uuid[])
"""
_RUN: Final = """
SELECT id, lot AS lot_id, lot_version, created_at, author, seed, fingerprint, basis, considered,
  matched, near_misses, excluded, outside_category FROM match_run WHERE id = $1
  AND ($2 OR organisation IS NULL OR organisation = $3)
"""
_VERDICTS: Final = """
SELECT v.outcome, v.rank, v.enterprise AS enterprise_id, e.name, e.town,
  v.offering AS offering_id, o.title AS offering_title, v.score, v.reasons, v.signals, v.shortfall
FROM match_verdict v JOIN enterprise e ON e.id = v.enterprise LEFT JOIN offering o
  ON o.id = v.offering
WHERE v.run = $1 AND v.outcome = $2 AND v.rank > $3 ORDER BY v.rank LIMIT $4
"""
_NAMES: Final = """
SELECT e.id, e.name, e.town, o.id AS offering_id, o.title FROM enterprise e
LEFT JOIN offering o ON o.id = ANY($2::uuid[]) AND o.enterprise = e.id WHERE e.id = ANY($1::uuid[])
"""


class TenderTerms(msgspec.Struct, frozen=True):
    """What a match must know of the tender of a lot."""

    buyer: Buyer | None
    procedure: str | None
    max_lots_awarded: int | None


class Sought(msgspec.Struct, frozen=True):
    """Whose facts are read, and for whom."""

    codes: tuple[CpvCode, ...] = ()
    places: tuple[str, ...] | None = None
    """Areas that matter; `None`: all of a coverage."""
    centres: tuple[Point, ...] = ()
    """Whereto distances are measured; empty: they are not."""
    found_by_text: tuple[UUID, ...] = ()
    text_decides: bool = False
    """Text may bring any offering, not just those without a code."""
    reserved: Mapping[str, int] = {}
    """Cents a year that are held of offerings in the term of the lot; ids as in facts."""
    excluded: Mapping[str, str] = {}
    """Whom the buyer leaves out, with the reason."""
    art77: Art77Facts = Art77Facts()


async def terms(tender_id: UUID) -> TenderTerms:
    """Give the terms of a tender that is known to be there."""
    sql = "SELECT buyer, procedure, max_lots_awarded FROM tender WHERE id = $1"
    [row] = await fetch(sql, tender_id)
    buyer = None if row["buyer"] is None else msgspec.json.decode(row["buyer"], type=Buyer)
    return as_struct(dict(row) | {"buyer": buyer}, TenderTerms)


async def candidates(sought: Sought) -> list[EnterpriseFacts]:
    """Read every enterprise with an offering in the category, or found by text: those offerings."""
    above = sorted({one for code in sought.codes for one in lineage(code)})
    asked = (list(sought.codes), above, list(sought.found_by_text), sought.text_decides)
    places = None if sought.places is None else list(sought.places)
    rows = await fetch(_FACTS + _IN_CATEGORY, places, *asked)
    return await _facts(rows, sought)


async def candidate(enterprise_id: UUID, sought: Sought) -> EnterpriseFacts | None:
    """Read the facts of one enterprise, whatever it offers and whether it is published or not."""
    places = None if sought.places is None else list(sought.places)
    rows = await fetch(_FACTS + _ONE_FIRM, places, enterprise_id)
    found = await _facts(rows, sought)
    return found[0] if found else None


async def _facts(rows: Sequence[Row], sought: Sought) -> list[EnterpriseFacts]:
    firms: dict[str, list[Row]] = {}
    for row in rows:
        firms.setdefault(row["enterprise_id"], []).append(row)
    marks = await _marks(firms)
    return [_enterprise(own, marks.get(firm, []), sought) for firm, own in firms.items()]


async def _marks(enterprise_ids: Iterable[str]) -> dict[str, list[MarkFacts]]:
    found: dict[str, list[MarkFacts]] = {}
    for row in await fetch(_MARKS, list(enterprise_ids)):
        enterprise_id, *own = row
        found.setdefault(enterprise_id, []).append(_mark(*own))
    return found


@lru_cache(maxsize=10_000)
def _mark(
    scheme: str,
    level: str | None,
    issued_on: date | None,
    valid_until: date | None,
    revoked_on: date | None,
    verified: bool,  # noqa: FBT001  a column
) -> MarkFacts:
    """Work out a mark; thousands of firms hold the same few."""
    mark = QualityMark(scheme, level, issued_on, valid_until, None, revoked_on)
    valid: Period = mark.validity
    return MarkFacts(scheme, level, valid, verified)


_LEGAL_FORMS: Final = {one.value: one for one in LegalForm}
_SHARES: Final = {one.value: one for one in ShareBucket}
_MODES: Final = {one.value: one for one in ServiceMode}


def _enterprise(rows: Sequence[Row], marks: Iterable[MarkFacts], sought: Sought) -> EnterpriseFacts:
    one, places = rows[0], sought.centres
    firm = one["enterprise_id"]
    form, share, lat = one["legal_form"], one["target_group_share"], one["lat"]
    seat = Point(lat, one["lon"]) if places and lat is not None else None
    return EnterpriseFacts(
        id=firm,
        name=one["name"],
        visible=one["visible"],
        legal_form=None if form is None else _LEGAL_FORMS[form],
        turnover_cents=one["turnover_cents"],
        target_group_share=None if share is None else _SHARES[share],
        share_verified=one["share_verified"],
        main_aim_integration=one["main_aim_integration"],
        marks=tuple(marks),
        track_record=one["track_record"],
        public_service_mission=sought.art77.missions.get(firm),
        last_art77_award_on=sought.art77.last_awards.get(firm),
        excluded_by_buyer=sought.excluded.get(firm),
        distance_km=kilometres(seat, places),
        offerings=tuple(
            [_offering(row, sought.reserved) for row in rows if row["offering_id"] is not None]
        ),
    )


def _offering(row: Row, reserved: Mapping[str, int]) -> OfferingFacts:
    free = row["reliable_capacity_cents"]
    if reserved and free is not None:
        free = left(free, reserved.get(row["offering_id"], 0))
    return OfferingFacts(
        id=row["offering_id"],
        enterprise_id=row["enterprise_id"],
        cpv_codes=tuple(row["cpv_codes"]),
        service_mode=_MODES[row["service_mode"]],
        area_full=frozenset(row["area_full"]),
        area_partial=frozenset(row["area_partial"]),
        free_capacity_cents=free,
        lead_time_days=row["lead_time_days"],
        minimum_order_cents=row["minimum_order_cents"],
    )


async def excluded_firms(tender_id: UUID, actor: Actor) -> dict[str, str]:
    """Give whom the actor's organisation leaves out of a tender, and why.

    An enterprise is told whoever left it out.
    """
    sql = """
    SELECT enterprise::text, reason FROM buyer_exclusion WHERE tender = $1
      AND ($2 OR organisation IS NOT DISTINCT FROM $3) ORDER BY created_at DESC
    """
    everybodys = actor.kind is OrganisationKind.ENTERPRISE
    rows = await fetch(sql, tender_id, everybodys, actor.organisation)
    return {row["enterprise"]: row["reason"] for row in rows}


async def same_run(lot_id: UUID, fingerprint: str, actor: Actor) -> UUID | None:
    """Find a run of this author on the same facts and rules: its answer would be the same."""
    sql = """
    SELECT id FROM match_run WHERE lot = $1 AND fingerprint = $2 AND author = $3
    AND organisation IS NOT DISTINCT FROM $4 LIMIT 1
    """
    rows = await fetch(sql, lot_id, fingerprint, actor.name, actor.organisation)
    return rows[0]["id"] if rows else None


async def last_basis(lot_id: UUID, actor: Actor) -> tuple[UUID, MatchRunBasis] | None:
    """Give the organisation's last run of a lot, and what it stands on."""
    sql = """
    SELECT id, basis FROM match_run WHERE lot = $1 AND organisation IS NOT DISTINCT FROM $2
    ORDER BY created_at DESC, id DESC LIMIT 1
    """
    rows = await fetch(sql, lot_id, actor.organisation)
    if not rows:
        return None
    return rows[0]["id"], msgspec.json.decode(rows[0]["basis"], type=MatchRunBasis)


async def outcomes(run_id: UUID, enterprise_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Give what a run says of some enterprises; who was not considered is absent."""
    sql = "SELECT enterprise, outcome FROM match_verdict WHERE run = $1 AND enterprise = ANY($2)"
    rows = await fetch(sql, run_id, list(enterprise_ids))
    found: dict[UUID, str] = {row["enterprise"]: row["outcome"] for row in rows}
    if len(found) < len(enterprise_ids):
        [run] = await fetch("SELECT left_out FROM match_run WHERE id = $1", run_id)
        left_out = {UUID(one.enterprise_id) for one in left_out_of(run)}
        found |= dict.fromkeys(left_out.intersection(enterprise_ids), "excluded")
    return found


async def published_count() -> int:
    """Count the enterprises in the directory."""
    rows = await fetch("SELECT count(*) AS n FROM enterprise WHERE state = 'published'")
    return int(rows[0]["n"])


async def insert_run(run: Row, verdicts: Sequence[Row]) -> None:
    """Store a run with its verdicts."""
    await copy_rows(MatchRun, [run])
    await copy_rows(MatchVerdict, verdicts)


async def run(run_id: UUID, actor: Actor) -> MatchRunOut | None:
    """Give a run of the actor's organisation, or of nobody's; the platform sees all."""
    everything = actor.kind is OrganisationKind.PLATFORM
    rows = await fetch(_RUN, run_id, everything, actor.organisation)
    return _run(rows[0]) if rows else None


async def verdicts(run_id: UUID, outcome: str, rank: int, limit: int) -> list[VerdictOut]:
    """Give matched or near verdicts after a rank."""
    rows = await fetch(_VERDICTS, run_id, outcome, rank, limit)
    [run] = await fetch("SELECT legend FROM match_run WHERE id = $1", run_id)
    legend = legend_of(run)
    return [_verdict(row, legend) for row in rows]


async def excluded(run_id: UUID, rank: int, limit: int) -> list[VerdictOut]:
    """Give excluded enterprises after a rank."""
    [run] = await fetch("SELECT legend, left_out FROM match_run WHERE id = $1", run_id)
    legend, chosen = legend_of(run), left_out_of(run)[rank : rank + limit]
    firms = [one.enterprise_id for one in chosen]
    offerings = [one.offering_id for one in chosen if one.offering_id is not None]
    names = {str(row["id"]): row for row in await fetch(_NAMES, firms, offerings)}
    return [
        _excluded(rank + place, one, legend, names[one.enterprise_id])
        for place, one in enumerate(chosen, start=1)
    ]


async def all_verdicts(run_id: UUID) -> dict[UUID, tuple[str, int, int | None, Explanation]]:
    """Give outcome, rank, score and explanation of everybody in a run."""
    [run] = await fetch("SELECT legend, left_out FROM match_run WHERE id = $1", run_id)
    legend = legend_of(run)
    rows = await fetch("SELECT * FROM match_verdict WHERE run = $1", run_id)
    found = {
        row["enterprise"]: (row["outcome"], row["rank"], row["score"], _told(row, legend))
        for row in rows
    }
    for rank, one in enumerate(left_out_of(run), start=1):
        reasons = told(legend, one.reasons)
        found[UUID(one.enterprise_id)] = ("excluded", rank, None, reasons)
    return found


async def names(enterprise_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Name enterprises."""
    rows = await fetch("SELECT id, name FROM enterprise WHERE id = ANY($1)", list(enterprise_ids))
    return {row["id"]: row["name"] for row in rows}


async def exclusions(tender_id: UUID, organisation: UUID | None) -> list[ExclusionOut]:
    """List whom an organisation left out of a tender."""
    sql = """
    SELECT b.enterprise AS enterprise_id, e.name, b.reason, b.author, b.created_at
    FROM buyer_exclusion b JOIN enterprise e ON e.id = b.enterprise
    WHERE b.tender = $1 AND b.organisation IS NOT DISTINCT FROM $2
    ORDER BY b.created_at, b.enterprise
    """
    return [as_struct(row, ExclusionOut) for row in await fetch(sql, tender_id, organisation)]


def _run(row: Row) -> MatchRunOut:
    basis = msgspec.json.decode(row["basis"], type=MatchRunBasis)
    return as_struct(dict(row) | msgspec.structs.asdict(basis), MatchRunOut)


def _verdict(row: Row, legend: Legend) -> VerdictOut:
    return as_struct(dict(row) | {"explanation": _told(row, legend)}, VerdictOut)


def _told(row: Row, legend: Legend) -> Explanation:
    short = row["shortfall"]
    found = None if short is None else msgspec.json.decode(short, type=Shortfall)
    return told(legend, row["reasons"], row["signals"], found)


def _excluded(rank: int, one: LeftOut, legend: Legend, name: Row) -> VerdictOut:
    return VerdictOut(
        rank=rank,
        enterprise_id=UUID(one.enterprise_id),
        name=name["name"],
        town=name["town"],
        offering_id=None if one.offering_id is None else UUID(one.offering_id),
        offering_title=name["title"],
        score=None,
        explanation=told(legend, one.reasons),
    )


async def kvk_number(enterprise_id: UUID) -> str | None:
    """Give the KvK number of an enterprise."""
    rows = await fetch("SELECT kvk_number FROM enterprise WHERE id = $1", enterprise_id)
    return rows[0]["kvk_number"] if rows else None


async def put_exclusion(
    tender_id: UUID, enterprise_id: UUID, reason: str, actor: Actor, now: datetime
) -> None:
    """Store an exclusion, or the new reason of one."""
    await lock(f"exclusion {tender_id} {enterprise_id} {actor.organisation}")
    await delete_exclusion(tender_id, enterprise_id, actor.organisation)
    row = {
        "id": new_id(),
        "tender": tender_id,
        "enterprise": enterprise_id,
        "organisation": actor.organisation,
        "reason": reason,
        "author": actor.name,
        "created_at": now,
    }
    await copy_rows(BuyerExclusion, [row])


async def delete_exclusion(
    tender_id: UUID, enterprise_id: UUID, organisation: UUID | None
) -> str | None:
    """Drop an organisation's exclusion; give its reason, or `None` when there was none."""
    sql = """
    DELETE FROM buyer_exclusion WHERE tender = $1 AND enterprise = $2
    AND organisation IS NOT DISTINCT FROM $3 RETURNING reason
    """
    rows = await fetch(sql, tender_id, enterprise_id, organisation)
    return rows[0]["reason"] if rows else None
