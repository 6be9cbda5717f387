"""The errors of the field. Each names the rule it guards by a stable `code`; none knows HTTP."""

from typing import ClassVar

import msgspec


class Fault(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One thing that is wrong with what was given, and where."""

    code: str
    detail: str
    place: str = ""
    """Where: a JSON pointer, a query parameter, an XPath, or a row and column."""


class DomainError(Exception):
    """Base of every error that the product raises on purpose."""

    code: ClassVar[str]

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class InvalidInput(DomainError):
    """What was given can't be read. Carries every fault found, not the first."""

    code: ClassVar[str] = "invalid-input"

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(fault.detail for fault in faults))
        self.faults = faults


class InvalidValue(DomainError, ValueError):
    """One value is not of its form. Becomes a `Fault` of whoever knows the place."""

    code: ClassVar[str] = "invalid-value"

    def __init__(self, detail: str, *, code: str = "invalid-value") -> None:
        super().__init__(detail)
        self.value_code = code


class RuleViolation(DomainError):
    """What was asked can be read, but breaks a rule of the field."""

    code: ClassVar[str] = "rule-violation"


class NotFound(DomainError):
    """There is no such thing, or not for the one who asks."""

    code: ClassVar[str] = "not-found"


class Gone(DomainError):
    """The thing existed; it was withdrawn, or merged into `successor_id`."""

    code: ClassVar[str] = "gone"

    def __init__(self, detail: str, successor_id: str | None = None) -> None:
        super().__init__(detail)
        self.successor_id = successor_id


class TooLarge(DomainError):
    """More bytes, rows or characters than the documented limit."""

    code: ClassVar[str] = "too-large"


class Unavailable(DomainError):
    """An engine that this answer needs is down. Never answered by an empty list."""

    code: ClassVar[str] = "unavailable"
