"""Rule books (spelregels) of social return as data: what one region publishes, with its source."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from api.domain.tendering.notice import Nature
from api.domain.values import Cents, Period


class SourceKind(StrEnum):
    """How near a source stands to the body that issued the rules."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    """A compilation, or a page of somebody else: show it as not verified."""
    EXAMPLE = "example"


class SelectingDate(StrEnum):
    """Which date of a tender decides whether a book's period holds."""

    PUBLICATION = "publication-date"
    AWARD = "award-date"


class Base(StrEnum):
    """What the percentage of an obligation is taken of. All excluding VAT."""

    CONTRACT_SUM = "contract-sum"
    WAGE_SUM = "wage-sum"
    LABOUR_COMPONENT = "labour-component"
    INVOICED_TO_DATE = "invoiced-to-date"
    FIXED_AMOUNT = "fixed-amount"


class Comparison(StrEnum):
    """Whether a value equal to the threshold carries an obligation."""

    FROM = "from"
    """Dutch "vanaf": equal counts."""
    ABOVE = "above"
    """Dutch "boven": equal does not count."""


class Unit(StrEnum):
    """What a building block's value is for."""

    YEAR = "year"
    """Per full-time year; pro rata of hours and months."""
    MONTH = "month"
    """Per month, whatever the hours a week."""
    WEEK = "week"
    DAY = "day"
    HALF_DAY = "half-day"
    HOUR = "hour"
    PLACEMENT = "placement"
    """Per traineeship or placement, whatever its length."""
    ONCE = "once"
    """Once for a person."""
    ACTUAL_COST = "actual-cost"
    """What it cost, plus the mark-up."""


class BonusPer(StrEnum):
    """How a bonus is counted."""

    ONCE = "once"
    YEAR = "year"
    """Per full-time year, in the same proportion as the block."""
    YEAR_VALUE = "year-value"
    """A multiple of the block's year value, once."""


class Part(StrEnum):
    """The part of an invoice that a purchase rule counts."""

    INVOICE = "invoice"
    LABOUR = "labour"


class HourRateRounding(StrEnum):
    """To what an hourly rate is rounded, half up."""

    CENT = "cent"
    EURO = "euro"


class DoubleCounting(StrEnum):
    """In how many obligations one person may count at the same time."""

    FORBID = "forbid"
    """One obligation only, in the whole area of the book."""
    FULL_TIME = "full-time"
    """Several, together no more than a full-time week."""


