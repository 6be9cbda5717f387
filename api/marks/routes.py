"""Quality marks over HTTP. Reading is public; verifying needs a scope of its own."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from api.auth import SECURITY, current_actor, needs
from api.clock import legal_day
from api.domain.profile.completeness import Completeness
from api.domain.profile.marks import MarkScheme
from api.enterprises.schemas import MarkIn, MarkOut
from api.marks import service
from api.marks.schemas import (
    AssessmentOut,
    ClaimedMark,
    ExpiringMark,
    RevocationIn,
    ShareRefusalIn,
    StatedShare,
    VerificationIn,
    VerifiedShare,
)
from api.pagination import Cursor, Limit, Page
from api.preconditions import documented
from api.problems import answers

WRITE: dict[str, Any] = {"guards": [needs("directory:write")], "security": SECURITY}
VERIFY: dict[str, Any] = {"guards": [needs("directory:verify")], "security": SECURITY}
Within = Annotated[
    int, QueryParameter(ge=0, le=1_000, description="Days from today, today included.")
]
Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]


@get(
    "/mark-schemes",
    operation_id="listMarkSchemes",
    summary="List the kinds of quality marks",
    responses=answers(400),
)
async def list_mark_schemes() -> tuple[MarkScheme, ...]:
    """List the kinds of marks: levels, longest validity, source."""
    return await service.schemes()


@get(
    "/enterprises/{enterprise_id:uuid}/marks",
    operation_id="listMarks",
    summary="List the marks of an enterprise",
    responses=answers(400, 404, 410),
)
async def list_marks(enterprise_id: FromPath[UUID], now: Now) -> tuple[MarkOut, ...]:
    """List the marks of an enterprise with their state today."""
    return await service.marks(enterprise_id, legal_day(now))


@post(
    "/enterprises/{enterprise_id:uuid}/marks",
    operation_id="claimMark",
    summary="Claim a mark",
    responses=answers(400, 401, 403, 404, 409, 410, 413),
    response_headers=[documented("Location", "The marks of the enterprise.")],
    **WRITE,
)
async def claim_mark(
    request: Caller, enterprise_id: FromPath[UUID], data: JSONBody[MarkIn], now: Now
) -> Response[MarkOut]:
    """Claim a mark; it counts once somebody else has verified it."""
    made = await service.claim(enterprise_id, data, current_actor(request), now)
    location = {"Location": f"/v1/enterprises/{enterprise_id}/marks"}
    return Response(made, status_code=201, headers=location)


@post(
    "/enterprises/{enterprise_id:uuid}/marks/{mark_id:uuid}/verifications",
    operation_id="verifyMark",
    summary="Verify a mark",
    responses=answers(400, 401, 403, 404, 409, 410, 413),
    **VERIFY,
)
async def verify_mark(
    request: Caller,
    enterprise_id: FromPath[UUID],
    mark_id: FromPath[UUID],
    data: JSONBody[VerificationIn],
    now: Now,
) -> MarkOut:
    """Note that the certificate was seen; not by who claimed it."""
    return await service.verify((enterprise_id, mark_id), data, current_actor(request), now)


@post(
    "/enterprises/{enterprise_id:uuid}/marks/{mark_id:uuid}/revocations",
    operation_id="revokeMark",
    summary="Revoke a mark",
    responses=answers(400, 401, 403, 404, 409, 410, 413),
    **VERIFY,
)
async def revoke_mark(
    request: Caller,
    enterprise_id: FromPath[UUID],
    mark_id: FromPath[UUID],
    data: JSONBody[RevocationIn],
    now: Now,
) -> MarkOut:
    """Note that a mark no longer counts from a day on."""
    return await service.revoke((enterprise_id, mark_id), data, current_actor(request), now)


@post(
    "/enterprises/{enterprise_id:uuid}/share-verifications",
    operation_id="verifyShare",
    summary="Verify the share of target groups",
    responses=answers(400, 401, 403, 404, 409, 410, 413),
    **VERIFY,
)
async def verify_share(
    request: Caller, enterprise_id: FromPath[UUID], data: JSONBody[VerificationIn], now: Now
) -> VerifiedShare:
    """Note that proof of the stated share was seen; not by who stated it."""
    return await service.verify_share(enterprise_id, data, current_actor(request), now)


@post(
    "/enterprises/{enterprise_id:uuid}/share-refusals",
    operation_id="refuseShare",
    summary="Take a share of target groups off a profile",
    responses=answers(400, 401, 403, 404, 409, 410, 412, 413),
    status_code=204,
    **VERIFY,
)
async def refuse_share(
    request: Caller, enterprise_id: FromPath[UUID], data: JSONBody[ShareRefusalIn], now: Now
) -> None:
    """Note with the reason that the stated share is not right; it is unknown from then on."""
    await service.refuse_share(enterprise_id, data, current_actor(request), now)


@get(
    "/stated-shares",
    operation_id="listStatedShares",
    summary="List shares that wait for verification",
    responses=answers(400, 401, 403),
    **VERIFY,
)
async def list_stated_shares(cursor: Cursor = None, limit: Limit = 20) -> Page[StatedShare]:
    """List the shares of target groups of which nobody has seen proof, oldest profile first."""
    return await service.stated_shares(cursor, limit)


@get(
    "/expiring-marks",
    operation_id="listExpiringMarks",
    summary="List verified marks that lapse soon",
    responses=answers(400),
)
async def list_expiring_marks(
    now: Now, within: Within = 90, cursor: Cursor = None, limit: Limit = 20
) -> Page[ExpiringMark]:
    """List verified marks that lapse within some days, soonest first."""
    return await service.expiring(legal_day(now), within, cursor, limit)


@get(
    "/claimed-marks",
    operation_id="listClaimedMarks",
    summary="List marks that wait for verification",
    responses=answers(400, 401, 403),
    **VERIFY,
)
async def list_claimed_marks(
    now: Now, cursor: Cursor = None, limit: Limit = 20
) -> Page[ClaimedMark]:
    """List the marks whose certificate nobody has seen yet, oldest first."""
    return await service.claimed(legal_day(now), cursor, limit)


@get(
    "/enterprises/{enterprise_id:uuid}/assessment",
    operation_id="assessEnterprise",
    summary="Test the published definitions",
    responses=answers(400, 404, 410),
)
async def assess_enterprise(enterprise_id: FromPath[UUID], now: Now) -> AssessmentOut:
    """Test published definitions of a social enterprise: met, not met or unknown, with evidence."""
    return await service.assessment(enterprise_id, legal_day(now))


@get(
    "/enterprises/{enterprise_id:uuid}/completeness",
    operation_id="getCompleteness",
    summary="See what a profile lacks",
    responses=answers(400, 404, 410),
)
async def get_completeness(enterprise_id: FromPath[UUID], now: Now) -> Completeness:
    """See what is missing, and what each answer would unlock; it never ranks."""
    return await service.complete(enterprise_id, legal_day(now))


router = Router(
    "/",
    route_handlers=[
        list_mark_schemes,
        list_marks,
        claim_mark,
        verify_mark,
        revoke_mark,
        verify_share,
        refuse_share,
        list_stated_shares,
        list_expiring_marks,
        list_claimed_marks,
        assess_enterprise,
        get_completeness,
    ],
    tags=["Directory"],
)
