"""Statements about personal data."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from api.database import Row, fetch

_MEMBERSHIPS: Final = """
SELECT o.id, o.name AS organisation, m.roles, m.created_at AS since, m.ended_at
FROM membership m JOIN organisation o ON o.id = m.organisation WHERE m.person = $1 ORDER BY m.id
"""
_SESSIONS: Final = """
SELECT created_at, last_seen_at, expires_at FROM signed_in_session WHERE person = $1 ORDER BY id
"""
_NOTIFICATIONS: Final = """
SELECT n.language, n.tell,
  ARRAY(SELECT day FROM mail_digest WHERE person = p.id ORDER BY day) AS mail_days
FROM person p LEFT JOIN notification_preference n ON n.person = p.id WHERE p.id = $1
"""
_DONE: Final = """
SELECT at, action, subject AS subject_id FROM audit_event
WHERE subject = $1 OR actor LIKE '%' || $1::text || '%' ORDER BY id DESC LIMIT 1000
"""
# The row stays, without a word about who it was: ledgers and the trail point at its id.
_ERASED: Final = """
UPDATE person SET email = 'erased-' || id || '@invalid', name = 'erased', password_hash = NULL,
  totp_secret = NULL, totp_confirmed_at = NULL, recovery_hashes = '{}', disabled_at = $2
WHERE id = $1
"""
_FORGOTTEN: Final = (
    """
    UPDATE membership SET ended_at = $2, version = version + 1
    WHERE person = $1 AND ended_at IS NULL
    """,
    "DELETE FROM signed_in_session WHERE person = $1 AND $2::timestamptz IS NOT NULL",
    "DELETE FROM external_identity WHERE person = $1 AND $2::timestamptz IS NOT NULL",
    "DELETE FROM password_reset WHERE person = $1 AND $2::timestamptz IS NOT NULL",
    "DELETE FROM oidc_flow WHERE person = $1 AND $2::timestamptz IS NOT NULL",
    "DELETE FROM notification_preference WHERE person = $1 AND $2::timestamptz IS NOT NULL",
    "DELETE FROM mail_digest WHERE person = $1 AND $2::timestamptz IS NOT NULL",
    "DELETE FROM told_item WHERE person = $1 AND $2::timestamptz IS NOT NULL",
    """
    DELETE FROM member_invitation WHERE email = (SELECT email FROM person WHERE id = $1)
    AND $2::timestamptz IS NOT NULL
    """,
    _ERASED,
)
_KEPT: Final = {
    "sessions": ("signed_in_session", "expires_at", "30 days", ""),
    "password resets": ("password_reset", "expires_at", "7 days", ""),
    "invitations of people": ("member_invitation", "expires_at", "90 days", ""),
    "walks to a provider": ("oidc_flow", "expires_at", "1 day", ""),
    "kept answers": ("kept_answer", "expires_at", "0 days", ""),
    "messages": ("webhook_delivery", "created_at", "90 days", "AND state <> 'pending'"),
    "mails": ("mail_digest", "created_at", "30 days", ""),
    "what was told": ("told_item", "told_at", "2 years", ""),
}
"""What goes: table, column of the time it counts from, how long, which of its rows."""
_CLEAR: Final = """
WITH gone AS (
  DELETE FROM {} WHERE {} < $1::timestamptz - interval '{}' {} RETURNING 1
) SELECT count(*) AS n FROM gone
"""
# A contract of which the term for personal data may be over; the rule itself is in api.domain.
_ENDED: Final = """
SELECT o.id, o.due_on FROM obligation o WHERE o.due_on <= $1::date - 720 AND (
  EXISTS (SELECT FROM fulfilment f WHERE f.obligation = o.id AND f.kind = 'placement'
    AND f.facts <> '{}')
  OR EXISTS (SELECT FROM ledger_entry e WHERE e.obligation = o.id
    AND e.details::jsonb ->> 'kind' = 'placement' AND NOT e.details::jsonb ? 'anonymisedOn'))
ORDER BY o.id
"""
_ENTRIES_FORGOTTEN: Final = """
UPDATE ledger_entry SET details = $2 WHERE obligation = $1
AND details::jsonb ->> 'kind' = 'placement' AND NOT details::jsonb ? 'anonymisedOn'
RETURNING number
"""
_CLAIMS_FORGOTTEN: Final = """
WITH forgotten AS (
  UPDATE fulfilment SET token = NULL, code = NULL, starts_on = NULL, ends_on = NULL,
    hours_per_week = NULL, facts = '{}'
  WHERE obligation = $1 AND kind = 'placement' RETURNING id
) DELETE FROM imported_entry WHERE claim IN (SELECT id FROM forgotten)
"""
_LEFT: Final = """
SELECT p.id FROM person p
WHERE p.disabled_at IS NULL AND p.created_at < $1::timestamptz - interval '2 years'
AND NOT EXISTS (SELECT FROM membership m WHERE m.person = p.id
  AND (m.ended_at IS NULL OR m.ended_at > $1::timestamptz - interval '2 years'))
"""


async def person(person_id: UUID) -> Row | None:
    """Give somebody."""
    rows = await fetch("SELECT * FROM person WHERE id = $1 FOR UPDATE", person_id)
    return rows[0] if rows else None


async def memberships(person_id: UUID) -> list[Row]:
    """Give where somebody is or was a member."""
    return await fetch(_MEMBERSHIPS, person_id)


async def sessions(person_id: UUID) -> list[Row]:
    """Give when somebody is or was signed in."""
    return await fetch(_SESSIONS, person_id)


async def identities(person_id: UUID) -> list[Row]:
    """Give which providers know somebody."""
    return await fetch("SELECT issuer FROM external_identity WHERE person = $1", person_id)


async def notifications(person_id: UUID) -> Row:
    """Give what somebody chose to be told by e-mail, and when it was."""
    return (await fetch(_NOTIFICATIONS, person_id))[0]


async def done(person_id: UUID) -> list[Row]:
    """Give what the trail says somebody did."""
    return await fetch(_DONE, person_id)


async def forget(person_id: UUID, now: datetime) -> None:
    """Take everything away that tells who somebody is."""
    for sql in _FORGOTTEN:
        await fetch(sql, person_id, now)


async def clear(now: datetime) -> dict[str, int]:
    """Delete what is kept no longer; gives how much of each."""
    found = {}
    for what, kept in _KEPT.items():
        found[what] = int((await fetch(_CLEAR.format(*kept), now))[0]["n"])
    return found


async def long_gone(now: datetime) -> list[UUID]:
    """Give people who have been in no organisation for two years."""
    return [row["id"] for row in await fetch(_LEFT, now)]


async def ended(today: date) -> list[Row]:
    """Give obligations that ended long ago and still tell of persons, with their last day."""
    return await fetch(_ENDED, today)


async def forget_placements(obligation_id: UUID, left: str) -> list[int]:
    """Put a remainder in the place of what is known of persons; gives the entries' numbers."""
    await fetch("SELECT 1 FROM obligation WHERE id = $1 FOR UPDATE", obligation_id)
    rows = await fetch(_ENTRIES_FORGOTTEN, obligation_id, left)
    await fetch(_CLAIMS_FORGOTTEN, obligation_id)
    return sorted(row["number"] for row in rows)
