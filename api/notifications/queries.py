"""Statements of e-mail notifications."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from api.clock import new_id
from api.database import Row, as_struct, copy_rows, fetch
from api.notifications.schemas import News, Recipient
from api.notifications.tables import MailDigest, ToldItem

# Every kind of news: of which organisation, told apart by what, with which title. No amounts,
# nobody's name, nothing out of a contract.
_MARKS: Final = """
SELECT 'marks' AS kind, e.owner AS organisation,
  'mark:' || m.id || ':' || m.valid_until AS item, concat_ws(' ', m.scheme, m.level) AS title,
  m.valid_until AS until
FROM quality_mark m JOIN enterprise e ON e.id = m.enterprise AND e.state = 'published'
WHERE e.owner IS NOT NULL AND (m.revoked_on IS NULL OR m.revoked_on > $1::date)
  AND m.valid_until BETWEEN $1::date AND $1::date + 90
ORDER BY m.valid_until, m.id
"""
_INVITATIONS: Final = """
SELECT 'invitations' AS kind, o.id AS organisation, 'invitation:' || i.id AS item,
  l.title, w.reply_by AS until
FROM invitation i JOIN wave w ON w.id = i.wave JOIN lot l ON l.id = i.lot
  JOIN enterprise e ON e.id = i.enterprise
  JOIN organisation o ON o.kind = 'enterprise' AND o.kvk_number = e.kvk_number
WHERE i.state = 'invited' AND w.reply_by >= $1
ORDER BY w.reply_by, i.id
"""
# A purchase at an enterprise that takes part is confirmed there, everything else by the authority.
_WAITING: Final = """
SELECT CASE WHEN f.state = 'confirmed' THEN 'verifications' ELSE 'confirmations' END AS kind,
  CASE WHEN f.state = 'submitted' THEN coalesce(s.id, o.authority) ELSE o.authority END
    AS organisation,
  'fulfilment:' || f.id || ':' || f.state AS item,
  CASE WHEN f.state = 'submitted' AND s.id IS NOT NULL THEN c.name ELSE o.title END AS title
FROM fulfilment f JOIN obligation o ON o.id = f.obligation
  JOIN organisation c ON c.id = o.contractor
  LEFT JOIN enterprise e ON e.id = f.supplier
  LEFT JOIN organisation s ON s.kind = 'enterprise' AND s.kvk_number = e.kvk_number
WHERE f.state IN ('submitted', 'confirmed') AND $1::date IS NOT NULL
ORDER BY title, f.id
"""
_RECIPIENTS: Final = """
SELECT m.person, m.organisation, o.kind, m.roles, coalesce(n.language, 'nl') AS language, n.tell
FROM membership m JOIN person p ON p.id = m.person AND p.disabled_at IS NULL
  JOIN organisation o ON o.id = m.organisation
  LEFT JOIN notification_preference n ON n.person = m.person
WHERE m.ended_at IS NULL AND m.organisation = ANY($1) ORDER BY m.person, m.organisation
"""
_WATCHED: Final = """
SELECT s.id, s.organisation, s.name, s.parameters, s.sort, w.found
FROM saved_search s LEFT JOIN search_watch w ON w.id = s.id
WHERE s.organisation IS NOT NULL AND s.alerts <> 'off' AND (w.id IS NULL
  OR w.looked_on <= $1::date - CASE s.alerts WHEN 'weekly' THEN 7 ELSE 1 END)
ORDER BY s.id
"""
_WATCH: Final = """
INSERT INTO search_watch (id, found, looked_on) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET found = $2, looked_on = $3
"""
# SKIP LOCKED and the lease in due_at: several workers never send one mail at once, and what a
# killed worker held is taken up by another when the lease is over.
_CLAIM: Final = """
WITH due AS (
  SELECT d.id, p.email FROM mail_digest d JOIN person p ON p.id = d.person
  WHERE d.state = 'pending' AND d.due_at <= $1 AND p.disabled_at IS NULL
  ORDER BY d.due_at, d.id LIMIT $2 FOR UPDATE OF d SKIP LOCKED
)
UPDATE mail_digest d SET due_at = $3, attempts = d.attempts + 1
FROM due WHERE d.id = due.id RETURNING d.*, due.email
"""
_SETTLE: Final = """
UPDATE mail_digest SET state = $3, due_at = $4, sent_at = $5, last_error = $6
WHERE id = $1 AND attempts = $2 AND state = 'pending'
"""
_PUT: Final = """
INSERT INTO notification_preference (id, person, language, tell, version, updated_at)
VALUES ($1, $2, $3, $4, 1, $5)
ON CONFLICT (person) DO UPDATE SET language = $3, tell = $4,
  version = notification_preference.version + 1, updated_at = $5
