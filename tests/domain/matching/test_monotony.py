"""Relaxing a requirement never removes a match; nor does knowing more that confirms."""

import random
from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from api.domain.directory import ServiceMode, ShareBucket
from api.domain.matching.facts import (
    AcceptedMark,
    EnterpriseFacts,
    LotFacts,
    MarkFacts,
    OfferingFacts,
    RequiredMark,
)
from api.domain.tendering.cpv import lineage
from api.domain.tendering.notice import Reservation
from api.domain.values import Cents, CpvCode, Period
from tests.domain.matching.builders import AREAS, CPV_CODES, World, a_random_world, decided

worlds = st.integers(0, 10**9).map(a_random_world)
draws = st.randoms(use_true_random=False)
Relax = Callable[[LotFacts, random.Random], LotFacts]


def _matched(lot: LotFacts, firms: list[EnterpriseFacts], hits: Any) -> set[str]:
    return {one.enterprise_id for one in decided(lot, *firms, text_hits=hits).matched}


def _without_one(items: tuple[Any, ...], draw: random.Random) -> tuple[Any, ...]:
    """Leave out one of several; of nothing or one, nothing is left."""
    left = draw.randrange(max(1, len(items)))
    return tuple(one for place, one in enumerate(items) if place != left)


def _fewer_areas(lot: LotFacts, draw: random.Random) -> LotFacts:
    return replace(lot, areas=_without_one(lot.areas, draw))


