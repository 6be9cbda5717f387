from decimal import Decimal

import pytest

from api.domain.errors import InvalidInput
from api.domain.social_return.displacement import Colour, Replaces
from api.domain.tendering.displacement_questions import (
    QUESTIONS,
    Answers,
    check_answers,
    check_lot,
)


def colour(code: str, answers: Answers, *done_now_by: str | None) -> Colour | None:
    signals = check_lot(answers, done_now_by).signals
    return next(one.colour for one in signals if one.code == code)


def test_work_that_own_staff_does_is_replaced_whatever_is_declared() -> None:
    declared = Answers(replaces=Replaces.ADDITIONAL)

    assert colour("replaces-regular-staff", declared, "own-staff") is Colour.RED


def test_work_that_nobody_does_is_additional() -> None:
    assert colour("replaces-regular-staff", Answers(), "nobody") is Colour.GREEN


def test_hours_without_wage_and_a_price_under_the_market_are_weighed() -> None:
    cheap = Answers(
        unpaid_hours=Decimal(50),
        all_hours=Decimal(100),
        price_cents=50,
        reference_price_cents=100,
    )

    assert colour("unpaid-hours", cheap) is Colour.AMBER
    assert colour("below-market", cheap) is Colour.AMBER


@pytest.mark.parametrize(
    "answers",
    [
        Answers(unpaid_hours=Decimal(-1)),
        Answers(all_hours=Decimal("NaN")),
        Answers(price_cents=-1, reference_price_cents=-1),
    ],
)
def test_amounts_that_cannot_be_are_refused(answers: Answers) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_answers(answers)

    assert {fault.code for fault in refused.value.faults} == {"negative-amount"}


def test_sound_answers_pass_and_every_question_has_a_field() -> None:
    check_answers(Answers(unpaid_hours=Decimal(0), price_cents=0))

    assert len({one.field for one in QUESTIONS.questions}) == 8


def test_the_bounds_are_told_to_be_rules_of_thumb() -> None:
    found = check_lot(Answers(), [])

    assert found.norms_verified is False
    assert found.norms_since is not None
    assert "not verified" in (found.norms_source or "")
