"""What goes in and out of a search in the directory."""

from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from api.domain.directory import ServiceMode, ShareBucket, TargetGroup
from api.domain.tendering.coverage import Covers

LONGEST_TEXT: Final = 200
LONGEST_PLACE: Final = 60
LONGEST_POINT: Final = 40
LONGEST_BOX: Final = 80
LONGEST_CURSOR: Final = 8_000
"""Characters."""
MOST_VALUES: Final = 20
"""Alternatives in one filter."""
LARGEST_RADIUS_KM: Final = 500
MOST_CENTS: Final = 10**13


class SearchOrder(StrEnum):
    """How found enterprises are ordered; ties are broken by lot."""

    RELEVANCE = "relevance"
    NAME = "name"
    UPDATED = "updated"
    DISTANCE = "distance"


class FacetName(StrEnum):
    """What can be counted beside a search."""

    SERVICE_MODE = "serviceMode"
    TARGET_GROUP = "targetGroup"
    TARGET_GROUP_SHARE = "targetGroupShare"
    RESERVED_ELIGIBLE = "reservedEligible"
    PROVINCE = "province"
    MARK = "mark"


class SearchFilters(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    rename="camel",
    kw_only=True,
):
    """What must hold of what is searched for, as it was asked: for a list, an export, a lock."""

    q: Annotated[str, Meta(max_length=LONGEST_TEXT)] | None = None
    cpv: Annotated[tuple[str, ...], Meta(max_length=MOST_VALUES)] = ()
    municipality: Annotated[str, Meta(max_length=LONGEST_PLACE)] | None = None
    province: Annotated[str, Meta(max_length=LONGEST_PLACE)] | None = None
    near: Annotated[str, Meta(max_length=LONGEST_POINT)] | None = None
    radius_km: Annotated[float, Meta(gt=0, le=LARGEST_RADIUS_KM)] | None = None
    bbox: Annotated[str, Meta(max_length=LONGEST_BOX)] | None = None
    service_mode: Annotated[tuple[ServiceMode, ...], Meta(max_length=MOST_VALUES)] = ()
    target_group: Annotated[tuple[TargetGroup, ...], Meta(max_length=MOST_VALUES)] = ()
    mark: Annotated[tuple[str, ...], Meta(max_length=MOST_VALUES)] = ()
    min_capacity_cents: Annotated[int, Meta(ge=0, le=MOST_CENTS)] | None = None
    reserved_eligible: bool | None = None
    include_national: bool = True


class SearchQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a search, as it was asked."""

    filters: SearchFilters = SearchFilters()
    sort: SearchOrder = SearchOrder.RELEVANCE
    facets: tuple[FacetName, ...] = ()
    cursor: str | None = None
    page: int = 1
    """For pages that people leaf through; the API goes by cursor alone."""
    limit: int = 20


class AreaRef(msgspec.Struct, frozen=True, rename="camel"):
    """An area with its name."""

    code: str
    name: str


class OfferingHit(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The offering by which an enterprise was found."""

    id: UUID
    title: str
    products: tuple[str, ...]
    cpv_codes: tuple[str, ...]
    service_mode: ServiceMode
    reliable_capacity_cents: int | None
    covers: Annotated[
        Covers | None,
        Meta(description="How far it reaches the wanted area; null when none was asked."),
    ]


class EnterpriseCard(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An enterprise in a list of results."""

    id: UUID
    name: str
    kvk_number: str | None
    town: str | None
    municipality: str | None
    website: str | None
    target_group_share: ShareBucket | None
    marks: Annotated[
        tuple[str, ...], Meta(description="Verified and valid today, such as `pso-3`.")
    ]
    offering: OfferingHit | None


class SearchPage(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A page of enterprises, best first."""

    items: tuple[EnterpriseCard, ...]
    total: Annotated[int, Meta(description="Exact number of enterprises found.")]
    areas: Annotated[
        tuple[AreaRef, ...],
        Meta(description="The areas searched in, those recognised in `q` included."),
    ]
    unknown_words: Annotated[
        tuple[str, ...],
        Meta(description="Stems of words in `q` that nothing in the directory resembles."),
    ]
    facets: Annotated[
        dict[str, dict[str, int]],
        Meta(description="Per facet and value: the total that choosing the value would give."),
    ]
    degraded: Annotated[
        bool,
        Meta(
            description="True while the search engine is down: the database answered filters, "
            "KvK numbers and exact names; facets are then not counted."
        ),
    ] = False
    next_cursor: str | None = None
