"""What an importer reads from a published notice, whatever its format."""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from api.domain.values import CpvCode


class Nature(StrEnum):
    """Main nature of a contract (eForms BT-23)."""

    SERVICES = "services"
    SUPPLIES = "supplies"
    WORKS = "works"


class Reservation(StrEnum):
    """Reserved participation (eForms BT-71; Dir. 2014/24 art. 20 and art. 77)."""

    NONE = "none"
    SHELTERED_WORKSHOP = "res-ws"
    PUBLIC_SERVICE_MISSION = "res-pub-ser"


class ReservedExecution(StrEnum):
    """Execution in sheltered employment programmes (eForms BT-736)."""

    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not-known"


class Money(msgspec.Struct, frozen=True, rename="camel"):
    """An amount in minor units of `currency` (ISO 4217), excluding VAT."""

    amount_cents: int
    currency: str


class Place(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, order=True):
    """Where a lot is carried out. As precise as the notice was; all parts may be absent."""

    country: str | None = None
    """ISO 3166 alpha-3, such as `NLD`."""
    nuts: str | None = None
    """NUTS code of any level, in the version of the notice."""
    municipality: str | None = None
    """CBS municipality code, such as `GM0344`; never in eForms or OCDS, always by hand."""
    postcode: str | None = None
    town: str | None = None
    region: str | None = None
    """eForms BT-727: `anyw`, `anyw-cou`, `anyw-eea`."""


class Buyer(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """The contracting authority (aanbestedende dienst) that signs first."""

    name: str
    identifier: str | None = None
    """As published: KvK number, VAT number or national register number."""
    country: str | None = None
    nuts: str | None = None
    town: str | None = None


class NoticeLot(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """One lot (perceel) as published. Absent stays `None`; unknown is not zero."""

    source_lot_id: str
    """`LOT-0001`, `LOT-0000` for a procedure without lots, or the OCDS lot id."""
    title: str
    description: str = ""
    nature: Nature | None = None
    cpv_main: CpvCode | None = None
    cpv_additional: tuple[CpvCode, ...] = ()
    """Sorted, unique, without `cpv_main`."""
    estimated_value: Money | None = None
    """BT-27: options and extensions included where the buyer did so."""
    framework_maximum: Money | None = None
    """BT-271."""
    duration_days: int | None = None
    """BT-36; a month counts 30 days and a year 365, as in the OCDS profile for the EU."""
    starts_on: date | None = None
    ends_on: date | None = None
    """The last day on which the contract runs, as published (inclusive)."""
    places: tuple[Place, ...] = ()
    """Sorted and unique."""
    deadline_at: datetime | None = None
    """Receipt of tenders or of requests to participate: UTC."""
    reservations: tuple[Reservation, ...] = ()
    """BT-71, sorted and unique; empty when the notice does not say. A notice may name both."""
    reserved_execution: ReservedExecution | None = None
    social_objectives: tuple[str, ...] = ()
    """BT-775 codes, such as `opp`; sorted."""
    sme_suitable: bool | None = None
    planned: bool = False
    """OCDS lots extension: the lot is described, but not yet open."""


class Notice(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A call for competition with at least one lot."""

    source: str
    """`eforms`, `ocds`, `tenderned` or `manual`."""
    source_id: str
    """Identifies the procedure within `source`: BT-04 procedure id, or the ocid."""
    notice_id: str | None = None
    """BT-701 notice id with BT-757 version, or the release id."""
    title: str
    description: str = ""
    language: str | None = None
    """ISO 639-2/T as in eForms (`NLD`), or as published in OCDS."""
    buyer: Buyer | None = None
    procedure: str | None = None
    """BT-105 code (`open`, `restricted`, ...) or OCDS procurementMethod."""
    published_on: date | None = None
    dispatched_on: date | None = None
    """The date that selects the EU thresholds (Aw art. 2.15(1))."""
    max_lots_submitted: int | None = None
    """BT-31."""
    max_lots_awarded: int | None = None
    """BT-33."""
    estimated_value: Money | None = None
    """BT-27 of the procedure."""
    lots: tuple[NoticeLot, ...]
    warnings: tuple[str, ...] = ()
    """What was left out or repaired while reading, in words with the place."""


class Rejected(msgspec.Struct, frozen=True, rename="camel"):
    """One record of a source that could not be read, and why."""

    place: str
    """XPath, JSON pointer, or `row 12, column CPV`."""
    code: str
    detail: str
    record: str = ""
    """The record's own identification, where it has one."""
