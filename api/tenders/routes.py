"""Tenders over HTTP. What was published is public; storing needs `tenders:write`."""

from datetime import datetime
from typing import Annotated, Any, Final, cast
from uuid import UUID

from litestar import MediaType, Request, Response, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody

from api.auth import SECURITY, current_actor, needs
from api.pagination import Cursor, Limit, Page
from api.preconditions import documented, etag, wanted_version
from api.problems import answers
from api.tenders import service
from api.tenders.schemas import (
    LotOut,
    NoticeReport,
    PublicationIn,
    TenderCard,
    TenderIn,
    TenderOut,
)
from api.tenders.service import NoticeReaders

ContentType = Annotated[
    str,
    HeaderParameter(
        name="Content-Type",
        description="`application/xml` for eForms, `application/json` for OCDS,"
        " `text/csv` for the TenderNed dataset.",
    ),
]
IfMatch = Annotated[
    str | None,
    HeaderParameter(name="If-Match", description="The ETag that was read, or `*`."),
]
JSON: Final = "application/json"
XML: Final = "application/xml"
ETAG = [documented("ETag", "Version of what is answered.")]
WRITE: dict[str, Any] = {"guards": [needs("tenders:write")], "security": SECURITY}
Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]


@post(
    "/notices",
    operation_id="uploadNotices",
    opt={"files": ("application/json", "application/xml", "text/csv", "text/xml")},
    summary="Upload a notice",
    status_code=200,
    guards=[needs("tenders:write")],
    security=SECURITY,
    responses=answers(400, 401, 403, 413, 415),
)
async def upload_notices(
    request: Request[Any, Any, Any],
    content_type: ContentType,
    notice_readers: NamedDependency[NoticeReaders],
    now: NamedDependency[datetime],
) -> NoticeReport:
    """Store the notices of a document; the body is the file itself."""
    media_type = content_type.partition(";")[0].strip().lower()
    body, actor = await request.body(), current_actor(request)
    return await service.read_document(body, media_type, notice_readers, actor, now)


@get("/tenders", operation_id="listTenders", summary="List tenders", responses=answers(400))
async def list_tenders(cursor: Cursor = None, limit: Limit = 20) -> Page[TenderCard]:
    """List published tenders with their numbers of lots, the last added first."""
    return await service.tenders(cursor, limit)


@get(
    "/tenders/{tender_id:uuid}",
    operation_id="getTender",
    summary="Read a tender with its lots",
    responses=answers(400, 404),
)
async def get_tender(tender_id: FromPath[UUID]) -> TenderOut:
    """Read a tender with its buyer, its dates and all of its lots."""
    return await service.tender(tender_id)


@post(
    "/tenders",
    operation_id="draftTender",
    summary="Prepare a tender by hand",
    responses=answers(400, 401, 403, 413),
    response_headers=[*ETAG, documented("Location", "The draft.")],
    **WRITE,
)
async def draft_tender(request: Caller, data: JSONBody[TenderIn], now: Now) -> Response[TenderOut]:
    """Start a draft; only the own organisation sees it until it is published."""
    made = await service.create_draft(data, current_actor(request), now)
    headers = {"ETag": etag(made.version), "Location": f"/v1/tender-drafts/{made.id}"}
    return Response(made, status_code=201, headers=headers)


@get(
    "/tender-drafts",
    operation_id="listTenderDrafts",
    summary="List the drafts of the own organisation",
    responses=answers(400, 401, 403),
    **WRITE,
)
async def list_drafts(
    request: Caller, cursor: Cursor = None, limit: Limit = 20
) -> Page[TenderCard]:
    """List what is being prepared, the last added first."""
    return await service.drafts(cursor, limit, current_actor(request))


@get(
    "/tender-drafts/{tender_id:uuid}",
    operation_id="getTenderDraft",
    summary="Read a draft with its lots",
    responses=answers(400, 401, 403, 404),
    response_headers=ETAG,
    **WRITE,
)
async def get_draft(request: Caller, tender_id: FromPath[UUID]) -> Response[TenderOut]:
    """Read a draft of the own organisation; nobody else sees it."""
    found = await service.draft(tender_id, current_actor(request))
    return Response(found, headers={"ETag": etag(found.version)})


