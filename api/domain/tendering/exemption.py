"""The small-lot exemption (percelenregeling): the best set of lots to award outside Part 2.

The choice is a 0/1 knapsack in whole cents. The lots are halved; of each half all
combinations are kept that no other combination beats, and the two lists are joined. This is
exact as long as no list outgrows `MAX_STATES`; past that a bound shows what may be missing.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import msgspec

from api.domain.errors import Fault, InvalidInput
from api.domain.tendering.law import Basis, ContractKind, ExemptionRule, Reason
from api.domain.tendering.law_data import EXEMPTION
from api.domain.tendering.regime import Regime

MAX_STATES: Final = 65_536
"""Combinations kept per half: 2 ** 16, so that any 32 open lots are solved exactly."""

_State = tuple[int, int, int, int]
"""Weight, minus benefit, number of lots, minus the bits of the lots (the first lot highest).

All four add up when disjoint combinations are joined, and their natural order puts the
lightest first, then the most beneficial, the smallest and the earliest.
"""


class ExemptionLot(msgspec.Struct, frozen=True, rename="camel"):
    """A lot as far as the exemption sees it."""

    id: str
    kind: ContractKind
    value_cents: int
    benefit: int
    """What exempting it brings: cents, or jobs, within reach of social enterprises."""
    homogeneous: bool = True
    """Supplies only: similar supplies (Aw 2012 art. 2.19)."""


class LotVerdict(msgspec.Struct, frozen=True, rename="camel"):
    """Whether one lot may be exempt at all, and whether it is in the best set."""

    lot_id: str
    exemptable: bool
    chosen: bool
    reason: Reason


class ExemptSet(msgspec.Struct, frozen=True, rename="camel"):
    """The best exempt set and the room it had. Lot ids are in the order given."""

    lot_ids: tuple[str, ...]
    value_cents: int
    benefit: int
    room_cents: int
    """The largest sum allowed: the share of the total of all lots, rounded down to the cent."""
    total_cents: int
    proven: bool
    benefit_bound: int
    """No allowed set brings more; equals `benefit` when proven."""
    inclusive: bool
    verdicts: tuple[LotVerdict, ...]
    basis: Basis


def best_exempt_set(
    lots: Sequence[ExemptionLot],
    *,
    inclusive: bool = False,
    rule: ExemptionRule = EXEMPTION[0],
    max_states: int = MAX_STATES,
) -> ExemptSet:
    """Choose the lots whose exemption brings most, within ceiling and share.

    Whole cents excluding VAT. A lot qualifies below its ceiling, or also at it when
    `inclusive`; the set may be exactly the share of the total of *all* lots. On a tie:
    smallest sum, fewest lots, earliest lots. A lot without benefit is never chosen.
    Source: Dir. 2014/24 art. 5(10) says "less than"; Aw 2012 art. 2.18(3) and 2.19(3)
    say "not more than".
    """
    _check(lots)
    total = sum(lot.value_cents for lot in lots)
    room = total * Fraction(rule.share) // 1
    refusals = [_refusal(lot, rule, inclusive=inclusive) for lot in lots]
    open_lots = [lot for lot, refusal in zip(lots, refusals, strict=True) if refusal is None]
    chosen, bound = _knapsack(open_lots, room, max_states)
    ids = tuple(lot.id for lot in chosen)
    benefit = sum(lot.benefit for lot in chosen)
    return ExemptSet(
        lot_ids=ids,
        value_cents=sum(lot.value_cents for lot in chosen),
        benefit=benefit,
        room_cents=room,
        total_cents=total,
        proven=bound == benefit,
        benefit_bound=bound,
        inclusive=inclusive,
        verdicts=tuple(
            _verdict(lot, refusal, rule, room, chosen=lot.id in ids)
            for lot, refusal in zip(lots, refusals, strict=True)
        ),
        basis=rule.basis,
    )


def exemption_matters(regime: Regime) -> bool:
    """Tell whether there is anything to be exempt from: only where EU rules hold.

    Source: Aw 2012 art. 2.18(2)-(3) and 2.19(2)-(3).
    """
    return regime in (Regime.EU, Regime.EU_LIGHT)


def ceiling_cents(kind: ContractKind, rule: ExemptionRule) -> int:
    """Give the ceiling of one lot, cents excluding VAT (Dir. 2014/24 art. 5(10))."""
    return rule.works_ceiling_cents if kind is ContractKind.WORKS else rule.other_ceiling_cents


def _check(lots: Sequence[ExemptionLot]) -> None:
    faults = []
    if len({lot.id for lot in lots}) < len(lots):
        faults.append(Fault("duplicate-lot", "every lot needs an id of its own"))
    if any(lot.value_cents < 0 or lot.benefit < 0 for lot in lots):
        faults.append(Fault("negative-amount", "no value or benefit may be below zero"))
    if faults:
        raise InvalidInput(*faults)


def _refusal(lot: ExemptionLot, rule: ExemptionRule, *, inclusive: bool) -> Reason | None:
    ceiling = ceiling_cents(lot.kind, rule)
    if lot.value_cents > ceiling or (lot.value_cents == ceiling and not inclusive):
        detail = f"{lot.value_cents} cents against a ceiling of {ceiling} cents"
        return Reason("above-ceiling", detail, rule.basis.rule)
    if lot.kind is ContractKind.SUPPLIES and not lot.homogeneous:
        return Reason("not-homogeneous", "supplies must be similar", "Aw 2012 art. 2.19(3)")
    if lot.kind is ContractKind.CONCESSION:
        return Reason("concession", "the exemption does not hold for concessions", "Dir. 2014/23")
    return None


def _verdict(
    lot: ExemptionLot, refusal: Reason | None, rule: ExemptionRule, room: int, *, chosen: bool
) -> LotVerdict:
    if refusal is not None:
        return LotVerdict(lot.id, exemptable=False, chosen=False, reason=refusal)
    if chosen:
        detail = f"{lot.value_cents} cents, benefit {lot.benefit}"
        reason = Reason("exempt", detail, rule.basis.rule)
    elif lot.benefit == 0:
        reason = Reason("no-benefit", "no social enterprise gains by it", "own choice, ADR 16")
    elif lot.value_cents > room:
        detail = f"{lot.value_cents} cents against {room} cents for all exempt lots together"
        reason = Reason("above-share", detail, rule.basis.rule)
    else:
        detail = f"another set within {rule.share} of the total brings at least as much"
        reason = Reason("share-used-better", detail, rule.basis.rule)
    return LotVerdict(lot.id, exemptable=True, chosen=chosen, reason=reason)


def _knapsack(
    lots: Sequence[ExemptionLot], room: int, max_states: int
) -> tuple[list[ExemptionLot], int]:
    """Give the best combination and an upper bound on the benefit of any."""
    useful = [lot for lot in lots if lot.benefit and lot.value_cents <= room]
    steps = [
        (lot.value_cents, -lot.benefit, 1, -(1 << place))
        for place, lot in enumerate(reversed(useful))
    ]
    (left, left_whole), (right, right_whole) = (
        _undominated(half, room, max_states) for half in (steps[::2], steps[1::2])
    )
    best = _joined(left, right, room)
    bound = -best[1] if left_whole and right_whole else _fractional_bound(useful, room)
    last = len(useful) - 1
    return [lot for place, lot in enumerate(useful) if -best[3] >> (last - place) & 1], bound


def _undominated(steps: Sequence[_State], room: int, max_states: int) -> tuple[list[_State], bool]:
    """Give the combinations that no lighter one equals in benefit, and whether all are there."""
    states: list[_State] = [(0, 0, 0, 0)]
    whole = True
    for step in steps:
        grown = [_sum(state, step) for state in states if state[0] + step[0] <= room]
        states = _front(sorted(states + grown))
        if len(states) > max_states:
            states = states[:: len(states) // max_states + 1]
            whole = False
    return states, whole


def _sum(one: _State, other: _State) -> _State:
    return (one[0] + other[0], one[1] + other[1], one[2] + other[2], one[3] + other[3])


def _front(ordered: Sequence[_State]) -> list[_State]:
    front: list[_State] = []
    least = 1
    for state in ordered:
        if state[1] < least:
            least = state[1]
            front.append(state)
    return front


def _joined(left: Sequence[_State], right: Sequence[_State], room: int) -> _State:
    """Give the best sum of one state of each list: both run by weight, one up, one down."""
    best: _State = (0, 0, 0, 0)
    heaviest = len(right) - 1
    for state in left:
        while state[0] + right[heaviest][0] > room:
            heaviest -= 1  # stops at the empty combination, which every list starts with
        best = min(best, _sum(state, right[heaviest]), key=_rank)
    return best


def _rank(state: _State) -> tuple[int, int, int, int]:
    """Best first: benefit, then the smallest sum, the fewest lots, the earliest lots."""
    weight, lost, count, late = state
    return (lost, weight, count, late)


def _fractional_bound(lots: Sequence[ExemptionLot], room: int) -> int:
    """Give the benefit if one lot could be cut, rounded down (Dantzig's bound)."""
    bound = 0
    for lot in sorted(lots, key=lambda lot: Fraction(lot.value_cents, lot.benefit)):
        taken = min(lot.value_cents, room)
        if taken < lot.value_cents:
            return bound + lot.benefit * taken // lot.value_cents
        bound += lot.benefit
        room -= taken
    return bound
