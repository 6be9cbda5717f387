"""Use cases of matching: who can do a lot, who cannot, and why. A run is immutable."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from api.accounts.service import Actor
from api.audit import service as audit
from api.clock import new_id
from api.database import Row, as_json, lock, transaction
from api.domain.errors import NotFound, RuleViolation, Unavailable
from api.domain.matching.decide import Decision, Excluded, Match, NearMiss, decide
from api.domain.matching.facts import EnterpriseFacts, LotFacts, Procedure, yearly_value
from api.domain.matching.fingerprint import fingerprint
from api.domain.matching.rules import RULES_2026
from api.domain.tendering.cpv import DIVISION_DIGITS, depth
from api.domain.tendering.notice import Nature
from api.domain.values import Cents, CpvCode
from api.index import answering, client
from api.matches import queries
from api.matches.schemas import (
    Explanation,
    FirmVerdict,
    MatchRequest,
    MatchRunBasis,
    MatchRunOut,
    RunDifference,
    VerdictChange,
    VerdictOut,
)
from api.pagination import Page, read_position, write_cursor
from api.settings import settings
from api.tenders import service as tenders
from api.tenders.schemas import LotOut
from search.dutch import analyser
from search.rebuild import live_index
from search.relevance import relevance

Outcome = Literal["matched", "near", "excluded"]
BY_INVITATION: Final = frozenset({"oth-single", "oth-mult", "neg-wo-call", "limited", "direct"})
"""Procedures in which the buyer chooses whom to invite (eForms BT-105, OCDS)."""
DAYS_A_YEAR: Final = 365
MONTHS_A_YEAR: Final = 12


class RunsOfOtherLots(RuleViolation):
    """Two runs can be compared only when they are of the same lot."""

    code = "runs-of-other-lots"


async def run_match(
    lot_id: UUID, request: MatchRequest, actor: Actor, now: datetime
) -> MatchRunOut:
    """Match a lot against the directory, and store every verdict with its reasons."""
    lot = await tenders.lot(lot_id)
    procedure = (await tenders.tender(lot.tender_id)).procedure
    facts = lot_facts(lot, procedure, request)
    text_search, hits = await _text_hits(lot.title)
    found = await queries.candidates(facts.cpv_codes, _by_text_alone(facts, hits))
    published = await queries.published_count()

    seed = request.seed or str(lot_id)
    decision, print_of = await asyncio.to_thread(_decide, facts, found, seed, hits)

    basis = _basis(decision, request, text_search)
    run = _run_row(lot, decision, basis, now) | {
        "author": actor.name,
        "fingerprint": print_of,
        "outside_category": published - decision.considered,
    }
    async with transaction():
        # Two at once on the same facts leave one run.
        await lock(f"match {lot_id}")
        same = await queries.same_run(lot_id, print_of, actor.name)
        if same is not None:
            return await read_run(same)
        await queries.insert_run(run, list(_verdict_rows(run["id"], decision)))
        await audit.record("match-run.created", [run["id"]], actor.name, now, lot=str(lot_id))
    return await read_run(run["id"])


async def why(lot_id: UUID, enterprise_id: UUID, request: MatchRequest) -> FirmVerdict:
    """Say of any one enterprise why it can, or can't, do a lot. Stores nothing."""
    lot = await tenders.lot(lot_id)
    procedure = (await tenders.tender(lot.tender_id)).procedure
    facts = lot_facts(lot, procedure, request)
    _, hits = await _text_hits(lot.title)
    firm = await queries.candidate(enterprise_id)
    if firm is None:
        raise NotFound(f"There is no published enterprise {enterprise_id}.")

    seed = request.seed or str(lot_id)
    decision = decide(facts, [firm], RULES_2026, seed=seed, text_hits=hits)
    [(outcome, verdict)] = _verdicts(decision)
    return FirmVerdict(
        outcome=outcome,
        enterprise_id=enterprise_id,
        name=firm.name,
        lot_id=lot_id,
        offering_id=None if verdict.offering_id is None else UUID(verdict.offering_id),
        score=None if isinstance(verdict, Excluded) else verdict.score,
        explanation=_explanation(verdict),
    )


async def difference(former_id: UUID, later_id: UUID) -> RunDifference:
    """Say what changed between two runs of one lot, and for whom."""
    former, later = await read_run(former_id), await read_run(later_id)
    if former.lot_id != later.lot_id:
        raise RunsOfOtherLots("The two runs are of different lots.")
    rows = await queries.difference(former_id, later_id)
    return RunDifference(
        before=former_id,
        after=later_id,
        same_fingerprint=former.fingerprint == later.fingerprint,
        changes=tuple(_change(row) for row in rows),
    )


def _decide(
    facts: LotFacts,
    found: Sequence[EnterpriseFacts],
    seed: str,
    hits: Mapping[str, float] | None,
) -> tuple[Decision, str]:
    decision = decide(facts, found, RULES_2026, seed=seed, text_hits=hits)
    return decision, fingerprint(facts, found, RULES_2026, seed=seed, text_hits=hits)


async def _text_hits(title: str) -> tuple[str, dict[str, float] | None]:
    """Ask the index which offerings a title fits; a run goes on without it, and says so."""
    try:
        with answering():
            index = live_index(settings().index_prefix)
            return "used", await relevance(client(), index, title, analyser())
    except Unavailable:
        return "unavailable", None


