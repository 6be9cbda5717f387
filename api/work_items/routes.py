"""Work items, estimates and procedure policies over HTTP; of the own organisation's drafts."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Request, Response, Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody

from api.auth import SECURITY, current_actor, needs
from api.preconditions import documented, etag, wanted_version
from api.problems import answers
from api.work_items import service
from api.work_items.schemas import (
    CopyRequest,
    PolicyIn,
    PolicyOut,
    TenderEstimate,
    WorkItemIn,
    WorkItemOut,
)
from api.work_items.service import ItemReader

IfMatch = Annotated[
    str | None,
    HeaderParameter(name="If-Match", description="The ETag that was read, or `*`."),
]
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ContentType = Annotated[
    str,
    HeaderParameter(name="Content-Type", description=f"`text/csv`, or `{XLSX}` for XLSX."),
]
ETAG = [documented("ETag", "Version of what is answered.")]
WRITE: dict[str, Any] = {"guards": [needs("tenders:write")], "security": SECURITY}
Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]
_ITEMS = "/tender-drafts/{tender_id:uuid}/work-items"
_ITEM = f"{_ITEMS}/{{item_id:uuid}}"


@get(
    _ITEMS,
    operation_id="listWorkItems",
    summary="List the work items of a draft",
    responses=answers(400, 401, 403, 404),
    **WRITE,
)
async def list_items(request: Caller, tender_id: FromPath[UUID]) -> tuple[WorkItemOut, ...]:
    """List all items, each with its estimated value and what is still unknown."""
    return await service.items(tender_id, current_actor(request))


@post(
    _ITEMS,
    operation_id="addWorkItem",
    summary="Add a work item",
    responses=answers(400, 401, 403, 404, 409, 413),
    response_headers=[*ETAG, documented("Location", "The new item.")],
    **WRITE,
)
async def add_item(
    request: Caller, tender_id: FromPath[UUID], data: JSONBody[WorkItemIn], now: Now
) -> Response[WorkItemOut]:
    """Add one item of work to a draft, with its codes, place and value."""
    made = await service.add(tender_id, data, current_actor(request), now)
    location = f"/v1/tender-drafts/{tender_id}/work-items/{made.id}"
    headers = {"ETag": etag(made.version), "Location": location}
    return Response(made, status_code=201, headers=headers)


@post(
    f"{_ITEMS}/imports",
    operation_id="importWorkItems",
    opt={"files": ("text/csv", XLSX)},
    summary="Add the items of a spreadsheet",
    responses=answers(400, 401, 403, 404, 409, 413, 415, 503),
    **WRITE,
)
async def import_items(
    request: Caller,
    tender_id: FromPath[UUID],
    content_type: ContentType,
    work_item_reader: NamedDependency[ItemReader],
    now: Now,
) -> tuple[WorkItemOut, ...]:
    """Add all rows or none; the body is the file itself. The columns: docs/splitting.md."""
    media_type = content_type.partition(";")[0].strip().lower()
    body, actor = await request.body(), current_actor(request)
    return await service.read_table(tender_id, (body, media_type), work_item_reader, actor, now)


@post(
    f"{_ITEMS}/copies",
    operation_id="copyLotsAsWorkItems",
    summary="Take over the lots of a published tender",
    responses=answers(400, 401, 403, 404, 409, 413),
    **WRITE,
)
async def copy_lots(
    request: Caller, tender_id: FromPath[UUID], data: JSONBody[CopyRequest], now: Now
) -> tuple[WorkItemOut, ...]:
    """Turn each lot of an imported notice into a group of one item, to be divided anew."""
    return await service.copy_lots(tender_id, data.tender_id, current_actor(request), now)


@get(
    _ITEM,
    operation_id="getWorkItem",
    summary="Read a work item",
    responses=answers(400, 401, 403, 404),
    response_headers=ETAG,
    **WRITE,
)
async def get_item(
    request: Caller, tender_id: FromPath[UUID], item_id: FromPath[UUID]
) -> Response[WorkItemOut]:
    """Read one item of work with its codes, place and value."""
    found = await service.item(tender_id, item_id, current_actor(request))
    return Response(found, headers={"ETag": etag(found.version)})


@put(
    _ITEM,
    operation_id="replaceWorkItem",
    summary="Replace a work item",
    responses=answers(400, 401, 403, 404, 409, 412, 413, 428),
    response_headers=ETAG,
    **WRITE,
)
async def replace_item(
    request: Caller,
    tender_id: FromPath[UUID],
    item_id: FromPath[UUID],
    data: JSONBody[WorkItemIn],
    if_match: IfMatch,
    now: Now,
) -> Response[WorkItemOut]:
    """Replace an item by a new statement of it."""
    version, actor = wanted_version(if_match), current_actor(request)
    changed = await service.replace((tender_id, item_id), data, version, actor, now)
    return Response(changed, headers={"ETag": etag(changed.version)})


@delete(
    _ITEM,
    operation_id="removeWorkItem",
    summary="Remove a work item",
    responses=answers(400, 401, 403, 404, 409, 412, 428),
    **WRITE,
)
async def remove_item(
    request: Caller,
    tender_id: FromPath[UUID],
    item_id: FromPath[UUID],
    if_match: IfMatch,
    now: Now,
) -> None:
    """Remove an item; plans that were made with it stay as they are."""
    version, actor = wanted_version(if_match), current_actor(request)
    await service.remove((tender_id, item_id), version, actor, now)


@get(
    "/tender-drafts/{tender_id:uuid}/estimate",
    operation_id="estimateTender",
    summary="Estimated value, regime and warnings",
    responses=answers(400, 401, 403, 404, 409),
    **WRITE,
)
async def estimate(request: Caller, tender_id: FromPath[UUID], now: Now) -> TenderEstimate:
    """Add the items up by the rules of the law, and compare with the thresholds of the day."""
    return await service.estimate(tender_id, current_actor(request), now)


@get(
    "/procedure-policy",
    operation_id="getProcedurePolicy",
    summary="Read the own policy on national procedures",
    responses=answers(400, 401, 403),
    response_headers=ETAG,
    **WRITE,
)
async def get_policy(request: Caller) -> Response[PolicyOut]:
    """Read the policy of the own organisation, or the shipped default."""
    found = await service.own_policy(current_actor(request))
    return Response(found, headers={"ETag": etag(found.version)})


@put(
    "/procedure-policy",
    operation_id="putProcedurePolicy",
    summary="Keep the own policy on national procedures",
    responses=answers(400, 401, 403, 412, 413, 428),
    response_headers=ETAG,
    **WRITE,
)
async def put_policy(
    request: Caller, data: JSONBody[PolicyIn], if_match: IfMatch, now: Now
) -> Response[PolicyOut]:
    """Replace the policy of the own organisation."""
    version, actor = wanted_version(if_match), current_actor(request)
    kept = await service.put_policy(data, version, actor, now)
    return Response(kept, headers={"ETag": etag(kept.version)})


router = Router(
    "/",
    route_handlers=[
        list_items,
        add_item,
        import_items,
        copy_lots,
        get_item,
        replace_item,
        remove_item,
        estimate,
        get_policy,
        put_policy,
    ],
    tags=["Lot plans"],
)
