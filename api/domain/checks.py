"""Gathering every fault of an input, where a parser would stop at the first."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from api.domain.errors import Fault, InvalidInput, InvalidValue

Raw = TypeVar("Raw")
Value = TypeVar("Value")


class Checks:
    """The faults found so far in one input."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def attempt(self, parse: Callable[[Raw], Value], raw: Raw, place: str) -> Value | None:
        """Parse, or note the fault at `place` (JSON pointer) and go on (design decision 16)."""
        try:
            return parse(raw)
        except InvalidValue as error:
            self.note(error.value_code, error.detail, place)
            return None

    def attempt_all(
        self, parse: Callable[[Raw], Value], raws: Iterable[Raw], place: str
    ) -> tuple[Value, ...]:
        """Parse each, and give those that are sound (design decision 16)."""
        parsed = [self.attempt(parse, raw, f"{place}/{n}") for n, raw in enumerate(raws)]
        return tuple(value for value in parsed if value is not None)

    def note(self, code: str, detail: str, place: str) -> None:
        """Note a fault (design decision 16)."""
        self.faults.append(Fault(code, detail, place))

    def settle(self) -> None:
        """Raise everything found, or nothing (design decision 16)."""
        if self.faults:
            raise InvalidInput(*self.faults)
