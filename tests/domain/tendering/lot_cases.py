"""Small tenders and firms to divide, and a search through every division for comparison."""

from collections.abc import Iterator, Sequence
from datetime import date
from random import Random
from typing import Any

from api.domain.tendering.coverage import Reach
from api.domain.tendering.law import BuyerLevel, ContractKind
from api.domain.tendering.lot_model import Firm, Item, Objective, Offering, Rules, SplitRequest
from api.domain.values import CpvCode

CLEANING, GREEN, CATERING = CpvCode("90910000"), CpvCode("77310000"), CpvCode("55520000")
UTRECHT, ZEIST = "GM0344", "GM0355"


def item(name: str, euros: int, cpv: CpvCode = CLEANING, **other: Any) -> Item:
    """A one-year service in Utrecht."""
    given: dict[str, Any] = {
        "title": name,
        "kind": ContractKind.SERVICES,
        "months": 12,
        "areas": (UTRECHT,),
        "region": "NL35",
        **other,
    }
    return Item(id=name, cpv=cpv, yearly_cents=euros * 100, **given)


def offering(
    euros: int | None, codes: Sequence[CpvCode] = (CLEANING,), areas: Sequence[str] = (UTRECHT,)
) -> Offering:
    capacity = None if euros is None else euros * 100
    return Offering(tuple(codes), Reach(tuple(sorted(areas)), ()), capacity)


def firm(name: str, *offerings: Offering, **facts: Any) -> Firm:
    return Firm(id=name, name=f"Firma {name}", offerings=offerings, **facts)


def request(items: Sequence[Item], firms: Sequence[Firm], **other: Any) -> SplitRequest:
    rules = other.pop("rules", Rules(able_firms=1))
    given: dict[str, Any] = {
        "level": BuyerLevel.SUB_CENTRAL,
        "dispatched_on": date(2026, 3, 1),
        **other,
    }
    return SplitRequest(items=tuple(items), firms=tuple(firms), rules=rules, **given)


def a_random_request(random: Random) -> SplitRequest:
    """At most eight items and six firms, with every kind of rule now and then."""
    codes = (CLEANING, GREEN)
    items = [
        item(
            f"i{n}",
            random.randint(5, 90) * 1000 + random.randint(0, 99),
            random.choice(codes),
            areas=(random.choice((UTRECHT, ZEIST)),),
            months=random.choice((6, 12, 24, 60, None)),
            options_cents=random.choice((0, 1_234_56)),
            group=random.choice((None, None, None, "g")),
        )
        for n in range(random.randint(3, 8))
    ]
    firms = [_a_random_firm(f"f{n}", random) for n in range(random.randint(1, 6))]
    names = [one.id for one in items]
    apart = [(names[0], names[1])] if random.random() < 0.3 else []
    rules = Rules(
        minimum_value_cents=random.choice((None, None, 30_000_00)),
        maximum_value_cents=random.choice((None, None, 400_000_00)),
        maximum_lots=random.choice((None, 2, 3, 4)),
        win_cap=random.choice((None, 1, 2)),
        able_firms=random.choice((1, 2, 3)),
        every_lot_able=random.random() < 0.15,
        category_digits=random.choice((None, None, 2)),
        apart=tuple(apart),
    )
    objective = random.choice(list(Objective))
    return request(items, firms, rules=rules, objective=objective)


def _a_random_firm(name: str, random: Random) -> Firm:
    sizes = (None, 20_000, 60_000, 100_000, 150_000, 300_000)
    return firm(
        name,
        *(
            offering(
                random.choice(sizes),
                random.sample((CLEANING, GREEN), random.randint(1, 2)),
                random.sample((UTRECHT, ZEIST), random.randint(1, 2)),
            )
            for _ in range(random.randint(1, 2))
        ),
    )


def partitions(count: int) -> Iterator[list[list[int]]]:
    """Every way to divide so many things into lots."""
    if count == 0:
        yield []
        return
    for rest in partitions(count - 1):
        last = count - 1
        yield [*rest, [last]]
        for place in range(len(rest)):
            yield [*rest[:place], [*rest[place], last], *rest[place + 1 :]]
