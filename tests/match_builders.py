"""Tenders with lots, and firms, for what is built on matching; only what matters is named."""

import itertools
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from httpx import AsyncClient

from api.accounts import service as accounts
from api.accounts.service import SYSTEM, OrganisationKind
from api.domain.tendering.notice import Buyer, Money, Notice, NoticeLot, Place
from api.domain.values import CpvCode
from api.tenders import service as tenders
from tests.builders import PAINTING, an_offering, stored
from tests.conftest import NOW

LATER = datetime(2099, 1, 15, 11, tzinfo=UTC)
_ids = itertools.count(1)


def a_lot(number: int = 1, *, euros: int | None = 100_000, **changes: Any) -> NoticeLot:
    """Painting in the municipality of Utrecht for a year."""
    values: dict[str, Any] = {
        "source_lot_id": f"LOT-{number:04}",
        "title": "Schilderwerk",
        "cpv_main": CpvCode(PAINTING),
        "places": (Place(municipality="GM0344"),),
        "duration_days": 365,
        "starts_on": date(2027, 3, 1),
        "deadline_at": LATER,
        "estimated_value": None if euros is None else Money(euros * 100, "EUR"),
    }
    return NoticeLot(**(values | changes))


async def a_tender(*lots: NoticeLot, **changes: Any) -> UUID:
    """A tender of the municipality of Utrecht."""
    values: dict[str, Any] = {
        "source": "eforms",
        "source_id": f"t-{next(_ids)}",
        "title": "Onderhoud",
        "buyer": Buyer("Gemeente Utrecht"),
        "procedure": "open",
        "lots": lots or (a_lot(),),
    }
    made = await tenders.store_notice(Notice(**(values | changes)), SYSTEM, NOW)
    assert made.tender_id is not None
    return made.tender_id


async def lots_of(tender_id: UUID) -> list[str]:
    """The ids of the lots of a tender, in its order."""
    return [str(lot.id) for lot in (await tenders.tender(tender_id)).lots]


async def a_painter(
    desk: AsyncClient, name: str, euros: int | None, kvk_number: str | None = None, **changes: Any
) -> str:
    """The id of a new firm that paints in Utrecht, with what it can take on a year."""
    cents = None if euros is None else euros * 100
    offering = an_offering(**({"reliableCapacityCents": cents} | changes))
    own = {} if kvk_number is None else {"kvkNumber": kvk_number}
    firm_id: str = (await stored(desk, name=name, offerings=[offering], **own))["id"]
    return firm_id


async def a_key_of(kind: OrganisationKind, kvk_number: str | None = None) -> dict[str, str]:
    """The header of a caller that acts for an organisation, with every scope."""
    organisation = await accounts.create_organisation(kind, "Organisatie", kvk_number, now=NOW)
    made = await accounts.create_key(
        "org", accounts.SCOPES, now=NOW, organisation_id=organisation.id
    )
    return {"Authorization": f"Bearer {made.secret}"}
