"""From kept items and firms to what the splitter compares, and from its plans to lots."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, partial, reduce
from hashlib import sha256
from operator import attrgetter, or_
from typing import Final
from uuid import UUID

import msgspec

from api.domain.capacity import left
from api.domain.directory import ShareBucket
from api.domain.errors import Fault, InvalidInput
from api.domain.matching.facts import EnterpriseFacts
from api.domain.social_return.displacement import DisplacementCheck
from api.domain.tendering.coverage import COUNTRY, Geography, Reach
from api.domain.tendering.displacement_questions import Answers, check_lot
from api.domain.tendering.law import BuyerLevel, ContractKind, ProcedurePolicy
from api.domain.tendering.lot_model import (
    Firm,
    Offering,
    Rules,
    SplitRequest,
)
from api.domain.tendering.lot_plan import PlannedLot
from api.domain.tendering.lot_supply import Supply, places
from api.domain.tendering.lots import Splitting
from api.domain.tendering.notice import Nature
from api.domain.tendering.what_if import Change, OtherFirm, OtherRules, WithoutFirm
from api.domain.values import CpvCode
from api.lot_plans.schemas import Inputs, PlanRequest, RulesPatch, WhatIfRequest
from api.tenders.schemas import TenderOut
from api.work_items.drafts import apart_pairs, domain_item, missing
from api.work_items.queries import KeptItem

VERSION: Final = "splitter-2026-1"
"""Changes whenever the same input may give another plan."""
SME_TURNOVER_CENTS: Final = 50_000_000_00
"""Recommendation 2003/361/EC art. 2(1)."""
COUNTED_MONTHS: Final = 48
DAYS_A_YEAR: Final = 365
MONTHS_A_YEAR: Final = 12
_SMALL: Final = frozenset({"<10", "10-49", "50-249"})
_NATURES: Final = {
    ContractKind.WORKS: Nature.WORKS,
    ContractKind.SUPPLIES: Nature.SUPPLIES,
    ContractKind.SERVICES: Nature.SERVICES,
    ContractKind.SOCIAL_SERVICES: Nature.SERVICES,
    ContractKind.CONCESSION: Nature.SERVICES,
}


def check_complete(items: Sequence[KeptItem]) -> None:
    """Refuse items of which something is unknown, all at once (design decision 16)."""
    if not items:
        raise InvalidInput(Fault("item-count", "The draft has no work items."))
    faults = [
        Fault("incomplete-item", f"item {one.code} lacks {', '.join(gaps)}", f"item {one.code}")
        for one in items
        if (gaps := missing(one))
    ]
    if faults:
        raise InvalidInput(*faults)


class Subject(msgspec.Struct, frozen=True):
    """A draft with all that is divided, and the day on which."""

    draft: TenderOut
    items: Sequence[KeptItem]
    policy: ProcedurePolicy
    today: date
    geography: Geography


def split_request(subject: Subject, firms: Iterable[Firm], asked: PlanRequest) -> SplitRequest:
    """Put together what the splitter compares, rows in a fixed order."""
    draft = subject.draft
    given = {name: getattr(asked.rules, name) for name in asked.rules.__struct_fields__}
    given["win_cap"] = asked.rules.win_cap or draft.max_lots_awarded
    ordered = sorted(subject.items, key=lambda one: one.code)
    return SplitRequest(
        items=tuple(domain_item(one, subject.geography) for one in ordered),
        firms=tuple(sorted(firms, key=lambda firm: firm.id)),
        level=draft.buyer_level or BuyerLevel.SUB_CENTRAL,
        dispatched_on=draft.dispatched_on or subject.today,
        rules=Rules(**given, apart=apart_pairs(ordered)),
        objective=asked.objective,
        reach_share=asked.reach_share,
        main_kind=draft.main_kind,
        inclusive_ceiling=asked.inclusive_ceiling,
        procedure_policy=subject.policy,
        effort=asked.effort,
        seed=asked.seed,
    )


def window(subject: Subject) -> tuple[date, date]:
    """Give the days on which capacity has to be free: from the start, for the longest term."""
    draft = subject.draft
    starts_on = draft.starts_on or draft.dispatched_on or subject.today
    months = max(one.months or COUNTED_MONTHS for one in subject.items)
    return starts_on, starts_on + timedelta(days=days_of(months))


def days_of(months: int) -> int:
    """Give the days of a term; a year is 365 days, halves up."""
    return (2 * months * DAYS_A_YEAR + MONTHS_A_YEAR) // (2 * MONTHS_A_YEAR)


def firms_of(
    found: Iterable[EnterpriseFacts],
    reserved: Mapping[str, int],
    sizes: Mapping[str, str | None],
    areas: Sequence[str],
) -> Iterator[Firm]:
    """Give the firms as the splitter sees them; whom the buyer left out is not among them."""
    reach_of = cache(partial(_reach, frozenset(areas)))
    codes_of = cache(_sorted)
    for one in found:
        if not one.visible or one.excluded_by_buyer is not None:
            continue
        offerings = [
            Offering(
                codes_of(own.cpv_codes),
                reach_of(own.area_full),
                left(own.free_capacity_cents, reserved.get(own.id, 0)),
                own.id,
            )
            for own in sorted(one.offerings, key=attrgetter("id"))
        ]
        yield Firm(
            id=one.id,
            name=one.name,
            offerings=tuple(offerings),
            is_sme=_is_sme(one, sizes.get(one.id)),
            target_share=_share(one.target_group_share, verified=one.share_verified),
            integration_is_main_aim=one.main_aim_integration,
            public_service_mission=one.public_service_mission,
            last_article_77_award_on=one.last_art77_award_on,
        )


def _reach(areas: frozenset[str], full: frozenset[str]) -> Reach:
    """Give what is covered whole of the areas that are asked; thousands cover the same."""
    return Reach(tuple(sorted(areas if COUNTRY in full else areas & full)), ())


def _sorted(codes: tuple[CpvCode, ...]) -> tuple[CpvCode, ...]:
    return tuple(sorted(codes))


def _is_sme(one: EnterpriseFacts, size: str | None) -> bool | None:
    """Tell by staff and turnover; the balance sheet, which may stand in for turnover, is unknown.

    Source: Recommendation 2003/361/EC, annex, art. 2.
    """
    if size is None or size not in _SMALL:
        return None if size is None else False
    small = one.turnover_cents is not None and one.turnover_cents <= SME_TURNOVER_CENTS
    return True if small else None


@cache
def _share(bucket: ShareBucket | None, *, verified: bool) -> Decimal | None:
    """Give the least share of a bucket; a high one counts only when verified, as in matching."""
    if bucket is None:
        return None
    least = Decimal(bucket.at_least) / 100
    return least if verified or least < Decimal("0.30") else None


def print_of(request: SplitRequest, beside: Inputs, asked: PlanRequest) -> str:
    """Give the SHA-256 over everything that was compared and asked."""
    basis = {"asked": asked, "beside": beside, "request": request, "version": VERSION}
    return sha256(msgspec.json.encode(basis, order="deterministic")).hexdigest()


def firms_in(answer: Splitting) -> set[str]:
    """Name every firm that occurs in an answer."""
    blamed = answer.conflict.parts if answer.conflict else ()
    named = {firm for part in blamed for firm in part.firm_ids}
    for lot in (lot for one in answer.proposals for lot in one.plan.lots):
        named |= {*lot.supply.able, *lot.supply.unknown}
        named |= {firm for bid in lot.supply.joint_bids.bids for firm in bid.firm_ids}
        named |= {*lot.law.article_77.eligible, *lot.law.article_20.eligible}
    return named


def change_of(asked: WhatIfRequest, request: SplitRequest) -> Change:
    """Give the one change that is asked for, as the rules know it."""
    given = [name for name in asked.__struct_fields__ if getattr(asked, name) is not None]
    if len(given) != 1:
        raise InvalidInput(Fault("one-change", "Ask for exactly one change.", ""))
    if asked.rules is not None:
        return OtherRules(_patched(request.rules, asked.rules))
    if asked.without_firm is not None:
        return WithoutFirm(_firm(request, asked.without_firm, "/withoutFirm").id)
    if asked.mark_lapses is not None:
        firm = _firm(request, asked.mark_lapses, "/markLapses")
        return OtherFirm(msgspec.structs.replace(firm, target_share=None))
    grows = asked.firm_grows
    if grows is None:
        raise InvalidInput(Fault("one-change", "Ask for exactly one change.", ""))
    firm = _firm(request, grows.enterprise_id, "/firmGrows/enterpriseId")
    offerings = tuple(
        msgspec.structs.replace(
            one, free_capacity_cents=(one.free_capacity_cents or 0) + grows.more_cents
        )
        for one in firm.offerings
    )
    return OtherFirm(msgspec.structs.replace(firm, offerings=offerings))


def _patched(rules: Rules, patch: RulesPatch) -> Rules:
    changes = {
        name: value
        for name in patch.__struct_fields__
        if (value := getattr(patch, name)) is not msgspec.UNSET
    }
    return msgspec.structs.replace(rules, **changes)


def _firm(request: SplitRequest, enterprise_id: UUID, place: str) -> Firm:
    found = next((one for one in request.firms if one.id == str(enterprise_id)), None)
    if found is None:
        raise InvalidInput(Fault("unknown-id", f"The run saw no firm {enterprise_id}.", place))
    return found


def guard_of(
    lot: PlannedLot, done_now_by: Mapping[str, str | None], answers: Answers
) -> DisplacementCheck:
    """Judge a lot by what its items and the buyer say of the work."""
    return check_lot(answers, (done_now_by.get(item) for item in lot.item_ids))


def purchasable(request: SplitRequest) -> int:
    """Sum what each firm that fits an item has free at most, cents a year; each firm once.

    Firms of unknown capacity add nothing: a lower bound (own choice, ADR 29).
    """
    supply = Supply(request.firms, request.items)
    most: dict[int, int] = {}
    for place in places(reduce(or_, supply.sure, 0) & supply.known):
        firm, free = supply.firm_of[place], supply.capacity[place] or 0
        most[firm] = max(free, most.get(firm, 0))
    return sum(most.values())
