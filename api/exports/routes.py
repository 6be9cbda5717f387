"""Exports, linked data and the change feed over HTTP; public, as reading the directory is."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, QueryParameter
from litestar.response import Stream

from api.clock import legal_day
from api.directory.routes import search_filters
from api.directory.schemas import SearchFilters
from api.exports import service
from api.exports.schemas import ChangePage
from api.exports.service import Selection
from api.pagination import Cursor
from api.preconditions import documented
from api.problems import answers

CSV: Final = "text/csv; header=present"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GEOJSON: Final = "application/geo+json"
JSON_LINES: Final = "application/jsonl"
JSON_LD: Final = "application/ld+json"
LARGEST_FEED_PAGE: Final = 1_000

FeedLimit = Annotated[
    int, QueryParameter(ge=1, le=LARGEST_FEED_PAGE, description="Changes on a page, at most 1,000.")
]
FILE: dict[str, Any] = {
    "dependencies": {"filters": Provide(search_filters, sync_to_thread=False)},
    "responses": answers(400, 503),
    "response_headers": [
        documented("Content-Disposition", "A name for the file."),
        documented("Feed-Cursor", "Where the change feed stood before the file was made."),
    ],
}
Filters = NamedDependency[SearchFilters]


@get(
    "/exports/enterprises.csv",
    operation_id="exportEnterprisesCsv",
    summary="Export as CSV",
    media_type=CSV,
    **FILE,
)
async def export_csv(filters: Filters, now: NamedDependency[datetime]) -> Stream:
    """Export what a search with these filters finds, for a Dutch Excel; formulas are inert."""
    chosen = await service.choose(filters, legal_day(now))
    return _download(service.csv_file(chosen), chosen, "enterprises.csv", CSV)


@get(
    "/exports/enterprises.xlsx",
    operation_id="exportEnterprisesXlsx",
    summary="Export as XLSX",
    media_type=XLSX,
    **FILE,
)
async def export_xlsx(filters: Filters, now: NamedDependency[datetime]) -> Stream:
    """Export what a search with these filters finds as a workbook; formulas are inert."""
    chosen = await service.choose(filters, legal_day(now))
    return _download(service.xlsx_file(chosen), chosen, "enterprises.xlsx", XLSX)


@get(
    "/exports/enterprises.geojson",
    operation_id="exportEnterprisesGeojson",
    summary="Export as GeoJSON",
    media_type=GEOJSON,
    **FILE,
)
async def export_geojson(filters: Filters, now: NamedDependency[datetime]) -> Stream:
    """Export what a search with these filters finds as features on a map (RFC 7946)."""
    chosen = await service.choose(filters, legal_day(now))
    return _download(service.geojson_file(chosen), chosen, "enterprises.geojson", GEOJSON)


@get(
    "/exports/enterprises.jsonl",
    operation_id="exportEnterprisesJsonLines",
    summary="Export as JSON lines",
    media_type=JSON_LINES,
    **FILE,
)
async def export_json_lines(filters: Filters, now: NamedDependency[datetime]) -> Stream:
    """Export what a search with these filters finds: one whole profile a line."""
    chosen = await service.choose(filters, legal_day(now))
    return _download(service.json_lines_file(chosen), chosen, "enterprises.jsonl", JSON_LINES)


@get(
    "/enterprises/{enterprise_id:uuid}/json-ld",
    operation_id="getEnterpriseJsonLd",
    summary="Read a profile as linked data",
    media_type=JSON_LD,
    responses=answers(400, 404, 410),
)
async def get_json_ld(
    enterprise_id: FromPath[UUID], now: NamedDependency[datetime]
) -> dict[str, Any]:
    """Read a profile in the words of schema.org, for search engines; without e-mail."""
    return await service.linked_profile(enterprise_id, legal_day(now))


@get(
    "/changes",
    operation_id="listChanges",
    summary="Follow the changes in the directory",
    responses=answers(400, 410),
)
async def list_changes(cursor: Cursor = None, limit: FeedLimit = 100) -> ChangePage:
    """Follow what changed; who withdrew or was merged comes as a tombstone. Never misses one."""
    return await service.feed(cursor, limit)


def _download(
    content: AsyncIterator[bytes], chosen: Selection, name: str, media_type: str
) -> Stream:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Feed-Cursor": chosen.feed_cursor,
    }
    return Stream(content, media_type=media_type, headers=headers)


router = Router(
    "/",
    route_handlers=[
        export_csv,
        export_xlsx,
        export_geojson,
        export_json_lines,
        get_json_ld,
        list_changes,
    ],
    tags=["Exports"],
)
