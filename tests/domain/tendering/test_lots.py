"""Dividing a tender: the answer as a whole, with its law, its facts and its proof."""

from decimal import Decimal
from random import Random

import msgspec
import pytest

from api.domain.errors import InvalidInput
from api.domain.tendering.law import ContractKind
from api.domain.tendering.law_data import DEFAULT_PROCEDURES
from api.domain.tendering.lot_model import Firm, Item, Objective, Rules, SplitRequest
from api.domain.tendering.lot_plan import Plan, Proof
from api.domain.tendering.lots import Method, split
from api.domain.tendering.regime import Regime
from api.domain.tendering.reserved import Answer
from api.domain.values import CpvCode
from tests.domain.tendering.lot_cases import (
    CATERING,
    CLEANING,
    GREEN,
    a_random_request,
    firm,
    item,
    offering,
    request,
)


def best(asked: SplitRequest) -> Plan:
    return split(asked).proposals[0].plan


def lots_of(plan: Plan) -> list[tuple[str, ...]]:
    return [lot.item_ids for lot in plan.lots]


def apart(items: list[Item], firms: list[Firm] | None = None) -> SplitRequest:
    """Every item alone: each pair is kept apart."""
    names = [one.id for one in items]
    pairs = tuple((a, b) for n, a in enumerate(names) for b in names[n + 1 :])
    able = [firm(n, offering(9_000_000, [CLEANING])) for n in ("x", "y")]
    return request(items, firms or able, rules=Rules(able_firms=1, apart=pairs))


def test_two_items_that_one_firm_can_carry_only_apart_become_two_lots() -> None:
    plan = best(request([item("a", 60), item("b", 60)], [firm("f", offering(120, [GREEN]))]))
    assert (lots_of(plan), plan.reach_cents) == ([("a", "b")], 0)
    two = [firm("f", offering(60)), firm("g", offering(60))]
    plan = best(request([item("a", 60), item("b", 60)], two))
    assert (lots_of(plan), plan.reach_cents, plan.proof) == (
        [("a",), ("b",)],
        120_00,
        Proof.OPTIMAL,
    )


def test_a_firm_wins_no_more_than_its_capacity_and_its_cap() -> None:
    items = [item("a", 60), item("b", 60)]
    pairs = Rules(able_firms=1, apart=(("a", "b"),))
    small = best(request(items, [firm("f", offering(60))], rules=pairs))
    assert (small.reach_cents, [lot.supply.reached for lot in small.lots]) == (60_00, [True, True])
    large = [firm("f", offering(120))]
    assert best(request(items, large, rules=pairs)).reach_cents == 120_00
    capped = msgspec.structs.replace(pairs, win_cap=1)
    assert best(request(items, large, rules=capped)).reach_cents == 60_00


def test_three_able_firms_are_asked_unless_said_otherwise() -> None:
    firms = [firm(name, offering(100)) for name in "fgh"]
    asked = request([item("a", 100)], firms, rules=Rules())
    assert best(asked).reach_cents == 100_00
    assert best(request([item("a", 100)], firms[:2], rules=Rules())).reach_cents == 0


def test_a_reserved_item_asks_two_eligible_firms_and_a_lot_of_its_own() -> None:
    eligible = {"target_share": Decimal("0.30"), "integration_is_main_aim": True}
    firms = [firm(name, offering(500), **eligible) for name in "fg"] + [firm("h", offering(500))]
    plan = best(request([item("a", 100, reserved=True), item("b", 100)], firms, rules=Rules()))
    assert lots_of(plan) == [("a",), ("b",)]
    assert [lot.supply.able for lot in plan.lots] == [("f", "g"), ("f", "g", "h")]
    assert [(lot.reserved, lot.supply.asked) for lot in plan.lots] == [(True, 2), (False, 3)]
    assert plan.reach_cents == 200_00


def test_l1_the_exempt_lots_of_the_published_example() -> None:
    sizes = {"A": 90_000, "B": 20_000, "C": 20_000, "D": 85_000}
    # 215,000 lies under the threshold of sub-central buyers, so a central buyer asks
    asked = apart([item(name, euros) for name, euros in sizes.items()])
    asked = msgspec.structs.replace(asked, level="central")
    asked = msgspec.convert(msgspec.to_builtins(asked), SplitRequest)
    plan = best(asked)
    assert plan.exemption is not None
    assert (plan.total_cents, plan.exemption.room_cents) == (215_000_00, 43_000_00)
    assert [lot.item_ids for lot in plan.lots if lot.law.exempt] == [("B",), ("C",)]


