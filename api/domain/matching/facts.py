"""What is compared when a lot meets an enterprise. Plain facts, `None` where not known."""

from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from api.domain.directory import LegalForm, ServiceMode, ShareBucket
from api.domain.tendering.notice import Money, Nature, Reservation
from api.domain.values import Cents, CpvCode, Period

MONTHS_A_YEAR: Final = 12


class Procedure(StrEnum):
    """Who decides which firms take part."""

    OPEN = "open"
    """Everybody may bid, so nearness may not rank (Dir. 2014/24 art. 18: equal treatment)."""
    INVITATION = "invitation"
    """The buyer chooses whom to invite, on objective criteria (Aw 2012 art. 1.4)."""


class AcceptedMark(
    msgspec.Struct, frozen=True, gc=False, rename="camel", forbid_unknown_fields=True
):
    """A quality mark that satisfies a demand, from `minimum_level` up; `None` is any level."""

    scheme: str
    minimum_level: str | None = None


class RequiredMark(
    msgspec.Struct, frozen=True, gc=False, rename="camel", forbid_unknown_fields=True
):
    """A quality mark that the buyer asks, *or equivalent* (Dir. 2014/24 art. 43)."""

    scheme: str
    minimum_level: str | None = None
    equivalents: tuple[AcceptedMark, ...] = ()

    @property
    def accepted(self) -> tuple[AcceptedMark, ...]:
        """Every mark that satisfies the demand, the asked one first (Dir. 2014/24 art. 43)."""
        return (AcceptedMark(self.scheme, self.minimum_level), *self.equivalents)


class MarkFacts(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A quality mark as held. An unverified one never counts (design decision 7)."""

    scheme: str
    level: str | None
    valid: Period
    verified: bool


class LotFacts(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a lot (perceel) asks."""

    id: str
    cpv_codes: tuple[CpvCode, ...] = ()
    """The main code first; empty when the notice names none."""
    nature: Nature | None = None
    areas: tuple[str, ...] = ()
    """Every area in which the work is done: `GM…`, NUTS-3, NUTS-2 or `NL`. Empty: unknown."""
    yearly_value_cents: Cents | None = None
    """See `yearly_value`; `None` also when published in a foreign currency."""
    months: int | None = None
    award_on: date | None = None
    ends_on: date | None = None
    """The last day of the contract, inclusive."""
    reservations: tuple[Reservation, ...] = ()
    """To qualify for one of them is enough."""
    procedure: Procedure = Procedure.OPEN
    required_marks: tuple[RequiredMark, ...] = ()
    service_modes: frozenset[ServiceMode] = frozenset()
    """Accepted modes; empty is any."""
    lead_time_days: int | None = None
    """Days between the order and the first delivery; `None`: nothing is asked."""
    order_value_cents: Cents | None = None
    """Value of one order; `None`: nothing is asked."""


class OfferingFacts(msgspec.Struct, frozen=True, gc=False, kw_only=True, rename="camel"):
    """An offering (aanbod), the unit of matching (design decision 1)."""

    id: str
    enterprise_id: str
    cpv_codes: tuple[CpvCode, ...]
    service_mode: ServiceMode
    area_full: frozenset[str]
    """Areas of any kind that are covered whole, as in `coverage.Reach`."""
    area_partial: frozenset[str] = frozenset()
    free_capacity_cents: Cents | None = None
    """A year's reliable capacity less what is reserved already; `None` is unknown."""
    lead_time_days: int | None = None
    minimum_order_cents: Cents | None = None


class EnterpriseFacts(msgspec.Struct, frozen=True, gc=False, kw_only=True, rename="camel"):
    """A social enterprise (sociale onderneming) as one buyer sees it."""

    id: str
    name: str
    legal_form: LegalForm | None = None
    visible: bool = True
    """Published, and not withdrawn or merged."""
    turnover_cents: Cents | None = None
    target_group_share: ShareBucket | None = None
    share_verified: bool = False
    main_aim_integration: bool | None = None
    public_service_mission: bool | None = None
    """Proven to meet Dir. 2014/24 art. 77(2)(a) to (c); `None` is unknown."""
    marks: tuple[MarkFacts, ...] = ()
    track_record: int = 0
    """Completed references on record."""
    excluded_by_buyer: str | None = None
    """The reason that the buyer recorded, or `None` when not excluded."""
    last_art77_award_on: date | None = None
    """Last award by this buyer under art. 77; `None`: none on record."""
    distance_km: int | None = None
    """From the seat to the place of the lot, whole km; used by invitation only."""
    offerings: tuple[OfferingFacts, ...] = ()


def yearly_value(value: Money | None, months: int | None) -> Cents | None:
    """Spread a contract value evenly over its years; euro cents a year, halves round up.

    A contract of at most a year is delivered within one year, so its whole value
    counts. Without a value in euros or without a term the answer is unknown.
    Source: own choice, ADR 17.
    """
    if value is None or value.currency != "EUR" or months is None:
        return None
    if months <= MONTHS_A_YEAR:
        return Cents(value.amount_cents)
    return Cents((2 * value.amount_cents * MONTHS_A_YEAR + months) // (2 * months))
