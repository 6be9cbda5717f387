"""Reading the audit trail. Nothing here writes."""

from datetime import UTC
from uuid import UUID

import msgspec

from api.accounts.service import Actor, OrganisationKind
from api.audit import queries
from api.audits.schemas import AuditEventOut, AuditSealOut
from api.database import Row
from api.pagination import Page, after, read_position, write_cursor
from api.problems import AccessDenied


class NoOrganisation(AccessDenied):
    """The key acts for no organisation, and there is no trail to show it."""

    code = "wrong-organisation"


async def events(
    actor: Actor, subject: UUID | None, action: str | None, cursor: str | None, limit: int
) -> Page[AuditEventOut]:
    """Give the events of the own organisation, the last first; the platform sees all."""
    whose = _whose(actor)
    found = await queries.events(whose, subject, action, after(cursor), limit + 1)
    items = tuple(_event(row) for row in found[:limit])
    more = len(found) > limit
    return Page(items=items, next_cursor=write_cursor(items[-1].id) if more else None)


async def seals(cursor: str | None, limit: int) -> Page[AuditSealOut]:
    """Give the links of the chain in their order."""
    behind = 0 if cursor is None else read_position(cursor)
    found = await queries.seals(behind, limit + 1)
    items = tuple(
        AuditSealOut(
            number=row["number"],
            at=row["at"].astimezone(UTC),
            events=row["events"],
            hash=row["hash"],
        )
        for row in found[:limit]
    )
    more = len(found) > limit
    return Page(items=items, next_cursor=write_cursor(items[-1].number) if more else None)


def _whose(actor: Actor) -> UUID | None:
    if actor.kind is OrganisationKind.PLATFORM:
        return None
    if actor.organisation is None:
        raise NoOrganisation("This key acts for no organisation; a trail belongs to one.")
    return actor.organisation


def _event(row: Row) -> AuditEventOut:
    detail = row["detail"]
    return AuditEventOut(
        id=row["id"],
        at=row["at"].astimezone(UTC),
        actor=row["actor"],
        organisation_id=row["organisation"],
        action=row["action"],
        subject_id=row["subject"],
        request_id=row["request_id"],
        detail=msgspec.json.decode(detail) if isinstance(detail, str) else detail,
        before_hash=row["before_hash"],
        after_hash=row["after_hash"],
        hash=row["hash"],
    )
