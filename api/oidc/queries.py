"""Reads and writes of signing in elsewhere, in SQL. No rule is decided here."""

from datetime import datetime
from uuid import UUID

from api.clock import new_id
from api.database import Row, copy_rows, fetch
from api.oidc.tables import ExternalIdentity, OidcFlow


async def add_flow(row: Row, now: datetime) -> None:
    """Keep a walk; those that are too old go."""
    await fetch("DELETE FROM oidc_flow WHERE expires_at <= $1", now)
    await copy_rows(OidcFlow, [row])


async def use_flow(browser_hash: bytes, now: datetime) -> Row | None:
    """Give the walk of a browser, and take it away."""
    sql = "DELETE FROM oidc_flow WHERE browser_hash = $1 AND expires_at > $2 RETURNING *"
    rows = await fetch(sql, browser_hash, now)
    return rows[0] if rows else None


async def person_of(issuer: str, subject: str) -> Row | None:
    """Give whose identity this is, and whether they may sign in."""
    sql = """
    SELECT p.id, p.disabled_at IS NOT NULL AS is_disabled
    FROM external_identity i JOIN person p ON p.id = i.person
    WHERE i.issuer = $1 AND i.subject = $2
    """
    rows = await fetch(sql, issuer, subject)
    return rows[0] if rows else None


async def link(person: UUID, issuer: str, subject: str, now: datetime) -> None:
    """Note that an identity is a person's."""
    row = {
        "id": new_id(),
        "person": person,
        "issuer": issuer,
        "subject": subject,
        "created_at": now,
    }
    await copy_rows(ExternalIdentity, [row])


async def is_member(person: UUID, organisation: UUID) -> bool:
    """Tell whether somebody is, or once was, in an organisation."""
    sql = "SELECT 1 FROM membership WHERE person = $1 AND organisation = $2"
    return bool(await fetch(sql, person, organisation))
