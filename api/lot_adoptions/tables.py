"""Tables of adoptions and of what was declared before them. Rows are added, never changed."""

from piccolo.columns import (
    JSONB,
    UUID,
    ForeignKey,
    Integer,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from api.lot_plans.tables import LotPlan
from api.tenders.tables import Tender


class LotDeclaration(Table):
    """What a buyer declares of displacement (verdringing) in one lot; the last one counts."""

    id = UUID(primary_key=True, default=None)
    plan = ForeignKey(
        references=LotPlan, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    lot_number = Integer(null=False, default=None)
    question_set = Varchar(length=20, null=False, default=None)
    answers = JSONB(null=False, default=None)
    outcome = JSONB(null=False, default=None, help_text="colour and signals")
    author = Varchar(length=200, null=False, default=None)
    created_at = Timestamptz(null=False, default=None)


class LotPlanAdoption(Table):
    """The decision that a plan's lots are the tender's; undone only before publication."""

    id = UUID(primary_key=True, default=None)
    plan = ForeignKey(
        references=LotPlan, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    tender = ForeignKey(
        references=Tender, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    motive = Text(null=False, default=None)
    author = Varchar(length=200, null=False, default=None)
    created_at = Timestamptz(null=False, default=None)
    undone_at = Timestamptz(null=True, default=None)
    undone_by = Varchar(length=200, null=True, default=None)
    undone_because = Text(null=True, default=None)
