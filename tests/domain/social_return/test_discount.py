from datetime import date
from decimal import Decimal
from typing import Any

from api.domain.social_return.credit import CreditLine, Verdict
from api.domain.social_return.discount import Contractor, own_discount
from api.domain.social_return.purchase import HeldMark, MarkStatus
from api.domain.social_return.rule_book import (
    FteRule,
    OwnCertificate,
    RuleBook,
    Source,
    SourceKind,
)
from api.domain.values import Cents, Period

AWARD = date(2026, 5, 1)
OWED = Cents(40_000_00)
LADDER = (
    OwnCertificate(recognition="pso", level="1", discount=Decimal("0.10")),
    OwnCertificate(recognition="pso", level="2", discount=Decimal("0.25")),
    OwnCertificate(recognition="pso-30plus", exempt=True),
    OwnCertificate(recognition="werkpakt", discount=Decimal("0.50"), areas=("Twente",)),
)
SMALL_ONLY = OwnCertificate(
    recognition="pso", level="2", exempt=True, obligation_share_at_most=Decimal("0.05")
)


def mark(scheme: str, level: str | None = None, **more: Any) -> HeldMark:
    return HeldMark(scheme=scheme, level=level, **({"status": MarkStatus.VERIFIED} | more))


def discount(
    *marks: HeldMark,
    rows: tuple[OwnCertificate, ...] = LADDER,
    fte: FteRule | None = None,
    **more: Any,
) -> CreditLine:
    book = RuleBook(
        id="town",
        version="1",
        name="Town",
        regions=("Region",),
        source_kind=SourceKind.EXAMPLE,
        sources=(Source("page", "Page", SourceKind.EXAMPLE),),
        own_certificates=rows,
        fte_rule=fte,
    )
    return own_discount(OWED, Contractor(marks=marks, awarded_on=AWARD, **more), book)


def codes(found: CreditLine) -> list[str]:
    return [reason.code for reason in found.reasons]


def test_t7_an_own_mark_on_the_second_level_takes_off_a_quarter() -> None:
    found = discount(mark("pso", "2"))
    assert OWED - (found.amount_cents or 0) == 30_000_00
    assert found.numbers == "0.25 * € 40,000.00"
    assert found.rule.code == "own-certificate-pso-2"


def test_discounts_do_not_add_up_and_an_exemption_takes_all() -> None:
    assert discount(mark("pso", "1"), mark("pso", "2")).amount_cents == 10_000_00
    assert discount(mark("pso", "2"), mark("pso-30plus")).amount_cents == 40_000_00


def test_a_mark_must_be_verified_and_valid_on_the_day_of_the_award() -> None:
    claimed = discount(mark("pso", "2", status=MarkStatus.CLAIMED))
    lapsed = discount(mark("pso", "2", period=Period(None, AWARD)))
    assert (claimed.amount_cents, codes(claimed)) == (0, ["mark-claimed"])
    assert (lapsed.verdict, codes(lapsed)) == (Verdict.NOT_COUNTED, ["mark-lapsed"])


def test_a_contractor_without_marks_gets_no_discount() -> None:
    assert codes(discount()) == ["no-own-certificate"]
    assert codes(discount(mark("b-corp"))) == ["no-own-certificate"]


def test_a_discount_for_one_area_depends_on_where_the_buyer_lies() -> None:
    werkpakt = mark("werkpakt")
    assert discount(werkpakt, areas=("Twente",)).amount_cents == 20_000_00
    assert discount(werkpakt, areas=("Achterhoek",)).amount_cents == 0
    unknown = discount(werkpakt)
    assert (unknown.amount_cents, codes(unknown)) == (None, ["discount-undecided"])


def test_an_undecided_discount_does_not_matter_below_a_certain_one() -> None:
    assert discount(mark("werkpakt"), mark("pso-30plus")).amount_cents == 40_000_00
    assert discount(mark("werkpakt"), mark("pso", "1")).amount_cents is None


def test_an_exemption_may_hold_up_to_a_percentage_only() -> None:
    held = mark("pso", "2")
    rows = (SMALL_ONLY,)
    five, seven = Decimal("0.05"), Decimal("0.07")
    assert discount(held, rows=rows, obligation_share=five).amount_cents == 40_000_00
    assert discount(held, rows=rows, obligation_share=seven).amount_cents == 0
    assert discount(held, rows=rows).amount_cents is None


def test_enough_own_staff_in_a_target_group_meets_the_obligation() -> None:
    rule = FteRule(Decimal("0.05"))
    met = discount(fte=rule, target_group_share=Decimal("0.05"))
    assert (met.amount_cents, met.rule.code) == (40_000_00, "fte-rule")
    assert discount(fte=rule, target_group_share=Decimal("0.049")).amount_cents == 0
    assert discount(fte=rule).amount_cents == 0
