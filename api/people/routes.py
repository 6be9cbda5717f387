"""Organisations and their people over HTTP. Only people, no keys, decide who comes in."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Request, Response, Router, delete, get, patch, post
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, HeaderParameter, JSONBody

from api.auth import (
    PERSONAL,
    SECURITY,
    actor_or_none,
    current_actor,
    needs,
    people_only,
    same_site,
    signed_in,
)
from api.pagination import Cursor, Limit, Page
from api.people import service
from api.people.schemas import (
    AcceptanceIn,
    InvitationIn,
    Joined,
    MemberInvitationOut,
    MemberOut,
    MemberPatch,
    MeOut,
    NewInvitation,
    OrganisationIn,
    OrganisationOut,
    SwitchIn,
)
from api.preconditions import documented, etag, wanted_version
from api.problems import answers

Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]
IfMatch = Annotated[
    str | None,
    HeaderParameter(name="If-Match", description="The ETag that was read, or `*`."),
]
ETAG: Final = [documented("ETag", "Version of the membership.")]
NOT_KEYED: Final[dict[str, Any]] = {"idempotency": "never"}
READ: Final[dict[str, Any]] = {
    "guards": [needs("people:read")],
    "security": SECURITY,
    "responses": answers(400, 401, 403, 404),
}
DECIDE: Final[dict[str, Any]] = {
    "guards": [needs("people:write"), people_only],
    "security": PERSONAL,
}


async def whoever(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard: let anybody pass, and find out who it is."""
    await actor_or_none(connection)


@get(
    "/me",
    operation_id="getMe",
    summary="Who asks, and what they may",
    guards=[signed_in],
    security=SECURITY,
    responses=answers(400, 401),
)
async def get_me(request: Caller) -> MeOut:
    """Tell who asks, for which organisation, and with which scopes."""
    return await service.me(current_actor(request))


@post(
    "/organisation-switches",
    operation_id="switchOrganisation",
    summary="Act for another organisation",
    status_code=204,
    guards=[people_only],
    security=PERSONAL,
    responses=answers(400, 401, 403, 404, 413),
    opt=NOT_KEYED,
)
async def switch_organisation(request: Caller, data: JSONBody[SwitchIn]) -> None:
    """Go on acting for another organisation that one is in."""
    await service.switch(data.organisation_id, current_actor(request))


@post(
    "/organisations",
    operation_id="createOrganisation",
    summary="Make an organisation",
    guards=[needs("organisations:write")],
    security=SECURITY,
    responses=answers(400, 401, 403, 413),
    response_headers=[documented("Location", "The new organisation.")],
)
async def create_organisation(
    request: Caller, data: JSONBody[OrganisationIn], now: Now
) -> Response[OrganisationOut]:
    """Make an organisation that people and keys can act for."""
    made = await service.make_organisation(data, current_actor(request), now)
    headers = {"Location": f"/v1/organisations/{made.id}"}
    return Response(made, status_code=201, headers=headers)


@get(
    "/organisations",
    operation_id="listOrganisations",
    summary="List organisations",
    guards=[needs("organisations:write")],
    security=SECURITY,
    responses=answers(400, 401, 403),
)
async def list_organisations(
    request: Caller, cursor: Cursor = None, limit: Limit = 20
) -> Page[OrganisationOut]:
    """List every organisation that takes part, the oldest first."""
    return await service.organisations(current_actor(request), cursor, limit)


@get(
    "/organisations/{organisation_id:uuid}",
    operation_id="getOrganisation",
    summary="Read an organisation",
    **READ,
)
async def get_organisation(request: Caller, organisation_id: FromPath[UUID]) -> OrganisationOut:
    """Read the own organisation; the platform's administrator reads any."""
    return await service.organisation(organisation_id, current_actor(request))


@get(
    "/organisations/{organisation_id:uuid}/members",
    operation_id="listMembers",
    summary="List the people of an organisation",
    **READ,
)
async def list_members(
    request: Caller, organisation_id: FromPath[UUID], cursor: Cursor = None, limit: Limit = 20
) -> Page[MemberOut]:
    """List who is in the own organisation, with their roles."""
    return await service.members(organisation_id, current_actor(request), cursor, limit)


