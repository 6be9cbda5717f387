"""A lot that asks little, a firm that offers it, and random worlds around them."""

import random
from datetime import date
from typing import Any, Final

from api.domain.directory import ServiceMode, ShareBucket
from api.domain.matching.decide import Decision, Excluded, Match, NearMiss, decide
from api.domain.matching.facts import (
    AcceptedMark,
    EnterpriseFacts,
    LotFacts,
    MarkFacts,
    OfferingFacts,
    Procedure,
    RequiredMark,
)
from api.domain.matching.reasons import Reason, State
from api.domain.matching.rules import RULES_2026
from api.domain.tendering.notice import Nature, Reservation
from api.domain.values import Cents, CpvCode, Period

GREEN: Final = CpvCode("77310000")
"""Planting and maintenance of green areas."""
AWARD: Final = date(2026, 9, 1)
END: Final = date(2028, 8, 31)


def a_lot(**asked: Any) -> LotFacts:
    """Green maintenance in Utrecht, EUR 100 000 a year, save as asked."""
    usual: dict[str, Any] = {
        "id": "lot",
        "cpv_codes": (GREEN,),
        "areas": ("GM0344",),
        "yearly_value_cents": Cents(100_000_00),
        "months": 24,
        "award_on": AWARD,
        "ends_on": END,
    }
    return LotFacts(**(usual | asked))


def an_offering(**offered: Any) -> OfferingFacts:
    """Exactly what `a_lot` asks, save as offered."""
    usual: dict[str, Any] = {
        "id": "firm-offering",
        "enterprise_id": "firm",
        "cpv_codes": (GREEN,),
        "service_mode": ServiceMode.SERVICE,
        "area_full": frozenset({"GM0344"}),
        "free_capacity_cents": Cents(200_000_00),
        "lead_time_days": 10,
        "minimum_order_cents": Cents(100_00),
    }
    return OfferingFacts(**(usual | offered))


def a_firm(*offerings: OfferingFacts, **known: Any) -> EnterpriseFacts:
    """A firm of which all is known, save as given."""
    usual: dict[str, Any] = {
        "id": "firm",
        "name": "De Groene Hand",
        "turnover_cents": Cents(1_000_000_00),
        "target_group_share": ShareBucket.FROM_30,
        "share_verified": True,
        "main_aim_integration": True,
        "offerings": offerings or (an_offering(),),
    }
    return EnterpriseFacts(**(usual | known))


def a_mark(scheme: str = "pso", level: str | None = "2", **held: Any) -> MarkFacts:
    """A verified mark, valid from 2026-01-01 through 2028-12-31 save as held."""
    usual: dict[str, Any] = {"valid": Period(date(2026, 1, 1), date(2029, 1, 1)), "verified": True}
    return MarkFacts(scheme, level, **(usual | held))


def decided(lot: LotFacts, *firms: EnterpriseFacts, **more: Any) -> Decision:
    """Decide with the rules of 2026 and a fixed seed."""
    given: dict[str, Any] = {"rules": RULES_2026, "seed": "seed"} | more
    return decide(lot, firms, given.pop("rules"), **given)


def the_match(lot: LotFacts, firm: EnterpriseFacts, **more: Any) -> Match:
    """Give the only match."""
    [match] = decided(lot, firm, **more).matched
    return match


def reasons(decision: Decision) -> tuple[Reason, ...]:
    """Give the reasons of the only firm, whatever the verdict."""
    every: list[Match | NearMiss | Excluded] = [*decision.matched, *decision.near_misses]
    every += decision.excluded
    [verdict] = every
    return verdict.reasons


def the_reason(rule: str, lot: LotFacts, firm: EnterpriseFacts, **more: Any) -> Reason:
    """Give the only reason under one rule."""
    [reason] = [one for one in reasons(decided(lot, firm, **more)) if one.rule == rule]
    return reason


def codes(reasons: tuple[Reason, ...], state: State) -> list[str]:
    """Give the codes of the reasons in a state."""
    return [one.code.value for one in reasons if one.state is state]


CPV_CODES: Final = tuple(
    CpvCode(code)
    for code in ("77310000", "77314000", "77300000", "77000000", "90910000", "90000000", "55520000")
)
AREAS: Final = ("GM0344", "GM0363", "GM0599", "NL350", "NL35", "NL")
_DAYS: Final = tuple(date(year, 9, 1) for year in range(2024, 2030))
_SCHEMES: Final = ("pso", "code-sociale-ondernemingen", "pso-30plus", "vca")
_LEVELS: Final = (None, "aspirant", "1", "2", "3", "odd")


