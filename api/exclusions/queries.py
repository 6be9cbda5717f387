"""Reads and writes of exclusions, in SQL. No rule is decided here."""

from datetime import datetime
from uuid import UUID

from api.accounts.service import Actor
from api.clock import new_id
from api.database import as_struct, copy_rows, fetch, lock
from api.exclusions.schemas import ExclusionOut
from api.matches.tables import BuyerExclusion
from api.preconditions import state_tag


async def of_tender(tender_id: UUID, organisation: UUID | None) -> list[ExclusionOut]:
    """List whom an organisation left out of a tender."""
    sql = """
    SELECT b.id, b.enterprise AS enterprise_id, e.name, b.reason, b.author, b.created_at
    FROM buyer_exclusion b JOIN enterprise e ON e.id = b.enterprise
    WHERE b.tender = $1 AND b.organisation IS NOT DISTINCT FROM $2
    ORDER BY b.created_at, b.enterprise
    """
    rows = await fetch(sql, tender_id, organisation)
    return [as_struct(dict(row) | {"etag": state_tag(row["id"])}, ExclusionOut) for row in rows]


async def lock_exclusion(tender_id: UUID, enterprise_id: UUID, organisation: UUID | None) -> None:
    """Lock an exclusion until the transaction ends, whether there is one or not."""
    await lock(f"exclusion {tender_id} {enterprise_id} {organisation}")


async def put_exclusion(
    tender_id: UUID, enterprise_id: UUID, reason: str, actor: Actor, now: datetime
) -> None:
    """Store an exclusion, or the new reason of one; it is locked."""
    await delete_exclusion(tender_id, enterprise_id, actor.organisation)
    row = {
        "id": new_id(),
        "tender": tender_id,
        "enterprise": enterprise_id,
        "organisation": actor.organisation,
        "reason": reason,
        "author": actor.name,
        "created_at": now,
    }
    await copy_rows(BuyerExclusion, [row])


async def delete_exclusion(tender_id: UUID, enterprise_id: UUID, organisation: UUID | None) -> None:
    """Drop an organisation's exclusion, if there is one."""
    sql = """
    DELETE FROM buyer_exclusion WHERE tender = $1 AND enterprise = $2
    AND organisation IS NOT DISTINCT FROM $3
    """
    await fetch(sql, tender_id, enterprise_id, organisation)
