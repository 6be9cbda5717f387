"""Spend over HTTP. An organisation sees its own, and nobody else does."""

from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Request, Response, Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter

from api.auth import SECURITY, current_actor, for_buyers, needs
from api.pagination import Cursor, Limit, Page
from api.preconditions import IfMatch, documented, wanted_state
from api.problems import UnsupportedMediaType, answers
from api.spend import service
from api.spend.drafts import SpendReader
from api.spend.schemas import (
    DecimalMark,
    DecisionIn,
    SpendAnalysis,
    SpendFileOut,
    SpendForm,
    SupplierOut,
    SupplierState,
)

MEDIA_TYPES: Final = {
    "text/csv": SpendForm.CSV,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": SpendForm.XLSX,
}
ContentType = Annotated[
    str,
    HeaderParameter(
        name="Content-Type", description=" or ".join(f"`{one}`" for one in MEDIA_TYPES)
    ),
]
Name = Annotated[str, QueryParameter(min_length=1, max_length=200, description="For your lists.")]
Decimal = Annotated[
    DecimalMark, QueryParameter(description="What stands before the cents in texts.")
]
State = Annotated[
    SupplierState | None,
    QueryParameter(name="state", description="`offered`: those that await a decision."),
]
Since = Annotated[date, QueryParameter(description="First day of the period.")]
Until = Annotated[date, QueryParameter(description="The day after the last of the period.")]
FILE_ETAG: Final = documented("ETag", "Of the file, which never changes.")
READ: dict[str, Any] = {"guards": [needs("spend:read"), for_buyers], "security": SECURITY}
WRITE: dict[str, Any] = {"guards": [needs("spend:write"), for_buyers], "security": SECURITY}


@post(
    "/spend-files",
    operation_id="uploadSpend",
    opt={"files": tuple(MEDIA_TYPES)},
    summary="Upload a list of purchases",
    response_headers=[FILE_ETAG, documented("Location", "What became of it.")],
    responses=answers(400, 401, 403, 413, 415),
    **WRITE,
)
async def upload_spend(
    request: Request[Any, Any, Any],
    content_type: ContentType,
    spend_reader: NamedDependency[SpendReader],
    now: NamedDependency[datetime],
    *,
    name: Name = "spend",
    decimal: Decimal = DecimalMark.COMMA,
) -> Response[SpendFileOut]:
    """Take in CSV or XLSX; the body is the file itself. The same file again changes nothing."""
    form = MEDIA_TYPES.get(content_type.partition(";")[0].strip().lower())
    if form is None:
        raise UnsupportedMediaType(f"Send {' or '.join(MEDIA_TYPES)}.")
    sent = (name, await request.body(), form, decimal)
    made = await service.take_in(sent, spend_reader, current_actor(request), now)
    headers = {"ETag": service.file_tag(made.id), "Location": f"/v1/spend-files/{made.id}"}
    return Response(made, status_code=201 if made.state == "created" else 200, headers=headers)


@get(
    "/spend-files",
    operation_id="listSpendFiles",
    summary="List uploaded purchases",
    responses=answers(400, 401, 403),
    **READ,
)
async def list_spend_files(
    request: Request[Any, Any, Any], cursor: Cursor = None, limit: Limit = 20
) -> Page[SpendFileOut]:
    """List the files of the own organisation, the last uploaded first."""
    return await service.files(cursor, limit, current_actor(request))


@get(
    "/spend-files/{file_id:uuid}",
    operation_id="getSpendFile",
    summary="What became of an upload",
    responses=answers(400, 401, 403, 404),
    response_headers=[FILE_ETAG],
    **READ,
)
async def get_spend_file(
    request: Request[Any, Any, Any], file_id: FromPath[UUID]
) -> Response[SpendFileOut]:
    """Tell how many rows count, came before, or were rejected and why."""
    found = await service.read(file_id, current_actor(request))
    return Response(found, headers={"ETag": service.file_tag(file_id)})


@delete(
    "/spend-files/{file_id:uuid}",
    operation_id="dropSpendFile",
    summary="Take an upload back",
    responses=answers(400, 401, 403, 404, 412, 428),
    **WRITE,
)
async def drop_spend_file(
    request: Request[Any, Any, Any],
    file_id: FromPath[UUID],
    if_match: IfMatch,
    now: NamedDependency[datetime],
) -> None:
    """Drop the lines of a file; what was decided about suppliers stays."""
    wanted, actor = wanted_state(if_match), current_actor(request)
    await service.drop(file_id, actor, now, wanted=wanted)


@get(
    "/spend-suppliers",
    operation_id="listSpendSuppliers",
    summary="Who was paid, and who that is",
    responses=answers(400, 401, 403),
    **READ,
)
async def list_spend_suppliers(
    request: Request[Any, Any, Any], stands: State = None, cursor: Cursor = None, limit: Limit = 20
) -> Page[SupplierOut]:
    """List suppliers with the enterprise that they are, or those that they may be."""
    return await service.suppliers(stands, cursor, limit, current_actor(request))


@put(
    "/spend-suppliers/{supplier_id:uuid}/decision",
    operation_id="decideSpendSupplier",
    summary="Say which enterprise a supplier is",
    responses=answers(400, 401, 403, 404, 412, 413, 428),
    response_headers=[documented("ETag", "Of the supplier; it also stands in the list.")],
    **WRITE,
)
async def decide_spend_supplier(
    request: Request[Any, Any, Any],
    supplier_id: FromPath[UUID],
    data: JSONBody[DecisionIn],
    if_match: IfMatch,
    now: NamedDependency[datetime],
) -> Response[SupplierOut]:
    """Decide, also for later uploads; null says that it is none of them."""
    wanted, actor = wanted_state(if_match), current_actor(request)
    made = await service.decide(supplier_id, data, actor, now, wanted=wanted)
    return Response(made, headers={"ETag": made.etag})


@delete(
    "/spend-suppliers/{supplier_id:uuid}/decision",
    operation_id="undecideSpendSupplier",
    summary="Take a decision back",
    responses=answers(400, 401, 403, 404, 412, 428),
    **WRITE,
)
async def undecide_spend_supplier(
    request: Request[Any, Any, Any],
    supplier_id: FromPath[UUID],
    if_match: IfMatch,
    now: NamedDependency[datetime],
) -> None:
    """Let KvK number and name decide again which enterprise this supplier is."""
    wanted, actor = wanted_state(if_match), current_actor(request)
    await service.decide(supplier_id, None, actor, now, wanted=wanted)


@get(
    "/spend-analysis",
    operation_id="analyseSpend",
    summary="Spend with social enterprises, by category and year",
    responses=answers(400, 401, 403),
    **READ,
)
async def analyse_spend(
    request: Request[Any, Any, Any], since: Since, until: Until
) -> SpendAnalysis:
    """Add up, and name the categories where enterprises offer and nothing was bought from any."""
    return await service.analyse(since, until, current_actor(request))


router = Router(
    "/",
    route_handlers=[
        upload_spend,
        list_spend_files,
        get_spend_file,
        drop_spend_file,
        list_spend_suppliers,
        decide_spend_supplier,
        undecide_spend_supplier,
        analyse_spend,
    ],
    tags=["Spend"],
)
