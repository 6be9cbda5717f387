"""The longlist over HTTP."""

from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from litestar import MediaType, Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.auth import SECURITY, current_actor, for_buyers, needs
from api.longlists import service
from api.longlists.drafts import CSP, as_csv, as_html, as_pdf, as_xlsx
from api.longlists.schemas import LockIn, LonglistLockOut, UnlockIn
from api.problems import answers

CSV: Final = "text/csv; charset=utf-8"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF: Final = "application/pdf"
HTML: Final = "text/html; charset=utf-8"


Caller = Request[Any, Any, Any]
FILE: Final[dict[str, Any]] = {
    "guards": [needs("matches:read"), for_buyers],
    "security": SECURITY,
    "responses": answers(400, 401, 403, 404),
}


@get(
    "/match-runs/{run_id:uuid}/longlist.csv",
    operation_id="getLonglistCsv",
    summary="The longlist as CSV",
    media_type=CSV,
    **FILE,
)
async def get_longlist_csv(request: Caller, run_id: FromPath[UUID]) -> Response[bytes]:
    """Give every verdict of a run on a row, for a Dutch Excel; formulas are inert."""
    return _file(
        await service.document(run_id, as_csv, current_actor(request)),
        CSV,
        f"longlist-{run_id}.csv",
    )


@get(
    "/match-runs/{run_id:uuid}/longlist.xlsx",
    operation_id="getLonglistXlsx",
    summary="The longlist as a workbook",
    media_type=XLSX,
    **FILE,
)
async def get_longlist_xlsx(request: Caller, run_id: FromPath[UUID]) -> Response[bytes]:
    """Give criteria, sources, seed and counts on one sheet, every verdict on another."""
    return _file(
        await service.document(run_id, as_xlsx, current_actor(request)),
        XLSX,
        f"longlist-{run_id}.xlsx",
    )


@get(
    "/match-runs/{run_id:uuid}/longlist.html",
    operation_id="getLonglistHtml",
    summary="The longlist as a page",
    media_type=HTML,
    **FILE,
)
async def get_longlist_html(request: Caller, run_id: FromPath[UUID]) -> Response[bytes]:
    """Give a page to read and to print, in plain Dutch; it runs no script."""
    body = await service.document(run_id, as_html, current_actor(request))
    return Response(
        body,
        media_type=cast("MediaType", HTML),  # any text will do, Litestar's type is narrower
        headers={"Content-Security-Policy": CSP},
    )


@get(
    "/match-runs/{run_id:uuid}/longlist.pdf",
    operation_id="getLonglistPdf",
    summary="The longlist as PDF",
    media_type=PDF,
    **FILE,
)
async def get_longlist_pdf(request: Caller, run_id: FromPath[UUID]) -> Response[bytes]:
    """Give the page as a PDF for the file; for reading with aids the page itself is better."""
    body = await service.document(run_id, as_pdf, current_actor(request))
    return _file(body, PDF, f"longlist-{run_id}.pdf")


WRITE: Final[dict[str, Any]] = {
    "guards": [needs("matches:write"), for_buyers],
    "security": SECURITY,
    "responses": answers(400, 401, 403, 404, 409, 413),
}
Now = NamedDependency[datetime]


@post(
    "/match-runs/{run_id:uuid}/longlist-lock",
    operation_id="lockLonglist",
    summary="Make a run the longlist of its lot",
    status_code=200,
    **WRITE,
)
async def lock_longlist(
    request: Caller, run_id: FromPath[UUID], data: JSONBody[LockIn], now: Now
) -> LonglistLockOut:
    """Lock a run as the longlist of its lot: one at a time; it can be taken off with a reason."""
    return await service.lock(run_id, data, current_actor(request), now)


@post(
    "/match-runs/{run_id:uuid}/longlist-lock/undoing",
    operation_id="unlockLonglist",
    summary="Take the lock off a longlist",
    status_code=200,
    **WRITE,
)
async def unlock_longlist(
    request: Caller, run_id: FromPath[UUID], data: JSONBody[UnlockIn], now: Now
) -> LonglistLockOut:
    """Take the lock off; who locked, who took it off and why stay on record."""
    return await service.unlock(run_id, data, current_actor(request), now)


@get(
    "/lots/{lot_id:uuid}/longlist-locks",
    operation_id="listLonglistLocks",
    summary="List the locks on a lot's longlist",
    **FILE,
)
async def list_longlist_locks(
    request: Caller, lot_id: FromPath[UUID]
) -> tuple[LonglistLockOut, ...]:
    """List which runs were the longlist of a lot, the last first, undone ones too."""
    return await service.locks(lot_id, current_actor(request))


def _file(body: bytes, media_type: str, name: str) -> Response[bytes]:
    return Response(
        body,
        media_type=cast("MediaType", media_type),  # as above
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


router = Router(
    "/",
    route_handlers=[
        get_longlist_csv,
        get_longlist_xlsx,
        get_longlist_html,
        get_longlist_pdf,
        lock_longlist,
        unlock_longlist,
        list_longlist_locks,
    ],
    tags=["Matches"],
)
