"""What people type into a form: read as they write it, kept as they wrote it."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any, Final, TypeVar

import msgspec
from litestar import Request

from api.decoding import faults_of
from api.domain.errors import Fault, InvalidInput, InvalidValue, RuleViolation
from api.problems import PreconditionFailed

Kind = TypeVar("Kind")
_AMOUNT: Final = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d+)(?:[.,](\d{1,2}))?")
_NUMBER: Final = re.compile(r"\d{1,9}(?:[.,]\d{1,4})?")
_DAY_FORMS: Final = ("%Y-%m-%d", "%d-%m-%Y")


class Form:
    """The fields of a form with what is wrong with them; a name may hold several values."""

    def __init__(self, given: Mapping[str, Sequence[Any]] | None = None) -> None:
        self.given = dict(given or {})
        self.faults: list[Fault] = []

    @classmethod
    async def of(cls, request: Request[Any, Any, Any]) -> "Form":
        """Read the form that was sent."""
        sent = await request.form()
        return cls({name: sent.getall(name) for name in sent})

    @classmethod
    def filled(cls, **values: object) -> "Form":
        """Make a form that shows what stands."""
        several = {
            name: list(value) if isinstance(value, (list, tuple)) else [value]
            for name, value in values.items()
            if value is not None
        }
        return cls(several)

    def text(self, name: str) -> str:
        """Give a field as it was typed, without spaces around it."""
        first = next(iter(self.given.get(name, ())), "")
        return first.strip() if isinstance(first, str) else str(first)

    def secret(self, name: str) -> str:
        """Give a password exactly as it was typed, spaces around it too."""
        return str(next(iter(self.given.get(name, ())), ""))

    def word(self, name: str) -> str | None:
        """Give a field, or `None` where it was left empty."""
        return self.text(name) or None

    def several(self, name: str) -> tuple[str, ...]:
        """Give every value of a field that may have more than one."""
        return tuple(str(one) for one in self.given.get(name, ()) if one)

    def rows(self, *names: str) -> list[dict[str, str]]:
        """Give the rows of a table of fields as they were typed; rows left empty fall out."""
        columns = [self.given.get(name, ()) for name in names]
        typed = [
            dict(zip(names, (str(one).strip() for one in row), strict=True))
            for row in zip_longest(*columns, fillvalue="")
        ]
        return [row for row in typed if any(row.values())]

    def each(self, names: Sequence[str], read: "Callable[[Form], Kind]") -> list[Kind]:
        """Read row by row; what is wrong stands at the field with the number of its row."""
        found = []
        for number, row in enumerate(self.rows(*names)):
            part = Form.filled(**row)
            found.append(read(part))
            self.faults += [at_row(fault, number) for fault in part.faults]
        return found

    def lines(self, name: str) -> tuple[str, ...]:
        """Give the lines of a field, empty ones left out."""
        return tuple(line.strip() for line in self.text(name).splitlines() if line.strip())

    def ticked(self, name: str) -> bool:
        """Tell whether a box was ticked."""
        return bool(self.text(name))

    def cents(self, name: str) -> int | None:
        """Read an amount in euros as the Dutch write it: `1.234,50`."""
        typed = self.text(name).replace("€", "").replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
        if not typed:
            return None
        found = _AMOUNT.fullmatch(typed)
        if found is None:
            self.note("form-amount", "This is no amount.", name)
            return None
        return int(found[1].replace(".", "")) * 100 + int((found[2] or "").ljust(2, "0"))

    def whole(self, name: str) -> int | None:
        """Read a whole number."""
        typed = self.text(name)
        if typed and not typed.isdecimal():
            self.note("form-number", "This is no whole number.", name)
            return None
        return int(typed) if typed else None

    def decimal(self, name: str) -> Decimal | None:
        """Read a number with a comma: `7,5`."""
        typed = self.text(name)
        found = _NUMBER.fullmatch(typed)
        if typed and found is None:
            self.note("form-decimal", "This is no number.", name)
        return Decimal(typed.replace(",", ".")) if found else None

    def day(self, name: str) -> date | None:
        """Read a day as browsers send it, or as `31-12-2026`."""
        typed = self.text(name)
        for form in _DAY_FORMS if typed else ():
            try:
                return datetime.strptime(typed, form).date()  # noqa: DTZ007  a day has no zone
            except ValueError:
                continue
        if typed:
            self.note("form-day", "This is no date.", name)
        return None

    def note(self, code: str, detail: str, name: str) -> None:
        """Note what is wrong with a field."""
        self.faults.append(Fault(code, detail, name))

    def needs(self, *names: str) -> None:
        """Note every field that was left empty and may not be."""
        for name in names:
            if not self.text(name):
                self.note("form-empty", "This can't stay empty.", name)

    def build(self, kind: type[Kind], /, **values: object) -> Kind:
        """Check values against a struct as the API would; raises every fault at once."""
        body = msgspec.json.encode(values)
        faults = (*self.faults, *faults_of(body, kind))
        if faults:
            self.faults.clear()
            raise InvalidInput(*faults)
        return msgspec.json.decode(body, type=kind)

    def rename(self, places: Mapping[str, str]) -> None:
        """Point faults at fields that the form calls otherwise."""
        self.faults = [
            msgspec.structs.replace(one, place=places.get(one.place, one.place))
            for one in self.faults
        ]

    def noting(self, placed: "Callable[[Fault], Fault] | None" = None) -> "Noting":
        """Note what a use case refuses, so that the form can be shown again with it."""
        return Noting(self, placed or at_field)


class Noting:
    """Holds what a use case refuses, and lets the page go on; other faults go their way."""

    def __init__(self, form: Form, placed: "Callable[[Fault], Fault] | None" = None) -> None:
        self.form = form
        self.placed = placed or at_field

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        """Note a refusal."""
        if isinstance(error, InvalidInput):
            noted = [self.placed(fault) for fault in error.faults]
            self.form.faults = _first_at_each([*self.form.faults, *noted])
        elif isinstance(error, InvalidValue):
            self.form.note(error.value_code, error.detail, "")
        elif isinstance(error, (RuleViolation, PreconditionFailed)):
            self.form.note(error.code, error.detail, "")
        else:
            return False
        return True


def _first_at_each(faults: Sequence[Fault]) -> list[Fault]:
    """Keep one fault at a field: that it is empty tells enough; elsewhere all of them."""
    told: dict[str, Fault] = {}
    for number, fault in enumerate(faults):
        told.setdefault(fault.place or str(number), fault)
    return list(told.values())


def at_field(fault: Fault) -> Fault:
    """Point at the field of the form: the last name in a JSON pointer."""
    names = [part for part in fault.place.split("/") if part and not part.isdecimal()]
    return msgspec.structs.replace(fault, place=names[-1] if names else "")


def at_row(fault: Fault, number: int) -> Fault:
    """Point at a field in a row of the form."""
    return msgspec.structs.replace(fault, place=f"{fault.place}-{number}")


def at_cell(fault: Fault) -> Fault:
    """Point at the field of the form that a JSON pointer into a list names: `year-1`."""
    number = next((int(part) for part in fault.place.split("/") if part.isdecimal()), None)
    named = at_field(fault)
    return named if number is None else at_row(named, number)
