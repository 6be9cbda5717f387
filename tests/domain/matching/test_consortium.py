"""Joint coverage: who can do a lot together, and with what share."""

import random
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from api.domain.directory import ServiceMode
from api.domain.matching.consortium import JointCoverage, JointLimits, Need, joint_coverage
from api.domain.matching.facts import EnterpriseFacts, LotFacts
from api.domain.matching.rules import RULES_2026
from api.domain.values import Cents, CpvCode
from tests.domain.matching.builders import World, a_firm, a_lot, a_random_world, an_offering

TWO_PLACES = a_lot(areas=("GM0344", "GM0363"))
worlds = st.integers(0, 10**9).map(a_random_world)


def _firm(name: str, *places: str, free: int | None = 60_000_00, **offered: Any) -> EnterpriseFacts:
    offering = an_offering(
        id=f"{name}-1",
        enterprise_id=name,
        area_full=frozenset(places),
        free_capacity_cents=free,
        **offered,
    )
    return a_firm(offering, id=name)


def _joint(lot: LotFacts, *firms: EnterpriseFacts, **more: Any) -> JointCoverage:
    return joint_coverage(lot, firms, RULES_2026, **more)


def _names(coverage: JointCoverage) -> list[list[str]]:
    return [[member.enterprise_id for member in one.members] for one in coverage.sets]


def test_two_firms_divide_the_places_between_them() -> None:
    coverage = _joint(TWO_PLACES, _firm("a", "GM0344"), _firm("b", "GM0363"), _firm("c", "GM0599"))

    [joint] = coverage.sets
    shares = [(one.enterprise_id, one.places, one.value_cents) for one in joint.members]
    assert shares == [("a", ("GM0344",), 50_000_00), ("b", ("GM0363",), 50_000_00)]
    assert joint.members[0].offering_ids == ("a-1",)
    assert joint.members[0].cpv_codes == ("77310000",)
    assert coverage.complete


def test_one_firm_that_does_all_makes_a_set_of_one() -> None:
    able = _firm("a", "GM0344", "GM0363", free=100_000_00)

    assert _names(_joint(TWO_PLACES, able, _firm("b", "GM0363"))) == [["a"]]


def test_two_firms_divide_the_categories_between_them() -> None:
    lot = a_lot(cpv_codes=(CpvCode("77310000"), CpvCode("90610000")))
    green = _firm("a", "GM0344")
    clean = _firm("b", "GM0344", cpv_codes=(CpvCode("90600000"),))

    [joint] = _joint(lot, green, clean).sets

    assert [one.cpv_codes for one in joint.members] == [("77310000",), ("90610000",)]


def test_category_and_place_must_come_from_one_offering() -> None:
    lot = a_lot(cpv_codes=(CpvCode("77310000"), CpvCode("90610000")), areas=("GM1", "GM2"))
    green = _firm("a", "GM1", "GM2")
    clean = _firm("b", "GM1", cpv_codes=(CpvCode("90610000"),))

    coverage = _joint(lot, green, clean)

    assert coverage.sets == ()
    assert coverage.uncovered == (Need("90610000", "GM2"),)


def test_volume_counts_together_and_the_shares_add_up_to_the_cent() -> None:
    firms = [_firm("a", "GM0344", free=1), _firm("b", "GM0344", free=33)]
    lot = a_lot(yearly_value_cents=Cents(90))

    [joint] = _joint(lot, *firms, _firm("c", "GM0344", free=66)).sets

    # 33 and 66 of 99 parts of 90: without "a", who would add next to nothing
    assert [(one.enterprise_id, one.value_cents) for one in joint.members] == [("b", 30), ("c", 60)]


def test_odd_cents_go_to_the_largest_remainders() -> None:
    lot = a_lot(yearly_value_cents=Cents(100))
    firms = [_firm(name, "GM0344", free=34) for name in "abc"]

    [joint] = _joint(lot, *firms).sets

    assert [one.value_cents for one in joint.members] == [34, 33, 33]


def test_what_all_firms_together_lack_is_told() -> None:
    coverage = _joint(TWO_PLACES, _firm("a", "GM0344", free=30_000_00), _firm("b", "GM0363"))

    assert (coverage.sets, coverage.uncovered) == ((), ())
    assert coverage.short_cents == 10_000_00


def test_a_province_is_divided_by_its_municipalities() -> None:
    lot = a_lot(areas=("NL35",))
    members = {"NL35": frozenset({"GM1", "GM2", "GM3"})}
    firms = [_firm("a", "GM1", "GM2"), _firm("b", "GM3", "GM9"), _firm("c", "NL")]

    assert _names(_joint(lot, *firms[:2], areas=members)) == [["a", "b"]]
    assert _joint(lot, *firms[:2]).uncovered == (Need("77310000", "NL35"),)
    assert _names(_joint(lot, *firms, areas=members)) == [["a", "b"], ["a", "c"], ["b", "c"]]


