"""The table that makes an import of entries safe to repeat."""

from piccolo.columns import UUID, ForeignKey, OnDelete, Timestamptz, Varchar
from piccolo.constraints import Unique
from piccolo.table import Table

from api.ledgers.tables import Obligation


class ImportedEntry(Table):
    """A row or invoice that was booked; the same again is known by its key."""

    id = UUID(primary_key=True, default=None)
    obligation = ForeignKey(
        references=Obligation, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    key = Varchar(length=64, null=False, default=None, help_text="keyed hash of what was given")
    claim = UUID(null=False, default=None, index=True)
    created_at = Timestamptz(null=False, default=None)

    imported_entry_once = Unique([obligation, key])
