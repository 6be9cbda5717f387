"""What goes in and out of the directory over HTTP and from importers."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from api.domain.directory import (
    DevelopmentPhase,
    LegalForm,
    MarkState,
    QualityMark,
    ServiceMode,
    ShareBucket,
    TargetGroup,
)
from api.domain.profile import marks, statement
from api.domain.profile.products import MOST_PRODUCTS, Product
from api.domain.profile.statement import Details
from api.domain.tendering.coverage import Coverage

Title = Annotated[str, Meta(min_length=1, max_length=200)]
Prose = Annotated[str, Meta(max_length=5_000)]
KvkText = Annotated[
    str,
    Meta(
        max_length=20,
        description="KvK number: eight digits, leading zeros count; spaces and dots are dropped.",
        examples=["01234567"],
    ),
]
CpvText = Annotated[
    str,
    Meta(
        max_length=12,
        description="CPV code (Reg. (EC) 213/2008): eight digits; a check digit is dropped.",
        examples=["55520000"],
    ),
]
AmountCents = Annotated[
    int, Meta(ge=0, le=10**13, description="Euro cents, excluding VAT. Absent means unknown.")
]


Website = Annotated[str, Meta(max_length=300, pattern=r"^https?://")]
Email = Annotated[
    str,
    Meta(
        max_length=254,
        pattern=r"^[^@\s]+@[^@\s]+$",
        description="Of a role, as `info@…`; made like a person's name it is refused.",
    ),
]
Phone = Annotated[
    str,
    Meta(
        max_length=30,
        description="Of a role; kept as E.164. A number without a country is Dutch.",
        examples=["+31302345678"],
    ),
]
MunicipalityCode = Annotated[str, Meta(pattern=r"^GM\d{4}$", examples=["GM0344"])]
CountryCode = Annotated[
    str, Meta(pattern=r"^[A-Z]{3}$", description="ISO 3166 alpha-3.", examples=["NLD"])
]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
TradeNames = Annotated[tuple[Title, ...], Meta(max_length=20)]
TargetGroups = Annotated[tuple[TargetGroup, ...], Meta(max_length=14)]
MainAim = Annotated[
    bool | None,
    Meta(description="Integration is the main aim in the statutes (Dir. 2014/24 art. 20)."),
]
Street = Annotated[str, Meta(max_length=200)]
Postcode = Annotated[str, Meta(max_length=10)]
Town = Annotated[str, Meta(max_length=100)]


ExternalId = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=100,
        description="The record's own identification in its source.",
    ),
]


class OfferingIn(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """An offering (aanbod): the unit of matching. One mode, one coverage area, one capacity."""

    title: Title
    description: Prose = ""
    products: Annotated[
        tuple[Title, ...],
        Meta(
            max_length=MOST_PRODUCTS,
            description="Names that the enterprise itself gives its products.",
        ),
    ] = ()
    product_details: Annotated[
        tuple[Product, ...],
        Meta(
            max_length=MOST_PRODUCTS,
            description="Codes, unit, price and least order of products; their names join"
            " `products`.",
        ),
    ] = ()
    cpv_codes: Annotated[tuple[CpvText, ...], Meta(min_length=1, max_length=30)]
    service_mode: ServiceMode
    coverage: Annotated[
        Coverage,
        Meta(description="Exactly one of: whole country, radius around a point, list of areas."),
    ]
    nominal_capacity_cents: AmountCents | None = None
    """A year's turnover that the offering can reach at best."""
    reliable_capacity_cents: AmountCents | None = None
    """A year's turnover that can be promised: the nominal one less a buffer for the workers."""
    lead_time_days: Annotated[int, Meta(ge=0, le=730)] | None = None
    minimum_order_cents: AmountCents | None = None


class MarkIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """A quality mark (keurmerk) as the enterprise claims it. A claim alone never counts."""

    scheme: Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    level: Annotated[str, Meta(min_length=1, max_length=20)] | None = None
    reference: Annotated[str, Meta(max_length=100)] | None = None
    holder_kvk_numbers: Annotated[
        tuple[KvkText, ...],
        Meta(max_length=50, description="Every holder on the certificate; empty: the enterprise."),
    ] = ()
    issued_on: date | None = None
    valid_until: Annotated[
        date | None, Meta(description="The last day on which the mark is valid.")
    ] = None


