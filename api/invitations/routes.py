"""The funnel over HTTP."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from api.auth import SECURITY, current_actor, for_buyers, needs
from api.invitations import service
from api.invitations.schemas import EventIn, Funnel, InvitationOut, Proposal, WaveIn, WaveOut
from api.pagination import Cursor, Limit, Page
from api.problems import answers

RunId = Annotated[UUID, QueryParameter(name="runId", description="A run of this lot.")]
Size = Annotated[int, QueryParameter(ge=1, le=100, description="Enterprises in the wave.")]
Enough = Annotated[
    int,
    QueryParameter(
        name="enoughInterested", ge=1, le=100, description="Stop rule: no wave from this many on."
    ),
]


@get(
    "/lots/{lot_id:uuid}/next-wave",
    operation_id="proposeWave",
    summary="Whom a next wave could invite",
    guards=[needs("matches:read"), for_buyers],
    security=SECURITY,
    responses=answers(400, 401, 403, 404, 409),
)
async def propose_wave(
    request: Request[Any, Any, Any],
    lot_id: FromPath[UUID],
    run_id: RunId,
    now: NamedDependency[datetime],
    size: Size = 10,
    enough_interested: Enough = 3,
) -> Proposal:
    """Name the next enterprises in rank, and what forbids a wave now. Nothing is sent."""
    return await service.propose(
        lot_id, run_id, size, enough_interested, current_actor(request), now
    )


@post(
    "/lots/{lot_id:uuid}/waves",
    operation_id="startWave",
    summary="Invite enterprises",
    guards=[needs("invitations:write"), for_buyers],
    security=SECURITY,
    responses=answers(400, 401, 403, 404, 409, 413),
)
async def start_wave(
    request: Request[Any, Any, Any],
    lot_id: FromPath[UUID],
    data: JSONBody[WaveIn],
    now: NamedDependency[datetime],
) -> WaveOut:
    """Record that the officer invites these enterprises, as a wave with a stop rule."""
    return await service.start_wave(lot_id, data, current_actor(request), now)


@get(
    "/lots/{lot_id:uuid}/invitations",
    operation_id="getFunnel",
    summary="Where every invitation stands",
    guards=[needs("matches:read"), for_buyers],
    security=SECURITY,
    responses=answers(400, 401, 403, 404),
)
async def get_funnel(request: Request[Any, Any, Any], lot_id: FromPath[UUID]) -> Funnel:
    """Tell waves, counts and answers of a lot."""
    return await service.funnel(lot_id, current_actor(request))


@post(
    "/invitations/{invitation_id:uuid}/events",
    operation_id="answerInvitation",
    summary="Record an answer to an invitation",
    guards=[needs("invitations:write")],
    security=SECURITY,
    responses=answers(400, 401, 403, 404, 409, 413),
)
async def answer_invitation(
    request: Request[Any, Any, Any],
    invitation_id: FromPath[UUID],
    data: JSONBody[EventIn],
    now: NamedDependency[datetime],
) -> InvitationOut:
    """Record `viewed`, `interested`, `declined` with a reason, or (officers) `awarded`."""
    return await service.add_event(invitation_id, data, current_actor(request), now)


@get(
    "/enterprises/{enterprise_id:uuid}/invitations",
    operation_id="listInvitations",
    summary="Invitations of an enterprise",
    guards=[needs("matches:read")],
    security=SECURITY,
    responses=answers(400, 401, 403),
)
async def list_invitations(
    request: Request[Any, Any, Any],
    enterprise_id: FromPath[UUID],
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[InvitationOut]:
    """List the invitations of an enterprise; its own key sees no others."""
    return await service.of_enterprise(enterprise_id, cursor, limit, current_actor(request))


router = Router(
    "/",
    route_handlers=[propose_wave, start_wave, get_funnel, answer_invitation, list_invitations],
    tags=["Matches"],
)
