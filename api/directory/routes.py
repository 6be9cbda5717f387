"""Search over HTTP; public."""

from datetime import datetime
from typing import Annotated

from litestar import Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter

from api.clock import legal_day
from api.directory import service
from api.directory.schemas import (
    LARGEST_RADIUS_KM,
    LONGEST_BOX,
    LONGEST_CURSOR,
    LONGEST_PLACE,
    LONGEST_POINT,
    LONGEST_TEXT,
    MOST_CENTS,
    MOST_VALUES,
    FacetName,
    SearchFilters,
    SearchOrder,
    SearchPage,
    SearchQuery,
)
from api.domain.directory import ServiceMode, TargetGroup
from api.pagination import Limit
from api.problems import answers

Words = Annotated[
    str | None,
    QueryParameter(
        max_length=LONGEST_TEXT,
        description="Words in Dutch, a name or a KvK number. Places in it filter.",
    ),
]
CpvCodes = Annotated[
    list[str] | None,
    QueryParameter(max_items=MOST_VALUES, description="CPV codes; narrower ones are found too."),
]
MunicipalityName = Annotated[
    str | None,
    QueryParameter(max_length=LONGEST_PLACE, description="Where to deliver: code or any spelling."),
]
ProvinceName = Annotated[
    str | None,
    QueryParameter(max_length=LONGEST_PLACE, description="Where to deliver: NUTS-2 code or name."),
]
PointText = Annotated[
    str | None,
    QueryParameter(max_length=LONGEST_POINT, description="`latitude,longitude`; with `radiusKm`."),
]
RadiusKm = Annotated[
    float | None,
    QueryParameter(
        name="radiusKm", gt=0, le=LARGEST_RADIUS_KM, description="Firms within this distance."
    ),
]
BoxText = Annotated[
    str | None,
    QueryParameter(
        max_length=LONGEST_BOX, description="`west,south,east,north` of the firm's place."
    ),
]
ServiceModes = Annotated[
    list[ServiceMode] | None,
    QueryParameter(
        name="serviceMode", max_items=MOST_VALUES, description="Any of these ways of delivery."
    ),
]
TargetGroups = Annotated[
    list[TargetGroup] | None,
    QueryParameter(
        name="targetGroup", max_items=MOST_VALUES, description="Employs any of these groups."
    ),
]
Marks = Annotated[
    list[str] | None,
    QueryParameter(
        max_items=MOST_VALUES,
        description="Any of these marks, verified and valid today: `pso-2` is trede 2 or up.",
    ),
]
Capacity = Annotated[
    int | None,
    QueryParameter(
        name="minCapacityCents",
        ge=0,
        le=MOST_CENTS,
        description="Reliable capacity a year; unknown capacity passes.",
    ),
]
Reserved = Annotated[
    bool | None,
    QueryParameter(
        name="reservedEligible",
        description="May take part in lots reserved under art. 20 Dir. 2014/24.",
    ),
]
National = Annotated[
    bool,
    QueryParameter(name="includeNational", description="Find nationwide offerings too."),
]
SearchCursor = Annotated[
    str | None,
    QueryParameter(
        name="cursor",
        max_length=LONGEST_CURSOR,
        description="`nextCursor` of the page before; opaque. A walk sees every firm that is not "
        "edited meanwhile once. A text is walked to 1,000 firms.",
    ),
]
Sorting = Annotated[SearchOrder, QueryParameter(description="`distance` needs `near`.")]
Facets = Annotated[
    list[FacetName] | None, QueryParameter(description="What to count beside the results.")
]


def search_filters(  # noqa: PLR0913  one argument per documented parameter
    *,
    q: Words = None,
    cpv: CpvCodes = None,
    municipality: MunicipalityName = None,
    province: ProvinceName = None,
    near: PointText = None,
    radius_km: RadiusKm = None,
    bbox: BoxText = None,
    service_mode: ServiceModes = None,
    target_group: TargetGroups = None,
    mark: Marks = None,
    min_capacity_cents: Capacity = None,
    reserved_eligible: Reserved = None,
    include_national: National = True,
) -> SearchFilters:
    """Gather what filters a search, and an export alike."""
    return SearchFilters(
        q=q,
        cpv=tuple(cpv or ()),
        municipality=municipality,
        province=province,
        near=near,
        radius_km=radius_km,
        bbox=bbox,
        service_mode=tuple(service_mode or ()),
        target_group=tuple(target_group or ()),
        mark=tuple(mark or ()),
        min_capacity_cents=min_capacity_cents,
        reserved_eligible=reserved_eligible,
        include_national=include_national,
    )


def search_query(
    *,
    filters: NamedDependency[SearchFilters],
    sort: Sorting = SearchOrder.RELEVANCE,
    facets: Facets = None,
    cursor: SearchCursor = None,
    limit: Limit = 20,
) -> SearchQuery:
    """Gather the parameters of a page of a search."""
    return SearchQuery(
        filters=filters, sort=sort, facets=tuple(facets or ()), cursor=cursor, limit=limit
    )


@get(
    "/enterprises",
    operation_id="searchEnterprises",
    summary="Search the directory",
    dependencies={
        "filters": Provide(search_filters, sync_to_thread=False),
        "wanted": Provide(search_query, sync_to_thread=False),
    },
    responses=answers(400, 503),
)
async def search_enterprises(
    wanted: NamedDependency[SearchQuery], now: NamedDependency[datetime]
) -> SearchPage:
    """Search the directory; one offering must satisfy category, mode and area together."""
    return await service.search(wanted, legal_day(now))


router = Router("/", route_handlers=[search_enterprises], tags=["Directory"])
