from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from api.domain.social_return.rule_book import (
    Base,
    Block,
    Bonus,
    BonusPer,
    Cap,
    Category,
    FteRule,
    ObligationRules,
    OwnCertificate,
    Part,
    Percentage,
    PurchaseRule,
    Recognition,
    RuleBook,
    Source,
    SourceKind,
    Threshold,
    Unit,
)
from api.domain.social_return.rule_book_checks import rule_book_faults, shelf_faults
from api.domain.tendering.notice import Nature
from api.domain.values import Cents

PAGE = Source("page", "Page", SourceKind.EXAMPLE)
PSO = (Recognition("pso", "PSO"),)


def book(**more: Any) -> RuleBook:
    facts = {"id": "town", "version": "1", "name": "Town", "regions": ("Region",)}
    return RuleBook(**(facts | {"source_kind": SourceKind.EXAMPLE, "sources": (PAGE,)} | more))


def found(**more: Any) -> list[tuple[str, str]]:
    return [(fault.code, fault.place) for fault in rule_book_faults(book(**more))]


def block(code: str = "work", unit: Unit = Unit.YEAR, **more: Any) -> Block:
    facts = {"value_cents": None if unit is Unit.ACTUAL_COST else Cents(100)}
    return Block(code=code, label=code, unit=unit, **(facts | more))


def rule(share: str = "1", **more: Any) -> PurchaseRule:
    facts = {"recognition": "pso", "part": Part.INVOICE}
    return PurchaseRule(share=Decimal(share), **(facts | more))


def percent(share: str | None = "0.05", **more: Any) -> Percentage:
    return Percentage(share=None if share is None else Decimal(share), **more)


def obligation(*percentages: Percentage, **more: Any) -> dict[str, ObligationRules]:
    return {"obligation": ObligationRules(percentages=percentages, **more)}


def test_a_book_that_says_little_has_no_faults() -> None:
    assert found() == []


ONCE = Bonus(code="b", label="b", per=BonusPer.ONCE, amount_cents=Cents(1))
MULTIPLE = Bonus(code="b", label="b", per=BonusPer.YEAR_VALUE, multiple=Decimal(1))


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"sources": ()}, ("incomplete-rule", "/sources")),
        ({"sources": (PAGE, PAGE)}, ("source-twice", "/sources/1")),
        ({"municipalities": ("344",)}, ("invalid-municipality", "/municipalities/0")),
        ({"municipalities": ("GM0344", "GM0344")}, ("municipality-twice", "/municipalities/1")),
        (
            {"valid_from": date(2026, 1, 1), "valid_until": date(2026, 1, 1)},
            ("invalid-period", "/validUntil"),
        ),
        ({"blocks": (block(), block())}, ("block-twice", "/blocks/1")),
        (
            {"blocks": (block(),), "activities": (block(unit=Unit.HOUR),)},
            ("block-twice", "/activities/0/code"),
        ),
        ({"blocks": (block(max_months=Decimal(0)),)}, ("not-above-zero", "/blocks/0/maxMonths")),
        ({"blocks": (block(value_cents=Cents(-1)),)}, ("below-zero", "/blocks/0/valueCents")),
        ({"blocks": (block(value_cents=None),)}, ("incomplete-rule", "/blocks/0")),
        (
            {"blocks": (block(unit=Unit.ACTUAL_COST, value_cents=Cents(1)),)},
            ("incomplete-rule", "/blocks/0"),
        ),
        ({"blocks": (block(unit=Unit.DAY),)}, ("unit-not-possible", "/blocks/0/unit")),
        ({"activities": (block(unit=Unit.YEAR),)}, ("unit-not-possible", "/activities/0/unit")),
        ({"blocks": (block(markup=Decimal(1)),)}, ("markup-without-cost", "/blocks/0/markup")),
        ({"blocks": (block(ceiling=True),)}, ("ceiling-without-rate", "/blocks/0/ceiling")),
        ({"blocks": (block(source="nowhere"),)}, ("unknown-source", "/blocks/0/source")),
        ({"blocks": (block(categories=("x",)),)}, ("unknown-category", "/blocks/0/categories/0")),
        ({"bonuses": (ONCE, ONCE)}, ("bonus-twice", "/bonuses/1")),
        (
            {"bonuses": (Bonus(code="b", label="b", per=BonusPer.ONCE),)},
            ("incomplete-rule", "/bonuses/0"),
        ),
        (
            {"bonuses": (Bonus(code="b", label="b", per=BonusPer.YEAR_VALUE),)},
            ("incomplete-rule", "/bonuses/0"),
        ),
        (
            {"blocks": (block(unit=Unit.MONTH),), "bonuses": (MULTIPLE,)},
            ("no-year-value", "/bonuses/0/blocks"),
        ),
        ({"caps": (Cap("x", Decimal("0.5")),)}, ("unknown-category", "/caps/0/category")),
        ({"purchases": (rule(),)}, ("unknown-recognition", "/purchases/0/recognition")),
        (
            {"recognitions": PSO, "purchases": (rule("1.01"),)},
            ("share-out-of-range", "/purchases/0/share"),
        ),
        (
            {"recognitions": PSO, "purchases": (rule("0.1", level="1"), rule("0.2", level="1"))},
            ("level-twice", "/purchases/1"),
        ),
        (
            {"recognitions": PSO, "own_certificates": (OwnCertificate(recognition="pso"),)},
            ("incomplete-rule", "/ownCertificates/0"),
        ),
        ({"fte_rule": FteRule(Decimal(5))}, ("share-out-of-range", "/fteRule/share")),
        ({"fte_rule": FteRule(Decimal(0), "gone")}, ("unknown-source", "/fteRule/source")),
        ({"entry_window_months": 0}, ("not-above-zero", "/entryWindowMonths")),
        (
            obligation(percent(labour_share_below=Decimal("0.3")), percent()),
            ("overlapping-rules", "/obligation/percentages/1"),
        ),
        (
            obligation(thresholds=(Threshold(Cents(1)), Threshold(Cents(2)))),
            ("overlapping-rules", "/obligation/thresholds/1"),
        ),
        (obligation(thresholds=(Threshold(),)), ("incomplete-rule", "/obligation/thresholds/0")),
        (
            obligation(thresholds=(Threshold(reference="EU services"),)),
            ("invalid-reference", "/obligation/thresholds/0/reference"),
        ),
        (obligation(percent(None)), ("incomplete-rule", "/obligation/percentages/0")),
        (
            obligation(percent(), base=Base.FIXED_AMOUNT),
            ("incomplete-rule", "/obligation/percentages/0"),
        ),
        (
            obligation(percent(value_from_cents=Cents(5), value_below_cents=Cents(5))),
            ("empty-range", "/obligation/percentages/0/valueBelowCents"),
        ),
    ],
)
def test_each_contradiction_is_found_at_its_place(
    more: dict[str, Any], fault: tuple[str, str]
) -> None:
    assert found(**more) == [fault]


