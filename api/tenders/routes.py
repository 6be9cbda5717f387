"""Tenders over HTTP. What was published is public; storing needs `tenders:write`."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter

from api.auth import SECURITY, current_actor, needs
from api.pagination import Cursor, Limit, Page
from api.problems import answers
from api.tenders import service
from api.tenders.schemas import LotOut, NoticeReport, TenderCard, TenderOut
from api.tenders.service import NoticeReaders

ContentType = Annotated[
    str,
    HeaderParameter(
        name="Content-Type",
        description="`application/xml` for eForms, `application/json` for OCDS,"
        " `text/csv` for the TenderNed dataset.",
    ),
]


@post(
    "/notices",
    operation_id="uploadNotices",
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
    """List tenders, the last added first."""
    return await service.tenders(cursor, limit)


@get(
    "/tenders/{tender_id:uuid}",
    operation_id="getTender",
    summary="Read a tender with its lots",
    responses=answers(400, 404),
)
async def get_tender(tender_id: FromPath[UUID]) -> TenderOut:
    """Read a tender with its lots."""
    return await service.tender(tender_id)


@get(
    "/lots/{lot_id:uuid}", operation_id="getLot", summary="Read a lot", responses=answers(400, 404)
)
async def get_lot(lot_id: FromPath[UUID]) -> LotOut:
    """Read one lot."""
    return await service.lot(lot_id)


router = Router(
    "/", route_handlers=[upload_notices, list_tenders, get_tender, get_lot], tags=["Tenders"]
)
