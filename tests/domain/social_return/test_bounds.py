from datetime import date
from decimal import Decimal

import msgspec
import pytest

from api.domain.social_return.bounds import bound_faults


class Inner(msgspec.Struct, frozen=True, rename="camel"):
    some_hours: Decimal | None = None
    on: date = date(2026, 1, 1)
    name: str = "NaN"


class Outer(msgspec.Struct, frozen=True):
    inner: tuple[Inner, ...]


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity", "1e7", "-1e30", "1e-7"])
def test_numbers_that_no_contract_holds_are_found_at_their_place(text: str) -> None:
    found = list(bound_faults(Outer((Inner(), Inner(Decimal(text))))))

    assert [(one.code, one.place) for one in found] == [("invalid-value", "/inner/1/someHours")]


@pytest.mark.parametrize("text", ["0", "24.5", "-3", "1e6", "0.000001", "1000000.000000"])
def test_numbers_of_a_contract_pass(text: str) -> None:
    assert list(bound_faults(Inner(Decimal(text)))) == []


@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31), date(1949, 12, 31)])
def test_days_far_out_of_time_are_found(day: date) -> None:
    assert [one.place for one in bound_faults(Inner(on=day), "/x")] == ["/x/on"]
