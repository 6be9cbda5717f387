"""Forms of the dated figures of procurement law. The figures themselves: `law_data.py`."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeVar

import msgspec

from api.domain.tendering.notice import Nature
from api.domain.values import CpvCode, Period


class ContractKind(StrEnum):
    """What is bought, as far as the law treats it apart."""

    WORKS = "works"
    SUPPLIES = "supplies"
    SERVICES = "services"
    SOCIAL_SERVICES = "social-services"
    """Social and other specific services (SAS, Dir. 2014/24 annex XIV)."""
    CONCESSION = "concession"


class BuyerLevel(StrEnum):
    """Which column of the thresholds holds for a buyer."""

    CENTRAL = "central"
    SUB_CENTRAL = "sub-central"
    """Municipalities, provinces and other decentralised authorities."""
    UTILITY = "utility"
    """A special-sector company (Dir. 2014/25)."""


class Procedure(StrEnum):
    """How a contract below the threshold is put on the market."""

    SINGLE_NEGOTIATED = "single-negotiated"
    MULTIPLE_NEGOTIATED = "multiple-negotiated"
    NATIONAL_OPEN = "national-open"
    """National open or restricted."""
    FREE = "free"
    """No form is prescribed."""


class Tint(StrEnum):
    """How a procedure's range is coloured in the bars of the Gids Proportionaliteit."""

    NORMAL = "normal"
    JUSTIFY = "justify"


class Basis(msgspec.Struct, frozen=True, rename="camel"):
    """Where a figure comes from and when it holds; part of every answer that used it."""

    rule: str
    version: str
    source: str
    verified: bool
    """False: not checked against the issuing body's text in force."""
    period: Period = Period()


class Reason(msgspec.Struct, frozen=True, rename="camel"):
    """Why an answer is as it is."""

    code: str
    detail: str
    rule: str = ""


class Threshold(msgspec.Struct, frozen=True, rename="camel"):
    """An EU threshold (drempelbedrag), excluding VAT."""

    kind: ContractKind
    level: BuyerLevel | None
    """`None` holds for every level."""
    amount_cents: int
    basis: Basis


class ExemptionRule(msgspec.Struct, frozen=True, rename="camel"):
    """The small-lot exemption (percelenregeling)."""

    works_ceiling_cents: int
    other_ceiling_cents: int
    share: Decimal
    """Of the total of all lots; exactly this share is allowed."""
    basis: Basis


class TurnoverRule(msgspec.Struct, frozen=True, rename="camel"):
    """The highest turnover that a buyer may demand, as a factor of the value."""

    factor: Decimal
    basis: Basis


class Article20Rule(msgspec.Struct, frozen=True, rename="camel"):
    """Lots reserved for sheltered workshops and social employers."""

    minimum_share: Decimal
    recommended_firms: int
    basis: Basis


class Article77Rule(msgspec.Struct, frozen=True, rename="camel"):
    """Lots reserved for organisations with a public-service mission."""

    maximum_months: int
    waiting_years: int
    codes: tuple[CpvCode, ...]
    ranges: tuple[tuple[CpvCode, CpvCode], ...]
    """First and last code, both included."""
    complete: bool
    """False: a code that is absent may still be on the list."""
    basis: Basis


class ProcedureRange(msgspec.Struct, frozen=True, rename="camel"):
    """Values for which a procedure is normal, or has to be justified."""

    kind: ContractKind
    level: BuyerLevel | None
    procedure: Procedure
    tint: Tint
    from_cents: int
    below_cents: int | None
    """`None`: up to the EU threshold."""


class ProcedurePolicy(msgspec.Struct, frozen=True, rename="camel"):
    """A buyer's own choice of national procedures, or the default."""

    id: str
    ranges: tuple[ProcedureRange, ...]
    basis: Basis


class SocialReturnNorm(msgspec.Struct, frozen=True, rename="camel"):
    """When a buyer's published policy finds social return proportionate."""

    above_cents: int | None
    minimum_months: int | None
    low_wage_share: Decimal | None
    """Below this share of wages, `low_percentage` is the norm."""
    percentage: Decimal
    low_percentage: Decimal | None
    basis: Basis


class AdministrationRule(msgspec.Struct, frozen=True, rename="camel"):
    """Points by which plans are compared on paperwork; no measure of hours."""

    per_procedure: int
    per_lot: int
    per_offer: int
    offers_counted: int
    """Offers per lot above this number are not counted."""
    basis: Basis


class Dated(Protocol):
    """Whatever carries its basis."""

    @property
    def basis(self) -> Basis:
        """Where it comes from and when it holds."""


D = TypeVar("D", bound=Dated)


def in_force(rows: Iterable[D], day: date) -> D | None:
    """Give the first row that holds on `day`, or `None` (design decision 8)."""
    return next((row for row in rows if row.basis.period.holds(day)), None)


def kind_of(nature: Nature, *, social: bool = False) -> ContractKind:
    """Give the kind of a published nature; `social` when annex XIV lists the service.

    Source: Dir. 2014/24 art. 74 and annex XIV. Nothing here reads the annex: the
    list of art. 77 is narrower and may not stand in for it.
    """
    if social and nature is Nature.SERVICES:
        return ContractKind.SOCIAL_SERVICES
    return ContractKind(nature.value)