class Identifier(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """A number in a register other than the Dutch one, as in OCDS `identifier`."""

    scheme: Annotated[
        str, Meta(min_length=1, max_length=30, description="org-id.guide list, as FR-INSEE.")
    ]
    id: Annotated[str, Meta(min_length=1, max_length=50)]


class EnterpriseIn(Details, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """A social enterprise (sociale onderneming) with what it offers."""

    kvk_number: KvkText | None = None
    identifier: Identifier | None = None
    name: Title
    trade_names: TradeNames = ()
    legal_form: LegalForm | None = None
    phase: DevelopmentPhase | None = None
    mission: Prose = ""
    website: Website | None = None
    email: Email | None = None
    phone: Phone | None = None
    street: Street | None = None
    postcode: Postcode | None = None
    town: Town | None = None
    municipality: MunicipalityCode | None = None
    country: CountryCode = "NLD"
    lat: Latitude | None = None
    lon: Longitude | None = None
    target_groups: TargetGroups = ()
    target_group_share: Annotated[
        ShareBucket | None, Meta(description="Share of staff from target groups, as a bucket.")
    ] = None
    main_aim_integration: MainAim = None
    turnover_cents: AmountCents | None = None
    founded_on: date | None = None
    external_id: ExternalId | None = None
    offerings: Annotated[tuple[OfferingIn, ...], Meta(max_length=50)] = ()
    marks: Annotated[tuple[MarkIn, ...], Meta(max_length=30)] = ()


class EnterprisePatch(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", kw_only=True
):
    """Fields to change (RFC 7396): what is absent stays, `null` makes unknown."""

    kvk_number: KvkText | UnsetType | None = UNSET
    identifier: Identifier | UnsetType | None = UNSET
    name: Title | UnsetType = UNSET
    trade_names: TradeNames | UnsetType = UNSET
    legal_form: LegalForm | UnsetType | None = UNSET
    phase: DevelopmentPhase | UnsetType | None = UNSET
    mission: Prose | UnsetType = UNSET
    website: Website | UnsetType | None = UNSET
    email: Email | UnsetType | None = UNSET
    phone: Phone | UnsetType | None = UNSET
    street: Street | UnsetType | None = UNSET
    postcode: Postcode | UnsetType | None = UNSET
    town: Town | UnsetType | None = UNSET
    municipality: MunicipalityCode | UnsetType | None = UNSET
    country: CountryCode | UnsetType = UNSET
    lat: Latitude | UnsetType | None = UNSET
    lon: Longitude | UnsetType | None = UNSET
    target_groups: TargetGroups | UnsetType = UNSET
    target_group_share: ShareBucket | UnsetType | None = UNSET
    main_aim_integration: MainAim | UnsetType = UNSET
    turnover_cents: AmountCents | UnsetType | None = UNSET
    founded_on: date | UnsetType | None = UNSET
    vat_id: statement.VatId | UnsetType | None = UNSET
    establishments: statement.Establishments | UnsetType = UNSET
    sbi_activities: statement.SbiActivities | UnsetType = UNSET
    income_mix: statement.IncomeMix | UnsetType | None = UNSET
    government_share_percent: statement.Percent | UnsetType | None = UNSET
    profit_policy: statement.ProfitPolicy | UnsetType | None = UNSET
    profit_distributed_percent: statement.Percent | UnsetType | None = UNSET
    mission_in_statutes: bool | UnsetType | None = UNSET
    statutes_reference: statement.Text | UnsetType | None = UNSET
    stakeholder_dialogue_year: statement.Year | UnsetType | None = UNSET
    impact_report: statement.ImpactReport | UnsetType | None = UNSET
    size_class: statement.SizeClass | UnsetType | None = UNSET
    target_group_shares: statement.GroupShares | UnsetType = UNSET
    memberships: statement.Memberships | UnsetType = UNSET
    support_needs: statement.SupportNeeds | UnsetType = UNSET
    references: statement.ClientReferences | UnsetType = UNSET


GUARDED: Final = frozenset(
    {"name", "kvk_number", "legal_form", "main_aim_integration", "target_group_share"}
)
"""Fields that an owner proposes and a moderator approves; marks are verified one by one."""


class OfferingOut(
    OfferingIn, frozen=True, forbid_unknown_fields=False, rename="camel", kw_only=True
):
    """An offering as kept."""

    id: UUID
    version: int


class MarkOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A quality mark with its state on the day of asking."""

    id: UUID
    scheme: str
    level: str | None
    reference: str | None
    holder_kvk_numbers: tuple[str, ...]
    issued_on: date | None
    valid_until: date | None
    verified_on: date | None
    verified_reference: str | None
    revoked_on: date | None
    state: MarkState
    state_reason: Annotated[
        str | None,
        Meta(description="Why it does not count: `not-a-holder`, `kvk-unknown`, or null."),
    ]


class EnterpriseOut(
    Details, frozen=True, forbid_unknown_fields=False, rename="camel", kw_only=True
):
    """A published profile. How to reach the enterprise is told on asking only."""

    id: UUID
    version: Annotated[int, Meta(description="Counts changes; the ETag repeats it.")]
    source: str
    kvk_number: str | None
    identifier: Identifier | None
    name: str
    trade_names: tuple[str, ...]
    legal_form: LegalForm | None
    phase: DevelopmentPhase | None
    mission: str
    website: str | None
    street: str | None
    postcode: str | None
    town: str | None
    municipality: str | None
    country: str
    lat: float | None
    lon: float | None
    target_groups: tuple[TargetGroup, ...]
    target_group_share: ShareBucket | None
    share_verified_on: date | None
    main_aim_integration: bool | None
    turnover_cents: int | None
    founded_on: date | None
    claimed: Annotated[bool, Meta(description="Whether the enterprise itself keeps this profile.")]
    offerings: tuple[OfferingOut, ...]
    marks: tuple[MarkOut, ...]
    created_at: datetime
    updated_at: datetime


def as_out(row: Mapping[str, Any], today: date) -> EnterpriseOut:
    """Turn a row with its offerings and marks into what is published on a day."""
    offerings = [
        _camel(one) | {"productDetails": one["product_details"] or ()} for one in row["offerings"]
    ]
    held = [mark_out(one, row["kvk_number"], today) for one in row["marks"]]
    identifier = (
        {"scheme": row["identifier_scheme"], "id": row["identifier"]} if row["identifier"] else None
    )
    parts = {"offerings": offerings, "marks": held, "identifier": identifier}
    claimed = {"claimed": row["owner"] is not None}
    return msgspec.convert(_camel(row) | (row["details"] or {}) | parts | claimed, EnterpriseOut)


def split_patch(patch: EnterprisePatch) -> tuple[EnterprisePatch, EnterprisePatch]:
    """Part a patch into what an owner may change, and what a moderator must approve."""
    free = dict.fromkeys(GUARDED, UNSET)
    others = {name: UNSET for name in patch.__struct_fields__ if name not in GUARDED}
    return msgspec.structs.replace(patch, **free), msgspec.structs.replace(patch, **others)


def changed_fields(before: EnterpriseOut, patch: EnterprisePatch) -> list[str]:
    """Name, as in the API, the fields of a patch that differ from what stands."""
    return [
        field.encode_name
        for field in msgspec.structs.fields(EnterprisePatch)
        if (value := getattr(patch, field.name)) is not UNSET
        and value != getattr(before, field.name, None)
    ]


def mark_out(row: Mapping[str, Any], kvk_number: str | None, today: date) -> MarkOut:
    """Turn a row of a mark into what is published on a day."""
    told = _camel(row)
    held = msgspec.convert(told, QualityMark)
    stands = marks.standing(held, row["holder_kvk_numbers"], kvk_number, today)
    state = {"state": stands.state, "stateReason": stands.reason}
    return msgspec.convert(told | state, MarkOut)


def _camel(row: Mapping[str, Any]) -> dict[str, Any]:
    return dict(zip(_camel_names(tuple(row.keys())), row.values(), strict=True))


@cache
def _camel_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Give the names of columns in the API; rows come with few different sets of columns."""
    return tuple(camel_name(name) for name in names)


@cache
def camel_name(name: str) -> str:
    """Give the name in the API of a column."""
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)
