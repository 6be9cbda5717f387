"""From a kept tender back to a notice, as it is exported."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import msgspec

from api.domain.errors import Fault, InvalidInput
from api.domain.social_return.privacy import personal_number_faults
from api.domain.tendering.notice import Buyer, Notice, NoticeLot
from api.tenders.schemas import LotOut, TenderOut

OCID_PREFIX: Final = "perceel"
"""Of processes that begin here; a buyer with a registered OCID prefix republishes under it."""
LONGEST: Final = 500
"""Characters in a name of a buyer."""
YEARS: Final = range(1990, 2101)
_LOT_FIELDS: Final = tuple(name for name in NoticeLot.__struct_fields__ if name != "planned")
_FIELDS: Final = (
    *("title", "description", "language", "buyer", "procedure", "published_on", "dispatched_on"),
    *("max_lots_submitted", "max_lots_awarded", "estimated_value"),
)


def notice_of(tender: TenderOut, *, prefix: str = "") -> Notice | None:
    """Give what a notice would say; cancelled lots are left out, and without others there is none.

    A tender by hand is identified by its own id, behind `prefix`.
    """
    lots = tuple(_lot(one) for one in tender.lots if one.status != "cancelled")
    if not lots:
        return None
    by_hand = tender.source == "manual"
    source_id = f"{prefix}{tender.source_id}" if by_hand else tender.source_id
    return Notice(
        **{name: getattr(tender, name) for name in _FIELDS},
        source=tender.source,
        source_id="-".join(source_id.split()),
        notice_id=tender.notice_id or f"{tender.id}-{tender.version:02}",
        lots=lots,
    )


def _lot(lot: LotOut) -> NoticeLot:
    given: dict[str, Any] = {name: getattr(lot, name) for name in _LOT_FIELDS}
    return NoticeLot(**given, planned=lot.status == "planned")


def check_words(given: msgspec.Struct) -> None:
    """Refuse free text in which a personal number is suspected, and days that are no plan.

    Source: ADR 12; the years: own choice, ADR 28.
    """
    faults = [
        fault
        for field in msgspec.structs.fields(given)
        for fault in _faults(getattr(given, field.name), f"/{field.encode_name}")
    ]
    if faults:
        raise InvalidInput(*faults)


def _faults(value: object, place: str) -> Iterator[Fault]:
    if isinstance(value, str):
        yield from personal_number_faults(value, place)
    elif isinstance(value, date) and value.year not in YEARS:
        detail = f"{value} is not within {YEARS.start} to {YEARS.stop - 1}."
        yield Fault("invalid-date", detail, place)
    elif isinstance(value, Buyer):
        for name, text in msgspec.structs.asdict(value).items():
            if text is not None and len(text) > LONGEST:
                detail = f"It has more than {LONGEST} characters."
                yield Fault("text-too-long", detail, f"{place}/{name}")
