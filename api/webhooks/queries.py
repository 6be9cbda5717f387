"""Statements of webhooks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from api.audit.queries import SETTLED
from api.database import Row, fetch

# An event of the trail becomes a message for each webhook that wants it: public ones for
# everybody, others for who did it and, of an obligation, for both its sides.
_EVENTS: Final = f"""
SELECT e.id, e.transaction_id, e.at, e.subject, e.before_hash, e.after_hash, e.organisation,
  CASE WHEN e.action LIKE 'ledger.%'
    AND e.action NOT IN ('ledger.counted-twice', 'ledger.anonymised')
       THEN 'ledger.entry-added' ELSE e.action END AS type,
  o.authority, o.contractor
FROM audit_event e LEFT JOIN obligation o ON o.id = e.subject
WHERE e.hash IS NOT NULL AND (e.transaction_id, e.id) > ($1, $2)
AND e.transaction_id < {SETTLED}
ORDER BY e.transaction_id, e.id LIMIT $3
"""  # noqa: S608  a text of our own
# What is about one thing is brought in the order of the events: nothing is taken up while
# something before it is neither brought nor refused. A failed attempt lets the others pass.
# SKIP LOCKED and the lease in due_at: several workers never send one message at once, and what
# a killed worker held is taken up by another when the lease is over.
_CLAIM: Final = """
WITH due AS (
  SELECT d.id FROM webhook_delivery d JOIN webhook w ON w.id = d.webhook
  WHERE d.state = 'pending' AND d.due_at <= $1 AND w.state = 'active' AND NOT EXISTS (
    SELECT FROM webhook_delivery before WHERE before.webhook = d.webhook
    AND before.subject = d.subject AND before.number < d.number
    AND before.state = 'pending' AND before.last_error IS NULL)
  ORDER BY d.due_at, d.id LIMIT $2 FOR UPDATE OF d SKIP LOCKED
)
UPDATE webhook_delivery d SET due_at = $3, attempts = d.attempts + 1
FROM due, webhook w WHERE d.id = due.id AND w.id = d.webhook
RETURNING d.id, d.webhook, d.type, d.payload, d.attempts, w.url,
  w.secret, w.former_secret, w.former_until
"""
_SETTLE: Final = """
UPDATE webhook_delivery SET state = $2, due_at = $3, last_status = $4, last_error = $5,
  delivered_at = $6
WHERE id = $1 AND attempts = $7 AND state = 'pending'
"""
_REPLAY: Final = """
UPDATE webhook_delivery SET state = 'pending', due_at = $3, attempts = 0
WHERE id = $1 AND webhook = $2 RETURNING *
"""
_DELIVERIES: Final = """
SELECT * FROM webhook_delivery WHERE webhook = $1 AND ($2::text IS NULL OR state = $2)
AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4
"""


async def place() -> Row | None:
    """Give up to where messages were made; locked until the transaction ends."""
    rows = await fetch("SELECT * FROM webhook_place WHERE id = 1 FOR UPDATE")
    return rows[0] if rows else None


async def last_event() -> Row | None:
    """Give the newest event that no open transaction can still come before."""
    sql = f"""
    SELECT transaction_id, id FROM audit_event
    WHERE hash IS NOT NULL AND transaction_id < {SETTLED}
    ORDER BY transaction_id DESC, id DESC LIMIT 1
    """  # noqa: S608  a text of our own
    rows = await fetch(sql)
    return rows[0] if rows else None


async def put_place(transaction_id: int, event: UUID) -> None:
    """Remember up to where messages were made."""
    await fetch(
        "INSERT INTO webhook_place (id, through_transaction, through_event) VALUES (1, $1, $2)"
        " ON CONFLICT (id) DO UPDATE SET through_transaction = $1, through_event = $2",
        transaction_id,
        event,
    )


async def events(transaction_id: int, event: UUID, limit: int) -> list[Row]:
    """Give events behind a place, in their order."""
    return await fetch(_EVENTS, transaction_id, event, limit)


async def listening() -> list[Row]:
    """Give every webhook that is told something."""
    return await fetch("SELECT id, organisation, events FROM webhook WHERE state = 'active'")


async def claim(now: datetime, limit: int, until: datetime) -> list[Row]:
    """Take messages that are due, with a lease."""
    return await fetch(_CLAIM, now, limit, until)


async def settle(message: UUID, attempts: int, *outcome: object) -> None:
    """Note what became of an attempt, unless the message went another way meanwhile."""
    await fetch(_SETTLE, message, *outcome, attempts)


async def replay(message: UUID, webhook: UUID, now: datetime) -> Row | None:
    """Put a message at the start of its way again."""
    rows = await fetch(_REPLAY, message, webhook, now)
    return rows[0] if rows else None


async def deliveries(
    webhook: UUID, state: str | None, before: UUID | None, limit: int
) -> Sequence[Row]:
    """Give the messages of a webhook, the last first."""
    return await fetch(_DELIVERIES, webhook, state, before, limit)


async def webhooks(organisation: UUID, before: UUID | None, limit: int) -> list[Row]:
    """Give the webhooks of an organisation, the last added first."""
    sql = """
    SELECT * FROM webhook WHERE organisation = $1 AND state <> 'removed'
    AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3
    """
    return await fetch(sql, organisation, before, limit)


async def webhook(webhook_id: UUID, organisation: UUID) -> Row | None:
    """Give a webhook of an organisation; locked until the transaction ends."""
    sql = """
    SELECT * FROM webhook WHERE id = $1 AND organisation = $2 AND state <> 'removed' FOR UPDATE
    """
    rows = await fetch(sql, webhook_id, organisation)
    return rows[0] if rows else None