def a_random_lot(draw: random.Random) -> LotFacts:
    """Any lot, small enough that firms now and then fit it."""
    reserved = draw.choice(((), (), (), (Reservation.NONE,), *_RESERVATIONS))
    return LotFacts(
        id="lot",
        cpv_codes=tuple(draw.sample(CPV_CODES, draw.choice((0, 1, 1, 1, 2, 3)))),
        nature=draw.choice((None, *Nature)),
        areas=tuple(draw.sample((*AREAS, "BE251"), draw.choice((0, 1, 1, 2, 3)))),
        yearly_value_cents=draw.choice((None, Cents(100_00), Cents(200_00))),
        months=draw.choice((None, 12, 36, 48)),
        award_on=draw.choice((None, *_DAYS[1:3])),
        ends_on=draw.choice((None, *_DAYS[3:])),
        reservations=reserved,
        procedure=draw.choice(tuple(Procedure)),
        required_marks=tuple(_random_demand(draw) for _ in range(draw.choice((0, 0, 0, 1, 2)))),
        service_modes=frozenset(draw.sample(tuple(ServiceMode), draw.choice((0, 0, 2, 3)))),
        lead_time_days=draw.choice((None, None, 10, 30)),
        order_value_cents=draw.choice((None, None, Cents(10_00), Cents(40_00))),
    )


_RESERVATIONS: Final = (
    (Reservation.SHELTERED_WORKSHOP,),
    (Reservation.PUBLIC_SERVICE_MISSION,),
    (Reservation.SHELTERED_WORKSHOP, Reservation.PUBLIC_SERVICE_MISSION),
)


def a_random_firm(draw: random.Random, number: int) -> EnterpriseFacts:
    """Any firm with up to three offerings."""
    own_id = f"firm-{number}"
    return EnterpriseFacts(
        id=own_id,
        name="",
        visible=draw.random() < 0.95,
        turnover_cents=draw.choice((None, Cents(0), Cents(150_00), Cents(2_000_00))),
        target_group_share=draw.choice((None, *ShareBucket)),
        share_verified=draw.random() < 0.6,
        main_aim_integration=draw.choice((None, True, True, False)),
        public_service_mission=draw.choice((None, True, False)),
        marks=tuple(_random_mark(draw) for _ in range(draw.randrange(4))),
        track_record=draw.randrange(8),
        excluded_by_buyer=draw.choice((*[None] * 15, "fraud")),
        last_art77_award_on=draw.choice((None, None, date(2022, 9, 1), date(2024, 2, 29))),
        distance_km=draw.choice((None, 0, 12, 150)),
        offerings=tuple(_random_offering(draw, own_id, one) for one in range(draw.randrange(4))),
    )


World = tuple[LotFacts, list[EnterpriseFacts], dict[str, float] | None]


def a_random_world(seed: int) -> World:
    """A lot, up to five firms, and perhaps the hits of a text search."""
    draw = random.Random(seed)
    lot = a_random_lot(draw)
    firms = [a_random_firm(draw, number) for number in range(draw.randint(1, 5))]
    ids = [offering.id for firm in firms for offering in firm.offerings]
    hits = {one: draw.choice((0.0, 0.25, 0.5004, 1.0)) for one in ids if draw.random() < 0.4}
    return lot, firms, draw.choice((None, hits))


def _random_demand(draw: random.Random) -> RequiredMark:
    others = tuple(
        AcceptedMark(draw.choice(_SCHEMES), draw.choice((None, "1", "2")))
        for _ in range(draw.randrange(3))
    )
    return RequiredMark(draw.choice(_SCHEMES), draw.choice((None, "1", "3")), others)


def _random_mark(draw: random.Random) -> MarkFacts:
    first, last = sorted(draw.sample(_DAYS, 2))
    period = Period(draw.choice((None, first, first)), draw.choice((None, last, last)))
    level = draw.choice(_LEVELS)
    return MarkFacts(draw.choice(_SCHEMES), level, period, verified=draw.random() < 0.7)


def _random_offering(draw: random.Random, enterprise_id: str, number: int) -> OfferingFacts:
    areas = draw.sample(AREAS, draw.randint(1, len(AREAS)))
    cut = draw.randint(0, len(areas))
    return OfferingFacts(
        id=f"{enterprise_id}-{number}",
        enterprise_id=enterprise_id,
        cpv_codes=tuple(draw.sample(CPV_CODES, draw.choice((0, 1, 2, 3)))),
        service_mode=draw.choice(tuple(ServiceMode)),
        area_full=frozenset(areas[:cut]),
        area_partial=frozenset(areas[cut:]),
        free_capacity_cents=draw.choice((None, Cents(80_00), Cents(170_00), Cents(300_00))),
        lead_time_days=draw.choice((None, 5, 20, 60)),
        minimum_order_cents=draw.choice((None, Cents(0), Cents(12_00), Cents(50_00))),
    )
