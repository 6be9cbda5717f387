"""Entries of the ledger of an obligation, and which one may follow which."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from api.domain.errors import RuleViolation

FORM: Final = 1
"""Version of the form of an entry; part of what is hashed."""


class Act(StrEnum):
    """What an entry does."""

    ASSESS = "assess"
    """Sets the obligation and its discount, from here on."""
    PLAN = "plan"
    SUBMIT = "submit"
    """Books a claim with its credit, frozen."""
    CONFIRM = "confirm"
    """The other side confirms that it happened."""
    VERIFY = "verify"
    """The verifier accepts it: from now on it counts."""
    REJECT = "reject"
    WITHDRAW = "withdraw"
    DISPUTE = "dispute"
    """Parks an amount of a claim."""
    UPHOLD = "uphold"
    """Gives a parked amount back to the claim."""
    DISMISS = "dismiss"
    """Takes a parked amount off the claim."""
    COUNTER = "counter"
    """Counter-entry: takes an amount off the claim (credit note, correction)."""


class ClaimState(StrEnum):
    """Where a claim stands."""

    PLANNED = "planned"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    VERIFIED = "verified"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Entry(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One line of the ledger. It is never changed: a correction is a new entry."""

    form: int = FORM
    obligation_id: str
    number: int
    """From 1, without gaps."""
    at: datetime
    """UTC."""
    actor: str
    act: Act
    claim_id: str | None = None
    """Every act but `assess` is about a claim."""
    amount_cents: int = 0
    """The obligation (assess), the credit (plan, submit), or the amount parked or taken off."""
    discount_cents: int = 0
    """Assess: what own certificates take off."""
    raw_cents: int = 0
    """Submit: the credit before caps."""
    basis_cents: int = 0
    """Submit: the invoice amount behind the credit. Counter: the part of it credited back."""
    categories: tuple[str, ...] = ()
    rule_book: str = ""
    """Id and version of the rule book that valued it."""
    evidence: str = ""
    """Reference and hash of the evidence; the document stays elsewhere."""
    reason: str = ""


class IllegalTransition(RuleViolation):
    """An act that can't follow on the state of the claim."""

    code = "illegal-ledger-transition"


class IllegalAmount(RuleViolation):
    """An amount that is negative, or more than what is there to park or take off."""

    code = "illegal-ledger-amount"


class OutOfOrder(RuleViolation):
    """An entry with a gap in its number, earlier than the last one, or of another ledger."""

    code = "ledger-out-of-order"


class FourEyes(RuleViolation):
    """Who booked or confirmed a claim does not verify it."""

    code = "four-eyes"


NEXT: Final[Mapping[tuple[ClaimState | None, Act], ClaimState]] = {
    (None, Act.PLAN): ClaimState.PLANNED,
    (None, Act.SUBMIT): ClaimState.SUBMITTED,
    (ClaimState.PLANNED, Act.SUBMIT): ClaimState.SUBMITTED,
    (ClaimState.PLANNED, Act.WITHDRAW): ClaimState.WITHDRAWN,
    (ClaimState.SUBMITTED, Act.CONFIRM): ClaimState.CONFIRMED,
    (ClaimState.SUBMITTED, Act.REJECT): ClaimState.REJECTED,
    (ClaimState.SUBMITTED, Act.WITHDRAW): ClaimState.WITHDRAWN,
    (ClaimState.CONFIRMED, Act.VERIFY): ClaimState.VERIFIED,
    (ClaimState.CONFIRMED, Act.REJECT): ClaimState.REJECTED,
    **{
        (state, act): state
        for state in (ClaimState.SUBMITTED, ClaimState.CONFIRMED, ClaimState.VERIFIED)
        for act in (Act.DISPUTE, Act.UPHOLD, Act.DISMISS, Act.COUNTER)
    },
}
"""The state after an act; what is not here may not happen."""


def next_state(state: ClaimState | None, act: Act) -> ClaimState:
    """Give the state after an act, or raise `IllegalTransition` (own choice, ADR 6)."""
    after = NEXT.get((state, act))
    if after is None:
        raise IllegalTransition(f"{act} can't follow on {state or 'nothing'}")
    return after
