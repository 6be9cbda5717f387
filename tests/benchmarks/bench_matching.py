"""How long matching takes. Prints figures and asserts none; `make bench-parts` runs it.

The worlds are made from a fixed seed, so that figures of two days can be compared.
`--size` names another number of firms.
"""

import argparse
import random
import sys
from collections.abc import Callable
from datetime import date
from statistics import median
from time import perf_counter

import msgspec

from api.domain.directory import LegalForm, ServiceMode, ShareBucket
from api.domain.matching.allocate import FirmSupply, LotDemand, allocate, single_bids
from api.domain.matching.assignment import Bid
from api.domain.matching.consortium import joint_coverage
from api.domain.matching.decide import decide
from api.domain.matching.facts import (
    EnterpriseFacts,
    LotFacts,
    MarkFacts,
    OfferingFacts,
    Procedure,
    RequiredMark,
)
from api.domain.matching.fingerprint import fingerprint
from api.domain.matching.rules import RULES_2026
from api.domain.tendering.notice import Nature, Reservation
from api.domain.values import Cents, CpvCode, Period

MUNICIPALITIES = [f"GM{number:04}" for number in range(1, 343)]
PROVINCES = [f"NL{number}" for number in range(31, 43)]
COROPS = [f"NL3{number:02}" for number in range(40)]
GREEN = ("77310000", "77314000", "77300000", "77311000", "77340000", "77000000")
CLEANING = ("90910000", "90911000", "90911200", "90610000", "90511000", "55520000")
_MOST_TIMES = 20
"""Markets have at most so many times the firms of one lot."""

LOT = LotFacts(
    id="lot-1",
    cpv_codes=(CpvCode("77310000"), CpvCode("77314000"), CpvCode("90610000")),
    nature=Nature.SERVICES,
    areas=("GM0001", "GM0002"),
    yearly_value_cents=Cents(120_000_00),
    months=24,
    award_on=date(2026, 9, 1),
    ends_on=date(2028, 8, 31),
    procedure=Procedure.INVITATION,
    lead_time_days=30,
    order_value_cents=Cents(500_00),
)
RESERVED_LOT = msgspec.structs.replace(
    LOT,
    reservations=(Reservation.SHELTERED_WORKSHOP,),
    required_marks=(RequiredMark("pso", "1"),),
)


def _areas(draw: random.Random) -> frozenset[str]:
    kind = draw.random()
    if kind < 0.3:
        return frozenset([*MUNICIPALITIES, *PROVINCES, *COROPS, "NL"])
    if kind < 0.7:
        first = draw.randrange(0, 300, 30)
        return frozenset([*MUNICIPALITIES[first : first + 30], *COROPS[:3], PROVINCES[0]])
    return frozenset(draw.sample(MUNICIPALITIES[:20], draw.randint(1, 8)))


def _offering(draw: random.Random, enterprise_id: str, number: int) -> OfferingFacts:
    codes = draw.sample(GREEN if draw.random() < 0.8 else CLEANING, draw.randint(1, 3))
    return OfferingFacts(
        id=f"{enterprise_id}-offering-{number}",
        enterprise_id=enterprise_id,
        cpv_codes=tuple(CpvCode(code) for code in codes),
        service_mode=draw.choice(list(ServiceMode)),
        area_full=_areas(draw),
        area_partial=frozenset(draw.sample(COROPS, 2)),
        free_capacity_cents=draw.choice((None, Cents(draw.randrange(500) * 1_000_00))),
        lead_time_days=draw.choice((None, 5, 20, 40)),
        minimum_order_cents=draw.choice((None, Cents(0), Cents(400_00), Cents(600_00))),
    )


def _enterprise(draw: random.Random, number: int, offerings: int) -> EnterpriseFacts:
    own_id = f"018f2c5e-0000-7000-8000-{number:012}"
    level = draw.choice(("1", "2", "3"))
    mark = MarkFacts("pso", level, Period(date(2025, 1, 1), date(2028, 1, 1)), verified=True)
    return EnterpriseFacts(
        id=own_id,
        name=f"Enterprise {number}",
        legal_form=LegalForm.STICHTING,
        turnover_cents=draw.choice((None, Cents(draw.randrange(1, 2_000_000_00)))),
        target_group_share=draw.choice((None, *ShareBucket)),
        share_verified=draw.random() < 0.5,
        main_aim_integration=draw.choice((None, True, True, False)),
        marks=(mark,) if draw.random() < 0.5 else (),
        track_record=draw.randrange(8),
        distance_km=draw.randrange(200),
        offerings=tuple(_offering(draw, own_id, one) for one in range(offerings)),
    )