def _by_text_alone(facts: LotFacts, hits: Mapping[str, float] | None) -> list[UUID]:
    """Let text bring candidates only where the codes say little: none, or divisions alone."""
    if any(depth(code) > DIVISION_DIGITS for code in facts.cpv_codes):
        return []
    return [UUID(offering_id) for offering_id in hits or ()]


async def read_run(run_id: UUID) -> MatchRunOut:
    """Give a run."""
    found = await queries.run(run_id)
    if found is None:
        raise NotFound(f"There is no match run {run_id}.")
    return found


async def verdicts(
    run_id: UUID, outcome: Outcome, cursor: str | None, limit: int
) -> Page[VerdictOut]:
    """Give the verdicts of one outcome, best first."""
    await read_run(run_id)
    rank = 0 if cursor is None else read_position(cursor)
    found = await queries.verdicts(run_id, outcome, rank, limit + 1)
    next_cursor = write_cursor(found[limit - 1].rank) if len(found) > limit else None
    return Page(items=tuple(found[:limit]), next_cursor=next_cursor)


def lot_facts(lot: LotOut, procedure: str | None, request: MatchRequest) -> LotFacts:
    """Say what a lot asks: the notice, and what the buyer asks beyond it."""
    main = () if lot.cpv_main is None else (lot.cpv_main,)
    months = _months(lot)
    stated = Procedure.INVITATION if procedure in BY_INVITATION else Procedure.OPEN
    return LotFacts(
        id=str(lot.id),
        cpv_codes=tuple(CpvCode(code) for code in (*main, *lot.cpv_additional)),
        nature=None if lot.nature is None else Nature(lot.nature),
        areas=lot.areas,
        yearly_value_cents=yearly_value(lot.estimated_value or lot.framework_maximum, months),
        months=months,
        award_on=lot.starts_on,
        ends_on=lot.ends_on,
        reservations=lot.reservations,
        procedure=request.procedure or stated,
        required_marks=request.required_marks,
        service_modes=frozenset(request.service_modes),
        lead_time_days=request.lead_time_days,
        order_value_cents=_cents(request.order_value_cents),
    )


def _cents(amount: int | None) -> Cents | None:
    return None if amount is None else Cents(amount)


def _months(lot: LotOut) -> int | None:
    """Count whole months, halves up; a year is 12 and a month of 30 days is one."""
    days = lot.duration_days
    if days is None and lot.starts_on is not None and lot.ends_on is not None:
        days = (lot.ends_on - lot.starts_on).days + 1
    if days is None:
        return None
    return max(1, (2 * days * MONTHS_A_YEAR + DAYS_A_YEAR) // (2 * DAYS_A_YEAR))


def _basis(decision: Decision, request: MatchRequest, text_search: str) -> MatchRunBasis:
    return MatchRunBasis(
        criteria=request,
        weights_version=decision.weights_version,
        rules_version=decision.rules_version,
        rules=decision.rules,
        text_search=text_search,
        warnings=decision.warnings,
    )


def _run_row(
    lot: LotOut, decision: Decision, basis: MatchRunBasis, now: datetime
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "lot": lot.id,
        "lot_version": lot.version,
        "created_at": now,
        "seed": decision.seed,
        "basis": as_json(basis),
        "considered": decision.considered,
        "matched": len(decision.matched),
        "near_misses": len(decision.near_misses),
        "excluded": len(decision.excluded),
    }


def _change(row: Row) -> VerdictChange:
    before, after = _codes(row["explanation_before"]), _codes(row["explanation_after"])
    names = [field.name for field in msgspec.structs.fields(VerdictChange)]
    values = {name: row[name] for name in names if not name.startswith("reasons_")}
    gone, new = tuple(sorted(before - after)), tuple(sorted(after - before))
    return VerdictChange(**values, reasons_gone=gone, reasons_new=new)


def _codes(explanation: str | None) -> set[str]:
    if explanation is None:
        return set()
    reasons = msgspec.json.decode(explanation, type=Explanation).reasons
    return {reason.code.value for reason in reasons}


def _verdicts(decision: Decision) -> list[tuple[Outcome, Match | NearMiss | Excluded]]:
    return [
        (outcome, one) for outcome, found in _OUTCOMES.items() for one in getattr(decision, found)
    ]


def _verdict_rows(run_id: UUID, decision: Decision) -> Iterator[Row]:
    ranks: Counter[Outcome] = Counter()
    for outcome, one in _verdicts(decision):
        ranks[outcome] += 1
        yield _verdict_row(run_id, outcome, ranks[outcome], one)


_OUTCOMES: Final[Mapping[Outcome, str]] = {
    "matched": "matched",
    "near": "near_misses",
    "excluded": "excluded",
}


def _verdict_row(
    run_id: UUID, outcome: Outcome, rank: int, verdict: Match | NearMiss | Excluded
) -> Row:
    return {
        "id": new_id(),
        "run": run_id,
        "enterprise": UUID(verdict.enterprise_id),
        "offering": None if verdict.offering_id is None else UUID(verdict.offering_id),
        "outcome": outcome,
        "rank": rank,
        "score": None if isinstance(verdict, Excluded) else verdict.score,
        "explanation": msgspec.json.encode(_explanation(verdict)).decode(),
    }


def _explanation(verdict: Match | NearMiss | Excluded) -> Explanation:
    if isinstance(verdict, Match):
        return Explanation(
            reasons=verdict.reasons,
            breakdown=verdict.breakdown,
            unknown=verdict.unknown,
            warnings=verdict.warnings,
        )
    shortfall = verdict.shortfall if isinstance(verdict, NearMiss) else None
    return Explanation(reasons=verdict.reasons, shortfall=shortfall)
