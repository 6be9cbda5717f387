"""Reads and writes of rule books, in SQL. No rule is decided here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from api.database import Row, copy_rows, fetch, update_row
from api.domain.social_return.rule_book import RuleBook
from api.rule_books.tables import RuleBookVersion

_PAGE: Final = """
SELECT * FROM rule_book
WHERE published_at IS NOT NULL AND ($1::uuid IS NULL OR id < $1) ORDER BY id DESC LIMIT $2
"""
_DRAFTS: Final = """
SELECT * FROM rule_book
WHERE published_at IS NULL AND organisation = $1 AND ($2::uuid IS NULL OR id < $2)
ORDER BY id DESC LIMIT $3
"""
_SHELF: Final = """
SELECT b.* FROM rule_book b LEFT JOIN organisation o ON o.id = b.organisation
WHERE b.published_at IS NOT NULL
  AND (b.organisation IS NULL OR b.organisation = $1 OR o.kind = 'platform')
ORDER BY b.id
"""


class KeptBook(msgspec.Struct, frozen=True):
    """A version as kept."""

    id: UUID
    organisation: UUID | None
    author: str
    published_at: datetime | None
    book: RuleBook


async def version(version_id: UUID) -> KeptBook | None:
    """Give one version."""
    rows = await fetch("SELECT * FROM rule_book WHERE id = $1", version_id)
    return _kept(rows[0]) if rows else None


async def locked(version_id: UUID) -> KeptBook | None:
    """Give one version, locked until the transaction ends."""
    rows = await fetch("SELECT * FROM rule_book WHERE id = $1 FOR UPDATE", version_id)
    return _kept(rows[0]) if rows else None


async def series(book_id: str) -> list[KeptBook]:
    """Give every version of a series."""
    rows = await fetch("SELECT * FROM rule_book WHERE book_id = $1 ORDER BY id", book_id)
    return [_kept(row) for row in rows]


async def published(before: UUID | None, limit: int) -> list[KeptBook]:
    """List published versions, the last added first."""
    return [_kept(row) for row in await fetch(_PAGE, before, limit)]


async def drafts(organisation_id: UUID, before: UUID | None, limit: int) -> list[KeptBook]:
    """List the drafts of an organisation, the last added first."""
    return [_kept(row) for row in await fetch(_DRAFTS, organisation_id, before, limit)]


async def shelf(organisation_id: UUID | None) -> list[KeptBook]:
    """Give what an authority chooses from: shipped books, the platform's, and its own."""
    return [_kept(row) for row in await fetch(_SHELF, organisation_id)]


async def insert(rows: Sequence[Row]) -> None:
    """Insert versions."""
    await copy_rows(RuleBookVersion, rows)


async def update(version_id: UUID, values: Row) -> None:
    """Change a draft, or publish it."""
    await update_row("rule_book", version_id, values)


def _kept(row: Row) -> KeptBook:
    return KeptBook(
        id=row["id"],
        organisation=row["organisation"],
        author=row["author"],
        published_at=row["published_at"],
        book=msgspec.json.decode(row["content"], type=RuleBook),
    )
