"""Reads of contact addresses, in SQL. No rule is decided here."""

from uuid import UUID

from api.contacts.schemas import ContactOut
from api.database import as_struct, fetch


async def contact(enterprise_id: UUID) -> ContactOut:
    """Give how an enterprise can be reached."""
    sql = "SELECT id AS enterprise_id, email, phone FROM enterprise WHERE id = $1"
    return as_struct((await fetch(sql, enterprise_id))[0], ContactOut)