def test_an_unknown_place_or_value_asks_nothing() -> None:
    lot = a_lot(areas=(), yearly_value_cents=None)

    [joint] = _joint(lot, _firm("a", "GM1")).sets

    [member] = joint.members
    assert (member.places, member.value_cents, member.unknown) == ((), None, ())


def test_unknown_capacity_is_not_counted_and_not_called_nothing() -> None:
    unknown = _firm("a", "GM0344", free=None)

    coverage = _joint(TWO_PLACES, unknown, _firm("b", "GM0363", free=100_000_00))

    [joint] = coverage.sets
    assert [one.free_capacity_cents for one in joint.members] == [None, 100_000_00]
    assert [one.value_cents for one in joint.members] == [None, None]
    assert joint.members[0].unknown == ("capacity-unknown",)


def test_sets_with_fewer_open_questions_come_first() -> None:
    sure, unsure = _firm("z", "GM0344"), _firm("a", "GM0344")
    unsure = msgspec.structs.replace(unsure, target_group_share=None)
    lot = msgspec.structs.replace(TWO_PLACES, reservations=("res-ws",))

    names = _names(_joint(lot, sure, unsure, _firm("m", "GM0363")))

    assert names == [["m", "z"], ["a", "m"]]


def test_a_member_must_itself_meet_every_rule_that_is_not_shared() -> None:
    excluded = msgspec.structs.replace(_firm("a", "GM0344"), excluded_by_buyer="fraud")
    late = _firm("b", "GM0344", lead_time_days=99)
    hiring = _firm("c", "GM0344", service_mode=ServiceMode.HIRING_IN)
    full = _firm("d", "GM0344", free=0)
    lot = msgspec.structs.replace(
        TWO_PLACES, lead_time_days=10, service_modes=frozenset({ServiceMode.SERVICE})
    )

    coverage = _joint(lot, excluded, late, hiring, full, _firm("e", "GM0363"))

    assert coverage.sets == ()
    assert coverage.uncovered == (Need("77310000", "GM0344"),)


def test_dependency_and_size_of_one_member_do_not_count_against_a_set() -> None:
    small = msgspec.structs.replace(_firm("a", "GM0344"), turnover_cents=Cents(1))

    assert _names(_joint(TWO_PLACES, small, _firm("b", "GM0363"))) == [["a", "b"]]


def test_without_a_code_or_beneath_a_division_text_decides() -> None:
    no_code = a_lot(cpv_codes=())
    broad = a_lot(cpv_codes=(CpvCode("79000000"),))
    firm = _firm("a", "GM0344", free=100_000_00)

    assert _names(_joint(no_code, firm, text_hits={"a-1": 0.4})) == [["a"]]
    assert _joint(no_code, firm, text_hits={}).uncovered == (Need("", "GM0344"),)
    assert _names(_joint(broad, firm, text_hits={"a-1": 0.4})) == [["a"]]
    assert _joint(broad, firm, text_hits={}).uncovered == (Need("79000000", "GM0344"),)


def test_a_search_that_stops_early_says_so() -> None:
    firms = [_firm(f"{number:02}", "GM0344", free=2_000_00) for number in range(60)]
    limits = JointLimits(max_firms=60, max_nodes=100)

    coverage = _joint(a_lot(), *firms, limits=limits)

    assert (coverage.complete, coverage.nodes) == (False, 100)
    assert [len(one.members) for one in coverage.sets] == [50]


def test_only_the_first_sets_are_given_and_all_are_counted() -> None:
    firms = [_firm(name, "GM0344", free=100_000_00) for name in "abcdefghijkl"]

    coverage = _joint(a_lot(), *firms)

    assert (len(coverage.sets), coverage.found) == (10, 12)


@given(worlds, st.randoms(use_true_random=False))
def test_the_order_of_firms_never_matters(world: World, draw: random.Random) -> None:
    lot, firms, hits = world

    one = _joint(lot, *firms, text_hits=hits)
    other = _joint(lot, *draw.sample(firms, len(firms)), text_hits=hits)

    assert msgspec.json.encode(one) == msgspec.json.encode(other)


@given(worlds)
def test_the_shares_are_the_whole_value_and_within_capacity(world: World) -> None:
    lot, firms, hits = world

    for joint in _joint(lot, *firms, text_hits=hits).sets:
        shares = [one.value_cents for one in joint.members]
        if None not in shares:
            assert sum(share or 0 for share in shares) == lot.yearly_value_cents
        for one in joint.members:
            if one.value_cents is not None:
                assert one.value_cents <= (one.free_capacity_cents or 0)
