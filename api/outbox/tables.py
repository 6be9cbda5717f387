"""Tables of what others have yet to follow: the outbox for the index, the feed for everybody."""

from piccolo.columns import UUID, BigInt, BigSerial, Timestamptz, Varchar
from piccolo.constraints import Unique
from piccolo.table import Table


class OutboxRow(Table, tablename="outbox"):
    """An enterprise whose index documents must be made anew. Deleted once the index has them."""

    id = BigSerial(primary_key=True)
    enterprise = UUID(null=False, default=None)
    queued_at = Timestamptz(null=False, default=None)


class Change(Table):
    """A change of an enterprise, kept for the feed (ADR 19). Append-only."""

    id = BigSerial(primary_key=True)
    transaction_id = BigInt(
        null=False, default=None, help_text="xid8 of the writer; it orders the feed"
    )
    enterprise = UUID(null=False, default=None)
    changed_at = Timestamptz(null=False, default=None)

    change_place_in_feed = Unique([transaction_id, id])  # noqa: A003  the column, not the builtin


class IndexBuild(Table):
    """By which build an index was made; one that another build swapped in is made anew (ADR 50)."""

    name = Varchar(primary_key=True, length=100, null=False, default=None, help_text="of the index")
    build = UUID(null=False, default=None)
    built_at = Timestamptz(null=False, default=None)
