"""Lists of enterprises: taken in as a job that can be left and found again."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.auth import current_actor, needs
from api.domain.errors import Fault, InvalidInput
from api.imports import service as imports
from api.imports.drafts import ListReader
from api.imports.schemas import ImportMode, ImportRequest, ImportState, ListForm
from api.pages.forms import Form
from api.pages.rendering import page, see

Caller = Request[Any, Any, Any]
GUARDS: Final[dict[str, Any]] = {"include_in_schema": False, "guards": [needs("imports:write")]}
FORMS: Final = {"csv": ListForm.CSV, "xlsx": ListForm.XLSX}
MAPPING: Final = "perceel"
"""The shipped mapping, whose columns the page explains."""
SHOWN: Final = 20
GOING: Final = frozenset({ImportState.QUEUED, ImportState.RUNNING})


@get("/importeren", **GUARDS)
async def list_imports(request: Caller) -> Response[Any]:
    """List the imports, with a form for a new one."""
    return await _imports(request, Form())


async def _imports(request: Caller, form: Form) -> Response[Any]:
    cursor = request.query_params.get("cursor")
    found = await imports.imports(cursor, SHOWN, current_actor(request))
    return page(request, "imports.html", status=400 if form.faults else 200, found=found, form=form)


@post("/importeren", **GUARDS)
async def start_import(
    request: Caller, list_reader: NamedDependency[ListReader], now: NamedDependency[datetime]
) -> Response[Any]:
    """Take a list in; the page of the job then tells how far it is."""
    form = await Form.of(request)
    with form.noting():
        content, kind = await _list(form)
        asked = ImportRequest(
            form=kind,
            content=content,
            dry_run=form.ticked("dryRun"),
            mode=ImportMode.SKIP if form.ticked("skip") else ImportMode.ATOMIC,
            mapping_name=MAPPING,
        )
        job = await imports.submit(asked, list_reader, current_actor(request), now)
        return see(f"/importeren/{job.id}")
    return await _imports(request, form)


async def _list(form: Form) -> tuple[bytes, ListForm]:
    sent = next(iter(form.given.get("list", ())), None)
    body = await sent.read() if isinstance(sent, UploadFile) else b""
    if not isinstance(sent, UploadFile) or not body:
        raise InvalidInput(Fault("form-empty", "Choose a file.", "list"))
    kind = FORMS.get(sent.filename.rpartition(".")[2].lower())
    if kind is None:
        raise InvalidInput(Fault("form-list-kind", "Not a CSV or Excel file.", "list"))
    return body, kind


@get("/importeren/{import_id:uuid}", **GUARDS)
async def show_import(request: Caller, import_id: FromPath[UUID]) -> Response[Any]:
    """Show how far a job is, and what was wrong with which rows."""
    actor = current_actor(request)
    job = await imports.read(import_id, actor)
    errors = await imports.errors(import_id, None, SHOWN, actor)
    return page(request, "import.html", job=job, errors=errors, going=job.state in GOING)
