"""What changed since a plan was made, what is held for it, and the lots that it becomes."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

import msgspec

from api.capacity.schemas import Wanted
from api.domain.errors import Fault, InvalidInput, RuleViolation
from api.domain.tendering.coverage import COUNTRY, Geography
from api.domain.tendering.law import ContractKind
from api.domain.tendering.lot_model import Firm, Item, Offering, SplitRequest, item_value
from api.domain.tendering.lot_plan import PlannedLot
from api.domain.tendering.lot_supply import category
from api.domain.tendering.motive import Motive
from api.domain.tendering.notice import Money, Nature, NoticeLot, Place, Reservation
from api.domain.tendering.reserved import Answer
from api.domain.values import CpvCode
from api.lot_adoptions.schemas import HoldIn
from api.lot_plans.drafts import COUNTED_MONTHS, days_of
from api.lot_plans.queries import KeptInputs

_OPEN_END = re.compile(r"\[(?:Leg uit|Vul)[^\]]*\]")
_NATURES: Final = {
    ContractKind.WORKS: Nature.WORKS,
    ContractKind.SUPPLIES: Nature.SUPPLIES,
    ContractKind.SERVICES: Nature.SERVICES,
    ContractKind.SOCIAL_SERVICES: Nature.SERVICES,
    ContractKind.CONCESSION: Nature.SERVICES,
}


class MotiveMissing(RuleViolation):
    """Not dividing, and joining, need reasons (Aw 2012 art. 1.5)."""

    code = "motive-missing"


def stale_facts(before: SplitRequest, now: SplitRequest, lots: Sequence[PlannedLot]) -> list[str]:
    """Say in words what changed since a plan was made, of what it stands on."""
    return [
        *_changed_items(before.items, now.items),
        *_changed_head(before, now),
        *_changed_firms(before.firms, now.firms, {f for lot in lots for f in lot.supply.able}),
    ]


def _changed_items(before: Sequence[Item], now: Sequence[Item]) -> Iterator[str]:
    old, new = ({one.id: one for one in items} for items in (before, now))
    for code in sorted(old.keys() | new.keys()):
        if code not in new:
            yield f"item {code} was removed"
        elif code not in old:
            yield f"item {code} was added"
        elif old[code] != new[code]:
            yield f"item {code} changed"


def _changed_head(before: SplitRequest, now: SplitRequest) -> Iterator[str]:
    for name in ("level", "dispatched_on", "main_kind", "procedure_policy"):
        if getattr(before, name) != getattr(now, name):
            yield f"the {name.replace('_', ' ')} changed"
    if before.rules.apart != now.rules.apart:
        yield "the pairs that stand apart changed"


def _changed_firms(before: Sequence[Firm], now: Sequence[Firm], able: set[str]) -> Iterator[str]:
    new = {one.id: one for one in now}
    for old in (one for one in before if one.id in able):
        firm = new.get(old.id)
        if firm is None:
            yield f"{old.name} left the directory or the category"
        elif firm.offerings != old.offerings:
            yield from _changed_offerings(old, firm)
        elif firm != old:
            yield f"the facts of {old.name} changed"


def _changed_offerings(old: Firm, firm: Firm) -> Iterator[str]:
    new = {one.id: one for one in firm.offerings}
    for one in old.offerings:
        now = new.get(one.id)
        if now is None:
            yield f"{old.name} withdrew an offering"
        elif now.free_capacity_cents != one.free_capacity_cents:
            was, is_now = _cents(one.free_capacity_cents), _cents(now.free_capacity_cents)
            yield f"{old.name} has {is_now} a year free, it was {was}"
        elif now != one:
            yield f"{old.name} changed where or what it offers"
    if new.keys() - {one.id for one in old.offerings}:
        yield f"{old.name} added an offering"


def _cents(amount: int | None) -> str:
    return "an unknown amount" if amount is None else f"{amount} cents"


def able_offering(request: SplitRequest, lot: PlannedLot, firm_id: str) -> Offering | None:
    """Find the offering by which a firm is able to do a lot, the one with most capacity."""
    firm = next((one for one in request.firms if one.id == firm_id), None)
    if firm is None or firm_id not in lot.supply.able:
        return None
    items = [one for one in request.items if one.id in lot.item_ids]
    fitting = [one for one in firm.offerings if _does(one, items, lot.yearly_need_cents)]
    return max(fitting, key=lambda one: one.free_capacity_cents or 0, default=None)


def _does(offering: Offering, items: Iterable[Item], need: int) -> bool:
    free = offering.free_capacity_cents
    return (free is not None and free >= need) and all(
        set(item.areas) <= set(offering.reach.full)
        and any(category(code, item.cpv) is Answer.YES for code in offering.cpv_codes)
        for item in items
    )


def planned_lot(
    lot: PlannedLot, items: Mapping[str, Item], starts_on: date | None, geography: Geography
) -> NoticeLot:
    """Give a lot of a plan as a lot of the tender that is described, but not yet open."""
    own = [items[code] for code in lot.item_ids]
    main: CpvCode = max(own, key=lambda one: (item_value(one), one.cpv)).cpv
    sme = {Answer.YES: True, Answer.NO: False}.get(lot.supply.sme.suitable)
    return NoticeLot(
        source_lot_id=f"LOT-{lot.number:04}",
        title=lot.title[:2_000],
        description="\n".join(f"{one.id}: {one.title}" for one in own),
        nature=_NATURES[lot.kind],
        cpv_main=main,
        cpv_additional=tuple(code for code in lot.cpv_codes if code != main),
        estimated_value=Money(lot.value_cents, "EUR"),
        duration_days=None if lot.months is None else days_of(lot.months),
        starts_on=starts_on,
        places=tuple(sorted((_place(area, geography) for area in lot.areas), key=_by_text)),
        reservations=(Reservation.SHELTERED_WORKSHOP if lot.reserved else Reservation.NONE,),
        sme_suitable=sme,
        planned=True,
    )


def _place(area: str, geography: Geography) -> Place:
    town = geography.municipalities.get(area)
    if town is not None:
        return Place(country="NLD", nuts=town.nuts3, municipality=area, town=town.name)
    return Place(country="NLD", nuts=None if area == COUNTRY else area)


def _by_text(place: Place) -> tuple[str, ...]:
    return tuple(part or "" for part in msgspec.structs.astuple(place))


def settled_motive(given: str | None, motive: Motive) -> str:
    """Give the text to keep: what the buyer wrote, else the draft without its open ends."""
    if given is not None:
        return given
    lines = motive.text.splitlines()
    return "\n".join(line for line in lines if not line.startswith("[")).strip()


def check_motive(given: str | None, lots: Sequence[PlannedLot]) -> None:
    """Ask reasons where nothing is divided or something is joined (Aw 2012 art. 1.5(2)-(3))."""
    if given is not None and (found := _OPEN_END.search(given)):
        detail = f"The motive still says {found[0][:60]!r}: complete it."
        raise InvalidInput(Fault("motive-unfinished", detail, "/motive"))
    joined = [one.number for one in lots if len(one.item_ids) > 1]
    if given is None and (joined or len(lots) == 1):
        why = f"Lots {joined} join items" if joined else "The tender is not divided"
        raise MotiveMissing(f"{why}: give the reasons (Aw 2012 art. 1.5).")


def holds(asked: Sequence[HoldIn], lots: Sequence[PlannedLot], inputs: KeptInputs) -> list[Wanted]:
    """Say what to reserve: each lot's yearly need at the firm, throughout the lot's term."""
    numbered = {one.number: one for one in lots}
    wanted, faults = list[Wanted](), list[Fault]()
    for place, one in enumerate(asked):
        lot = numbered.get(one.lot_number)
        offering = (
            None if lot is None else able_offering(inputs.request, lot, str(one.enterprise_id))
        )
        if lot is None or offering is None:
            detail = f"{one.enterprise_id} is not able in lot {one.lot_number} of this plan."
            faults.append(Fault("not-able", detail, f"/hold/{place}"))
        elif lot.yearly_need_cents:
            starts_on = inputs.beside.starts_on
            ends_on = starts_on + timedelta(days=days_of(lot.months or COUNTED_MONTHS))
            wanted.append(Wanted(UUID(offering.id), lot.yearly_need_cents, starts_on, ends_on))
    if faults:
        raise InvalidInput(*faults)
    return wanted