@put(
    "/tender-drafts/{tender_id:uuid}",
    operation_id="changeTenderDraft",
    summary="Change what a draft says as a whole",
    responses=answers(400, 401, 403, 404, 409, 412, 413, 428),
    response_headers=ETAG,
    **WRITE,
)
async def change_draft(
    request: Caller,
    tender_id: FromPath[UUID],
    data: JSONBody[TenderIn],
    if_match: IfMatch,
    now: Now,
) -> Response[TenderOut]:
    """Replace the head of a draft; its items and lots stay."""
    version, actor = wanted_version(if_match), current_actor(request)
    changed = await service.change_draft(tender_id, data, version, actor, now)
    return Response(changed, headers={"ETag": etag(changed.version)})


@post(
    "/tender-drafts/{tender_id:uuid}/publication",
    operation_id="publishTender",
    summary="Say that the notice went out",
    status_code=200,
    responses=answers(400, 401, 403, 404, 409, 413),
    **WRITE,
)
async def publish_tender(
    request: Caller, tender_id: FromPath[UUID], data: JSONBody[PublicationIn], now: Now
) -> TenderOut:
    """Make the tender public and open its planned lots. This can't be undone."""
    return await service.publish(tender_id, data, current_actor(request), now)


@get(
    "/tenders/{tender_id:uuid}/release.json",
    operation_id="getTenderRelease",
    summary="A tender as an OCDS release",
    media_type=MediaType.JSON,
    responses=answers(400, 404, 409),
)
async def get_release(tender_id: FromPath[UUID]) -> Response[bytes]:
    """Write a published tender in OCDS 1.1 with the lots extension."""
    return _file(service.as_release(await service.tender(tender_id)), JSON)


@get(
    "/tenders/{tender_id:uuid}/notice.xml",
    operation_id="getTenderNotice",
    summary="A tender as an eForms skeleton",
    media_type=MediaType.XML,
    responses=answers(400, 404, 409),
)
async def get_notice(tender_id: FromPath[UUID]) -> Response[bytes]:
    """Write what is known of a published tender in eForms; no complete notice."""
    return _file(service.as_eforms(await service.tender(tender_id)), XML)


@get(
    "/tender-drafts/{tender_id:uuid}/release.json",
    operation_id="getDraftRelease",
    summary="A draft as an OCDS release",
    media_type=MediaType.JSON,
    responses=answers(400, 401, 403, 404, 409),
    **WRITE,
)
async def get_draft_release(request: Caller, tender_id: FromPath[UUID]) -> Response[bytes]:
    """Write a draft with its planned lots in OCDS 1.1."""
    found = await service.draft(tender_id, current_actor(request))
    return _file(service.as_release(found), JSON)


@get(
    "/tender-drafts/{tender_id:uuid}/notice.xml",
    operation_id="getDraftNotice",
    summary="A draft as an eForms skeleton",
    media_type=MediaType.XML,
    responses=answers(400, 401, 403, 404, 409),
    **WRITE,
)
async def get_draft_notice(request: Caller, tender_id: FromPath[UUID]) -> Response[bytes]:
    """Write what is known of a draft in eForms, for the buyer's own system to complete."""
    found = await service.draft(tender_id, current_actor(request))
    return _file(service.as_eforms(found), XML)


def _file(body: bytes, media_type: str) -> Response[bytes]:
    return Response(body, media_type=cast("MediaType", media_type))


@get(
    "/lots/{lot_id:uuid}", operation_id="getLot", summary="Read a lot", responses=answers(400, 404)
)
async def get_lot(lot_id: FromPath[UUID]) -> LotOut:
    """Read one lot with its codes, areas, value and reservations."""
    return await service.lot(lot_id)


router = Router(
    "/",
    route_handlers=[
        upload_notices,
        list_tenders,
        get_tender,
        get_lot,
        draft_tender,
        list_drafts,
        get_draft,
        change_draft,
        publish_tender,
        get_release,
        get_notice,
        get_draft_release,
        get_draft_notice,
    ],
    tags=["Tenders"],
)