def world(enterprises: int, offerings: int) -> list[EnterpriseFacts]:
    """Make firms with so many offerings each."""
    draw = random.Random(20_260_901)
    return [_enterprise(draw, number, offerings) for number in range(enterprises)]


def timed(name: str, work: Callable[[], object], rounds: int = 40) -> None:
    """Print the best and the median of some rounds, in ms."""
    spent = []
    for _ in range(rounds):
        start = perf_counter()
        work()
        spent.append((perf_counter() - start) * 1_000)
    sys.stdout.write(f"{name:<58} best {min(spent):8.1f} ms   median {median(spent):8.1f} ms\n")


def market(lots: int, firms: int, most: int) -> tuple[list[LotDemand], list[FirmSupply], list[Bid]]:
    """Make a market in which a lot has one to `most` eligible firms."""
    draw = random.Random(lots)
    demand = [
        LotDemand(f"lot-{one:04}", Cents(draw.randrange(10_000_00, 500_000_00)))
        for one in range(lots)
    ]
    supply = [
        FirmSupply(f"firm-{one:05}", Cents(draw.randrange(20_000_00, 800_000_00)))
        for one in range(firms)
    ]
    pairs = [
        (lot.id, firm.id)
        for lot in demand
        for firm in draw.sample(supply, min(firms, draw.randint(1, most)))
    ]
    return demand, supply, single_bids(demand, pairs)


def time_allocation(lots: int, firms: int, most: int) -> None:
    """Print how long an allocation with at most three lots a firm takes, and what it proves."""
    demand, supply, bids = market(lots, firms, most)
    start = perf_counter()
    done = allocate(demand, supply, bids, max_lots=3)
    spent = perf_counter() - start
    gap = 1 - done.covered_value_cents / done.highest_value_cents
    sys.stdout.write(
        f"allocate {lots:>5,} x {firms:>6,}, {len(bids):>6,} bids: {spent:6.2f} s, "
        f"covered {len(done.awards)} lots, gap {gap:.3%}, {done.firms} firms, "
        f"proven: value {done.value_proven}, spread {done.spread_proven}\n"
    )


def time_joint(firms: list[EnterpriseFacts]) -> None:
    """Time joint coverage of a large lot in four places."""
    places = ("GM0001", "GM0040", "GM0080", "GM0120")
    big = msgspec.structs.replace(LOT, areas=places, yearly_value_cents=Cents(1_200_000_00))
    found = joint_coverage(big, firms, RULES_2026)
    sys.stdout.write(
        f"joint coverage: {found.found} sets of {len(found.sets and found.sets[0].members)}, "
        f"{found.nodes} nodes, complete {found.complete}\n"
    )
    timed(
        f"joint coverage, {len(firms):,} firms", lambda: joint_coverage(big, firms, RULES_2026), 5
    )


def main() -> None:
    """Time one decision, its fingerprint, joint coverage and allocations."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--size", type=int, default=1_500)
    size = asked.parse_args().size
    firms = world(size, 2)
    hits = {one.id: 0.6 for firm in firms for one in firm.offerings[:1]}
    decision = decide(LOT, firms, RULES_2026, seed="1", text_hits=hits)
    counts = (len(decision.matched), len(decision.near_misses), len(decision.excluded))
    sys.stdout.write("matched, near misses, excluded: {}, {}, {}\n".format(*counts))
    timed(
        f"decide: 1 lot x {2 * size:,} offerings of {size:,} firms",
        lambda: decide(LOT, firms, RULES_2026, seed="1", text_hits=hits),
    )
    timed(
        "decide: the same, reserved and with a required mark",
        lambda: decide(RESERVED_LOT, firms, RULES_2026, seed="1", text_hits=hits),
    )
    timed("fingerprint of the same", lambda: fingerprint(LOT, firms, RULES_2026, seed="1"))
    timed("JSON of the decision", lambda: msgspec.json.encode(decision))
    time_joint(firms)
    for lots, supply, most in ((20, 500, 50), (200, 5_000, 120), (1_000, 20_000, 220)):
        if supply <= _MOST_TIMES * size:
            time_allocation(lots, supply, most)
    time_allocation(60, 12, 12)


if __name__ == "__main__":
    main()
