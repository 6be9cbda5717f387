from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from api.domain.social_return.obligation import (
    Assessment,
    Contract,
    Duty,
    TenderTerms,
    assess_obligation,
    malus_cents,
    recovery_until,
)
from api.domain.social_return.rule_book import (
    Base,
    Comparison,
    Malus,
    ObligationRules,
    Percentage,
    RuleBook,
    Source,
    SourceKind,
    Threshold,
)
from api.domain.tendering.notice import Nature
from api.domain.values import Cents

QUARTER_MILLION = Cents(250_000_00)
FIVE = (Percentage(share=Decimal("0.05")),)
RIJK = ObligationRules(
    base=Base.WAGE_SUM,
    percentages=FIVE,
    thresholds=(Threshold(QUARTER_MILLION, comparison=Comparison.ABOVE),),
    min_months=Decimal(6),
    kinds=(Nature.WORKS, Nature.SERVICES),
)
VOORSCHOTEN = ObligationRules(
    base=Base.CONTRACT_SUM,
    percentages=(
        Percentage(share=Decimal("0.02"), labour_share_below=Decimal("0.30")),
        Percentage(share=Decimal("0.05"), labour_share_from=Decimal("0.30")),
    ),
)


def assess(
    rules: ObligationRules | None,
    terms: TenderTerms | None = None,
    thresholds: dict[str, Cents] | None = None,
    **facts: Any,
) -> Assessment:
    book = RuleBook(
        id="town",
        version="1",
        name="Town",
        regions=("Region",),
        source_kind=SourceKind.EXAMPLE,
        sources=(Source("page", "Page", SourceKind.EXAMPLE),),
        obligation=rules,
    )
    contract = Contract(**({"kind": Nature.SERVICES} | facts))
    return assess_obligation(contract, book, thresholds or {}, terms)


def codes(found: Assessment) -> list[str]:
    return [reason.code for reason in found.reasons]


@pytest.mark.parametrize(
    ("labour_share", "owed"), [("0.22", 12_000_00), ("0.45", 30_000_00), ("0.30", 30_000_00)]
)
def test_t8_a_low_labour_share_lowers_the_percentage(labour_share: str, owed: int) -> None:
    found = assess(VOORSCHOTEN, value_cents=Cents(600_000_00), labour_share=Decimal(labour_share))
    assert (found.duty, found.amount_cents) == (Duty.OWED, owed)


def test_t9_five_months_carry_no_obligation() -> None:
    found = assess(RIJK, value_cents=Cents(300_000_00), months=Decimal(5))
    assert (found.duty, found.amount_cents) == (Duty.NOT_OWED, 0)
    assert codes(found) == ["shorter-than-minimum"]


def test_t9_six_months_carry_five_percent_of_the_wage_sum() -> None:
    found = assess(
        RIJK,
        value_cents=Cents(300_000_00),
        months=Decimal(6),
        wage_sum_cents=Cents(120_000_00),
    )
    assert (found.duty, found.amount_cents) == (Duty.OWED, 6_000_00)
    assert (found.words, found.numbers) == ("share * wage-sum", "0.05 * € 120,000.00")
    assert found.share == Decimal("0.05")


@pytest.mark.parametrize(("factor", "malus"), [("1.0", 4_000_00), ("1.25", 5_000_00)])
def test_t10_the_malus_is_the_factor_times_what_is_missing(factor: str, malus: int) -> None:
    remaining = Cents(10_000_00 - 6_000_00)
    assert malus_cents(remaining, Malus(factor=Decimal(factor))) == malus


def test_without_fault_no_malus_is_due_where_the_book_says_so() -> None:
    mild = Malus(factor=Decimal(1), no_fault_exception=True)
    assert malus_cents(Cents(100), mild, no_fault=True) == 0
    assert malus_cents(Cents(100), Malus(factor=Decimal(1)), no_fault=True) == 100


def test_a_factor_that_is_not_stated_gives_no_malus_rather_than_zero() -> None:
    assert malus_cents(Cents(100), None) is None
    assert malus_cents(Cents(100), Malus(recovery_days=30)) is None


def test_the_recovery_period_follows_the_last_day() -> None:
    assert recovery_until(date(2026, 1, 31), Malus(recovery_days=30)) == date(2026, 3, 2)
    assert recovery_until(date(2026, 1, 31), Malus()) is None
    assert recovery_until(date(2026, 1, 31), None) is None


@pytest.mark.parametrize(
    ("comparison", "duty"),
    [
        (Comparison.FROM, Duty.OWED),
        (Comparison.ABOVE, Duty.NOT_OWED),
        (None, Duty.UNKNOWN),
    ],
)
def test_a_value_equal_to_the_threshold_follows_vanaf_or_boven(
    comparison: Comparison | None, duty: Duty
) -> None:
    rules = ObligationRules(
        base=Base.CONTRACT_SUM,
        percentages=FIVE,
        thresholds=(Threshold(QUARTER_MILLION, comparison=comparison),),
    )
    assert assess(rules, value_cents=QUARTER_MILLION).duty is duty
    assert assess(rules, value_cents=Cents(QUARTER_MILLION + 1)).duty is Duty.OWED
    assert assess(rules, value_cents=Cents(QUARTER_MILLION - 1)).duty is Duty.NOT_OWED


