"""The directory over HTTP. Reading is public; writing needs a key with `directory:write`."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody

from api.auth import SECURITY, current_actor, needs
from api.clock import legal_day
from api.enterprises import service
from api.enterprises.schemas import (
    EnterpriseIn,
    EnterpriseOut,
    EnterprisePatch,
    OfferingIn,
    OfferingOut,
)
from api.preconditions import documented, etag, wanted_version
from api.problems import answers

IfMatch = Annotated[
    str | None,
    HeaderParameter(name="If-Match", description="The ETag that was read, or `*`."),
]
ETAG = [documented("ETag", "Version of what is answered.")]
WRITE: dict[str, Any] = {"guards": [needs("directory:write")], "security": SECURITY}


@post(
    operation_id="createEnterprise",
    summary="Add an enterprise",
    responses=answers(400, 401, 403, 409, 413),
    response_headers=[*ETAG, documented("Location", "The new profile.")],
    **WRITE,
)
async def create_enterprise(
    request: Request[Any, Any, Any], data: JSONBody[EnterpriseIn], now: NamedDependency[datetime]
) -> Response[EnterpriseOut]:
    """Add an enterprise with its offerings and claimed marks."""
    made = await service.create(data, current_actor(request), now)
    headers = {"ETag": etag(made.version), "Location": f"/v1/enterprises/{made.id}"}
    return Response(made, status_code=201, headers=headers)


@get(
    "/{enterprise_id:uuid}",
    operation_id="getEnterprise",
    summary="Read a profile",
    responses=answers(400, 404, 410),
    response_headers=ETAG,
)
async def get_enterprise(
    enterprise_id: FromPath[UUID], now: NamedDependency[datetime]
) -> Response[EnterpriseOut]:
    """Read a profile with its offerings and the present state of its marks."""
    found = await service.read(enterprise_id, legal_day(now))
    return Response(found, headers={"ETag": etag(found.version)})


@patch(
    "/{enterprise_id:uuid}",
    operation_id="changeEnterprise",
    summary="Change fields of a profile",
    responses=answers(400, 401, 403, 404, 409, 410, 412, 413, 428),
    response_headers=[*ETAG, documented("Perceel-Review", "The review that a part waits for.")],
    **WRITE,
)
async def change_enterprise(
    request: Request[Any, Any, Any],
    enterprise_id: FromPath[UUID],
    data: JSONBody[EnterprisePatch],
    if_match: IfMatch,
    now: NamedDependency[datetime],
) -> Response[EnterpriseOut]:
    """Change the fields that are sent; `null` makes a field unknown.

    When the owner changes name, KvK number, legal form, main aim or share, that part waits for
    a moderator: the answer shows the last approved state, and `Perceel-Review` names the review.
    """
    version, actor = wanted_version(if_match), current_actor(request)
    changed = await service.change(enterprise_id, data, version, actor, now)
    headers = {"ETag": etag(changed.profile.version)}
    if changed.review is not None:
        headers["Perceel-Review"] = str(changed.review)
    return Response(changed.profile, headers=headers)


@delete(
    "/{enterprise_id:uuid}",
    operation_id="withdrawEnterprise",
    summary="Take an enterprise out of the directory",
    responses=answers(400, 401, 403, 404, 410, 412, 428),
    **WRITE,
)
async def withdraw_enterprise(
    request: Request[Any, Any, Any],
    enterprise_id: FromPath[UUID],
    if_match: IfMatch,
    now: NamedDependency[datetime],
) -> None:
    """Take an enterprise out of the directory; it then answers 410."""
    version, actor = wanted_version(if_match), current_actor(request)
    await service.withdraw(enterprise_id, version, actor, now)


@get(
    "/{enterprise_id:uuid}/offerings",
    operation_id="listOfferings",
    summary="List the offerings of an enterprise",
    responses=answers(400, 404, 410),
)
async def list_offerings(
    enterprise_id: FromPath[UUID], now: NamedDependency[datetime]
) -> tuple[OfferingOut, ...]:
    """List the offerings of an enterprise, in its own order."""
    return await service.offerings(enterprise_id, legal_day(now))


@post(
    "/{enterprise_id:uuid}/offerings",
    operation_id="addOffering",
    summary="Add an offering",
    responses=answers(400, 401, 403, 404, 410, 413),
    response_headers=[*ETAG, documented("Location", "The new offering.")],
    **WRITE,
)
async def add_offering(
    request: Request[Any, Any, Any],
    enterprise_id: FromPath[UUID],
    data: JSONBody[OfferingIn],
    now: NamedDependency[datetime],
) -> Response[OfferingOut]:
    """Add an offering to an enterprise: what it does, where, and how much."""
    made = await service.add_offering(enterprise_id, data, current_actor(request), now)
    location = f"/v1/enterprises/{enterprise_id}/offerings/{made.id}"
    headers = {"ETag": etag(made.version), "Location": location}
    return Response(made, status_code=201, headers=headers)


@get(
    "/{enterprise_id:uuid}/offerings/{offering_id:uuid}",
    operation_id="getOffering",
    summary="Read an offering",
    responses=answers(400, 404, 410),
    response_headers=ETAG,
)
async def get_offering(
    enterprise_id: FromPath[UUID], offering_id: FromPath[UUID], now: NamedDependency[datetime]
) -> Response[OfferingOut]:
    """Read one offering of an enterprise, with its codes and area."""
    found = await service.offering(enterprise_id, offering_id, legal_day(now))
    return Response(found, headers={"ETag": etag(found.version)})


@put(
    "/{enterprise_id:uuid}/offerings/{offering_id:uuid}",
    operation_id="replaceOffering",
    summary="Replace an offering",
    responses=answers(400, 401, 403, 404, 410, 412, 413, 428),
    response_headers=ETAG,
    **WRITE,
)
async def replace_offering(
    request: Request[Any, Any, Any],
    enterprise_id: FromPath[UUID],
    offering_id: FromPath[UUID],
    data: JSONBody[OfferingIn],
    if_match: IfMatch,
    now: NamedDependency[datetime],
) -> Response[OfferingOut]:
    """Replace an offering by a new statement of it."""
    version, ids = wanted_version(if_match), (enterprise_id, offering_id)
    changed = await service.replace_offering(ids, data, version, current_actor(request), now)
    return Response(changed, headers={"ETag": etag(changed.version)})


@delete(
    "/{enterprise_id:uuid}/offerings/{offering_id:uuid}",
    operation_id="withdrawOffering",
    summary="Take an offering out of the directory",
    responses=answers(400, 401, 403, 404, 410, 412, 428),
    **WRITE,
)
async def withdraw_offering(
    request: Request[Any, Any, Any],
    enterprise_id: FromPath[UUID],
    offering_id: FromPath[UUID],
    if_match: IfMatch,
    now: NamedDependency[datetime],
) -> None:
    """Take an offering out of the directory; runs that found it keep it."""
    version, ids = wanted_version(if_match), (enterprise_id, offering_id)
    await service.withdraw_offering(ids, version, current_actor(request), now)


router = Router(
    "/enterprises",
    route_handlers=[
        create_enterprise,
        get_enterprise,
        change_enterprise,
        withdraw_enterprise,
        list_offerings,
        add_offering,
        get_offering,
        replace_offering,
        withdraw_offering,
    ],
    tags=["Directory"],
)
