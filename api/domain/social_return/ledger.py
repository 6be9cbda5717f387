"""The ledger of an obligation as a pure replay: entries in, claims out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

import msgspec

from api.domain.social_return.caps import CapLimit, Demand, Frozen, freeze
from api.domain.social_return.entries import (
    Act,
    ClaimState,
    Entry,
    FourEyes,
    IllegalAmount,
    IllegalTransition,
    OutOfOrder,
    next_state,
)
from api.domain.social_return.measures import half_up
from api.domain.values import Cents

SAFE_INTEGER: Final = 2**53 - 1
"""The largest number that every reader of JSON keeps exactly (RFC 8259, section 6)."""
LIVE: Final = frozenset({ClaimState.SUBMITTED, ClaimState.CONFIRMED, ClaimState.VERIFIED})
"""States in which a claim takes up room under a cap."""


_EFFECTS: Final[Mapping[Act, tuple[int, int]]] = {
    Act.DISPUTE: (1, 0),
    Act.UPHOLD: (-1, 0),
    Act.DISMISS: (-1, 1),
    Act.COUNTER: (0, 1),
}
"""The sign with which an act moves what is disputed, and what is taken off."""


class Claim(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One fulfilment (invulling) as the entries so far have left it."""

    claim_id: str
    state: ClaimState
    number: int
    """Of the entry that planned or, from then on, submitted it: its place in the order."""
    credit_cents: Cents
    """As frozen at submission, or as planned."""
    raw_cents: Cents
    basis_cents: Cents
    off_cents: Cents = Cents(0)
    """Taken off since by counter-entries and dismissed disputes."""
    credited_basis_cents: Cents = Cents(0)
    disputed_cents: Cents = Cents(0)
    categories: tuple[str, ...] = ()
    handled_by: tuple[str, ...] = ()
    """Who submitted and confirmed it."""

    @property
    def left_cents(self) -> Cents:
        """Give the credit that is left, disputed part included (own choice, ADR 6)."""
        return Cents(self.credit_cents - self.off_cents)

    @property
    def bought_cents(self) -> Cents:
        """Give what of a purchase counts as bought: nothing unless it is live (ADR 30)."""
        return Cents(self.basis_cents - self.credited_basis_cents if self.state in LIVE else 0)

    @property
    def free_cents(self) -> Cents:
        """Give the credit that is left and not disputed (own choice, ADR 6)."""
        return Cents(self.left_cents - self.disputed_cents)

    @property
    def demand(self) -> Demand:
        """Give what the claim asks of the caps (own choice, ADR 6)."""
        return Demand(self.left_cents, self.categories)


