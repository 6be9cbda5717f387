"""The CPV tree: the hierarchy is in the digits."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.tendering.cpv import (
    CpvRelation,
    depth,
    lineage,
    lineages,
    prefix,
    relation,
)
from api.domain.values import CpvCode

CPV_TABLE = Path(__file__).parents[4] / "shared" / "data" / "reference" / "cpv.csv"
SAME, BROADER, NARROWER = CpvRelation.SAME, CpvRelation.BROADER, CpvRelation.NARROWER


@st.composite
def codes(draw: st.DrawFn) -> CpvCode:
    division = draw(st.integers(3, 98))
    rest = draw(st.text("0123456789", max_size=6))
    return CpvCode(f"{division:02}{rest}".ljust(8, "0"))


@pytest.mark.parametrize(
    ("code", "digits"),
    [
        ("03000000", "03"),
        ("30000000", "30"),
        ("90910000", "9091"),
        ("80110000", "8011"),
        ("98133110", "9813311"),
        ("85312401", "85312401"),
    ],
)
def test_a_prefix_keeps_both_digits_of_a_division(code: str, digits: str) -> None:
    assert prefix(CpvCode(code)) == digits
    assert depth(CpvCode(code)) == len(digits)


def test_a_lineage_runs_from_the_division_to_the_code_itself() -> None:
    assert lineage(CpvCode("90911200")) == (
        "90000000",
        "90900000",
        "90910000",
        "90911000",
        "90911200",
    )
    assert lineage(CpvCode("50000000")) == ("50000000",)


def test_a_zero_inside_a_code_adds_no_level() -> None:
    assert lineage(CpvCode("30190000")) == ("30000000", "30100000", "30190000")
    assert lineage(CpvCode("80010000")) == ("80000000", "80010000")


def test_lineages_are_sorted_and_unique() -> None:
    both = lineages([CpvCode("90911000"), CpvCode("90910000")])
    assert both == ("90000000", "90900000", "90910000", "90911000")


@pytest.mark.parametrize(
    ("offered", "wanted", "expected"),
    [
        ("90910000", "90910000", SAME),
        ("90000000", "90911200", BROADER),
        ("90911200", "90910000", NARROWER),
        ("90920000", "90910000", None),
        ("30000000", "03000000", None),
        ("03000000", "30000000", None),
        ("50000000", "55520000", None),
    ],
)
def test_an_offered_code_is_related_to_a_wanted_one(
    offered: str, wanted: str, expected: CpvRelation | None
) -> None:
    assert relation(CpvCode(offered), CpvCode(wanted)) is expected


@given(codes(), codes())
def test_broader_one_way_is_narrower_the_other_way(one: CpvCode, other: CpvCode) -> None:
    turned = {SAME: SAME, BROADER: NARROWER, NARROWER: BROADER, None: None}
    assert relation(other, one) is turned[relation(one, other)]


@given(codes(), codes())
def test_broader_means_standing_in_the_lineage(one: CpvCode, other: CpvCode) -> None:
    above = relation(one, other) in (SAME, BROADER)
    assert above == (one in lineage(other))


@given(codes(), codes(), codes())
def test_what_is_broader_than_the_broader_is_broader(a: CpvCode, b: CpvCode, c: CpvCode) -> None:
    if relation(a, b) is BROADER and relation(b, c) is BROADER:
        assert relation(a, c) is BROADER


@given(codes())
def test_a_lineage_gets_deeper_with_every_step(code: CpvCode) -> None:
    depths = [depth(one) for one in lineage(code)]
    assert depths == sorted(set(depths))
    assert lineage(code)[-1] == code


@pytest.mark.skipif(not CPV_TABLE.exists(), reason="the shared CPV table is not beside the tree")
def test_the_official_parent_of_every_code_stands_in_its_lineage() -> None:
    with CPV_TABLE.open(encoding="utf-8") as table:
        rows = [(row["code"], row["parent"]) for row in csv.DictReader(table)]
    orphans = [
        code for code, parent in rows if parent and CpvCode(parent) not in lineage(CpvCode(code))
    ]
    assert len(rows) == 9454
    assert orphans == []
