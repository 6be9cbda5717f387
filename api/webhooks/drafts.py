"""Webhooks without the database: secrets, messages, signatures, when to try again."""

import base64
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from standardwebhooks import Webhook as Signer

from api import keyring
from api.database import Row
from api.webhooks.schemas import (
    DeliveryOut,
    DeliveryState,
    Message,
    ResourceOut,
    WebhookEvent,
    WebhookOut,
    WebhookState,
)

PUBLIC: Final = frozenset(
    one
    for one in WebhookEvent
    if one.partition(".")[0] in {"enterprise", "offering", "mark", "share", "tender", "rule-book"}
)
"""What anybody may read at the API anyway."""
_WAITS: Final = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds after each failed attempt, as Standard Webhooks suggests: given up after three days."""
_OK: Final = range(200, 300)


def new_secret() -> str:
    """Make a secret: 256 random bits in the form of Standard Webhooks."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def place_of(webhook: UUID) -> str:
    """Name the row that secrets are sealed for: one place, as the new one becomes the former."""
    return f"webhook:{webhook}"


def message_of(event: Row) -> bytes:
    """Write the body of a message about an event of the trail."""
    resource = ResourceOut(
        id=event["subject"], version=event["after_hash"], former_version=event["before_hash"]
    )
    body = Message(type=event["type"], timestamp=event["at"].astimezone(UTC), data=resource)
    return msgspec.json.encode(body)


def wanted_by(event: Row, webhook: Row) -> bool:
    """Tell whether a webhook is told of an event."""
    if event["type"] not in webhook["events"]:
        return False
    sides = (event["organisation"], event["authority"], event["contractor"])
    return event["type"] in PUBLIC or webhook["organisation"] in sides


def signed(delivery: Row, now: datetime) -> Mapping[str, str]:
    """Give the headers of an attempt; while two secrets hold, both sign."""
    message_id = f"msg_{delivery['id'].hex}"
    kept = [delivery["secret"]]
    if delivery["former_secret"] and delivery["former_until"] > now:
        kept.append(delivery["former_secret"])
    keys = [keyring.opened(one, place_of(delivery["webhook"])) for one in kept]
    at = now.astimezone(UTC)
    signatures = [Signer(key).sign(message_id, at, delivery["payload"]) for key in keys]
    return {
        "Content-Type": "application/json",
        "User-Agent": "Perceel",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def outcome(
    attempts: int, now: datetime, status: int | None, error: str | None
) -> tuple[str, datetime, int | None, str | None, datetime | None]:
    """Decide what follows an attempt: delivered, again later, or given up."""
    if status is not None and status in _OK:
        return "delivered", now, status, None, now
    reason = error or f"answered {status}"
    if attempts > len(_WAITS):
        return "dead", now, status, reason[:200], None
    due = now + timedelta(seconds=_WAITS[attempts - 1])
    return "pending", due, status, reason[:200], None


def as_webhook(row: Row, now: datetime) -> WebhookOut:
    """Show a webhook, without its secrets."""
    until = row["former_until"]
    return WebhookOut(
        id=row["id"],
        url=row["url"],
        description=row["description"],
        events=tuple(WebhookEvent(one) for one in row["events"]),
        state=WebhookState(row["state"]),
        two_secrets_until=until.astimezone(UTC) if until and until > now else None,
        version=row["version"],
        created_at=row["created_at"].astimezone(UTC),
    )


def as_delivery(row: Row) -> DeliveryOut:
    """Show a message and what became of it."""
    delivered = row["delivered_at"]
    return DeliveryOut(
        id=row["id"],
        type=row["type"],
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        created_at=row["created_at"].astimezone(UTC),
        due_at=row["due_at"].astimezone(UTC),
        last_status=row["last_status"],
        last_error=row["last_error"],
        delivered_at=None if delivered is None else delivered.astimezone(UTC),
    )


def delivery_row(message: UUID, webhook: UUID, event: Row, now: datetime) -> Row:
    """Make the row of a message about an event that is due at once."""
    return {
        "id": message,
        "webhook": webhook,
        "subject": event["subject"],
        "type": event["type"],
        "payload": message_of(event).decode(),
        "state": "pending",
        "attempts": 0,
        "created_at": now,
        "due_at": now,
        "last_status": None,
        "last_error": None,
        "delivered_at": None,
    }