def test_l2_a_cent_below_the_ceiling_within_the_share() -> None:
    small = msgspec.structs.replace(item("a", 0), yearly_cents=79_999_99)
    plan = best(apart([small, item("rest", 320_000)]))
    assert [lot.law.exempt for lot in plan.lots] == [True, False]


def test_l4_and_l5_the_threshold_is_tested_on_the_sum_of_the_lots() -> None:
    below = best(apart([item("a", 100_000), item("b", 100_000)]))
    assert (below.regime.regime, below.exemption) == (Regime.NATIONAL, None)
    assert below.procedures is not None
    assert all(lot.law.procedures is not None for lot in below.lots)
    at = best(apart([item("a", 108_000), item("b", 108_000)]))
    assert (at.regime.regime, at.procedures) == (Regime.EU, None)
    assert at.exemption is not None


def test_l7_works_lots_have_their_own_ceiling() -> None:
    sizes = {"a": 990_000, "b": 1_200_000, "c": 4_000_000}
    items = [item(name, euros, kind=ContractKind.WORKS) for name, euros in sizes.items()]
    plan = best(apart(items))
    assert plan.exemption is not None
    assert plan.exemption.room_cents == 1_238_000_00
    assert [lot.law.exempt for lot in plan.lots] == [True, False, False]


def test_works_mixed_with_services_in_a_lot_take_the_lower_ceiling() -> None:
    works = item("w", 90_000, kind=ContractKind.WORKS, group="g")
    rest = item("z", 6_000_000, kind=ContractKind.WORKS)
    asked = request(
        [works, item("s", 10_000, group="g"), rest],
        [firm("f", offering(9_000_000))],
        rules=Rules(able_firms=1, apart=(("s", "z"),)),
    )
    plan = best(asked)
    assert plan.exemption is not None
    assert [lot.item_ids for lot in plan.lots] == [("s", "w"), ("z",)]
    assert plan.exemption.verdicts[0].reason.code == "above-ceiling"
    assert plan.lots[0].kind is ContractKind.WORKS


def test_a_lot_that_no_social_enterprise_can_do_is_not_exempted() -> None:
    plan = best(apart([item("a", 20_000, GREEN), item("b", 300_000)]))
    assert plan.exemption is not None
    assert plan.exemption.lot_ids == ()


def test_every_figure_of_law_names_its_source_and_version() -> None:
    answer = split(apart([item("a", 20_000), item("b", 300_000)]))
    rules = {basis.rule for basis in answer.basis}
    assert any("art. 5(10)" in rule for rule in rules)
    assert any("2.90" in rule for rule in rules)
    assert any("art. 20" in rule for rule in rules)
    assert any("art. 77" in rule for rule in rules)
    assert any("2.15(1)" in rule for rule in rules)
    assert all(basis.source and basis.version for basis in answer.basis)


def test_lots_carry_turnover_terms_and_what_may_be_reserved() -> None:
    care = item("c", 50_000, CpvCode("85312400"), months=36, kind=ContractKind.SOCIAL_SERVICES)
    mission = {"public_service_mission": True, "article_77_awards_known": True}
    firms = [firm(n, offering(99_000, [care.cpv]), **mission, is_sme=n == "f") for n in "fg"]
    [lot] = best(request([care], firms)).lots
    assert (lot.value_cents, lot.months) == (150_000_00, 36)
    assert lot.law.turnover.maximum_cents == 300_000_00
    assert lot.law.article_77.possible is Answer.YES
    assert lot.law.article_20.possible is Answer.UNKNOWN
    assert (lot.supply.sme.able_smes, lot.supply.sme.able_larger) == (1, 1)
    assert lot.supply.sme.suitable is Answer.YES


def test_an_endless_item_makes_its_lot_endless() -> None:
    items = [item("a", 10, months=None, group="g"), item("b", 10, group="g")]
    [lot] = best(request(items, [firm("f", offering(100))])).lots
    assert lot.months is None
    assert lot.supply.sme.suitable is Answer.UNKNOWN


