"""Tables of work items, and of a buyer's own procedure policy."""

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    Boolean,
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
from api.tenders.tables import Tender


class WorkItem(Table):
    """A part of a tender that is bought as a whole (onderdeel). Money excludes VAT."""

    id = UUID(primary_key=True, default=None)
    tender = ForeignKey(
        references=Tender, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    code = Varchar(length=60, null=False, default=None, help_text="unique within the tender")
    title = Text(null=False, default=None)
    cpv = Varchar(length=8, null=True, default=None)
    kind = Varchar(length=20, null=True, default=None)
    yearly_cents = BigInt(null=True, default=None, help_text="either this or total_cents")
    total_cents = BigInt(null=True, default=None, help_text="of the whole term")
    months = Integer(null=True, default=None)
    indefinite = Boolean(null=False, default=None)
    options_cents = BigInt(null=False, default=None)
    extensions_cents = BigInt(null=False, default=None)
    areas = Array(base_column=Text(), null=False, default=None, help_text="Dutch area codes")
    stays_with = Varchar(length=60, null=True, default=None, help_text="indivisible group")
    apart = Array(base_column=Text(), null=False, default=None, help_text="codes of other items")
    reserved = Boolean(null=False, default=None, help_text="under art. 20, by the buyer's wish")
    done_now_by = Varchar(length=12, null=True, default=None)
    version = Integer(null=False, default=None)
    created_at = Timestamptz(null=False, default=None)
    updated_at = Timestamptz(null=False, default=None)

    work_item_code = Unique([tender, code])
    work_item_extras = Check((options_cents >= 0) & (extensions_cents >= 0))


class ProcedurePolicyRow(Table, tablename="procedure_policy"):
    """Which national procedures a buyer's own policy names, with its source."""

    id = UUID(primary_key=True, default=None)
    organisation = ForeignKey(
        references=Organisation,
        null=False,
        default=None,
        unique=True,
        index=True,
        on_delete=OnDelete.restrict,
    )
    policy = JSONB(null=False, default=None, help_text="a ProcedurePolicy")
    author = Varchar(length=200, null=False, default=None)
    version = Integer(null=False, default=None)
    updated_at = Timestamptz(null=False, default=None)
