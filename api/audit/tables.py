"""Table of the audit trail."""

from piccolo.columns import JSONB, UUID, Timestamptz, Varchar
from piccolo.table import Table


class AuditEvent(Table):
    """One change: who, when, to what. Append-only: no code updates or deletes a row."""

    id = UUID(primary_key=True, default=None)
    at = Timestamptz(null=False, default=None, index=True)
    actor = Varchar(length=100, null=False, default=None, help_text="key prefix or `system`")
    action = Varchar(length=60, null=False, default=None, help_text="`enterprise.created`, ...")
    subject = UUID(null=False, default=None, index=True)
    request_id = Varchar(length=64, null=True, default=None)
    detail = JSONB(null=False, default=None)
