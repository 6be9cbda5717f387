"""Why no division exists: a set of rules that can't be kept together, none of which is idle.

Rules are left out one by one; what can be left out while it stays impossible is not to
blame (a deletion filter). The order is fixed, so the answer is too.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, Final

import msgspec

from api.domain.tendering.lot_case import Case
from api.domain.tendering.lot_columns import all_columns
from api.domain.tendering.lot_merge import merged_divisions
from api.domain.tendering.lot_model import Rules, SplitRequest, item_value
from api.domain.tendering.lot_objective import Goal, winnable
from api.domain.tendering.lot_solver import Ended, choose_lots
from api.domain.tendering.lot_supply import Supply

MOST_COLUMNS: Final = 6_000


class RuleName(StrEnum):
    """The rules that a division keeps to, in the order in which they are tried to be left out."""

    WIN_CAP = "win-cap"
    REGION = "same-region"
    CATEGORY = "category"
    MINIMUM = "minimum-value"
    MAXIMUM = "maximum-value"
    LOTS = "maximum-lots"
    ABLE = "every-lot-able"
    RESERVED = "reserved"
    APART = "apart"
    TOGETHER = "together"


class Blamed(msgspec.Struct, frozen=True, rename="camel"):
    """One rule of the conflict, with the items and firms that it is about."""

    rule: RuleName
    detail: str
    item_ids: tuple[str, ...] = ()
    firm_ids: tuple[str, ...] = ()


class Conflict(msgspec.Struct, frozen=True, rename="camel"):
    """Rules that no division keeps together."""

    parts: tuple[Blamed, ...]
    proven: bool
    """False: no division was found within the effort, but it may exist; no parts then."""
    minimal: bool
    """True: leaving out any one part makes a division possible."""


_Key = tuple[RuleName, str, str]
"""A rule; for pairs and groups also the item ids or the group."""


class Possible(StrEnum):
    """Whether a division exists."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def find_conflict(request: SplitRequest, goal: Goal) -> Conflict:
    """Find a minimal set of rules that can't be kept together (own choice, ADR 16).

    The request is known to have no division, or none that was found.
    """
    active = list(_rules_of(request))
    if _possible(request, active, goal) is not Possible.NO:
        return Conflict((), proven=False, minimal=False)
    sure = True
    for key in tuple(active):
        fewer = [other for other in active if other != key]
        answer = _possible(request, fewer, goal)
        sure = sure and answer is not Possible.UNKNOWN
        if answer is Possible.NO:
            active = fewer
    parts = tuple(_blame(request, key) for key in active)
    return Conflict(parts, proven=True, minimal=sure)


def _rules_of(request: SplitRequest) -> Iterable[_Key]:
    """Give every rule that the request sets, in the order of `RuleName`."""
    rules = request.rules
    single = {
        RuleName.WIN_CAP: rules.every_lot_able and rules.win_cap is not None,
        RuleName.REGION: rules.same_region,
        RuleName.CATEGORY: rules.category_digits is not None,
        RuleName.MINIMUM: rules.minimum_value_cents is not None,
        RuleName.MAXIMUM: rules.maximum_value_cents is not None,
        RuleName.LOTS: rules.maximum_lots is not None,
        RuleName.ABLE: rules.every_lot_able,
        RuleName.RESERVED: any(item.reserved for item in request.items),
    }
    yield from ((name, "", "") for name, is_set in single.items() if is_set)
    yield from ((RuleName.APART, one, other) for one, other in sorted(rules.apart))
    groups = sorted({item.group for item in request.items if item.group is not None})
    yield from ((RuleName.TOGETHER, group, "") for group in groups)


def _relaxed(request: SplitRequest, active: Sequence[_Key]) -> SplitRequest:
    """Give the request with only the active rules."""
    names = {key[0] for key in active}
    groups = {key[1] for key in active if key[0] is RuleName.TOGETHER}
    pairs = tuple(key[1:] for key in active if key[0] is RuleName.APART)
    rules, given = Rules(), request.rules
    fields: dict[RuleName, dict[str, Any]] = {
        RuleName.REGION: {"same_region": given.same_region},
        RuleName.CATEGORY: {"category_digits": given.category_digits},
        RuleName.MINIMUM: {"minimum_value_cents": given.minimum_value_cents},
        RuleName.MAXIMUM: {"maximum_value_cents": given.maximum_value_cents},
        RuleName.LOTS: {"maximum_lots": given.maximum_lots},
        RuleName.ABLE: {"every_lot_able": True},
        RuleName.WIN_CAP: {"win_cap": given.win_cap},
    }
    kept = {name: value for key in fields if key in names for name, value in fields[key].items()}
    able = {"able_firms": given.able_firms, "reserved_able_firms": given.reserved_able_firms}
    rules = msgspec.structs.replace(rules, apart=pairs, **able, **kept)
    items = tuple(
        msgspec.structs.replace(
            item,
            group=item.group if item.group in groups else None,
            reserved=item.reserved and RuleName.RESERVED in names,
        )
        for item in request.items
    )
    return msgspec.structs.replace(request, items=items, rules=rules)


