"""Where an obligation stands at an instant: what counts, what is left, what is at stake."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import msgspec

from api.domain.social_return.caps import CapLimit, CapUse, Demand, uses
from api.domain.social_return.entries import ClaimState, Entry
from api.domain.social_return.ledger import LedgerState, replay, up_to
from api.domain.social_return.obligation import malus_cents, recovery_until
from api.domain.social_return.rule_book import Malus
from api.domain.social_return.sums import Standing, Sum, standing_of
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
    recovery_until: date | None
    """First day after the recovery period (herstelperiode); until then the rest may be made up."""


def position(state: LedgerState, terms: Terms, today: date) -> Position:
    """Work out the position from a replayed ledger, in cents (see `standing_position`; ADR 6)."""
    return standing_position(standing_of(state, terms.caps), terms, today)


def standing_position(standing: Standing, terms: Terms, today: date) -> Position:
    """Work out the position from what the open claims add up to, in cents.

    Only verified credit lowers what remains; claims are shown apart. Plans come after booked
    claims in the room under a cap. Source: remaining = max(0, due - verified); own choice,
    ADR 6, for the rest.
    """
    sums = {wanted: _free(standing.sums, wanted) for wanted in ClaimState}
    due, forecast = standing.due_cents, Cents(sum(sums.values()))
    remaining = _remaining(due, sums[ClaimState.VERIFIED])
    live = [one for one in standing.sums if one.state is not ClaimState.PLANNED]
    return Position(
        owed_cents=standing.owed_cents,
        discount_cents=standing.discount_cents,
        due_cents=due,
        verified_cents=sums[ClaimState.VERIFIED],
        confirmed_cents=sums[ClaimState.CONFIRMED],
        submitted_cents=sums[ClaimState.SUBMITTED],
        planned_cents=sums[ClaimState.PLANNED],
        disputed_cents=Cents(sum(one.parked_cents for one in live)),
        over_cap_cents=Cents(sum(one.left_cents - one.counted_cents for one in live)),
        remaining_cents=remaining,
        forecast_cents=forecast,
        forecast_remaining_cents=_remaining(due, forecast),
        caps=_cap_uses(live, due, terms),
        malus_at_stake_cents=None if remaining is None else malus_cents(remaining, terms.malus),
        days_left=None if terms.due_on is None else (terms.due_on - today).days,
        recovery_until=None if terms.due_on is None else recovery_until(terms.due_on, terms.malus),
    )


def position_at(entries: Sequence[Entry], instant: datetime, terms: Terms) -> Position:
    """Work out the position as of a UTC instant: the replay of the entries up to it (ADR 6)."""
    return position(replay(up_to(entries, instant)), terms, instant.date())


def _free(sums: Iterable[Sum], state: ClaimState) -> Cents:
    """What a cap cut off a claim is taken from the undisputed part first."""
    return Cents(sum(one.counted_cents - one.parked_cents for one in sums if one.state is state))


def _remaining(due: Cents | None, fulfilled: Cents) -> Cents | None:
    return None if due is None else Cents(max(0, due - fulfilled))


def _cap_uses(live: Sequence[Sum], due: Cents | None, terms: Terms) -> tuple[CapUse, ...]:
    demands = [Demand(one.left_cents, one.categories) for one in live]
    return uses(demands, [one.counted_cents for one in live], terms.caps, due)
