"""Reads and writes of signing in, in SQL. No rule is decided here."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from api.accounts.tables import Person
from api.database import Row, as_struct, copy_rows, fetch, update_row
from api.sign_in.tables import PasswordReset

_KNOWN: Final = """
SELECT id, email, password_hash, totp_secret, totp_confirmed_at IS NOT NULL AS totp_is_on,
       totp_last_step, recovery_hashes
FROM person WHERE disabled_at IS NULL AND
"""


class Known(msgspec.Struct, frozen=True):
    """What somebody is checked against."""

    id: UUID
    email: str
    password_hash: str | None
    totp_secret: str | None
    totp_is_on: bool
    totp_last_step: int | None
    recovery_hashes: tuple[bytes, ...]


async def by_email(email: str) -> Known | None:
    """Give who has this address."""
    return _known(await fetch(f"{_KNOWN} email = $1", email))


async def by_id(person: UUID, *, lock: bool = False) -> Known | None:
    """Give a person, locked until the transaction ends if so asked."""
    return _known(await fetch(f"{_KNOWN} id = $1{' FOR UPDATE' if lock else ''}", person))


async def change(person: UUID, values: Row) -> None:
    """Change columns of a person."""
    await update_row(Person._meta.tablename, person, values)  # noqa: SLF001  Piccolo's documented place


async def add_reset(row: Row) -> None:
    """Keep a reset; earlier ones of the same person no longer work."""
    await fetch("DELETE FROM password_reset WHERE person = $1", row["person"])
    await copy_rows(PasswordReset, [row])


async def use_reset(token_hash: bytes, now: datetime) -> UUID | None:
    """Give whose reset this is, and take it away."""
    sql = "DELETE FROM password_reset WHERE token_hash = $1 AND expires_at > $2 RETURNING person"
    rows = await fetch(sql, token_hash, now)
    return rows[0]["person"] if rows else None


async def administers(person: UUID, administrator: UUID) -> bool:
    """Tell whether an administrator's organisations are all that a person is in."""
    sql = """
    SELECT count(*) > 0 AND bool_and(EXISTS (
        SELECT 1 FROM membership a WHERE a.person = $2 AND a.organisation = m.organisation
        AND a.ended_at IS NULL AND 'administrator' = ANY(a.roles))) AS all_of_them
    FROM membership m WHERE m.person = $1 AND m.ended_at IS NULL
    """
    rows = await fetch(sql, person, administrator)
    return bool(rows[0]["all_of_them"])


def _known(rows: list[Row]) -> Known | None:
    return as_struct(rows[0], Known) if rows else None
