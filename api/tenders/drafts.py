"""From a kept tender back to a notice, as it is exported."""

from typing import Any, Final

from api.domain.tendering.notice import Notice, NoticeLot
from api.tenders.schemas import LotOut, TenderOut

OCID_PREFIX: Final = "perceel"
"""Of processes that begin here; a buyer with a registered OCID prefix republishes under it."""
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
