"""What a buyer declares of a lot, against what its items say."""

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


def colour(answers: Answers, *doers: str | None) -> Colour:
    return check_lot(answers, doers).signals[0].colour


@pytest.mark.parametrize("doer", ["own-staff", "firm"])
def test_work_that_somebody_does_now_is_replaced_whatever_is_declared(doer: str) -> None:
    denied = Answers(replaces=Replaces.ADDITIONAL)

    assert colour(denied, "nobody", doer) is Colour.RED
    assert colour(Answers(justification="Zij gaan met pensioen."), doer) is Colour.AMBER
    assert colour(Answers(justification="  "), doer) is Colour.RED


def test_work_that_nobody_does_now_is_additional() -> None:
    assert colour(Answers(), "nobody") is Colour.GREEN
    assert colour(Answers(), "nobody", None) is Colour.AMBER
    assert colour(Answers(replaces=Replaces.REPLACEMENT), "nobody") is Colour.RED


def test_bounds_of_the_norms_are_compared() -> None:
    answers = Answers(
        replaces=Replaces.ADDITIONAL,
        paid_jobs_replaced=False,
        unpaid_hours=Decimal(26),
        all_hours=Decimal(100),
        price_cents=79,
        reference_price_cents=100,
    )

    found = {one.code: one.colour for one in check_lot(answers, [None]).signals}

    assert found["unpaid-hours"] is Colour.AMBER
    assert found["below-market"] is Colour.AMBER
    assert found["unpaid-months"] is Colour.UNKNOWN


def test_what_can_not_be_is_refused_all_at_once() -> None:
    wrong = Answers(unpaid_hours=Decimal("NaN"), all_hours=Decimal(-1), price_cents=-1)

    with pytest.raises(InvalidInput) as refused:
        check_answers(wrong)

    assert [fault.place for fault in refused.value.faults] == [
        "/answers/unpaidHours",
        "/answers/allHours",
        "/answers/priceCents",
    ]
    check_answers(Answers(price_cents=0))


def test_every_question_has_its_answer() -> None:
    fields = {name.replace("_", "") for name in Answers.__struct_fields__}

    assert {one.field.lower() for one in QUESTIONS.questions} == fields
