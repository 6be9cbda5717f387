from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.directory import QualityMark
from api.domain.errors import InvalidValue
from api.domain.social_return.credit import CreditLine, NotInRuleBook, Verdict
from api.domain.social_return.purchase import HeldMark, MarkStatus, Purchase, held
from api.domain.social_return.rule_book import (
    Category,
    Part,
    PurchaseRule,
    RuleBook,
    Source,
    SourceKind,
)
from api.domain.social_return.valuation import (
    credit_for_custom_arrangement,
    credit_for_purchase,
)
from api.domain.values import Cents, Period

MARCH = date(2026, 3, 1)
cents = st.integers(1, 10**9).map(Cents)


def rule(
    recognition: str, share: str, level: str | None = None, part: Part = Part.INVOICE, **more: Any
) -> PurchaseRule:
    return PurchaseRule(
        recognition=recognition, share=Decimal(share), level=level, part=part, **more
    )


LADDER = (
    rule("pso", "0.10", "1", categories=("ladder",)),
    rule("pso", "0.20", "2", categories=("ladder",)),
    rule("pso", "0.30", "3", categories=("ladder",)),
    rule("sw-bedrijf", "1", source="guide"),
)


def book(*rules: PurchaseRule) -> RuleBook:
    return RuleBook(
        id="town",
        version="1",
        name="Town",
        regions=("Region",),
        source_kind=SourceKind.EXAMPLE,
        sources=(
            Source("page", "Page", SourceKind.EXAMPLE),
            Source("guide", "Guide", SourceKind.EXAMPLE, "https://example.org/guide"),
        ),
        categories=(Category("ladder", "Ladder"),),
        purchases=rules,
    )


def mark(scheme: str, level: str | None = None, **more: Any) -> HeldMark:
    return HeldMark(scheme=scheme, level=level, **({"status": MarkStatus.VERIFIED} | more))


def purchase(amount: int, *marks: HeldMark, **more: Any) -> Purchase:
    return Purchase(invoice_cents=Cents(amount), invoiced_on=MARCH, marks=marks, **more)


def line(bought: Purchase, *rules: PurchaseRule) -> CreditLine:
    return credit_for_purchase(bought, book(*rules)).lines[0]


def codes(found: CreditLine) -> list[str]:
    return [reason.code for reason in found.reasons]


def test_the_share_of_the_level_counts_half_up() -> None:
    found = line(purchase(1_05, mark("pso", "1")), *LADDER)
    assert found.amount_cents == 11
    assert (found.words, found.numbers) == ("share * invoice", "0.1 * € 1.05")
    assert (found.rule.code, found.rule.source) == ("purchase-pso-1", "Page")
    assert found.categories == ("ladder",)


def test_only_the_highest_level_counts_and_marks_never_add_up() -> None:
    found = line(purchase(1_000_00, mark("pso", "2"), mark("pso", "3"), mark("pso", "1")), *LADDER)
    assert found.amount_cents == 300_00


def test_another_recognition_may_be_higher() -> None:
    found = line(purchase(1_000_00, mark("pso", "3"), mark("sw-bedrijf")), *LADDER)
    assert found.amount_cents == 1_000_00
    assert found.rule.source == "Guide, https://example.org/guide"
    assert found.categories == ()


@pytest.mark.parametrize(
    ("held", "reason"),
    [
        (mark("pso", "2", status=MarkStatus.CLAIMED), "mark-claimed"),
        (mark("pso", "2", status=MarkStatus.REVOKED), "mark-revoked"),
        (mark("pso", "2", period=Period(date(2024, 3, 1), MARCH)), "mark-lapsed"),
        (mark("pso", "2", period=Period(date(2026, 3, 2), None)), "mark-not-yet-valid"),
        (mark("b-corp"), "no-recognition"),
        (mark("pso", "aspirant"), "no-recognition"),
    ],
)
def test_a_mark_that_is_not_verified_and_valid_counts_nothing(held: HeldMark, reason: str) -> None:
    found = line(purchase(1_000_00, held), *LADDER)
    assert (found.verdict, found.amount_cents) == (Verdict.NOT_COUNTED, 0)
    assert codes(found) == [reason]


def test_a_mark_counts_from_its_first_day_to_the_day_before_its_last() -> None:
    first = mark("pso", "2", period=Period(MARCH, date(2026, 3, 2)))
    assert line(purchase(1_000_00, first), *LADDER).amount_cents == 200_00


def test_a_lapsed_mark_beside_a_valid_one_does_not_harm() -> None:
    lapsed = mark("pso", "3", period=Period(None, MARCH))
    assert line(purchase(1_000_00, lapsed, mark("pso", "1")), *LADDER).amount_cents == 100_00


