"""Imports over HTTP. Everything needs `imports:write`; a job belongs to its organisation."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Request, Response, Router, delete, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, QueryParameter

from api.auth import SECURITY, current_actor, needs
from api.domain.errors import Fault, InvalidInput
from api.imports import service
from api.imports.drafts import ListReader
from api.imports.schemas import (
    GroupedError,
    ImportMode,
    ImportOut,
    ImportRequest,
    ListForm,
    UndoneOut,
)
from api.pagination import Cursor, Limit, Page
from api.preconditions import IfMatch, documented, wanted_state
from api.problems import UnsupportedMediaType, answers

MULTIPART: Final = "multipart/form-data"
MEDIA_TYPES: Final = {
    "text/csv": ListForm.CSV,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ListForm.XLSX,
    "application/x-ndjson": ListForm.JSON_LINES,
}
WRITE: dict[str, Any] = {"guards": [needs("imports:write")], "security": SECURITY}
ETAG: Final = documented("ETag", "Of the state of the import, however far it is.")
ContentType = Annotated[
    str,
    HeaderParameter(
        name="Content-Type",
        description=f"{', '.join(f'`{one}`' for one in MEDIA_TYPES)}; or `{MULTIPART}` with the"
        " parts `file` and `mapping` (TOML).",
    ),
]
DryRun = Annotated[
    bool, QueryParameter(name="dryRun", description="Do everything, then undo it: a rehearsal.")
]
Mode = Annotated[
    ImportMode,
    QueryParameter(
        description="`atomic`: one rejected row, and nothing is stored; `skip`: the sound rows are."
    ),
]
MappingName = Annotated[
    str | None,
    QueryParameter(name="mapping", max_length=60, description="A shipped mapping, as `perceel`."),
]
SourceName = Annotated[
    str | None,
    QueryParameter(
        max_length=60,
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        description="For JSON lines: the name of the list, the same each time it comes.",
    ),
]


@post(
    operation_id="startImport",
    opt={"files": (*MEDIA_TYPES, MULTIPART)},
    summary="Import a list of enterprises",
    status_code=202,
    responses=answers(400, 401, 403, 413, 415),
    response_headers=[ETAG, documented("Location", "The job: ask there how far it is.")],
    **WRITE,
)
async def start_import(  # noqa: PLR0913  one argument per documented parameter
    request: Request[Any, Any, Any],
    content_type: ContentType,
    list_reader: NamedDependency[ListReader],
    now: NamedDependency[datetime],
    *,
    dry_run: DryRun = False,
    mode: Mode = ImportMode.ATOMIC,
    mapping_name: MappingName = None,
    source: SourceName = None,
) -> Response[ImportOut]:
    """Take a list in; a worker stores it. The body is the file itself, or a form with it."""
    media_type = content_type.partition(";")[0].strip().lower()
    content, form, mapping = await _sent(request, media_type)
    asked = ImportRequest(
        form=form,
        content=content,
        dry_run=dry_run,
        mode=mode,
        mapping_name=mapping_name,
        mapping=mapping,
        source=source,
    )
    job = await service.submit(asked, list_reader, current_actor(request), now)
    headers = {"ETag": service.tag(job), "Location": f"/v1/imports/{job.id}"}
    return Response(job, status_code=202, headers=headers)


@get(
    operation_id="listImports",
    summary="List imports",
    responses=answers(400, 401, 403),
    **WRITE,
)
async def list_imports(
    request: Request[Any, Any, Any], cursor: Cursor = None, limit: Limit = 20
) -> Page[ImportOut]:
    """List the imports of the own organisation, the last added first."""
    return await service.imports(cursor, limit, current_actor(request))


@get(
    "/{import_id:uuid}",
    operation_id="getImport",
    summary="See how far an import is",
    responses=answers(400, 401, 403, 404),
    response_headers=[ETAG],
    **WRITE,
)
async def get_import(
    request: Request[Any, Any, Any], import_id: FromPath[UUID]
) -> Response[ImportOut]:
    """See how far an import is; it goes on whether anybody looks or not."""
    found = await service.read(import_id, current_actor(request))
    return Response(found, headers={"ETag": service.tag(found)})


@delete(
    "/{import_id:uuid}",
    operation_id="cancelImport",
    summary="Cancel an import",
    responses=answers(400, 401, 403, 404, 409, 412, 428),
    **WRITE,
)
async def cancel_import(
    request: Request[Any, Any, Any],
    import_id: FromPath[UUID],
    if_match: IfMatch,
    now: NamedDependency[datetime],
) -> None:
    """Cancel an import. What skip mode stored before stays.

    Its ETag is of its state: who read that it waits does not cancel what has begun.
    """
    wanted, actor = wanted_state(if_match), current_actor(request)
    await service.cancel(import_id, actor, now, wanted=wanted)


@post(
    "/{import_id:uuid}/reversals",
    operation_id="undoImport",
    summary="Undo an import",
    status_code=200,
    responses=answers(400, 401, 403, 404, 409),
    **WRITE,
)
async def undo_import(
    request: Request[Any, Any, Any], import_id: FromPath[UUID], now: NamedDependency[datetime]
) -> UndoneOut:
    """Take back the profiles that an import made, but for those that were worked on since."""
    return await service.undo(import_id, current_actor(request), now)


@get(
    "/{import_id:uuid}/errors",
    operation_id="listImportErrors",
    summary="List what was found in a list",
    responses=answers(400, 401, 403, 404),
    **WRITE,
)
async def list_import_errors(
    request: Request[Any, Any, Any],
    import_id: FromPath[UUID],
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[GroupedError]:
    """List errors and warnings, equal ones together with the ranges of their rows."""
    return await service.errors(import_id, cursor, limit, current_actor(request))


@get(
    "/{import_id:uuid}/annotated",
    operation_id="getAnnotatedImport",
    summary="Get the file back with notes",
    media_type="application/octet-stream",
    responses=answers(400, 401, 403, 404, 409, 410),
    response_headers=[documented("Content-Disposition", "A name for the file.")],
    **WRITE,
)
async def get_annotated_import(
    request: Request[Any, Any, Any],
    import_id: FromPath[UUID],
    list_reader: NamedDependency[ListReader],
) -> Response[bytes]:
    """Get a CSV or XLSX back with two more columns: what became of each row, and why."""
    content, form = await service.annotated(import_id, list_reader, current_actor(request))
    media_type = next(name for name, one in MEDIA_TYPES.items() if one is form)
    name = f'attachment; filename="import-{import_id}.{form.value}"'
    return Response(content, media_type=media_type, headers={"Content-Disposition": name})


async def _sent(
    request: Request[Any, Any, Any], media_type: str
) -> tuple[bytes, ListForm, bytes | None]:
    """Give the file, its form, and the mapping that was sent along."""
    if media_type != MULTIPART:
        return await request.body(), _form(media_type), None
    parts = await request.form()
    unknown = sorted(set(parts) - {"file", "mapping"})
    faults = [Fault("unknown-field", f"There is no part {name!r}.", name) for name in unknown]
    file, mapping = parts.get("file"), parts.get("mapping")
    if not isinstance(file, UploadFile):
        faults.append(Fault("missing-field", "The part `file` is required.", "file"))
    if mapping is None:
        faults.append(Fault("missing-field", "The part `mapping` is required.", "mapping"))
    if faults or not isinstance(file, UploadFile):
        raise InvalidInput(*faults)
    form = _form(file.content_type.partition(";")[0].strip().lower())
    return await file.read(), form, await _bytes(mapping)


async def _bytes(part: object) -> bytes:
    return await part.read() if isinstance(part, UploadFile) else str(part).encode()


def _form(media_type: str) -> ListForm:
    form = MEDIA_TYPES.get(media_type)
    if form is None:
        known = ", ".join(MEDIA_TYPES)
        raise UnsupportedMediaType(f"{media_type or 'No media type'} is not one of: {known}.")
    return form


router = Router(
    "/imports",
    route_handlers=[
        start_import,
        list_imports,
        get_import,
        cancel_import,
        undo_import,
        list_import_errors,
        get_annotated_import,
    ],
    tags=["Directory"],
)
