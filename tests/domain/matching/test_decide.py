"""One decision: its parts, its order, and what never changes it."""

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.errors import InvalidValue
from api.domain.matching.decide import Excluded, Match, NearMiss, decide, turn
from api.domain.matching.facts import EnterpriseFacts
from api.domain.matching.reasons import RULES, RuleId
from api.domain.matching.rules import RULES_2026
from api.domain.values import Cents, CpvCode
from tests.domain.matching.builders import (
    World,
    a_firm,
    a_lot,
    a_random_world,
    an_offering,
    decided,
)

worlds = st.integers(0, 10**9).map(a_random_world)


def _named(name: str, **known: Any) -> EnterpriseFacts:
    return a_firm(an_offering(id=f"{name}-1", enterprise_id=name), id=name, **known)


def test_the_highest_score_comes_first() -> None:
    decision = decided(a_lot(), _named("a"), _named("b", track_record=5), _named("c"))

    assert decision.matched[0].enterprise_id == "b"
    assert [one.score for one in decision.matched] == [690, 640, 640]


def test_equal_scores_rotate_with_the_seed() -> None:
    firms = [_named(name) for name in "abcdefgh"]
    orders = {
        tuple(one.enterprise_id for one in decided(a_lot(), *firms, seed=str(seed)).matched)
        for seed in range(20)
    }

    assert len(orders) == 20


def test_the_rotation_is_the_hash_of_seed_and_id() -> None:
    # printf '2026-09\nb' | sha256sum
    assert turn("2026-09", "b").hex() == HASH_OF_B


HASH_OF_B = "ada7e6a46b5b365e1756957fe345f9ded17ba9caa177f2198018b8206dc90cb3"


def test_the_best_offering_decides() -> None:
    broad = an_offering(id="a", cpv_codes=(CpvCode("77000000"),))
    exact = an_offering(id="b")

    [match] = decided(a_lot(), a_firm(broad, exact)).matched

    assert match.offering_id == "b"


def test_of_equal_offerings_the_lower_id_decides() -> None:
    [match] = decided(a_lot(), a_firm(an_offering(id="b"), an_offering(id="a"))).matched

    assert match.offering_id == "a"


def test_an_excluded_firm_is_explained_by_its_nearest_offering() -> None:
    other = an_offering(id="a", cpv_codes=(CpvCode("55520000"),))
    two = an_offering(id="b", area_full=frozenset({"GM1"}), free_capacity_cents=Cents(1))
    one = an_offering(id="c", area_full=frozenset({"GM1"}))

    [excluded] = decided(a_lot(), a_firm(other, two, one)).excluded

    assert excluded.offering_id == "c"
    assert [reason.code for reason in excluded.reasons] == ["area-outside"]


def test_the_answer_names_its_versions_and_the_source_of_every_rule() -> None:
    decision = decided(a_lot(), a_firm())

    assert decision.rules_version == "matching-2026-1"
    assert decision.weights_version == "weights-2026-1"
    assert decision.seed == "seed"
    assert decision.rules == RULES
    assert {rule.id for rule in RULES} == set(RuleId)
    assert all(rule.source for rule in RULES)


@pytest.mark.parametrize("relevance", [-0.1, 1.1, float("nan")])
def test_a_relevance_outside_0_to_1_is_refused(relevance: float) -> None:
    with pytest.raises(InvalidValue, match="not between 0 and 1"):
        decided(a_lot(), a_firm(), text_hits={"firm-offering": relevance})


def test_ids_that_occur_twice_are_refused() -> None:
    with pytest.raises(InvalidValue, match="twice"):
        decided(a_lot(), a_firm(), a_firm(an_offering(id="other")))
    with pytest.raises(InvalidValue, match="twice"):
        decided(a_lot(), a_firm(), a_firm(id="other"))


def test_nobody_considered_is_an_answer() -> None:
    decision = decided(a_lot())

    assert (decision.considered, decision.matched, decision.excluded) == (0, (), ())


@given(worlds)
def test_matched_and_near_and_excluded_are_all_that_were_considered(world: World) -> None:
    lot, firms, hits = world

    decision = decided(lot, *firms, text_hits=hits)

    verdicts: list[Match | NearMiss | Excluded] = [
        *decision.matched,
        *decision.near_misses,
        *decision.excluded,
    ]
    assert decision.considered == len(firms)
    assert sorted(one.enterprise_id for one in verdicts) == sorted(one.id for one in firms)


@given(worlds)
def test_every_firm_that_is_left_out_is_told_at_least_one_reason(world: World) -> None:
    lot, firms, hits = world

    decision = decided(lot, *firms, text_hits=hits)

    for excluded in decision.excluded:
        assert excluded.reasons
        assert {reason.state for reason in excluded.reasons} == {"fail"}
    for near in decision.near_misses:
        assert [one.code for one in near.reasons if one.state == "fail"] == [near.shortfall.code]
        assert near.shortfall.by > 0
    for match in decision.matched:
        assert "fail" not in {reason.state for reason in match.reasons}
        assert match.score == sum(line.points for line in match.breakdown)
        assert 0 <= match.score <= 1000


@given(worlds, st.randoms(use_true_random=False))
def test_permuting_rows_leaves_the_answer_the_same_to_the_byte(
    world: World, draw: random.Random
) -> None:
    lot, firms, hits = world
    shuffled = [_shuffled(firm, draw) for firm in draw.sample(firms, len(firms))]

    one = decide(lot, firms, RULES_2026, seed="s", text_hits=hits)
    other = decide(lot, shuffled, RULES_2026, seed="s", text_hits=hits)

    assert msgspec.json.encode(one) == msgspec.json.encode(other)


def _shuffled(firm: EnterpriseFacts, draw: random.Random) -> EnterpriseFacts:
    offerings = [
        msgspec.structs.replace(
            one, cpv_codes=tuple(draw.sample(one.cpv_codes, len(one.cpv_codes)))
        )
        for one in draw.sample(firm.offerings, len(firm.offerings))
    ]
    marks = tuple(draw.sample(firm.marks, len(firm.marks)))
    return msgspec.structs.replace(firm, offerings=tuple(offerings), marks=marks)


@given(worlds)
def test_the_answer_survives_json(world: World) -> None:
    lot, firms, hits = world
    decision = decided(lot, *firms, text_hits=hits)

    assert msgspec.json.decode(msgspec.json.encode(decision), type=type(decision)) == decision
