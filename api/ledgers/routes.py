"""Ledgers over HTTP: position, entries, verification. For the sides of the obligation."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from api.auth import SECURITY, current_actor, needs
from api.domain.social_return.position import Position
from api.ledgers import service
from api.ledgers.schemas import EntryOut, VerificationOut
from api.pagination import Cursor, Limit, Page
from api.problems import answers

READ: dict[str, Any] = {
    "guards": [needs("obligations:read")],
    "security": SECURITY,
    "responses": answers(400, 401, 403, 404, 409),
}
AsOf = Annotated[
    datetime | None,
    QueryParameter(name="asOf", description="An instant with its offset; absent: now."),
]
Head = Annotated[
    str | None,
    QueryParameter(pattern=r"^[0-9a-f]{64}$", description="A hash kept elsewhere; it must occur."),
]


@get(
    "/obligations/{obligation_id:uuid}/position",
    operation_id="getPosition",
    summary="Read where an obligation stands",
    **READ,
)
async def get_position(
    request: Request[Any, Any, Any],
    obligation_id: FromPath[UUID],
    now: NamedDependency[datetime],
    as_of: AsOf = None,
) -> Position:
    """Give what is owed, verified, submitted, planned, disputed and left, in cents."""
    return await service.position_of(obligation_id, as_of, current_actor(request), now)


@get(
    "/obligations/{obligation_id:uuid}/entries",
    operation_id="listEntries",
    summary="List the entries of a ledger",
    **READ,
)
async def list_entries(
    request: Request[Any, Any, Any],
    obligation_id: FromPath[UUID],
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[EntryOut]:
    """List the entries in their order; the walk sees every entry once, whatever is added."""
    return await service.entries(obligation_id, cursor, limit, current_actor(request))


@get(
    "/obligations/{obligation_id:uuid}/verification",
    operation_id="verifyLedger",
    summary="Verify a ledger",
    **READ,
)
async def verify_ledger(
    request: Request[Any, Any, Any], obligation_id: FromPath[UUID], head: Head = None
) -> VerificationOut:
    """Verify the chain of hashes; a changed, missing or moved entry is named."""
    return await service.verification(obligation_id, head, current_actor(request))


router = Router(
    "/", route_handlers=[get_position, list_entries, verify_ledger], tags=["Social return"]
)