def _less_volume(lot: LotFacts, _draw: random.Random) -> LotFacts:
    value = lot.yearly_value_cents
    return replace(lot, yearly_value_cents=None if value is None else Cents(value // 2))


def _more_time(lot: LotFacts, draw: random.Random) -> LotFacts:
    days = lot.lead_time_days
    longer = None if days is None or draw.random() < 0.3 else days + 30
    return replace(lot, lead_time_days=longer)


def _larger_orders(lot: LotFacts, _draw: random.Random) -> LotFacts:
    order = lot.order_value_cents
    return replace(lot, order_value_cents=None if order is None else Cents(order * 2))


def _more_modes(lot: LotFacts, draw: random.Random) -> LotFacts:
    if not lot.service_modes or draw.random() < 0.3:
        return replace(lot, service_modes=frozenset())
    return replace(lot, service_modes=lot.service_modes | {draw.choice(tuple(ServiceMode))})


def _fewer_marks(lot: LotFacts, draw: random.Random) -> LotFacts:
    return replace(lot, required_marks=_without_one(lot.required_marks, draw))


def _milder_marks(lot: LotFacts, draw: random.Random) -> LotFacts:
    return replace(lot, required_marks=tuple(_milder(one, draw) for one in lot.required_marks))


def _milder(demand: RequiredMark, draw: random.Random) -> RequiredMark:
    lower = {None: None, "1": "aspirant", "3": draw.choice((None, "2"))}
    more = (*demand.equivalents, AcceptedMark(draw.choice(("vca", "pso"))))
    return RequiredMark(demand.scheme, lower[demand.minimum_level], more)


def _shorter(lot: LotFacts, _draw: random.Random) -> LotFacts:
    ends_on = None if lot.ends_on is None else date(lot.ends_on.year - 1, 9, 1)
    return replace(lot, ends_on=ends_on, months=None if lot.months is None else 12)


def _open_to_all(lot: LotFacts, draw: random.Random) -> LotFacts:
    both = (Reservation.SHELTERED_WORKSHOP, Reservation.PUBLIC_SERVICE_MISSION)
    is_reserved = set(lot.reservations) & set(both)
    return replace(lot, reservations=both if is_reserved and draw.random() < 0.5 else ())


def _one_code_more(lot: LotFacts, draw: random.Random) -> LotFacts:
    reserved = Reservation.PUBLIC_SERVICE_MISSION in lot.reservations
    if not lot.cpv_codes or reserved:  # art. 77 asks that every code is listed
        return lot
    return replace(lot, cpv_codes=(*lot.cpv_codes, draw.choice(CPV_CODES)))


def _broader_main(lot: LotFacts, draw: random.Random) -> LotFacts:
    if not lot.cpv_codes or Reservation.PUBLIC_SERVICE_MISSION in lot.reservations:
        return lot
    return replace(lot, cpv_codes=(draw.choice(lineage(lot.cpv_codes[0])), *lot.cpv_codes[1:]))


RELAXATIONS: tuple[Relax, ...] = (
    _fewer_areas,
    _less_volume,
    _more_time,
    _larger_orders,
    _more_modes,
    _fewer_marks,
    _milder_marks,
    _shorter,
    _open_to_all,
    _one_code_more,
    _broader_main,
)


@given(worlds, draws, st.sampled_from(RELAXATIONS))
def test_relaxing_a_requirement_never_removes_a_match(
    world: World, draw: random.Random, relax: Relax
) -> None:
    lot, firms, hits = world

    assert _matched(lot, firms, hits) <= _matched(relax(lot, draw), firms, hits)


Confirm = Callable[[EnterpriseFacts, LotFacts, random.Random], EnterpriseFacts]


def _verified(firm: EnterpriseFacts, _lot: LotFacts, _draw: random.Random) -> EnterpriseFacts:
    marks = tuple(replace(mark, verified=True) for mark in firm.marks)
    return replace(firm, marks=marks, share_verified=True)


def _proven(firm: EnterpriseFacts, _lot: LotFacts, _draw: random.Random) -> EnterpriseFacts:
    return replace(
        firm,
        target_group_share=firm.target_group_share or ShareBucket.FROM_30,
        main_aim_integration=firm.main_aim_integration is not False,
        public_service_mission=firm.public_service_mission is not False,
        turnover_cents=Cents(10**9) if firm.turnover_cents is None else firm.turnover_cents,
    )


def _one_mark_more(firm: EnterpriseFacts, _lot: LotFacts, draw: random.Random) -> EnterpriseFacts:
    extra = MarkFacts(
        draw.choice(("pso", "vca")), draw.choice(("1", "odd")), Period(), verified=True
    )
    return replace(firm, marks=(*firm.marks, extra))


def _known_capacity(firm: EnterpriseFacts, lot: LotFacts, draw: random.Random) -> EnterpriseFacts:
    known = [_fills_in(one, lot, draw) for one in firm.offerings]
    return replace(firm, offerings=tuple(known))


def _fills_in(offering: OfferingFacts, lot: LotFacts, draw: random.Random) -> OfferingFacts:
    enough = lot.yearly_value_cents or Cents(0)
    free, days, least = (
        offering.free_capacity_cents,
        offering.lead_time_days,
        offering.minimum_order_cents,
    )
    return replace(
        offering,
        free_capacity_cents=enough if free is None else Cents(free + draw.randrange(3)),
        lead_time_days=0 if days is None else days,
        minimum_order_cents=Cents(0) if least is None else least,
    )


def _wider_area(firm: EnterpriseFacts, _lot: LotFacts, draw: random.Random) -> EnterpriseFacts:
    more = {draw.choice(AREAS)}
    offerings = [
        replace(one, area_full=one.area_full | more, area_partial=one.area_partial - more)
        for one in firm.offerings
    ]
    return replace(firm, offerings=tuple(offerings))


def _one_offering_more(
    firm: EnterpriseFacts, _lot: LotFacts, draw: random.Random
) -> EnterpriseFacts:
    extra = OfferingFacts(
        id=f"{firm.id}-extra",
        enterprise_id=firm.id,
        cpv_codes=(CpvCode("55520000"),),
        service_mode=draw.choice(tuple(ServiceMode)),
        area_full=frozenset({"NL"}),
    )
    return replace(firm, offerings=(*firm.offerings, extra))


CONFIRMATIONS: tuple[Confirm, ...] = (
    _verified,
    _proven,
    _one_mark_more,
    _known_capacity,
    _wider_area,
    _one_offering_more,
)


@given(worlds, draws, st.sampled_from(CONFIRMATIONS))
def test_information_that_confirms_never_removes_a_match(
    world: World, draw: random.Random, confirm: Confirm
) -> None:
    lot, firms, hits = world
    better = [confirm(firm, lot, draw) for firm in firms]

    assert _matched(lot, firms, hits) <= _matched(lot, better, hits)


@given(worlds)
def test_a_text_hit_never_removes_a_match(world: World) -> None:
    lot, firms, hits = world
    every = {one.id: 1.0 for firm in firms for one in firm.offerings}

    assert _matched(lot, firms, hits) <= _matched(lot, firms, every)


@given(worlds)
def test_the_procedure_ranks_but_never_admits(world: World) -> None:
    lot, firms, hits = world
    other = {"open": "invitation", "invitation": "open"}[lot.procedure]

    changed = replace(lot, procedure=type(lot.procedure)(other))

    assert _matched(lot, firms, hits) == _matched(changed, firms, hits)
