"""Claims, reviews, history and duplicates over HTTP."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from api.auth import SECURITY, current_actor, needs
from api.enterprises.schemas import EnterpriseOut
from api.moderation import service
from api.moderation.schemas import (
    ClaimIn,
    ClaimOut,
    DecisionIn,
    DuplicateOut,
    FieldSource,
    HistoryEntry,
    MergeIn,
    RefusalIn,
    RefusalOut,
    ReviewOut,
)
from api.pagination import Cursor, Limit, Page
from api.preconditions import IfMatch, documented, wanted_state
from api.problems import answers

WRITE: dict[str, Any] = {"guards": [needs("directory:write")], "security": SECURITY}
MODERATE: dict[str, Any] = {"guards": [needs("directory:moderate")], "security": SECURITY}
Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]
InMunicipality = Annotated[
    str | None, QueryParameter(pattern=r"^GM\d{4}$", description="Only within a municipality.")
]
WithRefused = Annotated[
    bool,
    QueryParameter(name="includeRefused", description="Also pairs that somebody called two firms."),
]


@post(
    "/enterprises/{enterprise_id:uuid}/claims",
    operation_id="claimEnterprise",
    summary="Claim a profile",
    responses=answers(400, 401, 403, 404, 409, 410, 413),
    response_headers=[documented("Location", "The claims of the caller.")],
    **WRITE,
)
async def claim_enterprise(
    request: Caller, enterprise_id: FromPath[UUID], data: JSONBody[ClaimIn], now: Now
) -> Response[ClaimOut]:
    """Say that a profile is one's own. A present owner answers first; a moderator decides."""
    made = await service.claim(enterprise_id, data, current_actor(request), now)
    return Response(made, status_code=201, headers={"Location": "/v1/claims"})


@get(
    "/claims",
    operation_id="listClaims",
    summary="List the claims that concern the caller",
    responses=answers(400, 401, 403),
    **WRITE,
)
async def list_claims(
    request: Caller, now: Now, cursor: Cursor = None, limit: Limit = 20
) -> Page[ClaimOut]:
    """List the claims that the caller's organisation made, or must answer as owner."""
    return await service.claims(current_actor(request), now, cursor, limit)


@post(
    "/claims/{claim_id:uuid}/answers",
    operation_id="answerClaim",
    summary="Answer another's claim as owner",
    responses=answers(400, 401, 403, 404, 409, 413),
    **WRITE,
)
async def answer_claim(
    request: Caller, claim_id: FromPath[UUID], data: JSONBody[DecisionIn], now: Now
) -> ClaimOut:
    """Say as owner what one thinks of another's claim; a moderator then decides."""
    return await service.answer(claim_id, data, current_actor(request), now)


@get(
    "/reviews",
    operation_id="listReviews",
    summary="List what waits for a decision",
    responses=answers(400, 401, 403),
    **MODERATE,
)
async def list_reviews(now: Now, cursor: Cursor = None, limit: Limit = 20) -> Page[ReviewOut]:
    """List claims and proposed changes that wait, oldest first."""
    return await service.reviews(now, cursor, limit)


@post(
    "/reviews/{review_id:uuid}/decisions",
    operation_id="decideReview",
    summary="Decide on a claim or a change",
    responses=answers(400, 401, 403, 404, 409, 410, 413),
    status_code=204,
    **MODERATE,
)
async def decide_review(
    request: Caller, review_id: FromPath[UUID], data: JSONBody[DecisionIn], now: Now
) -> None:
    """Approve or refuse, with the reason; nobody decides on what they proposed."""
    await service.decide(review_id, data, current_actor(request), now)


@get(
    "/enterprises/{enterprise_id:uuid}/history",
    operation_id="listHistory",
    summary="See who changed a profile",
    responses=answers(400, 401, 403, 404, 410),
    **WRITE,
)
async def list_history(
    request: Caller,
    enterprise_id: FromPath[UUID],
    now: Now,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[HistoryEntry]:
    """List changes, newest first: who, when, which fields, from which source."""
    return await service.history(enterprise_id, current_actor(request), now, cursor, limit)


@get(
    "/enterprises/{enterprise_id:uuid}/provenance",
    operation_id="listProvenance",
    summary="See where the fields of a profile come from",
    responses=answers(400, 404, 410),
)
async def list_provenance(enterprise_id: FromPath[UUID], now: Now) -> tuple[FieldSource, ...]:
    """List for every field the source of its present value, and since when it stands."""
    return await service.provenance(enterprise_id, now)


@get(
    "/duplicates",
    operation_id="listDuplicates",
    summary="List profiles that may be one firm",
    responses=answers(400, 401, 403),
    **MODERATE,
)
async def list_duplicates(
    municipality: InMunicipality = None,
    include_refused: WithRefused = False,  # noqa: FBT002  a documented parameter
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[DuplicateOut]:
    """List pairs with one number, or with near-equal names in one place; likeliest first."""
    return await service.duplicates(municipality, cursor, limit, refused=include_refused)


@post(
    "/duplicate-refusals",
    operation_id="refuseDuplicate",
    summary="Say that two profiles are two firms",
    responses=answers(400, 401, 403, 404, 409, 410, 413),
    response_headers=[documented("Location", "The refusals of pairs.")],
    **MODERATE,
)
async def refuse_duplicate(
    request: Caller, data: JSONBody[RefusalIn], now: Now
) -> Response[RefusalOut]:
    """Keep two profiles apart, until what is compared of one of them changes."""
    made = await service.refuse(data, current_actor(request), now)
    headers = {"ETag": made.etag, "Location": "/v1/duplicate-refusals"}
    return Response(made, status_code=201, headers=headers)


@get(
    "/duplicate-refusals",
    operation_id="listDuplicateRefusals",
    summary="List the pairs that are kept apart",
    responses=answers(400, 401, 403),
    **MODERATE,
)
async def list_duplicate_refusals(cursor: Cursor = None, limit: Limit = 20) -> Page[RefusalOut]:
    """List the pairs of profiles that somebody called two firms, oldest decision first."""
    return await service.refusals(cursor, limit)


@delete(
    "/duplicate-refusals/{refusal_id:uuid}",
    operation_id="withdrawDuplicateRefusal",
    summary="Take the refusal of a pair back",
    responses=answers(400, 401, 403, 404, 412, 428),
    **MODERATE,
)
async def withdraw_duplicate_refusal(
    request: Caller, refusal_id: FromPath[UUID], if_match: IfMatch, now: Now
) -> None:
    """Offer a pair again while its profiles are alike; the audit trail keeps the refusal."""
    wanted = wanted_state(if_match)
    await service.offer_again(refusal_id, current_actor(request), now, wanted=wanted)


@post(
    "/enterprises/{enterprise_id:uuid}/merges",
    operation_id="mergeEnterprise",
    summary="Merge a profile into another",
    responses=answers(400, 401, 403, 404, 409, 410, 413),
    **MODERATE,
)
async def merge_enterprise(
    request: Caller, enterprise_id: FromPath[UUID], data: JSONBody[MergeIn], now: Now
) -> EnterpriseOut:
    """Give offerings and marks to the successor; the profile then answers 410 and names it."""
    return await service.merge(enterprise_id, data, current_actor(request), now)


router = Router(
    "/",
    route_handlers=[
        claim_enterprise,
        list_claims,
        answer_claim,
        list_reviews,
        decide_review,
        list_history,
        list_provenance,
        list_duplicates,
        refuse_duplicate,
        list_duplicate_refusals,
        withdraw_duplicate_refusal,
        merge_enterprise,
    ],
    tags=["Directory"],
)