def test_a_threshold_may_be_named_and_dated_elsewhere() -> None:
    rules = ObligationRules(
        base=Base.CONTRACT_SUM,
        percentages=FIVE,
        thresholds=(Threshold(reference="eu.services.sub-central", comparison=Comparison.FROM),),
    )
    in_2026 = {"eu.services.sub-central": Cents(216_000_00)}
    assert assess(rules, None, in_2026, value_cents=Cents(216_000_00)).amount_cents == 10_800_00
    unknown = assess(rules, value_cents=Cents(216_000_00))
    assert (unknown.duty, codes(unknown)) == (Duty.UNKNOWN, ["threshold-unknown"])


def test_a_threshold_may_be_for_one_kind_of_contract() -> None:
    rules = ObligationRules(
        base=Base.CONTRACT_SUM,
        percentages=FIVE,
        thresholds=(Threshold(QUARTER_MILLION, kinds=(Nature.WORKS,)),),
    )
    small = Cents(1_000_00)
    assert assess(rules, value_cents=small).amount_cents == 50_00
    assert assess(rules, kind=Nature.WORKS, value_cents=small).duty is Duty.NOT_OWED
    assert codes(assess(rules, kind=None, value_cents=small)) == ["contract-kind"]


def test_supplies_carry_no_obligation_where_only_works_and_services_do() -> None:
    found = assess(RIJK, kind=Nature.SUPPLIES)
    assert (found.duty, codes(found)) == (Duty.NOT_OWED, ["contract-kind"])
    assert found.reasons[0].detail == "supplies, where it must be works or services"


def test_everything_unknown_is_named_at_once() -> None:
    found = assess(RIJK, kind=None)
    assert (found.duty, found.amount_cents) == (Duty.UNKNOWN, None)
    assert codes(found) == ["contract-kind", "shorter-than-minimum", "threshold-unknown"]


def test_a_condition_that_fails_decides_though_others_are_unknown() -> None:
    assert assess(RIJK, months=Decimal(3)).duty is Duty.NOT_OWED


def test_an_unknown_labour_share_leaves_the_percentage_open() -> None:
    found = assess(VOORSCHOTEN, value_cents=Cents(600_000_00))
    assert codes(found) == ["percentage-undecided"]


def test_the_labour_share_follows_from_the_sums() -> None:
    found = assess(VOORSCHOTEN, value_cents=Cents(600_000_00), labour_cents=Cents(132_000_00))
    assert found.amount_cents == 12_000_00


def test_a_percentage_may_depend_on_kind_and_value() -> None:
    rules = ObligationRules(
        base=Base.CONTRACT_SUM,
        percentages=(
            Percentage(
                share=Decimal("0.07"),
                kinds=(Nature.SERVICES,),
                value_below_cents=Cents(1_000_000_00),
            ),
        ),
    )
    assert assess(rules, value_cents=Cents(100_00)).amount_cents == 7_00
    assert codes(assess(rules, value_cents=Cents(1_000_000_00))) == ["no-percentage"]
    assert codes(assess(rules, kind=Nature.WORKS, value_cents=Cents(1))) == ["no-percentage"]
    assert codes(assess(rules, kind=None, value_cents=Cents(1))) == ["percentage-undecided"]


@pytest.mark.parametrize(
    ("base", "fact"),
    [
        (Base.CONTRACT_SUM, "value_cents"),
        (Base.WAGE_SUM, "wage_sum_cents"),
        (Base.LABOUR_COMPONENT, "labour_cents"),
        (Base.INVOICED_TO_DATE, "invoiced_cents"),
    ],
)
def test_each_base_takes_its_own_amount(base: Base, fact: str) -> None:
    rules = ObligationRules(base=base, percentages=FIVE)
    assert assess(rules, None, None, **{fact: Cents(1_010)}).amount_cents == 51
    assert codes(assess(rules)) == ["base-amount-unknown"]


def test_a_fixed_amount_is_owed_as_it_stands() -> None:
    rules = ObligationRules(
        base=Base.FIXED_AMOUNT, percentages=(Percentage(amount_cents=Cents(7_500_00)),)
    )
    found = assess(rules)
    assert (found.amount_cents, found.words) == (7_500_00, "fixed amount")


def test_a_book_without_base_or_obligation_gives_no_answer() -> None:
    assert codes(assess(ObligationRules(percentages=FIVE))) == ["base-unknown"]
    assert codes(assess(None)) == ["obligation-not-in-book"]


def test_the_tender_documents_go_before_the_book() -> None:
    terms = TenderTerms(source="tender 12", base=Base.CONTRACT_SUM, share=Decimal("0.03"))
    found = assess(RIJK, terms, value_cents=Cents(1_000_00), months=Decimal(1))
    assert (found.amount_cents, found.rule.code) == (30_00, "tender-terms")
    assert found.rule.source == "tender 12"
    bare = TenderTerms(source="tender 12", base=Base.CONTRACT_SUM)
    assert codes(assess(RIJK, bare)) == ["fixed-amount-unknown"]
