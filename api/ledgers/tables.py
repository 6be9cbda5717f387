"""Tables of obligations."""

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    Date,
    ForeignKey,
    Integer,
    Numeric,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from api.accounts.tables import Organisation
from api.enterprises.tables import Enterprise
from api.rule_books.tables import RuleBookVersion
from api.tenders.tables import Lot


class Obligation(Table):
    """A social-return obligation (verplichting). Its state is derived, never stored."""

    id = UUID(primary_key=True, default=None)
    authority = ForeignKey(
        references=Organisation, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    contractor = ForeignKey(
        references=Organisation, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    lot = ForeignKey(
        references=Lot, null=True, default=None, index=True, on_delete=OnDelete.restrict
    )
    rule_book = ForeignKey(
        references=RuleBookVersion,
        null=False,
        default=None,
        index=True,
        on_delete=OnDelete.restrict,
    )
    title = Text(null=False, default=None)
    municipality = Varchar(length=6, null=True, default=None)
    region = Varchar(length=60, null=True, default=None)
    published_on = Date(null=True, default=None)
    awarded_on = Date(null=True, default=None)
    starts_on = Date(null=False, default=None)
    due_on = Date(null=False, default=None, help_text="first day after the last one to fulfil")
    basis = JSONB(null=False, default=None, help_text="what was assessed, as given")
    assessment = JSONB(null=False, default=None, help_text="the latest, with its reasons")
    owed_cents = BigInt(null=True, default=None, help_text="null: unknown")
    discount_cents = BigInt(null=False, default=None)
    ledger_number = Integer(null=False, default=None, help_text="of the last entry")
    ledger_at = Timestamptz(null=True, default=None, help_text="of the last entry")
    ledger_hash = Varchar(length=64, null=False, default=None, help_text="of the last entry")
    ledger_sums = JSONB(
        null=True, default=None, help_text="what open fulfilments add up to; null: not kept yet"
    )
    purchases = JSONB(
        null=True, default=None, help_text="cents of live purchases by supplier; null: not kept yet"
    )
    author = Varchar(length=100, null=False, default=None)
    created_at = Timestamptz(null=False, default=None)

    obligation_period = Check(starts_on < due_on)


class Claim(Table, tablename="fulfilment"):
    """A fulfilment as its entries have left it; made anew from them at any time."""

    id = UUID(primary_key=True, default=None)
    obligation = ForeignKey(
        references=Obligation, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    kind = Varchar(length=12, null=False, default=None)
    code = Varchar(length=60, null=True, default=None, help_text="block or activity")
    supplier = ForeignKey(
        references=Enterprise, null=True, default=None, index=True, on_delete=OnDelete.restrict
    )
    state = Varchar(length=10, null=False, default=None)
    number = Integer(null=False, default=None, help_text="of the entry that booked it")
    credit_cents = BigInt(null=False, default=None)
    raw_cents = BigInt(null=False, default=None)
    basis_cents = BigInt(null=False, default=None)
    off_cents = BigInt(null=False, default=None)
    credited_basis_cents = BigInt(null=False, default=None)
    disputed_cents = BigInt(null=False, default=None)
    categories = Array(base_column=Text(), null=False, default=None)
    handled_by = Array(base_column=Text(), null=False, default=None)
    token = Varchar(
        length=64, null=True, default=None, index=True, help_text="keyed hash: counted once"
    )
    whole_cents = BigInt(null=True, default=None, help_text="the whole invoice, excl. VAT")
    starts_on = Date(null=True, default=None)
    ends_on = Date(null=True, default=None, help_text="half-open")
    hours_per_week = Numeric(digits=(8, 4), null=True, default=None)
    facts = JSONB(null=False, default=None, help_text="as given, without who it is about")


class LedgerEntry(Table):
    """An entry of a ledger. Append-only: a trigger refuses change and deletion."""

    id = UUID(primary_key=True, default=None)
    obligation = ForeignKey(
        references=Obligation, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    number = Integer(null=False, default=None)
    form = Integer(null=False, default=None)
    at = Timestamptz(null=False, default=None)
    actor = Varchar(length=100, null=False, default=None)
    act = Varchar(length=10, null=False, default=None)
    claim = UUID(null=True, default=None, index=True)
    amount_cents = BigInt(null=False, default=None)
    discount_cents = BigInt(null=False, default=None)
    raw_cents = BigInt(null=False, default=None)
    basis_cents = BigInt(null=False, default=None)
    categories = Array(base_column=Text(), null=False, default=None)
    rule_book = Text(null=False, default=None)
    evidence = Text(null=False, default=None)
    reason = Text(null=False, default=None)
    details = Text(null=True, default=None, help_text="JSON; its hash stands in evidence")
    hash = Varchar(length=64, null=False, default=None)

    ledger_entry_place = Unique([obligation, number])
