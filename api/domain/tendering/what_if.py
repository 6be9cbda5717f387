"""What changes in the best plan when one rule, or one fact of a firm, changes."""

from collections.abc import Callable

import msgspec

from api.domain.errors import Fault, InvalidInput
from api.domain.tendering.lot_conflict import Conflict
from api.domain.tendering.lot_model import Firm, Rules, SplitRequest
from api.domain.tendering.lot_plan import Plan, PlannedLot
from api.domain.tendering.lots import Splitting, never, split
from api.domain.tendering.regime import Regime


class OtherRules(msgspec.Struct, frozen=True, rename="camel", tag_field="kind", tag="rules"):
    """The rules as they would be."""

    rules: Rules


class OtherFirm(msgspec.Struct, frozen=True, rename="camel", tag_field="kind", tag="firm"):
    """A firm as it would be; a new id adds it."""

    firm: Firm


class WithoutFirm(
    msgspec.Struct, frozen=True, rename="camel", tag_field="kind", tag="without-firm"
):
    """A firm that would not be there."""

    firm_id: str


Change = OtherRules | OtherFirm | WithoutFirm


class AbleChange(msgspec.Struct, frozen=True, rename="camel"):
    """A lot of the same items in both plans, of which the able firms differ."""

    item_ids: tuple[str, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]


class Outcome(msgspec.Struct, frozen=True, rename="camel"):
    """The best plan in short; no lots when there is no plan. Cents excluding VAT."""

    lots: int
    reach_cents: int
    largest_cents: int
    administration: int
    exempt_cents: int
    regime: Regime | None
    conflict: Conflict | None


class Difference(msgspec.Struct, frozen=True, rename="camel"):
    """Before and after, and which lots stay, go and come, each as its item ids."""

    before: Outcome
    after: Outcome
    reach_change_cents: int
    lots_change: int
    kept: tuple[tuple[str, ...], ...]
    gone: tuple[tuple[str, ...], ...]
    new: tuple[tuple[str, ...], ...]
    able: tuple[AbleChange, ...]


def what_if(request: SplitRequest, change: Change, late: Callable[[], bool] = never) -> Difference:
    """Divide the tender before and after a change, and compare the best plans.

    Cents excluding VAT. Source: own choice, ADR 16; the law by way of `split`.
    """
    return difference(split(request, late), split(changed(request, change), late))


def changed(request: SplitRequest, change: Change) -> SplitRequest:
    """Give the request with one thing changed (own choice, ADR 16)."""
    if isinstance(change, OtherRules):
        return msgspec.structs.replace(request, rules=change.rules)
    if isinstance(change, WithoutFirm):
        return _without(request, change.firm_id)
    others = [one for one in request.firms if one.id != change.firm.id]
    return msgspec.structs.replace(request, firms=(*others, change.firm))


def difference(before: Splitting, after: Splitting) -> Difference:
    """Compare the best plans of two answers (own choice, ADR 16)."""
    old, new = _best(before), _best(after)
    old_lots = {lot.item_ids: lot for lot in (old.lots if old else ())}
    new_lots = {lot.item_ids: lot for lot in (new.lots if new else ())}
    kept = sorted(set(old_lots) & set(new_lots))
    was, becomes = _outcome(before), _outcome(after)
    return Difference(
        before=was,
        after=becomes,
        reach_change_cents=becomes.reach_cents - was.reach_cents,
        lots_change=becomes.lots - was.lots,
        kept=tuple(kept),
        gone=tuple(sorted(set(old_lots) - set(new_lots))),
        new=tuple(sorted(set(new_lots) - set(old_lots))),
        able=tuple(
            _able(old_lots[ids], new_lots[ids])
            for ids in kept
            if old_lots[ids].supply.able != new_lots[ids].supply.able
        ),
    )


def _without(request: SplitRequest, firm_id: str) -> SplitRequest:
    firms = tuple(one for one in request.firms if one.id != firm_id)
    if len(firms) == len(request.firms):
        raise InvalidInput(Fault("unknown-id", f"there is no firm {firm_id}", "/firmId"))
    return msgspec.structs.replace(request, firms=firms)


def _best(answer: Splitting) -> Plan | None:
    return answer.proposals[0].plan if answer.proposals else None


def _outcome(answer: Splitting) -> Outcome:
    plan = _best(answer)
    if plan is None:
        return Outcome(0, 0, 0, 0, 0, None, answer.conflict)
    return Outcome(
        lots=len(plan.lots),
        reach_cents=plan.reach_cents,
        largest_cents=max(lot.value_cents for lot in plan.lots),
        administration=plan.administration,
        exempt_cents=plan.exemption.value_cents if plan.exemption else 0,
        regime=plan.regime.regime,
        conflict=None,
    )


def _able(old: PlannedLot, new: PlannedLot) -> AbleChange:
    gained = tuple(sorted(set(new.supply.able) - set(old.supply.able)))
    lost = tuple(sorted(set(old.supply.able) - set(new.supply.able)))
    return AbleChange(old.item_ids, gained, lost)