def _possible(request: SplitRequest, active: Sequence[_Key], goal: Goal) -> Possible:
    relaxed = _relaxed(request, active)
    case = Case(relaxed.items, relaxed.rules, Supply(relaxed.firms, relaxed.items))
    if _is_impossible(case):
        return Possible.NO
    merged = merged_divisions(case)
    if any(_is_kept(case, division, goal) for division in (*merged[:1], *merged[-1:])):
        return Possible.YES
    columns = all_columns(case, MOST_COLUMNS)
    if columns is None:
        return Possible.UNKNOWN
    joint = case.rules.every_lot_able
    solved = choose_lots(
        case, columns, case.most_lots, nodes=goal.nodes, seed=goal.seed, joint=joint
    )
    if solved.ended is Ended.INFEASIBLE:
        return Possible.NO
    return Possible.YES if solved.lots else Possible.UNKNOWN


def _is_impossible(case: Case) -> bool:
    """Tell what needs no search: a block, a kind or the sum of all is out of bounds."""
    alone = [1 << block for block in range(len(case.blocks))]
    if any(case.broken) or max(case.value) > case.maximum:
        return True
    if case.rules.every_lot_able and not all(case.is_reached(lot) for lot in alone):
        return True
    totals: dict[int, int] = {}
    for kind, value in zip(case.kind, case.value, strict=True):
        totals[kind] = totals.get(kind, 0) + value
    needed = sum(max(1, -(-total // max(1, case.maximum))) for total in totals.values())
    return min(totals.values()) < case.minimum or needed > case.most_lots


def _is_kept(case: Case, division: Sequence[int], goal: Goal) -> bool:
    """Tell whether a division also keeps to the rule on winning every lot."""
    if not case.rules.every_lot_able:
        return True
    return winnable(case, division, goal) == case.reach_of(division)


def _blame(request: SplitRequest, key: _Key) -> Blamed:
    name, one, other = key
    if name is RuleName.ABLE:
        return _blame_able(request)
    about = {
        RuleName.APART: [one, other],
        RuleName.TOGETHER: [item.id for item in request.items if item.group == one],
        RuleName.RESERVED: [item.id for item in request.items if item.reserved],
        RuleName.MAXIMUM: _too_large(request),
    }
    ids = tuple(sorted(about.get(name, [])))
    return Blamed(name, _words(request.rules, name, ids), ids)


def _too_large(request: SplitRequest) -> list[str]:
    most = request.rules.maximum_value_cents or 0
    return [item.id for item in request.items if item_value(item) > most]


def _words(rules: Rules, name: RuleName, ids: Sequence[str]) -> str:
    named = ", ".join(ids)
    above = f"; alone above it: {named}" if ids else ""
    return {
        RuleName.WIN_CAP: f"one firm wins at most {rules.win_cap} lots",
        RuleName.REGION: "a lot stays within one region",
        RuleName.CATEGORY: f"a lot shares the first {rules.category_digits} digits of its CPV",
        RuleName.MINIMUM: f"no lot is below {rules.minimum_value_cents} cents",
        RuleName.MAXIMUM: f"no lot is above {rules.maximum_value_cents} cents{above}",
        RuleName.LOTS: f"there are at most {rules.maximum_lots} lots",
        RuleName.RESERVED: f"reserved items share no lot with others: {named}",
        RuleName.APART: f"these may not share a lot: {named}",
        RuleName.TOGETHER: f"these stay together: {named}",
    }[name]


def _blame_able(request: SplitRequest) -> Blamed:
    """Say how many firms are able, for the items that have too few alone, or else for all."""
    supply = Supply(request.firms, request.items)
    case = Case(request.items, request.rules, supply)
    blocks = [b for b in range(len(case.blocks)) if not case.is_reached(1 << b)]
    about = blocks or list(range(len(case.blocks)))
    able = {block: supply.firms_of(case.able(1 << block)) for block in about}
    words = [f"{_ids(case, block)} ({_named(supply, able[block])})" for block in about]
    rules = request.rules
    return Blamed(
        RuleName.ABLE,
        f"every lot has {rules.able_firms} able firms ({rules.reserved_able_firms} when"
        f" reserved) and all lots can be won together; able are for {'; '.join(words)}",
        tuple(sorted(request.items[i].id for block in about for i in case.blocks[block])),
        tuple(supply.firms[number].id for number in sorted(set().union(*able.values()))),
    )


def _ids(case: Case, block: int) -> str:
    return ", ".join(case.items[i].id for i in case.blocks[block])


def _named(supply: Supply, firms: set[int]) -> str:
    return ", ".join(supply.firms[number].name for number in sorted(firms)) or "none"
