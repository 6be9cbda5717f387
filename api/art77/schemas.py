"""What goes in and out about art. 77."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from api.domain.tendering.notice import Buyer
from api.preconditions import Tag


class AwardingBuyer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """The contracting authority (aanbestedende dienst) that awarded."""

    name: Annotated[str, Meta(min_length=2, max_length=300, pattern=r"\S")]
    identifier: (
        Annotated[
            str, Meta(max_length=100, pattern=r"\S", description="KvK number, as in notices.")
        ]
        | None
    ) = None


class Art77AwardIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """An award under art. 77. The buyer is that of the lot, or is named where there is none."""

    enterprise_id: UUID
    awarded_on: date
    source: Annotated[
        str, Meta(min_length=3, max_length=500, description="Where this can be looked up.")
    ]
    lot_id: UUID | None = None
    buyer: AwardingBuyer | None = None


class Art77AwardOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An award under art. 77 on record."""

    id: UUID
    buyer_name: str
    enterprise_id: UUID
    name: str
    lot_id: UUID | None
    awarded_on: date
    free_after: Annotated[
        date, Meta(description="The same buyer may award under art. 77 again after this day.")
    ]
    source: str
    author: str
    created_at: datetime
    etag: Tag


class MissionIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Whether an enterprise meets art. 77(2)(a) to (c), and what shows it."""

    met: Annotated[
        bool,
        Meta(description="A public-service mission, profit reinvested, and participation."),
    ]
    basis: Annotated[
        str, Meta(min_length=10, max_length=2_000, description="Articles, accounts, and so on.")
    ]


class MissionOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The statement on the public-service mission of an enterprise."""

    enterprise_id: UUID
    met: bool
    basis: str
    author: str
    created_at: datetime


class Art77Facts(msgspec.Struct, frozen=True):
    """What matching must know under art. 77, by enterprise; who is absent is unknown."""

    missions: dict[str, bool] = {}
    last_awards: dict[str, date] = {}


def keys_of(buyer: Buyer | AwardingBuyer | None) -> tuple[str, ...]:
    """Give what a buyer is recognised by: its name and its identifier, folded."""
    if buyer is None:
        return ()
    name = " ".join(buyer.name.casefold().split())
    digits = "" if buyer.identifier is None else "".join(buyer.identifier.casefold().split())
    return (f"name:{name}", *((f"id:{digits}",) if digits else ()))
