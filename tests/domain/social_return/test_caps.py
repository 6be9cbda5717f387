from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.social_return.caps import (
    CapLimit,
    Demand,
    ObligationNotAssessed,
    allocate,
    cap_cents,
    caps_of,
    freeze,
    uses,
)
from api.domain.social_return.rule_book import Cap, Category, RuleBook, Source, SourceKind
from api.domain.values import Cents

HALF = CapLimit("ladder", Decimal("0.5"))
TENTH = CapLimit("impact", Decimal("0.1"))
DUE = Cents(1_000)

demands = st.lists(
    st.builds(
        Demand,
        st.integers(0, 2_000).map(Cents),
        st.sampled_from([(), ("ladder",), ("impact",), ("impact", "ladder"), ("free",)]),
    ),
    max_size=12,
)


def test_a_cap_is_rounded_down_so_that_it_is_never_exceeded() -> None:
    assert cap_cents(CapLimit("ladder", Decimal("0.333")), Cents(100)) == 33


def test_the_caps_come_from_the_rule_book() -> None:
    book = RuleBook(
        id="town",
        version="1",
        name="Town",
        regions=("Region",),
        source_kind=SourceKind.EXAMPLE,
        sources=(Source("page", "Page", SourceKind.EXAMPLE),),
        categories=(Category("ladder", "Ladder"),),
        caps=(Cap("ladder", Decimal("0.5")),),
    )
    assert caps_of(book) == (HALF,)


def test_the_room_is_given_out_in_order() -> None:
    asked = [Demand(Cents(300), ("ladder",)), Demand(Cents(300), ("ladder",)), Demand(Cents(900))]
    assert allocate(asked, [HALF], DUE) == (300, 200, 900)


def test_a_claim_in_two_categories_needs_room_in_each() -> None:
    asked = [Demand(Cents(300), ("impact", "ladder")), Demand(Cents(450), ("ladder",))]
    assert allocate(asked, [HALF, TENTH], DUE) == (100, 400)


def test_a_claim_is_frozen_at_the_room_there_is() -> None:
    frozen = freeze(Demand(Cents(300), ("ladder",)), [Demand(Cents(400), ("ladder",))], [HALF], DUE)
    assert (frozen.credit_cents, frozen.cut_cents) == (100, 200)
    assert [reason.code for reason in frozen.reasons] == ["capped"]
    assert frozen.reasons[0].detail == "€ 2.00 lies above the cap on ladder"


def test_a_claim_without_a_cap_is_frozen_whole() -> None:
    frozen = freeze(Demand(Cents(300), ("free",)), [], [HALF], None)
    assert (frozen.credit_cents, frozen.cut_cents, frozen.reasons) == (300, 0, ())


def test_a_capped_claim_waits_for_the_obligation_to_be_known() -> None:
    with pytest.raises(ObligationNotAssessed):
        freeze(Demand(Cents(300), ("ladder",)), [], [HALF], None)
    assert allocate([Demand(Cents(300), ("ladder",))], [HALF], None) == (300,)


def test_the_use_of_a_cap_is_told_with_the_room_left() -> None:
    asked = [Demand(Cents(300), ("ladder",)), Demand(Cents(50))]
    [use] = uses(asked, allocate(asked, [HALF], DUE), [HALF], DUE)
    assert (use.cap_cents, use.used_cents, use.room_cents) == (500, 300, 200)
    [unknown] = uses(asked, allocate(asked, [HALF], None), [HALF], None)
    assert (unknown.cap_cents, unknown.used_cents, unknown.room_cents) == (None, 300, None)


@given(demands.flatmap(st.permutations), st.integers(0, 3_000).map(Cents))
def test_no_order_of_claims_exceeds_a_cap(asked: list[Demand], due: Cents) -> None:
    counted = allocate(asked, [HALF, TENTH], due)
    for use in uses(asked, counted, [HALF, TENTH], due):
        assert use.cap_cents is not None
        assert 0 <= use.used_cents <= use.cap_cents
    assert all(0 <= cents <= one.amount_cents for cents, one in zip(counted, asked, strict=True))


@given(demands)
def test_freezing_one_by_one_equals_allocating_all(asked: list[Demand]) -> None:
    frozen: list[Demand] = []
    for demand in asked:
        credit = freeze(demand, frozen, [HALF, TENTH], DUE).credit_cents
        frozen.append(Demand(credit, demand.categories))
    assert tuple(one.amount_cents for one in frozen) == allocate(asked, [HALF, TENTH], DUE)
