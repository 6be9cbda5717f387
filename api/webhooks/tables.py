"""Tables of webhooks."""

from piccolo.columns import (
    UUID,
    Array,
    BigInt,
    BigSerial,
    ForeignKey,
    Integer,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from api.accounts.tables import Organisation


class Webhook(Table):
    """Where an organisation wants to be told, and of what."""

    id = UUID(primary_key=True, default=None)
    organisation = ForeignKey(
        references=Organisation, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    url = Text(null=False, default=None)
    description = Text(null=False, default=None)
    events = Array(base_column=Text(), null=False, default=None)
    state = Varchar(length=8, null=False, default=None, help_text="active, paused, removed")
    secret = Text(null=False, default=None, help_text="sealed (ADR 48): it signs, so no hash")
    former_secret = Text(null=True, default=None, help_text="signs too, until former_until")
    former_until = Timestamptz(null=True, default=None)
    version = Integer(null=False, default=None)
    created_at = Timestamptz(null=False, default=None)


class WebhookDelivery(Table, tablename="webhook_delivery"):
    """A message on its way. Its id is that of the message, the same at every attempt."""

    id = UUID(primary_key=True, default=None)
    webhook = ForeignKey(
        references=Webhook, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    number = BigSerial(null=False, help_text="order of the events")
    subject = UUID(null=True, default=None, help_text="what it is about; told in order")
    type = Varchar(length=60, null=False, default=None)
    payload = Text(null=False, default=None, help_text="the body, byte for byte")
    state = Varchar(length=9, null=False, default=None, help_text="pending, delivered, dead")
    attempts = Integer(null=False, default=None)
    created_at = Timestamptz(null=False, default=None)
    due_at = Timestamptz(null=False, default=None, index=True)
    last_status = Integer(null=True, default=None)
    last_error = Varchar(length=200, null=True, default=None)
    delivered_at = Timestamptz(null=True, default=None)


class WebhookPlace(Table, tablename="webhook_place"):
    """Up to which event of the audit trail messages were made; one row."""

    id = Integer(primary_key=True, default=None)
    through_transaction = BigInt(null=False, default=None)
    through_event = UUID(null=False, default=None)
