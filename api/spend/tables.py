"""Tables of spend. They belong to one organisation; nobody else sees them."""

from piccolo.columns import (
    JSONB,
    UUID,
    BigInt,
    Date,
    ForeignKey,
    Integer,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Unique
from piccolo.table import Table

from api.accounts.tables import Organisation
from api.enterprises.tables import Enterprise


class SpendFile(Table):
    """A list of purchases that a buyer uploaded; the same bytes again change nothing."""

    id = UUID(primary_key=True, default=None)
    organisation = ForeignKey(
        references=Organisation, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    name = Text(null=False, default=None)
    content_hash = Varchar(length=64, null=False, default=None)
    counted = Integer(null=False, default=None)
    duplicates = Integer(null=False, default=None)
    rejected = Integer(null=False, default=None)
    faults = JSONB(null=False, default=None, help_text="the first of what was rejected, and why")
    author = Varchar(length=200, null=False, default=None)
    created_at = Timestamptz(null=False, default=None)

    spend_file_once = Unique([organisation, content_hash])


class SpendSupplier(Table):
    """Whom a buyer paid, as its books name it, and what an officer decided about it."""

    id = UUID(primary_key=True, default=None)
    organisation = ForeignKey(
        references=Organisation, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    key = Text(null=False, default=None, help_text="the KvK number, or else the folded name")
    name = Text(null=False, default=None)
    kvk_number = Varchar(length=8, null=True, default=None)
    enterprise = ForeignKey(
        references=Enterprise,
        null=True,
        default=None,
        index=True,
        on_delete=OnDelete.restrict,
        help_text="as decided; null once decided: none of them",
    )
    decided_by = Varchar(length=200, null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)

    spend_supplier_once = Unique([organisation, key])


class SpendLine(Table):
    """One purchase."""

    id = UUID(primary_key=True, default=None)
    file = ForeignKey(
        references=SpendFile, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    supplier = ForeignKey(
        references=SpendSupplier, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    row_number = Integer(null=False, default=None)
    amount_cents = BigInt(null=False, default=None, help_text="excl. VAT; below zero: credit note")
    bought_on = Date(null=False, default=None)
    cpv = Varchar(length=8, null=True, default=None)
    category = Text(null=True, default=None, help_text="as the buyer names it")
    token = Varchar(
        length=64, null=True, default=None, index=True, help_text="hash of a line with a reference"
    )
