"""Tables of the directory."""

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    Boolean,
    Date,
    DoublePrecision,
    ForeignKey,
    Integer,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.indexes import IndexMethod
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from api.accounts.tables import Organisation


class Enterprise(Table):
    """A social enterprise (sociale onderneming)."""

    id = UUID(primary_key=True, default=None)
    state = Varchar(
        length=12, null=False, default=None, index=True, help_text="published, withdrawn, merged"
    )
    successor = UUID(null=True, default=None, index=True, help_text="set when merged")
    source = Varchar(length=60, null=False, default=None, help_text="`manual`, or an import")
    external_id = Varchar(length=100, null=True, default=None)
    kvk_number = Varchar(length=8, null=True, default=None, unique=True)
    identifier_scheme = Varchar(length=30, null=True, default=None)
    identifier = Varchar(length=50, null=True, default=None)
    name = Text(null=False, default=None)
    trade_names = Array(base_column=Text(), null=False, default=None)
    legal_form = Varchar(length=20, null=True, default=None)
    phase = Varchar(length=20, null=True, default=None)
    mission = Text(null=False, default=None)
    website = Text(null=True, default=None)
    email = Text(null=True, default=None, help_text="of a role; shown on asking only")
    phone = Text(null=True, default=None, help_text="of a role, E.164; shown on asking only")
    street = Text(null=True, default=None)
    postcode = Varchar(length=10, null=True, default=None)
    town = Text(null=True, default=None)
    municipality = Varchar(length=6, null=True, default=None)
    country = Varchar(length=3, null=False, default=None)
    lat = DoublePrecision(null=True, default=None)
    lon = DoublePrecision(null=True, default=None)
    target_groups = Array(base_column=Text(), null=False, default=None)
    target_group_share = Varchar(length=5, null=True, default=None, help_text="bucket")
    share_stated_by = Varchar(length=200, null=True, default=None, help_text="for four eyes")
    share_verified_on = Date(null=True, default=None)
    main_aim_integration = Boolean(null=True, default=None)
    turnover_cents = BigInt(null=True, default=None, help_text="own turnover a year, excl. VAT")
    founded_on = Date(null=True, default=None)
    details = JSONB(null=True, default=None, help_text="the `Details` of the profile")
    owner = ForeignKey(
        references=Organisation, null=True, default=None, index=True, on_delete=OnDelete.restrict
    )
    content_hash = Varchar(length=64, null=False, default=None, help_text="of the profile as given")
    version = Integer(null=False, default=None, help_text="counts changes; the ETag")
    created_at = Timestamptz(null=False, default=None)
    updated_at = Timestamptz(null=False, default=None)

    enterprise_source_record = Unique([source, external_id])
    enterprise_turnover_not_negative = Check(turnover_cents >= 0)


class Offering(Table):
    """An offering (aanbod): the unit of matching (design decision 1)."""

    id = UUID(primary_key=True, default=None)
    enterprise = ForeignKey(
        references=Enterprise, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    position = Integer(null=False, default=None)
    title = Text(null=False, default=None)
    description = Text(null=False, default=None)
    products = Array(base_column=Text(), null=False, default=None, help_text="all their names")
    product_details = JSONB(null=True, default=None, help_text="`Product`s; names alone: null")
    cpv_codes = Array(
        base_column=Text(), null=False, default=None, index=True, index_method=IndexMethod.gin
    )
    cpv_lineage = Array(
        base_column=Text(), null=False, default=None, index=True, index_method=IndexMethod.gin
    )
    service_mode = Varchar(length=20, null=False, default=None)
    coverage = JSONB(null=False, default=None, help_text="as given: country, radius or places")
    area_full = Array(
        base_column=Text(), null=False, default=None, index=True, index_method=IndexMethod.gin
    )
    area_partial = Array(base_column=Text(), null=False, default=None)
    nominal_capacity_cents = BigInt(null=True, default=None, help_text="a year, excl. VAT")
    reliable_capacity_cents = BigInt(null=True, default=None, help_text="a year, excl. VAT")
    lead_time_days = Integer(null=True, default=None)
    minimum_order_cents = BigInt(null=True, default=None, help_text="excl. VAT")
    version = Integer(null=False, default=None)
    withdrawn_at = Timestamptz(null=True, default=None)


class Mark(Table, tablename="quality_mark"):
    """A quality mark (keurmerk) of an enterprise. Its state is derived, never stored."""

    id = UUID(primary_key=True, default=None)
    enterprise = ForeignKey(
        references=Enterprise, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    scheme = Varchar(length=60, null=False, default=None)
    level = Varchar(length=20, null=True, default=None)
    reference = Text(null=True, default=None)
    holder_kvk_numbers = Array(base_column=Text(), null=False, default=None)
    issued_on = Date(null=True, default=None)
    valid_until = Date(null=True, default=None, help_text="last valid day")
    verified_on = Date(null=True, default=None)
    verified_by = Varchar(length=100, null=True, default=None)
    revoked_on = Date(null=True, default=None)
    claimed_by = Varchar(length=200, null=True, default=None, help_text="for four eyes")
    verified_reference = Text(null=True, default=None, help_text="what was seen")
    revoked_by = Varchar(length=200, null=True, default=None)
    revoked_because = Text(null=True, default=None)


class Revision(Table, tablename="enterprise_revision"):
    """A change of a profile: applied at once, or proposed by its owner and reviewed."""

    id = UUID(primary_key=True, default=None)
    enterprise = ForeignKey(
        references=Enterprise, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    at = Timestamptz(null=False, default=None)
    actor = Varchar(length=200, null=False, default=None)
    source = Varchar(length=60, null=False, default=None, help_text="`manual`, or an import")
    fields = Array(base_column=Text(), null=False, default=None)
    patch = JSONB(null=False, default=None, help_text="an EnterprisePatch; empty for an import")
    state = Varchar(
        length=10, null=False, default=None, index=True, help_text="applied, pending, refused"
    )
    decided_at = Timestamptz(null=True, default=None)
    decided_by = Varchar(length=200, null=True, default=None)
    reason = Text(null=True, default=None)
