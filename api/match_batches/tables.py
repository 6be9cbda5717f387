"""Tables of match batches."""

from piccolo.columns import JSONB, UUID, Array, ForeignKey, OnDelete, Text, Timestamptz, Varchar
from piccolo.table import Table

from api.accounts.tables import Organisation
from api.tenders.tables import Tender


class MatchBatch(Table):
    """Lots that are to be matched one after the other, with the runs made so far."""

    id = UUID(primary_key=True, default=None)
    tender = ForeignKey(
        references=Tender, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    organisation = ForeignKey(
        references=Organisation, null=True, default=None, index=True, on_delete=OnDelete.restrict
    )
    state = Varchar(
        length=10, null=False, default=None, index=True, help_text="queued|running|done|failed"
    )
    criteria = JSONB(null=False, default=None, help_text="what the buyer asks beyond the notice")
    lots = Array(base_column=UUID(), null=False, default=None)
    runs = Array(base_column=UUID(), null=False, default=None, help_text="in the order of lots")
    fault = Text(null=True, default=None)
    author = Varchar(length=100, null=False, default=None)
    created_at = Timestamptz(null=False, default=None)
    finished_at = Timestamptz(null=True, default=None)
