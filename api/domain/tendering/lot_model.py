"""What the lot splitter is asked: items, firms as facts, and the rules for a division."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from api.domain.errors import Fault, InvalidInput
from api.domain.tendering.coverage import COUNTRY, Geography, Reach
from api.domain.tendering.estimate import (
    Estimate,
    Extras,
    FixedPrice,
    Periodic,
    estimate,
    half_up,
)
from api.domain.tendering.law import BuyerLevel, ContractKind, ProcedurePolicy
from api.domain.tendering.law_data import DEFAULT_PROCEDURES
from api.domain.tendering.reserved import ReservedFacts
from api.domain.values import CpvCode

MONTHS_A_YEAR: Final = 12
MOST_ITEMS: Final = 400
"""More would take minutes; a tender that large is divided by hand first (own choice, ADR 16)."""

Count = Annotated[int, Meta(ge=1)]


class Objective(StrEnum):
    """What the best division is. Reach: value that social enterprises can win together."""

    MOST_REACH = "most-reach"
    """Most reach; then fewest lots; then the smallest largest lot."""
    FEWEST_LOTS = "fewest-lots"
    """Fewest lots that keep `reach_share` of the most reach; then reach; then largest lot."""
    BALANCED = "balanced"
    """Most reach; then the smallest largest lot; then fewest lots."""


class Effort(StrEnum):
    """How far a large case is searched; counted in steps, so that answers repeat exactly."""

    FIRST = "first"
    """The first plans only, without a search for better ones."""
    NORMAL = "normal"
    THOROUGH = "thorough"


class Item(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A part of the tender that is bought as a whole. Money in cents excluding VAT."""

    id: str
    title: str
    cpv: CpvCode
    kind: ContractKind
    yearly_cents: int
    months: int | None
    """`None` is an indefinite term."""
    areas: tuple[str, ...]
    """Where it is carried out: codes as in `coverage.py`; all must be covered."""
    options_cents: int = 0
    extensions_cents: int = 0
    total_cents: int | None = None
    """The price of the whole term, where that is what is known; then `yearly_cents` is idle."""
    region: str | None = None
    """The area that a coherent lot stays within; see `region_of`."""
    group: str | None = None
    """Items with the same group stay together."""
    reserved: bool = False
    """The buyer reserves it under art. 20; it shares no lot with other items."""


class Offering(msgspec.Struct, frozen=True, rename="camel"):
    """What a firm offers; category, place and capacity must come from one offering."""

    cpv_codes: tuple[CpvCode, ...]
    reach: Reach
    free_capacity_cents: int | None
    """Free reliable capacity per year; `None` is unknown: neither able nor unable."""
    id: str = ""
    """By which capacity can be reserved."""


