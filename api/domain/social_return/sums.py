"""What the open claims of a ledger add up to, by state and categories.

A ledger may hold a hundred thousand entries; where it stands follows from a handful of sums.
They are kept beside the chain, move with every entry, and a verification compares them with
the replay (own choice, ADR 30). Only where a cap cuts something off does the order of booking
matter, and every claim must be looked at.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from api.domain.social_return.caps import CapLimit, Demand, Frozen, allocate, cap_cents, freeze
from api.domain.social_return.entries import ClaimState
from api.domain.social_return.ledger import LIVE, Claim, LedgerState
from api.domain.values import Cents

OPEN: Final = LIVE | {ClaimState.PLANNED}
"""States of which sums are kept."""


class Sum(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The open claims of one state under the same categories, together."""

    state: ClaimState
    categories: tuple[str, ...] = ()
    left_cents: Cents = Cents(0)
    """Credit that is left, disputed part included."""
    disputed_cents: Cents = Cents(0)
    counted_cents: Cents = Cents(0)
    """Of what is left: what fits under the caps."""
    parked_cents: Cents = Cents(0)
    """Of what is disputed: what fits under the caps."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """An obligation as it stands: what is due, and what the open claims add up to."""

    owed_cents: Cents | None
    discount_cents: Cents
    sums: tuple[Sum, ...]

    @property
    def due_cents(self) -> Cents | None:
        """Give the obligation after discount; `None` before the first assessment (ADR 6)."""
        return None if self.owed_cents is None else Cents(self.owed_cents - self.discount_cents)


def standing_of(state: LedgerState, caps: Sequence[CapLimit]) -> Standing:
    """Add up a replayed ledger; booked claims come before plans (see `caps`; ADR 30)."""
    claims = (*state.live, *state.planned)
    counted = allocate([claim.demand for claim in claims], caps, state.due_cents)
    found: dict[tuple[ClaimState, tuple[str, ...]], Sum] = {}
    for claim, cents in zip(claims, counted, strict=True):
        _add(found, claim, cents)
    return Standing(
        owed_cents=state.owed_cents, discount_cents=state.discount_cents, sums=_ordered(found)
    )


def moved(
    standing: Standing, before: Claim | None, after: Claim | None, caps: Sequence[CapLimit]
) -> Standing | None:
    """Give the sums after one claim changed, or `None` where each claim must be looked at (ADR 30).

    While all that is open fits under the caps, everything that is left counts.
    """
    found = {(one.state, one.categories): one for one in standing.sums}
    for claim, sign in ((before, -1), (after, 1)):
        if claim is not None and claim.state in OPEN:
            _move(found, claim, sign)
    whole = [_in_full(one) for one in found.values()]
    if not _all_fits(whole, caps, standing.due_cents):
        return None
    sums = {(one.state, one.categories): one for one in whole}
    return msgspec.structs.replace(standing, sums=_ordered(sums))


def freeze_beside(
    standing: Standing, raw: Cents, categories: tuple[str, ...], caps: Sequence[CapLimit]
) -> Frozen:
    """Freeze the credit of a claim about to be submitted, in cents (rule: see `caps`, ADR 6)."""
    live = [Demand(one.counted_cents, one.categories) for one in _live(standing.sums)]
    return freeze(Demand(raw, categories), live, caps, standing.due_cents)


def rooms_left(standing: Standing, caps: Sequence[CapLimit]) -> Mapping[str, Cents]:
    """Give the room under each cap that booked claims and plans leave, in cents (ADR 31)."""
    due, rooms = standing.due_cents or Cents(0), dict[str, Cents]()
    for cap in caps:
        used = sum(one.counted_cents for one in standing.sums if cap.category in one.categories)
        rooms[cap.category] = Cents(max(0, cap_cents(cap, due) - used))
    return rooms


def _live(sums: Iterable[Sum]) -> Iterable[Sum]:
    return (one for one in sums if one.state in LIVE)


def _add(
    found: dict[tuple[ClaimState, tuple[str, ...]], Sum], claim: Claim, counted: Cents
) -> None:
    key = (claim.state, claim.categories)
    so_far = found.get(key) or Sum(state=claim.state, categories=claim.categories)
    parked = min(claim.disputed_cents, counted)
    found[key] = msgspec.structs.replace(
        so_far,
        left_cents=Cents(so_far.left_cents + claim.left_cents),
        disputed_cents=Cents(so_far.disputed_cents + claim.disputed_cents),
        counted_cents=Cents(so_far.counted_cents + counted),
        parked_cents=Cents(so_far.parked_cents + parked),
    )


def _move(found: dict[tuple[ClaimState, tuple[str, ...]], Sum], claim: Claim, sign: int) -> None:
    key = (claim.state, claim.categories)
    so_far = found.get(key) or Sum(state=claim.state, categories=claim.categories)
    found[key] = msgspec.structs.replace(
        so_far,
        left_cents=Cents(so_far.left_cents + sign * claim.left_cents),
        disputed_cents=Cents(so_far.disputed_cents + sign * claim.disputed_cents),
    )


def _in_full(one: Sum) -> Sum:
    return msgspec.structs.replace(
        one, counted_cents=one.left_cents, parked_cents=one.disputed_cents
    )


def _all_fits(sums: Sequence[Sum], caps: Sequence[CapLimit], due: Cents | None) -> bool:
    if due is None:
        return True
    return all(
        sum(one.left_cents for one in sums if cap.category in one.categories) <= cap_cents(cap, due)
        for cap in caps
    )


def _ordered(found: Mapping[tuple[ClaimState, tuple[str, ...]], Sum]) -> tuple[Sum, ...]:
    """Leave out what is nothing, and order by state and categories: one spelling only."""
    kept = (one for one in found.values() if one.left_cents or one.disputed_cents)
    return tuple(sorted(kept, key=lambda one: (one.state, one.categories)))