RETURNING *
"""


async def was_made(day: date) -> bool:
    """Tell whether the digests of a day were made."""
    return bool(await fetch("SELECT 1 FROM mail_round WHERE day = $1", day))


async def note_round(day: date, now: datetime) -> None:
    """Note that the digests of a day are made."""
    await fetch("INSERT INTO mail_round (id, day, at) VALUES ($1, $2, $3)", new_id(), day, now)


async def news(today: date) -> list[News]:
    """Give everything that waits for somebody now."""
    found = []
    for sql in (_INVITATIONS, _WAITING, _MARKS):
        found += [msgspec.convert(dict(row), News) for row in await fetch(sql, today)]
    return found


async def recipients(organisations: Sequence[UUID]) -> list[Recipient]:
    """Give who is in organisations, with what they want to be told."""
    rows = await fetch(_RECIPIENTS, organisations)
    return [as_struct(row, Recipient) for row in rows]


async def told(people: Sequence[UUID], items: Sequence[str]) -> set[tuple[UUID, str]]:
    """Give which of these things these people were told before."""
    sql = "SELECT person, item FROM told_item WHERE person = ANY($1) AND item = ANY($2)"
    return {(row["person"], row["item"]) for row in await fetch(sql, people, items)}


async def add(digests: Sequence[Row], items: Sequence[Row]) -> None:
    """Keep mails to send, and what is told in them. Needs a transaction."""
    await copy_rows(MailDigest, digests)
    await copy_rows(ToldItem, items)


async def watched(today: date) -> list[Row]:
    """Give the saved searches with alerts that are due, with what they found before."""
    return await fetch(_WATCHED, today)


async def watch(search_id: UUID, found: Sequence[UUID], today: date) -> None:
    """Remember what a saved search finds."""
    await fetch(_WATCH, search_id, found, today)


async def drop_watches() -> None:
    """Forget what searches found that are no longer watched."""
    await fetch(
        "DELETE FROM search_watch w WHERE NOT EXISTS"
        " (SELECT FROM saved_search s WHERE s.id = w.id AND s.alerts <> 'off')"
    )


async def claim(now: datetime, limit: int, until: datetime) -> list[Row]:
    """Take mails that are due, with a lease."""
    return await fetch(_CLAIM, now, limit, until)


async def settle(digest: UUID, attempts: int, *outcome: object) -> None:
    """Note what became of an attempt, unless the mail went another way meanwhile."""
    await fetch(_SETTLE, digest, attempts, *outcome)


async def preference(person: UUID) -> Row | None:
    """Give what somebody set; locked until the transaction ends."""
    sql = "SELECT * FROM notification_preference WHERE person = $1 FOR UPDATE"
    rows = await fetch(sql, person)
    return rows[0] if rows else None


async def is_here(person: UUID) -> bool:
    """Tell whether somebody is known and not erased; locked until the transaction ends."""
    sql = "SELECT 1 FROM person WHERE id = $1 AND disabled_at IS NULL FOR UPDATE"
    return bool(await fetch(sql, person))


async def put(person: UUID, language: str, tell: Sequence[str], now: datetime) -> Row:
    """Keep what somebody wants to be told."""
    return (await fetch(_PUT, new_id(), person, language, tell, now))[0]


async def drop_pending(person: UUID) -> None:
    """Send nothing that is still on its way to somebody."""
    await fetch("DELETE FROM mail_digest WHERE person = $1 AND state = 'pending'", person)