def test_a_day_without_thresholds_leaves_the_regime_unknown() -> None:
    asked = apart([item("a", 10)])
    old = msgspec.structs.replace(asked, dispatched_on=asked.dispatched_on.replace(year=2020))
    answer = split(old)
    plan = answer.proposals[0].plan
    assert (plan.regime.regime, plan.procedures, plan.exemption) == (Regime.UNKNOWN, None, None)
    assert plan.lots[0].law.procedures is None
    assert plan.lots[0].supply.sme.suitable is Answer.UNKNOWN


def test_a_buyer_s_own_policy_and_main_kind_are_used() -> None:
    own = msgspec.structs.replace(DEFAULT_PROCEDURES, id="utrecht")
    asked = msgspec.structs.replace(
        apart([item("a", 10)]), procedure_policy=own, main_kind=ContractKind.WORKS
    )
    plan = best(asked)
    assert plan.procedures is not None
    assert (plan.procedures.policy_id, plan.regime.kind) == ("utrecht", ContractKind.WORKS)


def test_only_firms_with_larger_staff_make_a_lot_unfit_for_smes() -> None:
    [lot] = best(request([item("a", 1)], [firm("f", offering(9), is_sme=False)])).lots
    assert lot.supply.sme.suitable is Answer.NO


def test_fewer_lots_with_less_reach_are_shown_beside_the_best_plan() -> None:
    items = [item("a", 60), item("b", 60, GREEN), item("c", 60, CATERING)]
    firms = [firm(c, offering(60, [c])) for c in (CLEANING, GREEN, CATERING)]
    plans = [one.plan for one in split(request(items, firms)).proposals]
    assert [(plan.reach_cents, len(plan.lots)) for plan in plans] == [
        (180_00, 3),
        (60_00, 2),
        (0, 1),
    ]


def test_the_objective_decides_which_plan_comes_first() -> None:
    items = [item(name, euros) for name, euros in {"a": 60, "b": 30, "c": 30, "d": 10}.items()]
    firms = [firm("f", offering(120)), firm("g", offering(130))]
    together = best(request(items, firms, objective=Objective.MOST_REACH))
    assert lots_of(together) == [("a", "b", "c", "d")]
    even = best(request(items, firms, objective=Objective.BALANCED))
    assert even.reach_cents == 130_00
    assert sorted(lot.value_cents for lot in even.lots) in (
        [10_00, 60_00, 60_00],
        [30_00, 40_00, 60_00],
    )


def test_fewest_lots_keep_the_share_of_reach_that_is_asked() -> None:
    items = [item("a", 60), item("b", 60, GREEN), item("c", 60, CATERING)]
    firms = [firm(c, offering(60, [c])) for c in (CLEANING, GREEN, CATERING)]
    fewest = Objective.FEWEST_LOTS

    def lots(share: str) -> int:
        asked = request(items, firms, objective=fewest, reach_share=Decimal(share))
        return len(best(asked).lots)

    assert [lots("0.33"), lots("0.34"), lots("1")] == [2, 3, 3]


def test_equal_requests_give_equal_answers_whatever_the_order_of_their_rows() -> None:
    random = Random(7)
    for _ in range(15):
        asked = a_random_request(random)
        items, firms = list(asked.items), list(asked.firms)
        random.shuffle(items)
        random.shuffle(firms)
        shuffled = msgspec.structs.replace(asked, items=tuple(items), firms=tuple(firms))
        assert msgspec.json.encode(split(shuffled)) == msgspec.json.encode(split(asked))


def test_lot_values_sum_to_the_tender_and_every_item_is_in_one_lot() -> None:
    random = Random(8)
    for _ in range(15):
        asked = a_random_request(random)
        answer = split(asked)
        assert answer.method is Method.EXACT
        for one in answer.proposals:
            placed = [name for lot in one.plan.lots for name in lot.item_ids]
            assert sorted(placed) == sorted(x.id for x in asked.items)
            assert sum(lot.value_cents for lot in one.plan.lots) == one.plan.total_cents
            assert one.plan.total_cents == one.plan.regime.total_cents
            assert one.plan.gap == "0"
        assert bool(answer.proposals) == (answer.conflict is None)


def test_a_wrong_request_is_refused() -> None:
    with pytest.raises(InvalidInput):
        split(request([], []))
