"""Reads and writes of match runs, in SQL. No rule is decided here."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

import msgspec
from msgspec.structs import replace

from api.accounts.service import Actor, OrganisationKind
from api.art77.schemas import keys_of
from api.candidates.drafts import (
    Marks,
    Sought,
    enterprise_facts,
    firm_facts,
    mark_facts,
    offering_facts,
)
from api.database import Row, as_struct, copy_rows, copy_values, fetch, fetch_in_parts
from api.domain.matching.exclusion import Excluder, counts_for_enterprise
from api.domain.matching.facts import EnterpriseFacts, MarkFacts, OfferingFacts
from api.domain.matching.near_miss import Shortfall
from api.domain.tendering.cpv import lineage
from api.domain.tendering.notice import Buyer
from api.matches.drafts import (
    VERDICT_COLUMNS,
    LeftOut,
    Legend,
    Values,
    left_out_of,
    legend_of,
    told,
)
from api.matches.schemas import (
    Explanation,
    MatchRunBasis,
    MatchRunOut,
    VerdictOut,
)
from api.matches.tables import MatchRun, MatchVerdict

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
_EXCLUDED: Final = """
SELECT b.tender, b.enterprise::text, b.reason, b.organisation::text, t.organisation::text AS owner,
  t.buyer, o.kind, o.name, o.kvk_number
FROM buyer_exclusion b JOIN tender t ON t.id = b.tender
LEFT JOIN organisation o ON o.id = b.organisation
"""
_COLUMNS: Final = """
SELECT id, lot AS lot_id, lot_version, created_at, author, seed, fingerprint, basis, considered,
  matched, near_misses, excluded, outside_category FROM match_run
"""
_SHOWN: Final = "($2 OR organisation IS NULL OR organisation = $3)"
_RUN: Final = f"{_COLUMNS} WHERE id = $1 AND {_SHOWN}"
_RUNS: Final = f"""
{_COLUMNS} WHERE lot = $1 AND {_SHOWN} AND ($4::uuid IS NULL OR id < $4) ORDER BY id DESC LIMIT $5
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


LastRun = tuple[UUID, MatchRunBasis]


class TenderTerms(msgspec.Struct, frozen=True):
    """What a match must know of the tender of a lot."""

    buyer: Buyer | None
    procedure: str | None
    max_lots_awarded: int | None


async def terms(tender_ids: Iterable[UUID]) -> dict[UUID, TenderTerms]:
    """Give the terms of tenders."""
    sql = "SELECT id, buyer, procedure, max_lots_awarded FROM tender WHERE id = ANY($1)"
    return {row["id"]: _terms(row) for row in await fetch(sql, list(set(tender_ids)))}


def _terms(row: Row) -> TenderTerms:
    return as_struct(dict(row) | {"buyer": _buyer(row)}, TenderTerms)


def _buyer(row: Row) -> Buyer | None:
    return None if row["buyer"] is None else msgspec.json.decode(row["buyer"], type=Buyer)


async def candidates(sought: Sought) -> list[EnterpriseFacts]:
    """Read every enterprise with an offering in the category, or found by text: those offerings."""
    firms: dict[str, EnterpriseFacts] = {}
    offered: dict[str, list[OfferingFacts]] = {}

    def take(rows: Sequence[Row]) -> None:
        for row in rows:
            firm = row["enterprise_id"]
            if firm not in firms:
                firms[firm] = firm_facts(row, (), (), sought)
            offered.setdefault(firm, []).append(offering_facts(row, sought.reserved))

    await fetch_in_parts(take, _FACTS + _IN_CATEGORY, *_asked(sought))
    marks = await _marks(firms)
    return [
        replace(one, marks=tuple(marks.get(firm, ())), offerings=tuple(offered[firm]))
        for firm, one in firms.items()
    ]


async def candidate_rows(sought: Sought) -> tuple[list[Row], Marks]:
    """Read a row per offering in the category, or found by text, and the marks of their firms."""
    rows = await fetch(_FACTS + _IN_CATEGORY, *_asked(sought))
    return rows, await _marks({one["enterprise_id"] for one in rows})


def _asked(sought: Sought) -> tuple[object, ...]:
    above = sorted({one for code in sought.codes for one in lineage(code)})
    places = None if sought.places is None else list(sought.places)
    texts = list(sought.found_by_text)
    return (places, list(sought.codes), above, texts, sought.text_decides)


