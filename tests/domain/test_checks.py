"""Faults are gathered, not met one by one."""

import pytest

from api.domain.checks import Checks
from api.domain.errors import Fault, Gone, InvalidInput
from api.domain.values import parse_cpv, parse_kvk


def test_every_fault_is_named_with_its_place() -> None:
    checks = Checks()

    kvk = checks.attempt(parse_kvk, "123", "/kvkNumber")
    codes = checks.attempt_all(parse_cpv, ["90910000", "x"], "/cpvCodes")

    assert kvk is None
    assert codes == ("90910000",)
    with pytest.raises(InvalidInput) as refused:
        checks.settle()
    assert [(one.code, one.place) for one in refused.value.faults] == [
        ("invalid-kvk", "/kvkNumber"),
        ("invalid-cpv", "/cpvCodes/1"),
    ]


def test_nothing_is_raised_when_nothing_is_wrong() -> None:
    checks = Checks()

    assert checks.attempt(parse_kvk, "01234567", "/kvkNumber") == "01234567"
    checks.settle()


def test_errors_tell_what_they_carry() -> None:
    assert str(InvalidInput(Fault("a", "first"), Fault("b", "second"))) == "first; second"
    assert Gone("left", "successor").successor_id == "successor"