def test_an_unknown_labour_part_gives_no_answer_rather_than_zero() -> None:
    labour = rule("se", "1", part=Part.LABOUR)
    found = line(purchase(1_000_00, mark("se")), labour)
    assert (found.verdict, found.amount_cents) == (Verdict.UNKNOWN, None)
    assert codes(found) == ["labour-part-unknown"]
    known = line(purchase(1_000_00, mark("se"), labour_cents=Cents(400_00)), labour)
    assert known.amount_cents == 400_00
    assert known.words == "share * labour part of the invoice"


def test_a_labour_part_of_nothing_is_known_to_be_nothing() -> None:
    labour = rule("se", "1", part=Part.LABOUR)
    found = line(purchase(1_000_00, mark("se"), labour_cents=Cents(0)), labour)
    assert (found.verdict, found.amount_cents) == (Verdict.COUNTED, 0)


def test_an_unknown_labour_part_does_not_matter_where_the_whole_invoice_counts() -> None:
    rules = (
        rule("se", "1", part=Part.LABOUR),
        rule("se", "1", subjects=("lunch", "flowers")),
    )
    lunch = line(purchase(1_000_00, mark("se"), subject="lunch"), *rules)
    assert lunch.amount_cents == 1_000_00
    assert codes(line(purchase(1_000_00, mark("se"), subject="paint"), *rules)) == [
        "labour-part-unknown"
    ]


def test_a_lower_certain_share_does_not_stand_in_for_a_higher_unknown_one() -> None:
    rules = (rule("se", "0.5"), rule("se", "1", level="gold", part=Part.LABOUR))
    assert codes(line(purchase(1_000_00, mark("se", "gold")), *rules)) == ["labour-part-unknown"]


def test_a_subject_that_the_book_does_not_name_counts_nothing() -> None:
    found = line(purchase(1_000_00, mark("se"), subject="paint"), rule("se", "1", subjects=("x",)))
    assert codes(found) == ["subject-not-in-book"]


def test_a_book_without_purchases_gives_no_answer() -> None:
    found = line(purchase(1_000_00, mark("pso", "1")))
    assert (found.amount_cents, codes(found)) == (None, ["purchases-not-in-book"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"invoice_cents": 0},
        {"invoice_cents": -1},
        {"labour_cents": -1},
        {"labour_cents": 101},
    ],
)
def test_impossible_invoices_are_refused(wrong: dict[str, int]) -> None:
    facts: dict[str, Any] = {"invoice_cents": 100, "invoiced_on": MARCH, "marks": ()}
    with pytest.raises(InvalidValue):
        Purchase(**(facts | wrong))


@given(cents, cents)
def test_splitting_an_invoice_gains_at_most_a_cent(first: Cents, second: Cents) -> None:
    held = mark("pso", "1")
    parts = [line(purchase(part, held), *LADDER).amount_cents or 0 for part in (first, second)]
    whole = line(purchase(first + second, held), *LADDER).amount_cents or 0
    assert abs(sum(parts) - whole) <= 1


@given(cents, cents, st.sampled_from(["1", "2", "3"]))
def test_a_dearer_invoice_never_counts_for_less(one: Cents, other: Cents, level: str) -> None:
    cheap, dear = sorted((one, other))
    held = mark("pso", level)
    low = line(purchase(cheap, held), *LADDER).amount_cents or 0
    high = line(purchase(dear, held), *LADDER).amount_cents or 0
    assert low <= high <= dear


def test_what_the_adviser_agreed_counts_as_agreed_and_may_be_capped() -> None:
    credit = credit_for_custom_arrangement(Cents(2_500_00), "ladder", "letter 12", book())
    assert credit.amount_cents == 2_500_00
    assert credit.categories == ("ladder",)
    assert credit.lines[0].rule.code == "custom-arrangement"


def test_a_custom_arrangement_needs_a_written_agreement() -> None:
    credit = credit_for_custom_arrangement(Cents(2_500_00), None, "  ", book())
    assert (credit.amount_cents, credit.categories) == (0, ())
    assert codes(credit.lines[0]) == ["no-prior-consent"]


def test_a_custom_arrangement_names_a_category_of_the_book() -> None:
    with pytest.raises(NotInRuleBook, match="category 'gifts'"):
        credit_for_custom_arrangement(Cents(1), "gifts", "letter 12", book())
    with pytest.raises(InvalidValue, match="counter-entry"):
        credit_for_custom_arrangement(Cents(-1), None, "letter 12", book())


def test_a_mark_of_the_directory_counts_once_verified_and_up_to_its_revocation() -> None:
    known = QualityMark(
        scheme="pso",
        level="3",
        issued_on=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
        verified_on=date(2026, 2, 1),
        revoked_on=date(2026, 6, 1),
    )
    shown = held(known)
    claimed = held(msgspec.structs.replace(known, verified_on=None))

    assert shown.fault_on(date(2026, 5, 31)) is None
    assert shown.fault_on(date(2026, 6, 1)) is not None
    assert claimed.status is MarkStatus.CLAIMED
