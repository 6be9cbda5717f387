from decimal import Decimal

from api.domain.social_return.business_case import Amount, Balance, Factor, business_case
from api.domain.values import Cents

COST = Amount(label="inkoop", amount_cents=Cents(500_00), source="grootboek 2026")
REVENUE = Amount(label="malus", amount_cents=Cents(200_00), source="factuur 7")
SAVING = Factor(group="wajong", saving_cents=Cents(15_000_00), source="raming 2025, tabel 3")


def test_the_two_returns_stand_apart_and_every_factor_names_its_source() -> None:
    case = business_case(([REVENUE], [COST]), [("wajong", Decimal("2.5"))], [SAVING])

    assert (case.financial_cents, case.financial) == (-300_00, Balance.NEGATIVE)
    assert (case.social_cents, case.social_balance) == (37_500_00, Balance.POSITIVE)
    [line] = case.social
    assert line.numbers == "2.5 * € 15,000.00"
    assert line.source == "raming 2025, tabel 3"
    assert case.social_complete


def test_what_is_suppressed_or_has_no_factor_is_unknown_and_not_nothing() -> None:
    case = business_case(([], []), [("wajong", None), ("ww", Decimal(1))], [SAVING])

    assert [line.amount_cents for line in case.social] == [None, None]
    assert (case.social_balance, case.social_complete) == (Balance.UNKNOWN, False)
    assert case.financial is Balance.UNKNOWN
    assert "job years are" in case.social[0].numbers
    assert "saving of a job year is" in case.social[1].numbers


def test_as_much_in_as_out_is_even() -> None:
    case = business_case(([COST], [COST]), [], [])

    assert case.financial is Balance.EVEN