class Firm(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A social enterprise as facts. `None` is unknown."""

    id: str
    name: str
    offerings: tuple[Offering, ...]
    is_sme: bool | None = None
    target_share: Decimal | None = None
    integration_is_main_aim: bool | None = None
    public_service_mission: bool | None = None
    last_article_77_award_on: date | None = None
    article_77_awards_known: bool = False

    @property
    def reserved_facts(self) -> ReservedFacts:
        """What `reserved.py` needs (Dir. 2014/24 art. 20 and 77)."""
        return ReservedFacts(
            self.id,
            self.target_share,
            self.integration_is_main_aim,
            self.public_service_mission,
            self.last_article_77_award_on,
            self.article_77_awards_known,
        )


class Rules(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What every division must keep to; `None` is no limit."""

    minimum_value_cents: int | None = None
    maximum_value_cents: int | None = None
    maximum_lots: Count | None = None
    win_cap: Count | None = None
    """The most lots that one firm may win (Dir. 2014/24 art. 46(2); eForms BT-33)."""
    able_firms: Count = 3
    """Able firms that make a lot count as reachable."""
    reserved_able_firms: Count = 2
    every_lot_able: bool = False
    """True: no lot without that many able firms, and all must be winnable together."""
    category_digits: Annotated[int, Meta(ge=2, le=8)] | None = None
    """Items of one lot share this many first digits of their CPV code."""
    same_region: bool = False
    """Items of one lot share their `region`."""
    apart: tuple[tuple[str, str], ...] = ()
    """Pairs of item ids that may not share a lot."""


class SplitRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A tender to divide. Rows may come in any order: the answer does not depend on it."""

    items: tuple[Item, ...]
    firms: tuple[Firm, ...]
    level: BuyerLevel
    dispatched_on: date
    rules: Rules = Rules()
    objective: Objective = Objective.MOST_REACH
    reach_share: Decimal = Decimal(1)
    """Above 0, at most 1; used by `fewest-lots` only."""
    main_kind: ContractKind | None = None
    """The buyer's main subject, where it isn't the kind with the highest value."""
    inclusive_ceiling: bool = False
    """True: a lot of exactly the ceiling may be exempt (design decision 8)."""
    procedure_policy: ProcedurePolicy = DEFAULT_PROCEDURES
    effort: Effort = Effort.NORMAL
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0


def item_value(item: Item) -> int:
    """Give the estimated value of an item, cents excluding VAT, halves up.

    Services of indefinite term or above 48 months count 48 months; options and extensions
    are added. Source: Dir. 2014/24 art. 5(1) and 5(14); Aw 2012 art. 2.15 and 2.17.
    """
    return item_estimate(item).total_cents


def item_estimate(item: Item) -> Estimate:
    """Give the value of an item with what it is made of (Aw 2012 art. 2.15 and 2.17)."""
    price = (
        Periodic(item.yearly_cents, MONTHS_A_YEAR, item.months)
        if item.total_cents is None
        else FixedPrice(item.total_cents)
    )
    return estimate(item.kind, price, Extras(item.options_cents, item.extensions_cents))


def yearly_need(item: Item) -> int:
    """Give the capacity that an item takes in its busiest year, cents, halves up.

    Options and extensions are left out: they are not certain. A total price is spread
    evenly over its years; without a term all of it counts (own choice, ADR 16).
    """
    months = item.months
    if item.total_cents is not None:
        years = 1 if months is None else max(Fraction(months, MONTHS_A_YEAR), Fraction(1))
        return half_up(item.total_cents / Fraction(years))
    counted = MONTHS_A_YEAR if months is None else min(months, MONTHS_A_YEAR)
    return half_up(Fraction(item.yearly_cents * counted, MONTHS_A_YEAR))


def region_of(areas: Sequence[str], geography: Geography, *, digits: int = 4) -> str:
    """Give the smallest area of at most `digits` characters that holds all areas.

    Four characters are the province, five the COROP area; areas in several of them give
    the country. Source: Reg. (EC) 1059/2003, NUTS-2 and NUTS-3.
    """
    found = {_within(area, geography)[:digits] for area in areas}
    return found.pop() if len(found) == 1 else COUNTRY


def _within(area: str, geography: Geography) -> str:
    town = geography.municipalities.get(area)
    return area if town is None else town.nuts3


def check_request(request: SplitRequest) -> None:
    """Raise every fault of a request at once (design decision 16)."""
    faults = [*_item_faults(request), *_firm_faults(request), *_rule_faults(request)]
    if faults:
        raise InvalidInput(*faults)


def _item_faults(request: SplitRequest) -> Iterable[Fault]:
    if not 1 <= len(request.items) <= MOST_ITEMS:
        yield Fault("item-count", f"give 1 to {MOST_ITEMS} items", "/items")
    for place, item in enumerate(request.items):
        if not item.areas:
            yield Fault("area-missing", f"item {item.id} has no area", f"/items/{place}/areas")
        try:
            item_value(item)
        except InvalidInput as error:
            yield from (Fault(f.code, f.detail, f"/items/{place}") for f in error.faults)
    yield from _repeated("item", [item.id for item in request.items], "/items")


def _firm_faults(request: SplitRequest) -> Iterable[Fault]:
    yield from _repeated("firm", [firm.id for firm in request.firms], "/firms")
    for place, firm in enumerate(request.firms):
        if firm.target_share is not None and not 0 <= firm.target_share <= 1:
            detail = f"{firm.target_share} is no share between 0 and 1"
            yield Fault("invalid-share", detail, f"/firms/{place}/targetShare")


def _rule_faults(request: SplitRequest) -> Iterable[Fault]:
    rules, known = request.rules, {item.id for item in request.items}
    for place, pair in enumerate(rules.apart):
        if pair[0] == pair[1] or not set(pair) <= known:
            detail = f"{pair[0]} and {pair[1]} are not two items of this tender"
            yield Fault("unknown-pair", detail, f"/rules/apart/{place}")
    counts = (rules.maximum_lots, rules.win_cap, rules.able_firms, rules.reserved_able_firms)
    if any(count is not None and count < 1 for count in counts):
        yield Fault("count-below-one", "a number of lots or firms is at least one", "/rules")
    if not request.reach_share.is_finite() or not 0 < request.reach_share <= 1:
        yield Fault("invalid-share", "reachShare is above 0 and at most 1", "/reachShare")
    low, high = rules.minimum_value_cents, rules.maximum_value_cents
    if low is not None and high is not None and low > high:
        detail = f"the minimum {low} is above the maximum {high} cents"
        yield Fault("minimum-above-maximum", detail, "/rules")
    if rules.same_region and any(item.region is None for item in request.items):
        yield Fault("region-missing", "every item needs a region for this rule", "/items")


def _repeated(word: str, ids: Sequence[str], place: str) -> Iterable[Fault]:
    for name, times in sorted(Counter(ids).items()):
        if times > 1:
            yield Fault("duplicate-id", f"{word} id {name} occurs {times} times", place)
