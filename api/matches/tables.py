"""Tables of match runs. Immutable: a row is written once and never changed."""

from piccolo.columns import (
    JSON,
    JSONB,
    UUID,
    Array,
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
from api.tenders.tables import Lot, Tender


class MatchRun(Table):
    """One answer to "who can do this lot?", with the fingerprint of its inputs."""

    id = UUID(primary_key=True, default=None)
    lot = ForeignKey(
        references=Lot, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    lot_version = Integer(null=False, default=None)
    created_at = Timestamptz(null=False, default=None, index=True)
    author = Varchar(length=100, null=False, default=None)
    organisation = ForeignKey(
        references=Organisation, null=True, default=None, index=True, on_delete=OnDelete.restrict
    )
    seed = Varchar(length=64, null=False, default=None)
    fingerprint = Varchar(length=64, null=False, default=None)
    basis = JSONB(null=False, default=None, help_text="criteria, weights, rule versions, index")
    considered = Integer(null=False, default=None)
    matched = Integer(null=False, default=None)
    near_misses = Integer(null=False, default=None)
    excluded = Integer(null=False, default=None)
    outside_category = Integer(null=False, default=None)
    legend = JSON(null=False, default=None, help_text="every reason and signal, written once")
    left_out = JSON(null=False, default=None, help_text="excluded firms, by place in the legend")


class MatchVerdict(Table):
    """The verdict on one enterprise that was matched or nearly so; the run has the others."""

    id = UUID(primary_key=True, default=None)
    run = ForeignKey(
        references=MatchRun, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    enterprise = ForeignKey(
        references=Enterprise, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    offering = UUID(null=False, default=None, help_text="the offering that decided")
    outcome = Varchar(length=10, null=False, default=None, help_text="matched, near")
    rank = Integer(null=False, default=None)
    score = Integer(null=False, default=None)
    reasons = Array(base_column=Integer(), null=False, default=None, help_text="in the legend")
    signals = Array(base_column=Integer(), null=False, default=None, help_text="in the legend")
    shortfall = JSON(null=True, default=None, help_text="what a near miss lacks")

    match_verdict_per_enterprise = Unique([run, enterprise])


class BuyerExclusion(Table):
    """A buyer leaves an enterprise out of a tender, with the reason on record."""

    id = UUID(primary_key=True, default=None)
    tender = ForeignKey(
        references=Tender, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    enterprise = ForeignKey(
        references=Enterprise, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    organisation = ForeignKey(
        references=Organisation, null=True, default=None, index=True, on_delete=OnDelete.restrict
    )
    reason = Text(null=False, default=None)
    author = Varchar(length=200, null=False, default=None)
    created_at = Timestamptz(null=False, default=None)

    buyer_exclusion_per_organisation = Unique(
        [tender, enterprise, organisation], nulls_distinct=False
    )
