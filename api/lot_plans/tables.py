"""Tables of lot plans. A run and its plans never change."""

from piccolo.columns import (
    JSONB,
    UUID,
    Bytea,
    ForeignKey,
    Integer,
    OnDelete,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Unique
from piccolo.table import Table

from api.tenders.tables import Tender


class LotPlanRun(Table, tablename="split_run"):
    """One search for ways to divide a tender, with everything that it saw."""

    id = UUID(primary_key=True, default=None)
    tender = ForeignKey(
        references=Tender, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    author = Varchar(length=200, null=False, default=None)
    created_at = Timestamptz(null=False, default=None)
    fingerprint = Varchar(length=64, null=False, default=None, help_text="SHA-256 of the inputs")
    question = JSONB(null=False, default=None, help_text="what was asked")
    compared = Bytea(null=False, default=None, help_text="items, firms and rules: JSON, packed")
    answer = JSONB(null=False, default=None, help_text="all but the plans")


class LotPlan(Table):
    """One way to divide the tender (perceelplan)."""

    id = UUID(primary_key=True, default=None)
    run = ForeignKey(
        references=LotPlanRun, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    rank = Integer(null=False, default=None, help_text="1: what the objective asks for")
    proposal = JSONB(null=False, default=None, help_text="plan and draft of the motive")

    lot_plan_rank = Unique([run, rank])
