"""Fulfilments over HTTP: each call is one entry in the ledger of an obligation."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from api.auth import SECURITY, current_actor, needs
from api.domain.social_return.entries import ClaimState
from api.fulfilments import service
from api.fulfilments.schemas import (
    Awaits,
    ClaimIn,
    CounterIn,
    DecisionIn,
    DisputeIn,
    Filters,
    FulfilmentCard,
    FulfilmentKind,
    FulfilmentOut,
    NewClaimIn,
    PreviewOut,
    ReasonIn,
    ToConfirm,
)
from api.ledgers.schemas import EntryOut
from api.pagination import Cursor, Limit, Page
from api.problems import answers

AnyRequest = Request[Any, Any, Any]
CLAIM = "/obligations/{obligation_id:uuid}/fulfilments/{claim_id:uuid}"
ANSWERS = answers(400, 401, 403, 404, 409, 413)
WRITE: dict[str, Any] = {
    "guards": [needs("obligations:write")],
    "security": SECURITY,
    "responses": ANSWERS,
}
CONFIRM: dict[str, Any] = WRITE | {"guards": [needs("obligations:confirm")]}
VERIFY: dict[str, Any] = WRITE | {"guards": [needs("obligations:verify")]}
READ: dict[str, Any] = {"guards": [needs("obligations:read")], "security": SECURITY}
States = Annotated[
    list[ClaimState] | None,
    QueryParameter(name="state", max_items=6, description="Where it stands; repeat for several."),
]
Kind = Annotated[FulfilmentKind | None, QueryParameter(description="What sort it is.")]
WaitsFor = Annotated[Awaits | None, QueryParameter(description="Who is to act next.")]
OfObligation = Annotated[
    UUID | None, QueryParameter(name="obligationId", description="On this obligation only.")
]
Disputed = Annotated[
    bool | None, QueryParameter(description="With an amount in dispute, or without.")
]


@get(
    "/fulfilments",
    operation_id="listFulfilments",
    summary="List fulfilments on the own obligations",
    responses=answers(400, 401, 403),
    **READ,
)
async def list_fulfilments(  # noqa: PLR0913  a parameter per filter
    request: AnyRequest,
    *,
    states: States = None,
    kind: Kind = None,
    awaits: WaitsFor = None,
    disputed: Disputed = None,
    obligation_id: OfObligation = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[FulfilmentCard]:
    """List what was booked, the last made first: with `awaits` it is a queue of work."""
    wanted = Filters(
        states=states, kind=kind, awaits=awaits, disputed=disputed, obligation_id=obligation_id
    )
    return await service.fulfilments(wanted, cursor, limit, current_actor(request))


@get(
    CLAIM,
    operation_id="getFulfilment",
    summary="Read a fulfilment",
    responses=answers(400, 401, 403, 404),
    **READ,
)
async def get_fulfilment(
    request: AnyRequest, obligation_id: FromPath[UUID], claim_id: FromPath[UUID]
) -> FulfilmentOut:
    """Read a fulfilment with every line of the sum behind its credit."""
    return await service.fulfilment(obligation_id, claim_id, current_actor(request))


@post(
    "/obligations/{obligation_id:uuid}/fulfilments/previews",
    operation_id="previewFulfilment",
    summary="See what a fulfilment would bring",
    status_code=200,
    responses=answers(400, 401, 403, 404, 409, 413),
    **READ,
)
async def preview_fulfilment(
    request: AnyRequest, obligation_id: FromPath[UUID], data: JSONBody[ClaimIn]
) -> PreviewOut:
    """Compute the credit with its formula and what caps would cut off; nothing is stored.

    Whether others booked the same is not looked at: only a submission tells that.
    """
    return await service.preview(obligation_id, data, current_actor(request))


@post(
    "/obligations/{obligation_id:uuid}/fulfilments",
    operation_id="bookFulfilment",
    summary="Book a fulfilment",
    **WRITE,
)
async def book_fulfilment(
    request: AnyRequest,
    obligation_id: FromPath[UUID],
    data: JSONBody[NewClaimIn],
    now: NamedDependency[datetime],
) -> EntryOut:
    """Plan or submit a placement, purchase, activity or arrangement; its credit is frozen."""
    return await service.book(obligation_id, data, current_actor(request), now)


@post(f"{CLAIM}/submissions", operation_id="submitPlanned", summary="Submit a plan", **WRITE)
async def submit_planned(
    request: AnyRequest,
    obligation_id: FromPath[UUID],
    claim_id: FromPath[UUID],
    data: JSONBody[ClaimIn],
    now: NamedDependency[datetime],
) -> EntryOut:
    """Submit a planned fulfilment as it turned out."""
    return await service.submit(obligation_id, claim_id, data, current_actor(request), now)


@post(
    f"{CLAIM}/withdrawals",
    operation_id="withdrawFulfilment",
    summary="Withdraw a fulfilment",
    **WRITE,
)
async def withdraw_fulfilment(
    request: AnyRequest,
    obligation_id: FromPath[UUID],
    claim_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
    now: NamedDependency[datetime],
) -> EntryOut:
    """Withdraw what is planned or submitted, and not yet confirmed."""
    actor = current_actor(request)
    return await service.withdraw(obligation_id, claim_id, data.reason, actor, now)


@post(
    f"{CLAIM}/counter-entries",
    operation_id="counterFulfilment",
    summary="Correct by a counter-entry",
    **WRITE,
)
async def counter_fulfilment(
    request: AnyRequest,
    obligation_id: FromPath[UUID],
    claim_id: FromPath[UUID],
    data: JSONBody[CounterIn],
    now: NamedDependency[datetime],
) -> EntryOut:
    """Take credit off: a credit note at the weight as booked, or a corrected amount."""
    return await service.counter(obligation_id, claim_id, data, current_actor(request), now)


@post(
    f"{CLAIM}/confirmations",
    operation_id="confirmFulfilment",
    summary="Confirm that it happened",
    **CONFIRM,
)
async def confirm_fulfilment(
    request: AnyRequest,
    obligation_id: FromPath[UUID],
    claim_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
    now: NamedDependency[datetime],
) -> EntryOut:
    """Confirm: the supplier itself, or the authority where no supplier has an account."""
    actor = current_actor(request)
    return await service.confirm(obligation_id, claim_id, data.reason, actor, now)


@post(
    f"{CLAIM}/decisions",
    operation_id="decideFulfilment",
    summary="Verify or reject",
    **VERIFY,
)
async def decide_fulfilment(
    request: AnyRequest,
    obligation_id: FromPath[UUID],
    claim_id: FromPath[UUID],
    data: JSONBody[DecisionIn],
    now: NamedDependency[datetime],
) -> EntryOut:
    """Decide as the authority; never the person who booked or confirmed it."""
    return await service.decide(obligation_id, claim_id, data, current_actor(request), now)


@post(
    f"{CLAIM}/disputes",
    operation_id="disputeFulfilment",
    summary="Park an amount in dispute",
    **VERIFY,
)
async def dispute_fulfilment(
    request: AnyRequest,
    obligation_id: FromPath[UUID],
    claim_id: FromPath[UUID],
    data: JSONBody[DisputeIn],
    now: NamedDependency[datetime],
) -> EntryOut:
    """Park an amount, give it back (`uphold`), or take it off (`dismiss`)."""
    return await service.dispute(obligation_id, claim_id, data, current_actor(request), now)


@get(
    "/fulfilments-to-confirm",
    operation_id="listToConfirm",
    summary="List what waits for your confirmation",
    guards=[needs("obligations:confirm")],
    security=SECURITY,
    responses=answers(400, 401, 403),
)
async def list_to_confirm(
    request: AnyRequest, cursor: Cursor = None, limit: Limit = 20
) -> Page[ToConfirm]:
    """List what contractors booked on the own enterprise, the last booked first."""
    return await service.to_confirm(cursor, limit, current_actor(request))


router = Router(
    "/",
    route_handlers=[
        list_fulfilments,
        get_fulfilment,
        preview_fulfilment,
        book_fulfilment,
        submit_planned,
        withdraw_fulfilment,
        counter_fulfilment,
        confirm_fulfilment,
        decide_fulfilment,
        dispute_fulfilment,
        list_to_confirm,
    ],
    tags=["Social return"],
)
