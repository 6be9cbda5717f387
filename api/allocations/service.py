"""Use cases over several firms or lots: joint bids and allocations. Stores nothing."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from api.accounts.service import Actor
from api.allocations.drafts import (
    Judged,
    deciding_capacity,
    demands,
    joint_bids,
    overcommitted,
    print_of,
    supplies,
)
from api.allocations.schemas import (
    AllocationOut,
    AllocationRequest,
    FirmRef,
    JointCoverageOut,
)
from api.candidates.drafts import Sought
from api.domain.errors import Fault, InvalidInput
from api.domain.matching.allocate import Allocation, allocate, single_bids
from api.domain.matching.consortium import JointCoverage, joint_coverage
from api.domain.matching.decide import decide
from api.domain.matching.facts import EnterpriseFacts
from api.domain.matching.fingerprint import fingerprint
from api.domain.matching.rules import RULES_2026
from api.domain.tendering.coverage import Geography
from api.matches import queries as matches
from api.matches import service as matching
from api.matches.schemas import MatchRequest
from api.matches.service import Question
from api.reference.service import reference
from api.tenders import service as tenders
from api.tenders.schemas import TenderOut


async def joint(lot_id: UUID, actor: Actor, now: datetime) -> JointCoverageOut:
    """Find the smallest sets of firms that can do a lot together."""
    asked = await matching.question(lot_id, MatchRequest(), actor, now)
    geography = (await reference()).geography
    found = await matches.candidates(_with_members(asked, geography))

    coverage = await asyncio.to_thread(_joint, asked, found, geography)

    firms = {UUID(member.enterprise_id) for one in coverage.sets for member in one.members}
    return JointCoverageOut(
        coverage=coverage,
        enterprises=await _refs(firms),
        rules_version=RULES_2026.version,
        fingerprint=_print(asked, found),
    )


def _with_members(asked: Question, geography: Geography) -> Sought:
    """Ask for every municipality of the lot's areas: firms can divide a province."""
    if asked.sought.places is None:
        return asked.sought
    within = {place for area in asked.facts.areas for place in geography.members.get(area, ())}
    places = tuple(sorted(within.union(asked.facts.areas)))
    return msgspec.structs.replace(asked.sought, places=places)


def _joint(
    asked: Question, found: Sequence[EnterpriseFacts], geography: Geography
) -> JointCoverage:
    return joint_coverage(
        asked.facts, found, RULES_2026, areas=geography.members, text_hits=asked.hits
    )


def _print(asked: Question, found: Sequence[EnterpriseFacts]) -> str:
    seed = str(asked.lot.id)
    return fingerprint(asked.facts, found, RULES_2026, seed=seed, text_hits=asked.hits)


async def allocation(
    tender_id: UUID, request: AllocationRequest, actor: Actor, now: datetime
) -> AllocationOut:
    """Spread the lots of a tender over firms: most value, then most firms."""
    tender = await tenders.tender(tender_id)
    terms = (await matches.terms([tender_id]))[tender_id]
    max_lots = request.max_lots or terms.max_lots_awarded
    geography = (await reference()).geography
    chosen = _chosen(tender, request.lot_ids)
    asked = await matching.questions(chosen, MatchRequest(), actor, now)
    judged = [await _judged(one, geography, joint=request.joint_bids) for one in asked]

    seed = request.seed or str(tender_id)
    found = await asyncio.to_thread(_allocated, judged, max_lots, seed)

    return AllocationOut(
        tender_id=tender_id,
        allocation=found,
        enterprises=await _refs(_firms_in(found)),
        max_lots=max_lots,
        seed=seed,
        overcommitted=tuple(UUID(one) for one in overcommitted(judged, found)),
        rules_version=RULES_2026.version,
        fingerprint=print_of(judged, max_lots, seed, joint=request.joint_bids),
    )


def _chosen(tender: TenderOut, lot_ids: Sequence[UUID]) -> list[UUID]:
    active = [lot.id for lot in tender.lots if lot.status == "active"]
    faults = [
        Fault("unknown-id", f"The tender has no active lot {one}.", f"/lotIds/{place}")
        for place, one in enumerate(lot_ids)
        if one not in active
    ]
    if faults:
        raise InvalidInput(*faults)
    return list(dict.fromkeys(lot_ids)) or active


async def _judged(asked: Question, geography: Geography, *, joint: bool) -> Judged:
    sought = _with_members(asked, geography) if joint else asked.sought
    found = await matches.candidates(sought)
    return await asyncio.to_thread(_judge, asked, found, geography, joint=joint)


def _judge(
    asked: Question, found: Sequence[EnterpriseFacts], geography: Geography, *, joint: bool
) -> Judged:
    seed = str(asked.lot.id)
    decision = decide(asked.facts, found, RULES_2026, seed=seed, text_hits=asked.hits)
    return Judged(
        facts=asked.facts,
        decision=decision,
        capacity=deciding_capacity(decision, found),
        fingerprint=_print(asked, found),
        joint=_joint(asked, found, geography) if joint else None,
    )


def _allocated(judged: Sequence[Judged], max_lots: int | None, seed: str) -> Allocation:
    lots = demands(judged)
    pairs = [(one.facts.id, m.enterprise_id) for one in judged for m in one.decision.matched]
    bids = [*single_bids(lots, pairs), *joint_bids(judged)]
    return allocate(lots, supplies(judged), bids, seed=seed, max_lots=max_lots)


def _firms_in(found: Allocation) -> set[UUID]:
    awarded = {part.enterprise_id for bid in found.awards for part in bid.parts}
    bound = {firm for one in found.uncovered for firm in one.enterprise_ids}
    return {UUID(one) for one in awarded | bound}


async def _refs(firms: Iterable[UUID]) -> tuple[FirmRef, ...]:
    names = await matches.names(firms)
    return tuple(FirmRef(one, names[one]) for one in sorted(names))
