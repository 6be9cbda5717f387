"""Where an obligation stands at an instant: what counts, what is left, what is at stake."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import msgspec

from api.domain.social_return.caps import CapLimit, CapUse, allocate, uses
from api.domain.social_return.entries import ClaimState, Entry
from api.domain.social_return.ledger import Claim, LedgerState, replay, up_to
from api.domain.social_return.obligation import malus_cents
from api.domain.social_return.rule_book import Malus
from api.domain.values import Cents


class Terms(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What the contract and its rule book lay down beside the entries."""

    caps: tuple[CapLimit, ...] = ()
    malus: Malus | None = None
    due_on: date | None = None
    """The first day after the one on which all must be fulfilled."""


class Position(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The sums of an obligation in cents; `None` is unknown."""

    owed_cents: Cents | None
    """Before discount."""
    discount_cents: Cents
    due_cents: Cents | None
    """After discount."""
    verified_cents: Cents
    confirmed_cents: Cents
    submitted_cents: Cents
    planned_cents: Cents
    disputed_cents: Cents
    over_cap_cents: Cents
    """Booked credit that no longer fits under a cap, because the obligation went down."""
    remaining_cents: Cents | None
    """Due less verified, never below zero."""
    forecast_cents: Cents
    """What counts if every open claim and plan comes through and every dispute is lost."""
    forecast_remaining_cents: Cents | None
    caps: tuple[CapUse, ...]
    malus_at_stake_cents: Cents | None
    """The malus if nothing more is verified."""
    days_left: int | None
    """Below zero when the day has passed."""


def position(state: LedgerState, terms: Terms, today: date) -> Position:
    """Work out the position from a replayed ledger, in cents.

    Only verified credit lowers what remains; claims are shown apart. Plans come after booked
    claims in the room under a cap. Source: remaining = max(0, due - verified); own choice,
    ADR 6, for the rest.
    """
    claims = (*state.live, *state.planned)
    counted = allocate([claim.demand for claim in claims], terms.caps, state.due_cents)
    pairs = list(zip(claims, counted, strict=True))
    sums = {wanted: _free(pairs, wanted) for wanted in ClaimState}
    forecast = Cents(sum(sums.values()))
    remaining = _remaining(state.due_cents, sums[ClaimState.VERIFIED])
    live = [pair for pair in pairs if pair[0].state is not ClaimState.PLANNED]
    return Position(
        owed_cents=state.owed_cents,
        discount_cents=state.discount_cents,
        due_cents=state.due_cents,
        verified_cents=sums[ClaimState.VERIFIED],
        confirmed_cents=sums[ClaimState.CONFIRMED],
        submitted_cents=sums[ClaimState.SUBMITTED],
        planned_cents=sums[ClaimState.PLANNED],
        disputed_cents=Cents(sum(_disputed(claim, cents) for claim, cents in live)),
        over_cap_cents=Cents(sum(claim.left_cents - cents for claim, cents in live)),
        remaining_cents=remaining,
        forecast_cents=forecast,
        forecast_remaining_cents=_remaining(state.due_cents, forecast),
        caps=_cap_uses(live, state, terms),
        malus_at_stake_cents=None if remaining is None else malus_cents(remaining, terms.malus),
        days_left=None if terms.due_on is None else (terms.due_on - today).days,
    )


def position_at(entries: Sequence[Entry], instant: datetime, terms: Terms) -> Position:
    """Work out the position as of a UTC instant: the replay of the entries up to it (ADR 6)."""
    return position(replay(up_to(entries, instant)), terms, instant.date())


def _free(pairs: Iterable[tuple[Claim, Cents]], state: ClaimState) -> Cents:
    return Cents(
        sum(cents - _disputed(claim, cents) for claim, cents in pairs if claim.state is state)
    )


def _disputed(claim: Claim, counted: Cents) -> Cents:
    """What a cap cut off a claim is taken from the undisputed part first."""
    return min(claim.disputed_cents, counted)


def _remaining(due: Cents | None, fulfilled: Cents) -> Cents | None:
    return None if due is None else Cents(max(0, due - fulfilled))


def _cap_uses(
    live: Sequence[tuple[Claim, Cents]], state: LedgerState, terms: Terms
) -> tuple[CapUse, ...]:
    demands = [claim.demand for claim, _ in live]
    return uses(demands, [cents for _, cents in live], terms.caps, state.due_cents)