class LedgerState(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Everything that the entries so far amount to."""

    obligation_id: str | None = None
    number: int = 0
    at: datetime | None = None
    owed_cents: Cents | None = None
    discount_cents: Cents = Cents(0)
    claims: Mapping[str, Claim] = msgspec.field(default_factory=dict)

    @property
    def due_cents(self) -> Cents | None:
        """Give the obligation after discount; `None` before the first assessment (ADR 6)."""
        return None if self.owed_cents is None else Cents(self.owed_cents - self.discount_cents)

    @property
    def live(self) -> tuple[Claim, ...]:
        """Give the claims that take up room, in the order of booking (own choice, ADR 6)."""
        claims = (claim for claim in self.claims.values() if claim.state in LIVE)
        return tuple(sorted(claims, key=lambda claim: claim.number))

    @property
    def planned(self) -> tuple[Claim, ...]:
        """Give the claims that are only planned, in the order of planning (ADR 6)."""
        claims = (claim for claim in self.claims.values() if claim.state is ClaimState.PLANNED)
        return tuple(sorted(claims, key=lambda claim: claim.number))


def replay(entries: Iterable[Entry]) -> LedgerState:
    """Fold entries from the first; raises a `RuleViolation` at one that may not stand there.

    Takes time in proportion to the entries. Own choice, ADR 6.
    """
    state, claims = LedgerState(), dict[str, Claim]()
    for entry in entries:
        state = _follow(state, claims, entry)
    return msgspec.structs.replace(state, claims=claims)


def admit(state: LedgerState, entry: Entry) -> LedgerState:
    """Give the state after one more entry, or raise why it may not stand there (ADR 6)."""
    claims = dict(state.claims)
    return msgspec.structs.replace(_follow(state, claims, entry), claims=claims)


def up_to(entries: Sequence[Entry], instant: datetime) -> tuple[Entry, ...]:
    """Give the entries up to and including an instant (own choice, ADR 6)."""
    return tuple(entry for entry in entries if entry.at <= instant)


def freeze_credit(
    state: LedgerState, raw: Cents, categories: tuple[str, ...], caps: Sequence[CapLimit]
) -> Frozen:
    """Freeze the credit of a claim about to be submitted, in cents (rule: see `caps`, ADR 6)."""
    live = [claim.demand for claim in state.live]
    return freeze(Demand(raw, categories), live, caps, state.due_cents)


def counter_amount(claim: Claim, credited_basis: Cents) -> Cents:
    """Give what a credit note over `credited_basis` takes off, at the weight as booked.

    Cents, half up over all credit notes together, so that notes over the whole invoice take
    off the whole frozen credit. Never more than is left undisputed. Own choice, ADR 6.
    """
    credited = claim.credited_basis_cents + credited_basis
    if credited_basis <= 0 or credited > claim.basis_cents:
        raise IllegalAmount("a credit note lies between nothing and what is left of the invoice")
    in_all = half_up(Fraction(claim.credit_cents * credited, claim.basis_cents))
    before = half_up(Fraction(claim.credit_cents * claim.credited_basis_cents, claim.basis_cents))
    return Cents(min(in_all - before, claim.free_cents))


def _follow(state: LedgerState, claims: dict[str, Claim], entry: Entry) -> LedgerState:
    """Check an entry and put its effect into `claims`, the running fold of the caller."""
    _check_order(state, entry)
    _check_amounts(entry)
    if entry.act is Act.ASSESS:
        return _assessed(state, entry)
    if entry.claim_id is None:
        raise IllegalTransition(f"{entry.act} names no claim")
    claim = claims.get(entry.claim_id)
    after = next_state(claim.state if claim else None, entry.act)
    if claim is None or entry.act is Act.SUBMIT:
        claims[entry.claim_id] = _booked(entry.claim_id, entry, after)
    else:
        claims[entry.claim_id] = _changed(claim, entry, after)
    return _next(state, entry)


def _check_order(state: LedgerState, entry: Entry) -> None:
    if entry.number != state.number + 1:
        raise OutOfOrder(f"entry {entry.number} can't follow on {state.number}")
    if entry.at.utcoffset() != timedelta(0):
        raise OutOfOrder(f"entry {entry.number} has no UTC instant")
    if state.at is not None and entry.at < state.at:
        raise OutOfOrder(f"entry {entry.number} is earlier than the one before")
    if state.obligation_id not in {None, entry.obligation_id}:
        raise OutOfOrder(f"entry {entry.number} belongs to another obligation")


def _check_amounts(entry: Entry) -> None:
    amounts = (entry.amount_cents, entry.discount_cents, entry.raw_cents, entry.basis_cents)
    if min(amounts) < 0:
        raise IllegalAmount("amounts are not below zero; the act gives the direction")
    if max(amounts) > SAFE_INTEGER:
        raise IllegalAmount("an amount is too large to be kept exactly")
    if entry.act is Act.SUBMIT and entry.amount_cents > entry.raw_cents:
        raise IllegalAmount("the frozen credit is more than the value before caps")
    if entry.act is Act.ASSESS and entry.discount_cents > entry.amount_cents:
        raise IllegalAmount("the discount is more than the obligation")


def _assessed(state: LedgerState, entry: Entry) -> LedgerState:
    return msgspec.structs.replace(
        _next(state, entry),
        owed_cents=Cents(entry.amount_cents),
        discount_cents=Cents(entry.discount_cents),
    )


def _next(state: LedgerState, entry: Entry) -> LedgerState:
    return msgspec.structs.replace(
        state, obligation_id=entry.obligation_id, number=entry.number, at=entry.at
    )


def _booked(claim_id: str, entry: Entry, after: ClaimState) -> Claim:
    return Claim(
        claim_id=claim_id,
        state=after,
        number=entry.number,
        credit_cents=Cents(entry.amount_cents),
        raw_cents=Cents(entry.raw_cents),
        basis_cents=Cents(entry.basis_cents),
        categories=entry.categories,
        handled_by=(entry.actor,),
    )


def _changed(claim: Claim, entry: Entry, after: ClaimState) -> Claim:
    """Give the claim after an act other than booking it."""
    if entry.act in _EFFECTS:
        return _weighed(claim, entry)
    if entry.act is Act.VERIFY and entry.actor in claim.handled_by:
        raise FourEyes(f"{entry.actor} booked or confirmed {claim.claim_id}, and can't verify it")
    handled_by = (*claim.handled_by, entry.actor)
    return msgspec.structs.replace(claim, state=after, handled_by=handled_by)


def _weighed(claim: Claim, entry: Entry) -> Claim:
    """Park, give back or take off an amount; the state stays as it was."""
    parked, off = _EFFECTS[entry.act]
    there = claim.disputed_cents if parked < 0 else claim.free_cents
    if entry.amount_cents > there:
        raise IllegalAmount(f"{entry.act} of {entry.amount_cents} cents, where {there} are there")
    if entry.basis_cents and entry.amount_cents != counter_amount(claim, Cents(entry.basis_cents)):
        raise IllegalAmount("a credit note takes off the credit at the weight as booked")
    return msgspec.structs.replace(
        claim,
        disputed_cents=Cents(claim.disputed_cents + parked * entry.amount_cents),
        off_cents=Cents(claim.off_cents + off * entry.amount_cents),
        credited_basis_cents=Cents(claim.credited_basis_cents + entry.basis_cents),
    )
