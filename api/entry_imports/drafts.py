"""What readers of files give, and what is told about an import. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import Protocol, runtime_checkable
from uuid import UUID

import msgspec

from api.domain.errors import Fault, InvalidInput, RuleViolation, Unavailable
from api.domain.tendering.notice import Rejected
from api.domain.values import Cents
from api.entry_imports.schemas import EntryFinding, Outcome, RowOutcome
from api.fulfilments.schemas import NewClaimIn
from api.imports.drafts import ranges

NOBODY = UUID(int=0)
"""Stands for a supplier that a file names by its KvK number."""


class EntryForm(StrEnum):
    """The forms in which a list of entries comes."""

    CSV = "csv"
    XLSX = "xlsx"


class EntryRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that could be read."""

    number: int
    claim: NewClaimIn
    supplier_kvk: str | None = None
    label: str = ""
    """Own mark of the row, where the file has one; tells equal rows apart."""


class Invoice(msgspec.Struct, frozen=True, kw_only=True):
    """A purchase invoice or a credit note (UBL 2.1)."""

    is_credit_note: bool
    number: str
    issued_on: date
    supplier_kvk: str
    customer_kvk: str | None
    amount_cents: Cents
    """Excluding VAT, above zero; a credit note's is what it takes off."""
    refers_to: str | None
    """Number of the invoice that is credited."""


@runtime_checkable
class EntryReader(Protocol):
    """Reads files of entries; composed into the application from outside (ADR 13)."""

    def rows(self, content: bytes, form: EntryForm) -> Iterator[EntryRow | Rejected]:
        """Read a list row by row."""

    def invoice(self, content: bytes) -> Invoice:
        """Read one invoice, or raise every fault with its place."""


class NoEntries:
    """Stands in where the application was composed without a reader of files."""

    def rows(self, content: bytes, form: EntryForm) -> Iterator[EntryRow | Rejected]:
        """Refuse."""
        raise Unavailable(f"No reader of {form} was composed into this service ({len(content)}).")

    def invoice(self, content: bytes) -> Invoice:
        """Refuse."""
        raise Unavailable(f"No reader of invoices was composed into this service ({len(content)}).")


class NotYourInvoice(RuleViolation):
    """The invoice is addressed to somebody else."""

    code = "not-your-invoice"


class NoSuchInvoice(RuleViolation):
    """A credit note of which the invoice was not booked here, or is not named."""

    code = "no-such-invoice"


class CreditByHand(RuleViolation):
    """Only a part of the invoice was claimed: say by hand what the note takes off."""

    code = "credit-note-by-hand"


def refused(number: int, error: Exception) -> RowOutcome:
    """Tell why a row was refused, with every fault."""
    return RowOutcome(row=number, outcome=Outcome.REFUSED, faults=tuple(faults_of(error)))


def faults_of(error: Exception) -> Iterator[Fault]:
    """Give the faults behind an error of ours."""
    if isinstance(error, InvalidInput):
        yield from error.faults
    else:
        yield Fault(str(getattr(error, "code", "rule-violation")), str(error))


def unread(one: Rejected, number: int) -> RowOutcome:
    """Tell of a row that could not be read."""
    fault = Fault(one.code, one.detail, one.place)
    return RowOutcome(row=number, outcome=Outcome.REFUSED, faults=(fault,))


def findings(outcomes: Sequence[RowOutcome]) -> tuple[EntryFinding, ...]:
    """Tell equal faults once, with their rows."""
    rows: dict[tuple[str, str, str], list[int]] = {}
    for one in outcomes:
        for fault in one.faults:
            place = fault.place.partition(", ")[2] or fault.place
            rows.setdefault((fault.code, place, fault.detail), []).append(one.row)
    return tuple(
        EntryFinding(code=code, place=place, detail=detail, rows=ranges(sorted(set(numbers))))
        for (code, place, detail), numbers in rows.items()
    )