async def candidate(enterprise_id: UUID, sought: Sought) -> EnterpriseFacts | None:
    """Read the facts of one enterprise, whatever it offers and whether it is published or not."""
    places = None if sought.places is None else list(sought.places)
    rows = await fetch(_FACTS + _ONE_FIRM, places, enterprise_id)
    if not rows:
        return None
    marks = await _marks([str(enterprise_id)])
    return enterprise_facts(rows, marks.get(str(enterprise_id), ()), sought)


async def _marks(firms: Iterable[str]) -> Marks:
    found: dict[str, list[MarkFacts]] = {}
    for row in await fetch(_MARKS, list(firms)):
        enterprise_id, *own = row
        found.setdefault(enterprise_id, []).append(mark_facts(*own))
    return found


async def excluded_firms(tender_ids: Iterable[UUID], actor: Actor) -> dict[UUID, dict[str, str]]:
    """Give, by tender, whom the actor's organisation leaves out, and why.

    An enterprise is told whom the buyer of the tender leaves out.
    """
    tenders = list(set(tender_ids))
    found: dict[UUID, dict[str, str]] = {}
    if actor.kind is OrganisationKind.ENTERPRISE:
        rows = _of_buyers(await fetch(f"{_EXCLUDED} WHERE b.tender = ANY($1)", tenders))
    else:
        own = f"{_EXCLUDED} WHERE b.tender = ANY($1) AND b.organisation IS NOT DISTINCT FROM $2"
        rows = await fetch(own, tenders, actor.organisation)
    for row in rows:
        found.setdefault(row["tender"], {})[row["enterprise"]] = row["reason"]
    return found


async def reasons_of_buyers(enterprise_id: UUID) -> dict[UUID, str]:
    """Give the tenders from which their own buyers left an enterprise out, with the reasons."""
    rows = await fetch(f"{_EXCLUDED} WHERE b.enterprise = $1", enterprise_id)
    return {row["tender"]: row["reason"] for row in _of_buyers(rows)}


def _of_buyers(rows: Iterable[Row]) -> list[Row]:
    return [
        row
        for row in rows
        if counts_for_enterprise(_excluder(row), row["owner"], keys_of(_buyer(row)))
    ]


def _excluder(row: Row) -> Excluder:
    known_as = frozenset[str]()
    if row["kind"] == OrganisationKind.AUTHORITY:
        known_as = frozenset(keys_of(Buyer(row["name"], row["kvk_number"])))
    return Excluder(row["organisation"], known_as)


async def same_runs(prints: Mapping[UUID, str], actor: Actor) -> dict[UUID, UUID]:
    """Find, per lot, a run of this author on the same facts and rules: its answer is the same."""
    sql = """
    SELECT lot, id FROM match_run
    WHERE (lot, fingerprint) IN (SELECT * FROM unnest($1::uuid[], $2::text[]))
    AND author = $3 AND organisation IS NOT DISTINCT FROM $4 ORDER BY created_at DESC, id DESC
    """
    asked = (list(prints), list(prints.values()), actor.name, actor.organisation)
    return {row["lot"]: row["id"] for row in await fetch(sql, *asked)}


async def last_bases(lot_ids: Sequence[UUID], actor: Actor) -> dict[UUID, LastRun]:
    """Give the organisation's last run of each lot, and what it stands on."""
    sql = """
    SELECT l.lot, r.id, r.basis FROM unnest($1::uuid[]) AS l (lot) CROSS JOIN LATERAL (
      SELECT id, basis FROM match_run
      WHERE lot = l.lot AND organisation IS NOT DISTINCT FROM $2
      ORDER BY created_at DESC, id DESC LIMIT 1) r
    """
    return {
        row["lot"]: (row["id"], msgspec.json.decode(row["basis"], type=MatchRunBasis))
        for row in await fetch(sql, list(lot_ids), actor.organisation)
    }


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


async def insert_runs(runs: Sequence[Row], verdicts: Iterable[Values]) -> None:
    """Store runs with their verdicts."""
    await copy_rows(MatchRun, runs)
    await copy_values(MatchVerdict, VERDICT_COLUMNS, verdicts)


async def run(run_id: UUID, actor: Actor) -> MatchRunOut | None:
    """Give a run of the actor's organisation, or of nobody's; the platform sees all."""
    everything = actor.kind is OrganisationKind.PLATFORM
    rows = await fetch(_RUN, run_id, everything, actor.organisation)
    return _run(rows[0]) if rows else None


async def runs(lot_id: UUID, actor: Actor, before: UUID | None, limit: int) -> list[MatchRunOut]:
    """List the runs of a lot that `run` would give, the last made first."""
    everything = actor.kind is OrganisationKind.PLATFORM
    rows = await fetch(_RUNS, lot_id, everything, actor.organisation, before, limit)
    return [_run(row) for row in rows]


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
