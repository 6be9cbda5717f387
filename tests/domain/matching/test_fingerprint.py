"""The fingerprint: the same for the same facts, another for any other."""

import random
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from api.domain.matching.decide import decide
from api.domain.matching.facts import Procedure
from api.domain.matching.fingerprint import Written, fingerprint
from api.domain.matching.rules import RULES_2026, WEIGHTS_2026
from api.domain.values import Cents, CpvCode, Period
from tests.domain.matching.builders import World, a_firm, a_lot, a_mark, a_random_world, an_offering

worlds = st.integers(0, 10**9).map(a_random_world)
BASE: dict[str, Any] = {
    "lot": a_lot(),
    "enterprises": [a_firm()],
    "rules": RULES_2026,
    "seed": "seed",
}


def _print(**changed: Any) -> str:
    facts = BASE | changed
    lot, firms, rules = (facts.pop(name) for name in ("lot", "enterprises", "rules"))
    return fingerprint(lot, firms, rules, **facts)


@pytest.mark.parametrize(
    "changed",
    [
        {"seed": "other"},
        {"lot": a_lot(months=25)},
        {"lot": a_lot(cpv_codes=(CpvCode("90910000"), CpvCode("77310000")))},
        {"enterprises": []},
        {"enterprises": [a_firm(turnover_cents=Cents(1))]},
        {"enterprises": [a_firm(an_offering(lead_time_days=11))]},
        {"enterprises": [a_firm(an_offering(area_full=frozenset({"NL"})))]},
        {"enterprises": [a_firm(an_offering(area_full=frozenset()))]},
        {"enterprises": [a_firm(an_offering(area_partial=frozenset({"GM0344"})))]},
        {"enterprises": [a_firm(name="Another Name")]},
        {"enterprises": [a_firm(marks=(a_mark(),))]},
        {"rules": replace(RULES_2026, version="matching-2026-2")},
        {"rules": replace(RULES_2026, weights=replace(WEIGHTS_2026, version="weights-2026-2"))},
        {"rules": replace(RULES_2026, dependency_permille=501)},
        {"text_hits": {}},
        {"text_hits": {"firm-offering": 0.5}},
    ],
)
def test_any_other_input_gives_another_fingerprint(changed: dict[str, Any]) -> None:
    assert _print(**changed) != _print()


@pytest.mark.parametrize(("procedure", "differs"), [("open", False), ("invitation", True)])
def test_a_coverage_elsewhere_counts_by_invitation_alone(procedure: str, differs: bool) -> None:  # noqa: FBT001
    """Where all may bid, nothing hangs on it; among invitees a narrow coverage ranks first."""
    lot = a_lot(procedure=Procedure(procedure))
    wider = a_firm(an_offering(area_full=frozenset({"GM0344", "GM0001"})))

    prints = {_print(lot=lot, enterprises=[firm]) for firm in (a_firm(), wider)}
    scores = {
        decide(lot, [firm], RULES_2026, seed="seed").matched[0].score for firm in (a_firm(), wider)
    }

    assert len(prints) == 1 + differs
    assert len(scores) <= len(prints)


def test_a_fingerprint_is_a_sha_256_in_hex() -> None:
    assert len(_print()) == 64
    assert set(_print()) <= set("0123456789abcdef")


def test_the_order_of_areas_additional_codes_and_marks_leaves_it_unchanged() -> None:
    one = a_mark(valid=Period(date(2026, 1, 1), None))
    other = a_mark("vca", None)
    codes = (CpvCode("77310000"), CpvCode("90610000"), CpvCode("90910000"))

    assert _print(
        lot=a_lot(areas=("GM1", "GM2"), cpv_codes=codes), enterprises=[a_firm(marks=(one, other))]
    ) == _print(
        lot=a_lot(areas=("GM2", "GM1"), cpv_codes=(codes[0], codes[2], codes[1])),
        enterprises=[a_firm(marks=(other, one))],
    )


@given(worlds, st.randoms(use_true_random=False))
def test_the_order_of_rows_leaves_it_unchanged(world: World, draw: random.Random) -> None:
    lot, firms, hits = world
    shuffled = [
        replace(firm, offerings=tuple(draw.sample(firm.offerings, len(firm.offerings))))
        for firm in draw.sample(firms, len(firms))
    ]

    one = fingerprint(lot, firms, RULES_2026, seed="s", text_hits=hits)

    assert one == fingerprint(lot, shuffled, RULES_2026, seed="s", text_hits=hits)


def test_lots_that_share_firms_get_the_fingerprints_that_each_gets_alone() -> None:
    wide = a_firm(an_offering(area_full=frozenset({"GM0344", "NL350"})), id="wide")
    near = a_firm(an_offering(id="near", area_partial=frozenset({"NL350"})), id="near")
    both = a_firm(an_offering(id="b"), an_offering(id="a"), id="both")
    areas = [("GM0344",), ("GM0344", "NL350"), ("GM0344",), ("GM0363",), ()]
    lots = [a_lot(areas=one, months=months) for months, one in enumerate(areas, 10)]
    written, firms = Written(), [wide, near, both]

    shared = [_print(lot=lot, enterprises=firms, written=written) for lot in lots]

    assert shared == [_print(lot=lot, enterprises=firms) for lot in lots]
    assert len(set(shared)) == len(lots)
