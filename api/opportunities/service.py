"""Use cases of an enterprise that looks for work: lots, and obligations. Stores nothing."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from api.accounts.service import Actor
from api.art77 import service as art77
from api.art77.schemas import keys_of
from api.candidates.drafts import Sought
from api.capacity.queries import held
from api.clock import legal_day
from api.domain.capacity import Held, left, peak
from api.domain.errors import NotFound
from api.domain.matching.decide import decide
from api.domain.matching.facts import EnterpriseFacts, OfferingFacts, Procedure
from api.domain.matching.rules import RULES_2026
from api.domain.social_return.rule_book import RuleBook
from api.domain.tendering.coverage import Geography, nearest_km
from api.domain.values import Point
from api.ledgers import queries as ledger_rows
from api.ledgers import service as ledgers
from api.matches import queries as matches
from api.matches import service as matching
from api.matches.drafts import lot_facts, term
from api.matches.schemas import FirmVerdict, MatchRequest
from api.opportunities import queries
from api.opportunities.drafts import OpenObligation, buying, grouped, told
from api.opportunities.queries import TenderHead
from api.opportunities.schemas import ObligationOpportunity, OpportunityOut
from api.pagination import Page, after, write_cursor
from api.reference.service import reference
from api.rule_books import service as rule_books
from api.tenders import queries as tender_rows
from api.tenders.schemas import LotOut

ALL_DAYS: Final = (date.min, date.max)
BATCH: Final = 200
"""Open lots that are weighed at a time."""


class _Seeker(msgspec.Struct, frozen=True):
    """An enterprise that looks for lots."""

    facts: EnterpriseFacts
    excluded_from: dict[UUID, str]
    seat: Point | None
    held: dict[UUID, list[Held]]
    """Capacity that is held of its offerings."""
    missions: dict[str, bool]
    art77_awards: list[tuple[tuple[str, ...], date]]
    """Under art. 77: by what the buyer is known, and when."""


async def opportunities(
    enterprise_id: UUID, cursor: str | None, limit: int, actor: Actor, now: datetime
) -> Page[OpportunityOut]:
    """Find the open lots that an enterprise can do or nearly, the last added first."""
    await matching.check_own(enterprise_id, actor)
    seeker = await _seeker(enterprise_id, now)
    codes = sorted({code for one in seeker.facts.offerings for code in one.cpv_codes})
    geography = (await reference()).geography
    before, found = after(cursor), list[OpportunityOut]()
    while len(found) <= limit:
        lot_ids = await queries.open_lots(codes, now, before, BATCH)
        found += await _fitting(lot_ids, seeker, geography, legal_day(now))
        if len(lot_ids) < BATCH:
            break
        before = lot_ids[-1]
    next_cursor = write_cursor(found[limit - 1].lot_id) if len(found) > limit else None
    return Page(items=tuple(found[:limit]), next_cursor=next_cursor)


async def _seeker(enterprise_id: UUID, now: datetime) -> _Seeker:
    # No tender in particular: what hangs on a buyer or a term is read for all at once.
    facts = await matches.candidate(enterprise_id, Sought())
    if facts is None or not facts.visible:
        raise NotFound(f"There is no published enterprise {enterprise_id}.")
    offerings = [UUID(one.id) for one in facts.offerings]
    return _Seeker(
        facts=facts,
        excluded_from=await matches.reasons_of_buyers(enterprise_id),
        seat=await queries.seat(enterprise_id),
        held=await held(ALL_DAYS, now, offerings),
        missions=(await art77.facts(None)).missions,
        art77_awards=await queries.art77_awards(enterprise_id),
    )


async def _fitting(
    lot_ids: Sequence[UUID], seeker: _Seeker, geography: Geography, today: date
) -> list[OpportunityOut]:
    lots = await tender_rows.lots(lot_ids)
    heads = await queries.tender_heads([one.tender_id for one in lots])
    by_last = sorted(lots, key=lambda one: one.id, reverse=True)
    weighed = [_weighed(one, heads[one.tender_id], seeker, geography, today) for one in by_last]
    return [one for one in weighed if one is not None]


def _weighed(
    lot: LotOut, tender: TenderHead, seeker: _Seeker, geography: Geography, today: date
) -> OpportunityOut | None:
    facts = lot_facts(lot, tender.procedure, MatchRequest())
    invited = facts.procedure is Procedure.INVITATION
    places = geography.centres(facts.areas) if invited else ()
    firm = msgspec.structs.replace(
        _for_buyer(seeker, tender),
        distance_km=nearest_km(seeker.seat, places),
        offerings=tuple(_still_free(seeker, one, lot, today) for one in seeker.facts.offerings),
    )
    decision = decide(facts, [firm], RULES_2026, seed=str(lot.id))
    found = matching.firm_verdict(lot.id, firm, decision)
    return None if found.outcome == "excluded" else _opportunity(lot, tender, found)


def _for_buyer(seeker: _Seeker, tender: TenderHead) -> EnterpriseFacts:
    known = set(keys_of(tender.buyer))
    awards = [day for keys, day in seeker.art77_awards if known.intersection(keys)]
    return msgspec.structs.replace(
        seeker.facts,
        excluded_by_buyer=seeker.excluded_from.get(tender.id),
        public_service_mission=seeker.missions.get(seeker.facts.id),
        last_art77_award_on=max(awards, default=None),
    )


def _still_free(
    seeker: _Seeker, offering: OfferingFacts, lot: LotOut, today: date
) -> OfferingFacts:
    reserved = peak(seeker.held.get(UUID(offering.id), ()), *term(lot, today))
    free = left(offering.free_capacity_cents, reserved)
    return msgspec.structs.replace(offering, free_capacity_cents=free)


def _opportunity(lot: LotOut, tender: TenderHead, found: FirmVerdict) -> OpportunityOut:
    return OpportunityOut(
        lot_id=lot.id,
        lot_title=lot.title,
        tender_id=tender.id,
        tender_title=tender.title,
        buyer=None if tender.buyer is None else tender.buyer.name,
        deadline_at=lot.deadline_at,
        cpv_main=lot.cpv_main,
        outcome=found.outcome,
        offering_id=found.offering_id,
        score=found.score,
        explanation=found.explanation,
    )


async def obligations(
    enterprise_id: UUID, actor: Actor, now: datetime
) -> tuple[ObligationOpportunity, ...]:
    """Find where something is owed on which a purchase counts, or would but for a mark."""
    await matching.check_own(enterprise_id, actor)
    firm = await matches.candidate(enterprise_id, Sought())
    if firm is None or not firm.visible:
        raise NotFound(f"There is no published enterprise {enterprise_id}.")
    today = legal_day(now)
    marks, found = await queries.marks(enterprise_id), await queries.open_obligations(today)
    books = {one.rule_book: await rule_books.book(one.rule_book) for one in found}

    ways = {key: buying(marks, book, today) for key, book in books.items()}
    fitting = [one for one in found if ways[one.rule_book] is not None]
    owing = [one for one in fitting if await _is_owing(one, books[one.rule_book], now)]

    reach = frozenset(area for one in firm.offerings for area in one.area_full)
    groups = grouped(owing).values()
    answers = [(group, ways[group[0].rule_book]) for group in groups]
    return tuple(told(group, way, reach) for group, way in answers if way is not None)


async def _is_owing(one: OpenObligation, book: RuleBook, now: datetime) -> bool:
    """Tell whether anything remains; what is not assessed yet is not offered."""
    kept = await ledger_rows.obligation(one.id)
    if kept is None or kept.owed_cents is None:
        return False
    present = await ledgers.position_now(kept, book, now)
    return bool(present.remaining_cents)
