"""Lots of a tender section; without any, the tender itself is the one lot."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from api.domain.tendering.notice import NoticeLot, Place
from api.domain.values import CpvCode
from importers.ocds import terms
from importers.ocds.decode import size
from importers.ocds.places import places
from importers.ocds.section import Section, nearest
from importers.ocds.values import cpv, duration_days, money, period

VIRTUAL_LOT: Final = "LOT-0000"
"""eForms' own id of the lot that is the whole procedure (SDK, BT-137)."""
WITHDRAWN: Final = frozenset({"cancelled", "withdrawn"})
PLANNED: Final = "planned"
CLOSED: Final = frozenset({"complete", "unsuccessful"})
SHARED: Final = (
    "additionalClassifications",
    "deliveryAddresses",
    "deliveryLocations",
    "otherRequirements",
    "sustainability",
)
"""Lists of the tender that count for a lot without such a list of its own."""
MAX_LOTS: Final = 10_000
"""No tender has more; publishers write a higher limit to say "none" (own choice)."""
MAX_COPIED: Final = 1_000_000
"""Values copied from the tender to its lots; 3 000 lots times 300 values pass (own choice)."""


class Work(msgspec.Struct, frozen=True):
    """What is to be done in one lot and where, as its items say."""

    cpv_main: CpvCode | None
    cpv_additional: tuple[CpvCode, ...]
    places: tuple[Place, ...]


def lots_of(tender: Section, title: str) -> tuple[NoticeLot, ...]:
    """Read the lots of a tender in their order; withdrawn ones are left out with a warning.

    `title` stands in for a missing one. Source: OCDS lots extension; one virtual lot as in
    OCDS for eForms.
    """
    sections = tender.sections("lots")
    if not sections:
        items = tender.sections("items")
        return (_lot(tender, tender, VIRTUAL_LOT, title, _work(items, tender, is_whole=True)),)
    if len(sections) > MAX_LOTS:
        tender.fault("lots", "too-many-lots", f"more than {MAX_LOTS} lots")
        return ()
    lots = _by_id(sections)
    items_of = _items_by_lot(tender, lots)
    if tender.findings.faults:
        return ()
    return tuple(
        _lot(lot, tender, lot_id, title, _work(items_of[lot_id], tender, is_whole=False))
        for lot_id, lot in lots.items()
        if _stands(lot)
    )


def _lot(lot: Section, tender: Section, lot_id: str, title: str, work: Work) -> NoticeLot:
    contract = nearest(lot, tender, "contractPeriod").section("contractPeriod")
    starts_on, ends_on = period(contract)
    framework = lot.section("techniques").section("frameworkAgreement")
    return NoticeLot(
        source_lot_id=lot_id,
        title=lot.phrase("title") or _borrowed(lot, title),
        description=lot.text("description") or "",
        nature=terms.nature(lot, tender),
        cpv_main=work.cpv_main,
        cpv_additional=work.cpv_additional,
        estimated_value=money(lot, "value"),
        framework_maximum=money(framework, "value"),
        duration_days=duration_days(contract),
        starts_on=starts_on,
        ends_on=ends_on,
        places=work.places,
        deadline_at=terms.deadline(lot, tender),
        reservations=terms.reservations(lot, tender),
        reserved_execution=terms.reserved_execution(lot, tender),
        social_objectives=terms.social_objectives(lot, tender),
        sme_suitable=terms.sme_suitable(lot, tender),
        planned=lot is not tender and lot.text("status") == PLANNED,
    )


def _by_id(sections: Sequence[Section]) -> Mapping[str, Section]:
    lots: dict[str, Section] = {}
    for lot in sections:
        lot_id = lot.identifier("id")
        if lot_id is None:
            lot.fault("id", "missing", "a lot without an id")
        elif lot_id in lots:
            lot.fault("id", "duplicate-lot", f"lot {lot_id[:40]!r} occurs twice")
        else:
            lots[lot_id] = lot
    return lots


def _items_by_lot(tender: Section, lots: Mapping[str, Section]) -> Mapping[str, Sequence[Section]]:
    found: dict[str, list[Section]] = {lot_id: [] for lot_id in lots}
    shared = []
    for item in tender.sections("items"):
        related = item.identifier("relatedLot")
        if related is None:
            item.warn("names no lot; counted with every lot")
            shared.append(item)
        elif related in found:
            found[related].append(item)
        else:
            item.warn(f"relatedLot {related[:40]!r} is no lot of this tender; left out")
    if _is_too_much(tender, lots, shared):
        tender.fault("lots", "too-many-lots", f"{len(lots)} lots, and too much said of all at once")
        return found
    return {lot_id: [*items, *shared] for lot_id, items in found.items()}


def _is_too_much(tender: Section, lots: Mapping[str, Section], shared: Iterable[Section]) -> bool:
    """Tell whether copying what counts for all lots to each of them would have no end."""
    fields = [tender.fields.get(key) for key in SHARED]
    weight = sum(map(size, fields)) + sum(size(dict(item.fields)) for item in shared)
    return len(lots) * weight > MAX_COPIED


def _stands(lot: Section) -> bool:
    status = lot.text("status")
    if status in WITHDRAWN:
        lot.warn(f"status {status}; lot left out")
    elif status in CLOSED:
        lot.warn(f"status {status}; no longer open for tenders")
    return status not in WITHDRAWN


def _borrowed(lot: Section, title: str) -> str:
    lot.warn("has no title; the tender's is taken")
    return title


def _work(items: Sequence[Section], tender: Section, *, is_whole: bool) -> Work:
    """Gather codes and places; the tender's own codes count for the whole, or in default."""
    mains = _codes(item.section("classification") for item in items)
    own = mains + _codes(
        one for item in items for one in item.sections("additionalClassifications")
    )
    general = _codes([tender.section("classification")])
    main = next(iter(mains + general), None)
    if is_whole or not own:
        own += general + _codes(tender.sections("additionalClassifications"))
    additional = tuple(sorted(set(own) - {main}))
    return Work(main, additional, places(items) or places([tender]))


def _codes(classifications: Iterable[Section]) -> list[CpvCode]:
    found = (cpv(one) for one in classifications)
    return [code for code in found if code is not None]
