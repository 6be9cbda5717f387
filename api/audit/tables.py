"""Tables of the audit trail."""

from piccolo.columns import JSONB, UUID, BigInt, Integer, Timestamptz, Varchar
from piccolo.constraints import Unique
from piccolo.table import Table


class AuditEvent(Table):
    """One change or reveal: who, for whom, when, to what. A trigger refuses change and deletion.

    What stands from before the chain began has no hash (ADR 36).
    """

    id = UUID(primary_key=True, default=None)
    at = Timestamptz(null=False, default=None, index=True)
    actor = Varchar(length=100, null=False, default=None, help_text="key prefix or `system`")
    action = Varchar(length=60, null=False, default=None, help_text="`enterprise.created`, ...")
    subject = UUID(null=False, default=None, help_text="indexed with the order of events")
    request_id = Varchar(length=64, null=True, default=None)
    detail = JSONB(null=False, default=None)
    organisation = UUID(null=True, default=None, index=True, help_text="for whom it was done")
    before_hash = Varchar(length=64, null=True, default=None, help_text="of the subject")
    after_hash = Varchar(length=64, null=True, default=None, help_text="of the subject")
    transaction_id = BigInt(null=True, default=None, help_text="xid8 of the writer; it orders")
    hash = Varchar(length=64, null=True, default=None, help_text="of this row")

    audit_event_place = Unique([transaction_id, id])  # noqa: A003  the column, not the builtin  # noqa: A003  the column, not the builtin


class AuditSeal(Table):
    """A link of the chain: the events since the link before. Append-only, as they are."""

    number = Integer(primary_key=True, default=None)
    at = Timestamptz(null=False, default=None)
    events = Integer(null=False, default=None)
    through_transaction = BigInt(null=False, default=None)
    through_event = UUID(null=False, default=None)
    hash = Varchar(length=64, null=False, default=None, help_text="over the link before")


class AuditOffset(Table):
    """What is added to the numbers of transactions: a restored database begins again at low ones.

    One row, or none where nothing was restored yet.
    """

    id = Integer(primary_key=True, default=None)
    amount = BigInt(null=False, default=None)
