"""The table of plans."""

from piccolo.columns import JSONB, UUID, BigInt, ForeignKey, Integer, OnDelete, Timestamptz, Varchar
from piccolo.table import Table

from api.ledgers.tables import Obligation


class FulfilmentPlan(Table):
    """A proposal of how to close an obligation. It never changes; it may be accepted once."""

    id = UUID(primary_key=True, default=None)
    obligation = ForeignKey(
        references=Obligation, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    ledger_number = Integer(null=False, default=None, help_text="of the ledger it was made for")
    target_cents = BigInt(null=False, default=None)
    request = JSONB(null=False, default=None, help_text="as asked")
    plan = JSONB(null=False, default=None, help_text="as answered")
    author = Varchar(length=100, null=False, default=None)
    created_at = Timestamptz(null=False, default=None)
    accepted_at = Timestamptz(null=True, default=None)
    held_until = Timestamptz(null=True, default=None, help_text="of the reservations")
    released_at = Timestamptz(null=True, default=None)
    claims = JSONB(null=True, default=None, help_text="the planned fulfilments, by line")
