"""From what was given to rows, and from rows to what the rules compare."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from api.clock import new_id
from api.database import Row
from api.domain.checks import Checks
from api.domain.social_return.privacy import personal_number_faults
from api.domain.tendering.coverage import Geography
from api.domain.tendering.estimate import Estimate, LotValue
from api.domain.tendering.evasion import BuyerTender
from api.domain.tendering.law import BuyerLevel, ContractKind, ProcedurePolicy
from api.domain.tendering.lot_model import Item, item_estimate, region_of
from api.domain.tendering.notice import Nature
from api.domain.tendering.regime import main_kind
from api.domain.values import CpvCode, parse_cpv
from api.reference.service import Reference
from api.tenders.schemas import LotOut, TenderOut
from api.work_items.queries import KeptItem, TenderOfBuyer
from api.work_items.schemas import BY_HAND, MOST_MONTHS, DoneNowBy, WorkItemIn, WorkItemOut

DAYS_A_YEAR: Final = 365
DAYS_A_MONTH: Final = 30
MONTHS_A_YEAR: Final = 12
ENDLESS: Final = (ContractKind.WORKS, ContractKind.CONCESSION)
_ODD = re.compile(r"[^A-Za-z0-9._-]")
_SAME: Final = (
    *("code", "title", "yearly_cents", "total_cents", "months", "indefinite"),
    *("options_cents", "extensions_cents", "reserved"),
)


def check_items(
    given: Sequence[tuple[str, WorkItemIn]], others: Iterable[str], known: Reference
) -> None:
    """Raise every fault of new items; each comes with the place where it stands."""
    checks, codes = Checks(), set(others)
    for place, one in given:
        if one.code in codes:
            checks.note("duplicate-item", f"item {one.code} is there already", f"{place}/code")
        codes.add(one.code)
    for place, one in given:
        _check_item(checks, place, one, known)
        _check_apart(checks, place, one, codes)
    checks.settle()


def _check_item(checks: Checks, place: str, one: WorkItemIn, known: Reference) -> None:
    cpv = None if one.cpv is None else checks.attempt(parse_cpv, one.cpv, f"{place}/cpv")
    if cpv is not None and not known.knows_cpv(cpv):
        checks.note("unknown-cpv", f"There is no CPV code {cpv}.", f"{place}/cpv")
    checks.faults += personal_number_faults(one.title, f"{place}/title")
    for number, area in enumerate(one.areas):
        if area not in known.geography.members:
            checks.note(
                "unknown-area", f"There is no area {area[:20]!r}.", f"{place}/areas/{number}"
            )
    if one.yearly_cents is not None and one.total_cents is not None:
        detail = "give the price a year or of the whole term, not both"
        checks.note("two-prices", detail, f"{place}/totalCents")
    if one.indefinite and one.months is not None:
        checks.note("two-terms", "an indefinite term has no months", f"{place}/months")
    if one.indefinite and one.kind in ENDLESS:
        detail = f"{one.kind} need a term: the law gives no multiplier"
        checks.note("term-missing", detail, f"{place}/indefinite")


def _check_apart(checks: Checks, place: str, one: WorkItemIn, codes: set[str]) -> None:
    for number, other in enumerate(one.apart):
        where = f"{place}/apart/{number}"
        if other == one.code:
            checks.note("unknown-item", "an item can't stand apart from itself", where)
        elif other not in codes:
            checks.note("unknown-item", f"there is no item {other}", where)


def item_columns(given: WorkItemIn, now: datetime) -> dict[str, Any]:
    """Give the columns that an item fills."""
    return {name: getattr(given, name) for name in _SAME} | {
        "cpv": None if given.cpv is None else parse_cpv(given.cpv),
        "kind": None if given.kind is None else given.kind.value,
        "areas": sorted(set(given.areas)),
        "stays_with": given.group,
        "apart": sorted(set(given.apart)),
        "done_now_by": None if given.done_now_by is None else given.done_now_by.value,
        "updated_at": now,
    }


def new_row(tender_id: UUID, given: WorkItemIn, now: datetime) -> Row:
    """Give the whole row of a new item."""
    own = {"id": new_id(), "tender": tender_id, "version": 1, "created_at": now}
    return item_columns(given, now) | own


def item_out(kept: KeptItem) -> WorkItemOut:
    """Show an item with its value and what is missing."""
    gaps = missing(kept)
    return WorkItemOut(
        **{name: getattr(kept, name) for name in _SAME},
        id=kept.id,
        tender_id=kept.tender,
        cpv=kept.cpv,
        kind=None if kept.kind is None else ContractKind(kept.kind),
        areas=kept.areas,
        group=kept.stays_with,
        apart=kept.apart,
        done_now_by=None if kept.done_now_by is None else DoneNowBy(kept.done_now_by),
        estimate=value_of(kept),
        missing=gaps,
        version=kept.version,
        updated_at=kept.updated_at,
    )


def missing(kept: KeptItem | WorkItemIn) -> tuple[str, ...]:
    """Name what a lot plan still needs to know of an item."""
    known = {
        "cpv": kept.cpv is not None,
        "kind": kept.kind is not None,
        "price": kept.yearly_cents is not None or kept.total_cents is not None,
        "months": kept.months is not None or kept.indefinite,
        "areas": bool(kept.areas),
    }
    return tuple(name for name, is_known in known.items() if not is_known)


def value_of(kept: KeptItem) -> Estimate | None:
    """Give the estimated value, where kind, price and term are known."""
    if {"kind", "price", "months"} & set(missing(kept)):
        return None
    return item_estimate(domain_item(kept))


def domain_item(kept: KeptItem, geography: Geography | None = None) -> Item:
    """Give an item as the rules see it; the geography says in which province it lies."""
    return Item(
        id=kept.code,
        title=kept.title,
        cpv=CpvCode(kept.cpv or ""),
        kind=ContractKind(str(kept.kind)),
        yearly_cents=kept.yearly_cents or 0,
        total_cents=kept.total_cents,
        months=None if kept.indefinite else kept.months,
        areas=kept.areas,
        options_cents=kept.options_cents,
        extensions_cents=kept.extensions_cents,
        region=None if geography is None else region_of(kept.areas, geography),
        group=kept.stays_with,
        reserved=kept.reserved,
    )


def apart_pairs(items: Iterable[KeptItem]) -> tuple[tuple[str, str], ...]:
    """Give the pairs of items that may not share a lot, each once."""
    pairs = {(min(one.code, other), max(one.code, other)) for one in items for other in one.apart}
    return tuple(sorted(pairs))


def arranged(
    items: Sequence[KeptItem], numbers: Mapping[UUID, int]
) -> Iterator[tuple[KeptItem, str | None, list[str]]]:
    """Give the items whose group or pairs change, when lots get these numbers by hand."""
    lots: dict[int, list[str]] = {}
    for one in items:
        if one.id in numbers:
            lots.setdefault(numbers[one.id], []).append(one.code)
    for one in items:
        number = numbers.get(one.id)
        group = None if number is None else f"{BY_HAND}{number}"
        others = [code for lot, codes in lots.items() if lot != number for code in codes]
        apart = [] if number is None else sorted(others)
        if (group, tuple(apart)) != (one.stays_with, tuple(one.apart)):
            yield one, group, apart


def items_of_lots(tender: TenderOut, known: Reference) -> Iterator[WorkItemIn]:
    """Turn each lot of a published tender into a group of one item; unknown stays unknown."""
    for place, lot in enumerate(tender.lots, start=1):
        if lot.status == "cancelled":
            continue
        value = lot.estimated_value or lot.framework_maximum
        code = f"{place}-{_ODD.sub('-', lot.source_lot_id)}"[:60]
        yield WorkItemIn(
            code=code,
            title=lot.title[:500],
            cpv=lot.cpv_main,
            kind=None if lot.nature is None else ContractKind(Nature(lot.nature).value),
            total_cents=value.amount_cents if value and value.currency == "EUR" else None,
            months=_months(lot),
            areas=tuple(area for area in lot.areas if area in known.geography.members),
            group=code,
        )


def _months(lot: LotOut) -> int | None:
    """Count months as notices do: 30 days are one and 365 days twelve; else halves up."""
    days = lot.duration_days
    if days is None and lot.starts_on is not None and lot.ends_on is not None:
        days = (lot.ends_on - lot.starts_on).days + 1
    if days is None:
        return None
    months = (2 * days * MONTHS_A_YEAR + DAYS_A_YEAR) // (2 * DAYS_A_YEAR)
    if days % DAYS_A_MONTH == 0 and days % DAYS_A_YEAR:
        months = days // DAYS_A_MONTH
    return min(max(1, months), MOST_MONTHS)


def lot_values(items: Iterable[KeptItem]) -> list[LotValue]:
    """Give the items of known value as thresholds see them."""
    found = ((one, value_of(one)) for one in items)
    return [
        LotValue(one.code, ContractKind(str(one.kind)), value.total_cents)
        for one, value in found
        if value is not None
    ]


def main_cpv(items: Iterable[KeptItem]) -> CpvCode | None:
    """Give the category of the most valuable item."""
    valued = [(value_of(one), one.cpv) for one in items]
    known = [(value.total_cents, cpv) for value, cpv in valued if value and cpv]
    return CpvCode(max(known)[1]) if known else None


def buyer_tenders(
    level: BuyerLevel,
    own: BuyerTender,
    others: Iterable[TenderOfBuyer],
    items: Mapping[UUID, Sequence[KeptItem]],
) -> list[BuyerTender]:
    """Give the tenders of a buyer whose value, kind, category and day are known."""
    found = [own]
    for one in others:
        drafted = items.get(one.id, ()) if one.draft and one.total_cents is None else ()
        values = lot_values(drafted)
        total = sum(value.value_cents for value in values) if values else one.total_cents
        cpv = one.cpv_main or main_cpv(drafted)
        kind = _kind(one, values)
        if total is None or cpv is None or kind is None:
            continue
        day = one.dispatched_on or own.dispatched_on
        given = (str(one.id), own.buyer_id, level, kind, CpvCode(cpv), total, day)
        found.append(BuyerTender(*given))
    return found


def _kind(one: TenderOfBuyer, values: Sequence[LotValue]) -> ContractKind | None:
    if one.main_kind is not None:
        return ContractKind(one.main_kind)
    if values:
        return main_kind(values)
    return None if one.nature is None else ContractKind(one.nature)


def year_around(day: date) -> tuple[date, date]:
    """Give the days within a year before and after a day."""
    first = date(max(day.year - 1, 1), day.month, min(day.day, 28))
    return first, date(min(day.year + 1, 9999), day.month, min(day.day, 28))


def check_policy(policy: ProcedurePolicy) -> None:
    """Refuse a range that ends before it starts."""
    checks = Checks()
    for place, one in enumerate(policy.ranges):
        if one.below_cents is not None and one.below_cents <= one.from_cents:
            detail = f"{one.below_cents} cents is not above {one.from_cents} cents"
            checks.note("invalid-range", detail, f"/ranges/{place}/belowCents")
        if one.from_cents < 0:
            checks.note("negative-amount", "no amount is below zero", f"/ranges/{place}/fromCents")
    checks.settle()
