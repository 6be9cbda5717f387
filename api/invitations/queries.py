"""Reads and writes of the funnel, in SQL. No rule is decided here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from api.accounts.service import Actor, OrganisationKind
from api.clock import new_id
from api.database import Row, as_struct, copy_rows, fetch, update_row
from api.invitations.drafts import State
from api.invitations.schemas import InvitationOut, WaveOut
from api.invitations.tables import Invitation, InvitationEvent, Wave

_INVITATIONS: Final = """
SELECT i.id, i.lot AS lot_id, l.title AS lot_title, i.enterprise AS enterprise_id, e.name,
  w.number AS wave, w.reply_by, i.state, v.reason, v.at, w.organisation,
  NULL::text AS in_last_run
FROM invitation i JOIN wave w ON w.id = i.wave JOIN lot l ON l.id = i.lot
JOIN enterprise e ON e.id = i.enterprise
JOIN LATERAL (SELECT reason, at FROM invitation_event WHERE invitation = i.id
              ORDER BY id DESC LIMIT 1) v ON true
"""
_WAVES: Final = """
SELECT w.id, w.lot AS lot_id, w.run AS run_id, w.number, w.sent_at, w.author, w.reply_by,
  w.enough_interested, (SELECT count(*) FROM invitation i WHERE i.wave = w.id) AS invited
FROM wave w WHERE w.lot = $1 AND w.organisation IS NOT DISTINCT FROM $2 ORDER BY w.number
"""
_UNCONTACTED: Final = """
SELECT v.enterprise FROM match_verdict v
WHERE v.run = $1 AND v.outcome = 'matched'
  AND NOT EXISTS (SELECT 1 FROM invitation i JOIN wave w ON w.id = i.wave WHERE i.lot = $2
    AND i.enterprise = v.enterprise AND w.organisation IS NOT DISTINCT FROM $3)
ORDER BY v.rank LIMIT $4
"""


async def waves(lot_id: UUID, organisation: UUID | None) -> list[WaveOut]:
    """Give an organisation's waves for a lot, in order."""
    return [as_struct(row, WaveOut) for row in await fetch(_WAVES, lot_id, organisation)]


async def of_lot(lot_id: UUID, organisation: UUID | None) -> list[InvitationOut]:
    """Give an organisation's invitations for a lot, in order of making."""
    where = "WHERE i.lot = $1 AND w.organisation IS NOT DISTINCT FROM $2 ORDER BY i.id"
    rows = await fetch(f"{_INVITATIONS} {where}", lot_id, organisation)
    return [as_struct(row, InvitationOut) for row in rows]


async def of_enterprise(
    enterprise_id: UUID, actor: Actor, before: UUID | None, limit: int
) -> list[InvitationOut]:
    """Give the invitations of an enterprise, the last first: to a buyer, its own."""
    where = """
    WHERE i.enterprise = $1 AND ($2::uuid IS NULL OR i.id < $2)
    AND ($4 OR w.organisation IS NOT DISTINCT FROM $5) ORDER BY i.id DESC LIMIT $3
    """
    everybodys = actor.kind in {OrganisationKind.ENTERPRISE, OrganisationKind.PLATFORM}
    values = (before, limit, everybodys, actor.organisation)
    rows = await fetch(f"{_INVITATIONS} {where}", enterprise_id, *values)
    return [as_struct(row, InvitationOut) for row in rows]


async def one(invitation_id: UUID) -> tuple[InvitationOut, UUID | None] | None:
    """Give an invitation, and the organisation that invited."""
    rows = await fetch(f"{_INVITATIONS} WHERE i.id = $1", invitation_id)
    return (as_struct(rows[0], InvitationOut), rows[0]["organisation"]) if rows else None


async def in_run(run_id: UUID, enterprise_ids: Sequence[UUID]) -> set[UUID]:
    """Give those enterprises that a run matched, or nearly so."""
    sql = "SELECT enterprise FROM match_verdict WHERE run = $1 AND enterprise = ANY($2::uuid[])"
    return {row["enterprise"] for row in await fetch(sql, run_id, list(enterprise_ids))}


async def uncontacted(
    run_id: UUID, lot_id: UUID, organisation: UUID | None, limit: int
) -> tuple[UUID, ...]:
    """Give the best matches of a run that an organisation never invited for the lot."""
    rows = await fetch(_UNCONTACTED, run_id, lot_id, organisation, limit)
    return tuple(row["enterprise"] for row in rows)


async def insert_wave(wave: Row, enterprise_ids: Sequence[UUID]) -> None:
    """Store a wave with its invitations."""
    made = [
        {
            "id": new_id(),
            "wave": wave["id"],
            "lot": wave["lot"],
            "enterprise": one,
            "state": State.INVITED,
        }
        for one in enterprise_ids
    ]
    await copy_rows(Wave, [wave])
    await copy_rows(Invitation, made)
    events = [_event(one["id"], State.INVITED, wave["author"], wave["sent_at"]) for one in made]
    await copy_rows(InvitationEvent, events)


async def add_event(
    invitation_id: UUID, state: State, actor: str, now: datetime, reason: str | None
) -> None:
    """Store what happened to an invitation."""
    await copy_rows(InvitationEvent, [_event(invitation_id, state, actor, now, reason)])
    await update_row("invitation", invitation_id, {"state": state})


def _event(
    invitation_id: UUID, state: State, actor: str, now: datetime, reason: str | None = None
) -> Row:
    return {
        "id": new_id(),
        "invitation": invitation_id,
        "state": state,
        "at": now,
        "actor": actor,
        "reason": reason,
    }