class Source(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Where the figures were read."""

    id: str
    title: str
    kind: SourceKind
    url: str | None = None


class FullTime(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What full-time means here, and how an hourly rate follows from a year value."""

    hours_per_week: Decimal | None = None
    hours_per_year: Decimal | None = None
    hour_rate_rounding: HourRateRounding | None = None


class Threshold(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """The contract value at which the obligation begins."""

    amount_cents: Cents | None = None
    reference: str | None = None
    """Name of a dated threshold kept elsewhere, such as `eu.services.sub-central`."""
    comparison: Comparison | None = None
    """Unknown when the source does not say; then a value equal to it has no answer."""
    kinds: tuple[Nature, ...] = ()
    """Natures of contract it is for; empty means all."""


class Percentage(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One percentage with the contracts it is for; bounds are half-open."""

    share: Decimal | None = None
    amount_cents: Cents | None = None
    """Instead of a share, where the base is a fixed amount."""
    kinds: tuple[Nature, ...] = ()
    labour_share_from: Decimal | None = None
    labour_share_below: Decimal | None = None
    value_from_cents: Cents | None = None
    value_below_cents: Cents | None = None


class ObligationRules(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """When a contract carries an obligation, and how much."""

    base: Base | None = None
    percentages: tuple[Percentage, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    min_months: Decimal | None = None
    kinds: tuple[Nature, ...] = ()
    """Natures of contract that carry one; empty means all."""


class Category(msgspec.Struct, frozen=True, rename="camel"):
    """A sort of fulfilment that can be capped."""

    code: str
    label: str


class Cap(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """The most that a category may fill, as a share of the obligation after discount."""

    category: str
    share: Decimal
    source: str | None = None


class Recognition(msgspec.Struct, frozen=True, rename="camel"):
    """A mark or recognition that this book attaches a consequence to."""

    code: str
    label: str


class Block(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A building block (bouwblok): the effort value of one sort of fulfilment.

    The value is a norm, neither wage nor cost. A maximum that is absent was not stated.
    """

    code: str
    label: str
    unit: Unit
    value_cents: Cents | None = None
    group: str | None = None
    ceiling: bool = False
    """The value is the most that counts of the actual cost."""
    markup: Decimal | None = None
    """Added to the actual cost, as a share of it."""
    max_months: Decimal | None = None
    max_hours_per_week: Decimal | None = None
    max_hours_per_activity: Decimal | None = None
    max_hours_total: Decimal | None = None
    prior_consent: bool = False
    include_preparation: bool = False
    categories: tuple[str, ...] = ()
    source: str | None = None


class Bonus(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """An addition to the value of a placement. Only its code is kept with the placement."""

    code: str
    label: str
    per: BonusPer
    amount_cents: Cents | None = None
    multiple: Decimal | None = None
    condition: str | None = None
    blocks: tuple[str, ...] = ()
    """Blocks it may be added to; empty means all."""
    stackable: bool | None = None
    """Whether it adds to other bonuses; unknown when the source does not say."""
    source: str | None = None


class PurchaseRule(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """How much of an invoice counts for a supplier with a recognition."""

    recognition: str
    share: Decimal
    part: Part
    level: str | None = None
    """Absent: every level of the recognition."""
    subjects: tuple[str, ...] = ()
    """What must have been bought; empty means anything."""
    categories: tuple[str, ...] = ()
    source: str | None = None


class OwnCertificate(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """What the contractor's own mark takes off the obligation."""

    recognition: str
    level: str | None = None
    discount: Decimal | None = None
    exempt: bool = False
    obligation_share_at_most: Decimal | None = None
    """It holds only for obligations up to this percentage."""
    areas: tuple[str, ...] = ()
    """It holds only in these parts of the region."""
    source: str | None = None


class FteRule(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """The share of own staff in a target group from which the obligation counts as met."""

    share: Decimal
    source: str | None = None


class Malus(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What is due for the part that was not fulfilled."""

    factor: Decimal | None = None
    recovery_days: int | None = None
    no_fault_exception: bool | None = None
    source: str | None = None


class RuleBook(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """One version of the rules of one region. What is absent is unknown, never zero."""

    id: str
    """Names the series; a later version keeps it."""
    version: str
    name: str
    regions: tuple[str, ...]
    """Labour-market regions (arbeidsmarktregio's) or buyers that it is for, by name."""
    source_kind: SourceKind
    sources: tuple[Source, ...]
    applies_by: SelectingDate = SelectingDate.PUBLICATION
    municipalities: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    """The first day on which it no longer holds."""
    gaps: tuple[str, ...] = ()
    """What the source leaves open, or how a figure of it was read."""
    obligation: ObligationRules | None = None
    full_time: FullTime | None = None
    categories: tuple[Category, ...] = ()
    caps: tuple[Cap, ...] = ()
    recognitions: tuple[Recognition, ...] = ()
    blocks: tuple[Block, ...] = ()
    """For placements."""
    activities: tuple[Block, ...] = ()
    """For advice, lessons, training, events and other work that is no placement."""
    bonuses: tuple[Bonus, ...] = ()
    purchases: tuple[PurchaseRule, ...] = ()
    own_certificates: tuple[OwnCertificate, ...] = ()
    fte_rule: FteRule | None = None
    entry_window_months: int | None = None
    """How long before the contract a person may have started and still count."""
    wage_subsidy_lifts_maximum: bool = False
    """With loonkostensubsidie a placement counts beyond the block's maximum months."""
    double_counting: DoubleCounting | None = None
    malus: Malus | None = None

    @property
    def period(self) -> Period:
        """Give the selecting dates on which the book holds (half-open; own choice, ADR 6)."""
        return Period(self.valid_from, self.valid_until)

    @property
    def week_hours(self) -> Decimal | None:
        """Give the hours of a full-time week, or `None` where not stated (own choice, ADR 6)."""
        return self.full_time.hours_per_week if self.full_time else None

    def bonus(self, code: str) -> Bonus | None:
        """Find a bonus by its code (own choice, ADR 6)."""
        return next((bonus for bonus in self.bonuses if bonus.code == code), None)

    def source_text(self, source_id: str | None) -> str:
        """Name the source of a rule, or the book's first one (own choice, ADR 6)."""
        named = {source.id: source for source in self.sources}
        source = named.get(source_id or "", self.sources[0])
        return f"{source.title}, {source.url}" if source.url else source.title
