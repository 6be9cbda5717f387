"""The audit trail over HTTP: read only, by design. No route changes it."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Router, get
from litestar.params import QueryParameter

from api.audits import service
from api.audits.schemas import AuditEventOut, AuditSealOut
from api.auth import SECURITY, current_actor, needs
from api.pagination import Cursor, Limit, Page
from api.problems import answers

SubjectId = Annotated[
    UUID | None, QueryParameter(name="subjectId", description="Only events of this.")
]
Action = Annotated[
    str | None,
    QueryParameter(max_length=60, pattern="^[a-z.-]+$", description="As `shortlist.created`."),
]


@get(
    "/audit-events",
    operation_id="listAuditEvents",
    summary="Read the audit trail",
    guards=[needs("audit:read")],
    security=SECURITY,
    responses=answers(400, 401, 403),
)
async def list_audit_events(
    request: Request[Any, Any, Any],
    subject_id: SubjectId = None,
    action: Action = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[AuditEventOut]:
    """List what was done in the name of the own organisation, the last first."""
    return await service.events(current_actor(request), subject_id, action, cursor, limit)


@get(
    "/audit-seals",
    operation_id="listAuditSeals",
    summary="Read the chain over the audit trail",
    responses=answers(400),
)
async def list_audit_seals(cursor: Cursor = None, limit: Limit = 20) -> Page[AuditSealOut]:
    """List the links of the chain, the first first; open, so that anybody can keep a copy.

    Whoever kept a link can later tell whether the events up to it are still the same.
    """
    return await service.seals(cursor, limit)


router = Router("/", route_handlers=[list_audit_events, list_audit_seals], tags=["Operations"])
