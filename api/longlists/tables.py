"""Which run is the longlist of a lot. A row is never dropped; undoing is noted in it."""

from piccolo.columns import UUID, ForeignKey, OnDelete, Text, Timestamptz, Varchar
from piccolo.table import Table

from api.accounts.tables import Organisation
from api.matches.tables import MatchRun
from api.tenders.tables import Lot


class LonglistLock(Table):
    """The decision that a run is the longlist (longlist) of a lot for an organisation."""

    id = UUID(primary_key=True, default=None)
    lot = ForeignKey(
        references=Lot, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    run = ForeignKey(
        references=MatchRun, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    organisation = ForeignKey(
        references=Organisation, null=True, default=None, index=True, on_delete=OnDelete.restrict
    )
    note = Text(null=False, default=None)
    author = Varchar(length=200, null=False, default=None)
    locked_at = Timestamptz(null=False, default=None)
    undone_at = Timestamptz(null=True, default=None)
    undone_by = Varchar(length=200, null=True, default=None)
    undone_because = Text(null=True, default=None)
