"""Tables of tenders."""

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    Boolean,
    Date,
    ForeignKey,
    Integer,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from api.accounts.tables import Organisation


class Tender(Table):
    """A procurement procedure (aanbesteding): as last published, or a draft by hand."""

    id = UUID(primary_key=True, default=None)
    source = Varchar(length=20, null=False, default=None)
    source_id = Varchar(length=200, null=False, default=None)
    notice_id = Varchar(length=200, null=True, default=None)
    title = Text(null=False, default=None)
    description = Text(null=False, default=None)
    language = Varchar(length=20, null=True, default=None)
    buyer = JSONB(null=True, default=None)
    procedure = Varchar(length=60, null=True, default=None)
    published_on = Date(null=True, default=None)
    dispatched_on = Date(null=True, default=None)
    max_lots_submitted = Integer(null=True, default=None)
    max_lots_awarded = Integer(null=True, default=None)
    estimated_value_cents = BigInt(null=True, default=None, help_text="minor units, excl. VAT")
    estimated_value_currency = Varchar(length=3, null=True, default=None)
    warnings = Array(base_column=Text(), null=False, default=None)
    content_hash = Varchar(length=64, null=False, default=None)
    organisation = ForeignKey(
        references=Organisation, null=True, default=None, index=True, on_delete=OnDelete.restrict
    )
    buyer_level = Varchar(length=12, null=True, default=None, help_text="column of thresholds")
    main_kind = Varchar(length=20, null=True, default=None, help_text="main subject, as stated")
    starts_on = Date(null=True, default=None, help_text="planned start of the contract")
    version = Integer(null=False, default=None)
    created_at = Timestamptz(null=False, default=None)
    updated_at = Timestamptz(null=False, default=None)

    tender_source_record = Unique([source, source_id])


class Lot(Table):
    """A lot (perceel). A lot that a later notice drops is cancelled, not deleted."""

    id = UUID(primary_key=True, default=None)
    tender = ForeignKey(
        references=Tender, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    source_lot_id = Varchar(length=200, null=False, default=None)
    position = Integer(null=False, default=None)
    status = Varchar(length=12, null=False, default=None, help_text="OCDS lots extension")
    title = Text(null=False, default=None)
    description = Text(null=False, default=None)
    nature = Varchar(length=10, null=True, default=None)
    cpv_main = Varchar(length=8, null=True, default=None)
    cpv_additional = Array(base_column=Text(), null=False, default=None)
    estimated_value_cents = BigInt(null=True, default=None, help_text="minor units, excl. VAT")
    estimated_value_currency = Varchar(length=3, null=True, default=None)
    framework_maximum_cents = BigInt(null=True, default=None, help_text="minor units, excl. VAT")
    framework_maximum_currency = Varchar(length=3, null=True, default=None)
    duration_days = Integer(null=True, default=None)
    starts_on = Date(null=True, default=None)
    ends_on = Date(null=True, default=None, help_text="last day, inclusive, as published")
    places = JSONB(null=False, default=None)
    areas = Array(base_column=Text(), null=False, default=None, help_text="Dutch area codes")
    deadline_at = Timestamptz(null=True, default=None)
    reservations = Array(base_column=Text(), null=False, default=None)
    reserved_execution = Varchar(length=10, null=True, default=None)
    social_objectives = Array(base_column=Text(), null=False, default=None)
    sme_suitable = Boolean(null=True, default=None)
    version = Integer(null=False, default=None)

    lot_source_lot = Unique([tender, source_lot_id])
    lot_value_not_negative = Check(estimated_value_cents >= 0)