@get(
    "/organisations/{organisation_id:uuid}/members/{person_id:uuid}",
    operation_id="getMember",
    summary="Read a member",
    response_headers=ETAG,
    **READ,
)
async def get_member(
    request: Caller, organisation_id: FromPath[UUID], person_id: FromPath[UUID]
) -> Response[MemberOut]:
    """Read somebody of the own organisation, with their roles."""
    return _with_etag(await service.member(organisation_id, person_id, current_actor(request)))


@patch(
    "/organisations/{organisation_id:uuid}/members/{person_id:uuid}",
    operation_id="changeMember",
    summary="Give other roles",
    responses=answers(400, 401, 403, 404, 409, 412, 413, 428),
    response_headers=ETAG,
    **DECIDE,
)
async def change_member(
    request: Caller,
    organisation_id: FromPath[UUID],
    person_id: FromPath[UUID],
    data: JSONBody[MemberPatch],
    if_match: IfMatch,
    now: Now,
) -> Response[MemberOut]:
    """Give somebody other roles; they count from the next request on."""
    version, ids = wanted_version(if_match), (organisation_id, person_id)
    return _with_etag(await service.change_member(ids, data, version, current_actor(request), now))


@delete(
    "/organisations/{organisation_id:uuid}/members/{person_id:uuid}",
    operation_id="endMember",
    summary="Take somebody out",
    responses=answers(400, 401, 403, 404, 409, 412, 428),
    **DECIDE,
)
async def end_member(
    request: Caller,
    organisation_id: FromPath[UUID],
    person_id: FromPath[UUID],
    if_match: IfMatch,
    now: Now,
) -> None:
    """Take somebody out of the organisation, at once. Keys that they made go on: end them too."""
    version, ids = wanted_version(if_match), (organisation_id, person_id)
    await service.end_member(ids, version, current_actor(request), now)


@post(
    "/organisations/{organisation_id:uuid}/member-invitations",
    operation_id="inviteMember",
    summary="Invite somebody",
    responses=answers(400, 401, 403, 404, 413),
    opt=NOT_KEYED,
    **DECIDE,
)
async def invite_member(
    request: Caller, organisation_id: FromPath[UUID], data: JSONBody[InvitationIn], now: Now
) -> NewInvitation:
    """Invite an address with roles; the token is shown this once."""
    return await service.invite(organisation_id, data, current_actor(request), now)


@get(
    "/organisations/{organisation_id:uuid}/member-invitations",
    operation_id="listMemberInvitations",
    summary="List invitations of people",
    **READ,
)
async def list_member_invitations(
    request: Caller,
    organisation_id: FromPath[UUID],
    now: Now,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[MemberInvitationOut]:
    """List who was invited into the own organisation, and what became of it."""
    actor = current_actor(request)
    return await service.invitations(organisation_id, actor, now, cursor, limit)


@post(
    "/organisations/{organisation_id:uuid}/member-invitations/{invitation_id:uuid}/withdrawals",
    operation_id="withdrawMemberInvitation",
    summary="Withdraw an invitation",
    status_code=204,
    responses=answers(400, 401, 403, 404),
    **DECIDE,
)
async def withdraw_member_invitation(
    request: Caller, organisation_id: FromPath[UUID], invitation_id: FromPath[UUID], now: Now
) -> None:
    """Withdraw an invitation that nobody accepted yet."""
    await service.withdraw((organisation_id, invitation_id), current_actor(request), now)


@post(
    "/member-invitation-acceptances",
    operation_id="acceptMemberInvitation",
    summary="Come into an organisation",
    guards=[same_site, whoever],
    responses=answers(400, 401, 403, 404, 413),
    opt=NOT_KEYED,
)
async def accept_member_invitation(
    request: Caller, data: JSONBody[AcceptanceIn], now: Now
) -> Joined:
    """Come in by a token: as who is signed in, or with a name and a password as somebody new."""
    return await service.accept(data, await actor_or_none(request), now)


def _with_etag(member: MemberOut) -> Response[MemberOut]:
    return Response(member, headers={"ETag": etag(member.version)})


router = Router(
    "/",
    route_handlers=[
        get_me,
        switch_organisation,
        create_organisation,
        list_organisations,
        get_organisation,
        list_members,
        get_member,
        change_member,
        end_member,
        invite_member,
        list_member_invitations,
        withdraw_member_invitation,
        accept_member_invitation,
    ],
    tags=["Access"],
)