def test_faults_are_found_together() -> None:
    assert found(
        categories=(Category("a", "A"), Category("a", "A")),
        recognitions=(*PSO, *PSO),
        caps=(Cap("a", Decimal(2)), Cap("a", Decimal("0.5"))),
        bonuses=(Bonus(code="b", label="b", per=BonusPer.ONCE, blocks=("gone",)),),
        own_certificates=(
            OwnCertificate(recognition="pso", exempt=True),
            OwnCertificate(recognition="pso", exempt=True),
        ),
    ) == [
        ("share-out-of-range", "/caps/0/share"),
        ("category-twice", "/categories/1"),
        ("recognition-twice", "/recognitions/1"),
        ("cap-twice", "/caps/1"),
        ("unknown-block", "/bonuses/0/blocks/0"),
        ("incomplete-rule", "/bonuses/0"),
        ("level-twice", "/ownCertificates/1"),
    ]


@pytest.mark.parametrize(
    "percentages",
    [
        (
            percent("0.02", labour_share_below=Decimal("0.3")),
            percent(labour_share_from=Decimal("0.3")),
        ),
        (percent(kinds=(Nature.WORKS,)), percent(kinds=(Nature.SERVICES,))),
        (percent(value_below_cents=Cents(100)), percent("0.07", value_from_cents=Cents(100))),
    ],
)
def test_percentages_that_exclude_each_other_do_not_overlap(
    percentages: tuple[Percentage, ...],
) -> None:
    assert found(**obligation(*percentages)) == []


def test_one_level_may_have_two_shares_for_two_subjects() -> None:
    assert found(recognitions=PSO, purchases=(rule(), rule("0.5", subjects=("lunch",)))) == []


def test_a_multiple_may_keep_to_blocks_with_a_year_value() -> None:
    kept = Bonus(
        code="b", label="b", per=BonusPer.YEAR_VALUE, multiple=Decimal(1), blocks=("work",)
    )
    assert found(blocks=(block(), block("month", Unit.MONTH)), bonuses=(kept,)) == []


def test_two_versions_of_a_book_differ_in_version_and_start() -> None:
    first = book(valid_from=date(2025, 1, 1))
    again = book(valid_from=date(2025, 1, 1))
    later = book(version="2", valid_from=date(2026, 1, 1))
    assert shelf_faults([first, later]) == ()
    assert [(one.code, one.place) for one in shelf_faults([first, again])] == [
        ("version-twice", "town 1"),
        ("overlapping-books", "town 1"),
    ]


def test_two_books_for_one_municipality_may_only_follow_on_each_other() -> None:
    here = {"municipalities": ("GM0344",)}
    first = book(valid_until=date(2026, 1, 1), **here)
    later = book(id="other", valid_from=date(2026, 1, 1), **here)
    rival = book(id="rival", valid_from=date(2025, 12, 31), valid_until=date(2026, 1, 1), **here)
    assert shelf_faults([first, later]) == ()
    assert [one.code for one in shelf_faults([first, later, rival])] == ["overlapping-books"]
    assert shelf_faults([first, book(id="elsewhere")]) == ()
