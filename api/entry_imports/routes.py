"""Imports of entries over HTTP, for the contractor; the body is the file itself."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Router, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, QueryParameter

from api.auth import SECURITY, current_actor, needs
from api.entry_imports import service
from api.entry_imports.drafts import EntryForm, EntryReader
from api.entry_imports.schemas import EntryImportOut, InvoiceImportOut
from api.entry_imports.service import Choices
from api.problems import UnsupportedMediaType, answers

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS = {"text/csv": EntryForm.CSV, XLSX: EntryForm.XLSX}
XML = ("application/xml", "text/xml")
WRITE: dict[str, Any] = {
    "status_code": 200,
    "guards": [needs("obligations:write")],
    "security": SECURITY,
    "responses": answers(400, 401, 403, 404, 409, 413, 415),
}
ContentType = Annotated[
    str, HeaderParameter(name="Content-Type", description=f"`text/csv` or `{XLSX}`.")
]
XmlType = Annotated[
    str, HeaderParameter(name="Content-Type", description="`application/xml` or `text/xml`.")
]
DryRun = Annotated[
    bool, QueryParameter(name="dryRun", description="Do everything, and take it back.")
]
Partial = Annotated[
    bool, QueryParameter(description="Keep the sound rows although others are refused.")
]
AnyRequest = Request[Any, Any, Any]


@post(
    "/obligations/{obligation_id:uuid}/entry-imports",
    operation_id="importEntries",
    opt={"files": tuple(FORMS)},
    summary="Import a list of fulfilments",
    **WRITE,
)
async def import_entries(  # noqa: PLR0913  file, reader and choices
    request: AnyRequest,
    *,
    obligation_id: FromPath[UUID],
    content_type: ContentType,
    entry_reader: NamedDependency[EntryReader],
    now: NamedDependency[datetime],
    dry_run: DryRun = False,
    partial: Partial = False,
) -> EntryImportOut:
    """Book the rows of a CSV or XLSX file; a row that was booked before is left alone.

    All rows or none, unless `partial`. Equal faults are told once, with their rows.
    """
    form = FORMS.get(_media_type(content_type))
    if form is None:
        raise UnsupportedMediaType(f"{content_type!r} is not one of: {', '.join(FORMS)}.")
    file = (await request.body(), form)
    choices = Choices(dry_run=dry_run, partial=partial)
    actor = current_actor(request)
    return await service.import_rows(obligation_id, file, entry_reader, choices, actor, now)


@post(
    "/obligations/{obligation_id:uuid}/invoices",
    operation_id="importInvoice",
    opt={"files": XML},
    summary="Import a purchase invoice",
    **WRITE,
)
async def import_invoice(
    request: AnyRequest,
    *,
    obligation_id: FromPath[UUID],
    content_type: XmlType,
    entry_reader: NamedDependency[EntryReader],
    now: NamedDependency[datetime],
    dry_run: DryRun = False,
) -> InvoiceImportOut:
    """Book an invoice in UBL 2.1 or Peppol BIS; a credit note takes off what it credits.

    The same document again changes nothing.
    """
    if _media_type(content_type) not in XML:
        raise UnsupportedMediaType(f"{content_type!r} is not one of: {', '.join(XML)}.")
    choices, actor = Choices(dry_run=dry_run), current_actor(request)
    body = await request.body()
    return await service.import_invoice(obligation_id, body, entry_reader, choices, actor, now)


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


router = Router("/", route_handlers=[import_entries, import_invoice], tags=["Social return"])
