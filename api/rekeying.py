"""Kept secrets and the keys they need: what is missing, and all of them under the newest key."""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from api import keyring
from api.accounts.service import SYSTEM
from api.audit import service as audit
from api.database import Row, fetch, transaction
from api.settings import SettingsError
from api.sign_in import service as sign_in
from api.webhooks import drafts as webhooks

logger = logging.getLogger(__name__)

_FACTOR_OFF: Final = """
UPDATE person SET totp_secret = NULL, totp_confirmed_at = NULL, totp_last_step = NULL,
  recovery_hashes = '{}' WHERE id = $1
"""
_CHANGED_AND_PAUSED: Final = """
UPDATE webhook SET secret = $2, former_secret = NULL, former_until = NULL, state = 'paused',
  version = version + 1 WHERE id = $1
"""
_NO_FORMER: Final = "UPDATE webhook SET former_secret = NULL, former_until = NULL WHERE id = $1"


class Rotated(msgspec.Struct, frozen=True):
    """What became of the kept secrets: numbers of them."""

    sealed: int
    unreadable: int
    """Left as they are, or given up where that was asked."""


async def check() -> None:
    """Raise `SettingsError` where kept secrets need a key that is not set: before anybody asks."""
    known = keyring.known()
    missing = {
        key: number
        for key, number in (await _needed()).items()
        if key is not None and key not in known
    }
    if missing:
        told = ", ".join(f"{key} ({number} secrets)" for key, number in sorted(missing.items()))
        raise SettingsError(
            f"Environment: `SECRETS_KEY` lacks the keys {told}. Put the former key behind the new"
            " one, divided by a comma; if it is lost, see `rotate-secrets --give-up`"
        )


async def rotate(now: datetime, *, give_up: bool = False) -> Rotated:
    """Seal every kept secret under the newest key, those kept in clear too; one by one.

    With `give_up` what no key opens is given up: the second factor of the person is off, the
    webhook is paused under a secret that nobody knows yet. Both are in the audit trail.
    """
    done = Counter[bool]()
    for column in _COLUMNS:
        for row in await _other_than_newest(column):
            done[await _moved(column, row, now, give_up=give_up)] += 1
    return Rotated(sealed=done[True], unreadable=done[False])


class _Column(msgspec.Struct, frozen=True):
    """Where secrets are kept, for which row, and how one is given up."""

    table: str
    name: str
    place_of: Callable[[UUID], str]
    give_up: Callable[[UUID, datetime], Awaitable[None]]


async def _moved(column: _Column, row: Row, now: datetime, *, give_up: bool) -> bool:
    place = column.place_of(row["id"])
    try:
        sealed = keyring.sealed(keyring.opened(row["kept"], place), place)
    except keyring.SecretUnreadable as error:
        logger.warning("%s of %s %s: %s", column.name, column.table, row["id"], error)
        if give_up:
            await column.give_up(row["id"], now)
        return False
    # Whoever changed it meanwhile sealed it under the newest key themselves.
    sql = f"UPDATE {column.table} SET {column.name} = $2 WHERE id = $1 AND {column.name} = $3"  # noqa: S608  names of our own
    await fetch(sql, row["id"], sealed, row["kept"])
    return True


async def _needed() -> dict[str | None, int]:
    """Count kept secrets by the name of their key; `None`: in clear."""
    found = Counter[str | None]()
    for column in _COLUMNS:
        sql = f"""
        SELECT CASE WHEN {column.name} LIKE $1 THEN split_part({column.name}, ':', 3) END AS key,
          count(*) AS number
        FROM {column.table} WHERE {column.name} <> '' GROUP BY 1
        """  # noqa: S608  names of our own
        for row in await fetch(sql, f"{keyring.PREFIX}%"):
            found[row["key"]] += row["number"]
    return dict(found)


async def _other_than_newest(column: _Column) -> list[Row]:
    sql = f"""
    SELECT id, {column.name} AS kept FROM {column.table}
    WHERE {column.name} <> '' AND {column.name} NOT LIKE $1 ORDER BY id
    """  # noqa: S608  names of our own
    return await fetch(sql, f"{keyring.PREFIX}%:{keyring.newest()}:%")


async def _second_factor_off(person: UUID, now: datetime) -> None:
    async with transaction():
        await fetch(_FACTOR_OFF, person)
        await audit.record("person.second-factor-off", [person], SYSTEM.name, now)


async def _other_secret(webhook: UUID, now: datetime) -> None:
    async with transaction():
        sealed = keyring.sealed(webhooks.new_secret(), webhooks.place_of(webhook))
        await fetch(_CHANGED_AND_PAUSED, webhook, sealed)
        await audit.record("webhook.changed", [webhook], SYSTEM.name, now)


async def _no_former(webhook: UUID, _: datetime) -> None:
    await fetch(_NO_FORMER, webhook)


_COLUMNS: Final = (
    _Column("person", "totp_secret", sign_in.place_of, _second_factor_off),
    _Column("webhook", "secret", webhooks.place_of, _other_secret),
    _Column("webhook", "former_secret", webhooks.place_of, _no_former),
)
