"""Caps: the most that a category of fulfilment may fill of an obligation.

Rule (own choice, ADR 6). The credit of a claim is frozen when it is submitted, at the
lesser of its value and the room that its categories have at that moment. Room is the cap
less what live claims take up, and live are submitted, confirmed and verified claims, with
what is disputed in them. A rejection, withdrawal or counter-entry gives room back to claims
that come after; a claim that was cut before stays cut. When the obligation itself changes,
the same order decides again: earlier claims keep their room, later ones lose theirs, and no
claim ever counts for more than it was frozen at. A claim in several categories needs room
in each. A cap is rounded down to the cent.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor

import msgspec

from api.domain.errors import RuleViolation
from api.domain.social_return.credit import Reason
from api.domain.social_return.measures import in_euros
from api.domain.social_return.rule_book import RuleBook
from api.domain.values import Cents


class ObligationNotAssessed(RuleViolation):
    """A capped claim can't be booked while the obligation is unknown."""

    code = "obligation-not-assessed"


class CapLimit(msgspec.Struct, frozen=True, rename="camel"):
    """A cap of the rule book, as a share of the obligation after discount."""

    category: str
    share: Decimal


class Demand(msgspec.Struct, frozen=True):
    """What one claim asks of the caps, in cents."""

    amount_cents: Cents
    categories: tuple[str, ...] = ()


class CapUse(msgspec.Struct, frozen=True, rename="camel"):
    """How far a cap is used up; `None` while the obligation is unknown."""

    category: str
    cap_cents: Cents | None
    used_cents: Cents
    room_cents: Cents | None


class Frozen(msgspec.Struct, frozen=True, rename="camel"):
    """The credit that a claim is booked at, and what a cap cut off."""

    credit_cents: Cents
    cut_cents: Cents
    reasons: tuple[Reason, ...] = ()


def caps_of(book: RuleBook) -> tuple[CapLimit, ...]:
    """Give the caps of a rule book (source: the rule book)."""
    return tuple(CapLimit(cap.category, cap.share) for cap in book.caps)


def cap_cents(cap: CapLimit, due: Cents) -> Cents:
    """Give the cap in cents, rounded down so that it is never exceeded (own choice, ADR 6)."""
    return Cents(floor(Fraction(cap.share) * due))


def allocate(
    demands: Iterable[Demand], caps: Sequence[CapLimit], due: Cents | None
) -> tuple[Cents, ...]:
    """Give what counts of each demand, in the order given; see the rule above (ADR 6).

    While the obligation is unknown nothing is cut: there is no cap to compute.
    """
    if due is None:
        return tuple(demand.amount_cents for demand in demands)
    room = {cap.category: int(cap_cents(cap, due)) for cap in caps}
    return tuple(_take(demand, room) for demand in demands)


def freeze(
    demand: Demand, live: Iterable[Demand], caps: Sequence[CapLimit], due: Cents | None
) -> Frozen:
    """Freeze the credit of a claim behind the live ones, in the order of booking (ADR 6)."""
    capped = sorted({cap.category for cap in caps} & set(demand.categories))
    if capped and due is None:
        raise ObligationNotAssessed("assess the obligation before booking a capped claim")
    *_, credit = allocate([*live, demand], caps, due)
    cut = Cents(demand.amount_cents - credit)
    if not cut:
        return Frozen(credit, cut)
    detail = f"{in_euros(cut)} lies above the cap on {', '.join(capped)}"
    return Frozen(credit, cut, (Reason("capped", detail),))


def uses(
    demands: Sequence[Demand],
    counted: Sequence[Cents],
    caps: Sequence[CapLimit],
    due: Cents | None,
) -> tuple[CapUse, ...]:
    """Tell how far each cap is used by what counts (own choice, ADR 6)."""
    return tuple(_use(cap, demands, counted, due) for cap in caps)


def _use(
    cap: CapLimit, demands: Sequence[Demand], counted: Sequence[Cents], due: Cents | None
) -> CapUse:
    pairs = zip(demands, counted, strict=True)
    used = Cents(sum(cents for demand, cents in pairs if cap.category in demand.categories))
    if due is None:
        return CapUse(cap.category, None, used, None)
    most = cap_cents(cap, due)
    return CapUse(cap.category, most, used, Cents(most - used))


def _take(demand: Demand, room: dict[str, int]) -> Cents:
    """Take a demand out of the room; the mapping is the running balance of `allocate`."""
    capped = [category for category in demand.categories if category in room]
    counted = min([int(demand.amount_cents), *(room[category] for category in capped)])
    for category in capped:
        room[category] -= counted
    return Cents(counted)
