"""The reading of entries and invoices, as the API asks for it (ADR 13)."""

from collections.abc import Iterator

from api.domain.tendering.notice import Rejected
from api.entry_imports.drafts import EntryForm, EntryRow, Invoice
from importers.entries.parse import read_entries
from importers.entries.ubl import read_invoice


class EntryFiles:
    """Reads lists of fulfilments and purchase invoices."""

    def rows(self, content: bytes, form: EntryForm) -> Iterator[EntryRow | Rejected]:
        """Read a list row by row."""
        return read_entries(content, form)

    def invoice(self, content: bytes) -> Invoice:
        """Read one invoice, or raise every fault with its place."""
        return read_invoice(content)
