"""Tables of match runs. Immutable: a row is written once and never changed."""

from piccolo.columns import (
    JSONB,
    UUID,
    ForeignKey,
    Integer,
    OnDelete,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Unique
from piccolo.table import Table

from api.enterprises.tables import Enterprise
from api.tenders.tables import Lot


class MatchRun(Table):
    """One answer to "who can do this lot?", with the fingerprint of its inputs."""

    id = UUID(primary_key=True, default=None)
    lot = ForeignKey(
        references=Lot, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    lot_version = Integer(null=False, default=None)
    created_at = Timestamptz(null=False, default=None)
    author = Varchar(length=100, null=False, default=None)
    seed = Varchar(length=64, null=False, default=None)
    fingerprint = Varchar(length=64, null=False, default=None)
    basis = JSONB(null=False, default=None, help_text="criteria, weights, rule versions, index")
    considered = Integer(null=False, default=None)
    matched = Integer(null=False, default=None)
    near_misses = Integer(null=False, default=None)
    excluded = Integer(null=False, default=None)
    outside_category = Integer(null=False, default=None)


class MatchVerdict(Table):
    """The verdict on one enterprise in a run, with its reasons."""

    id = UUID(primary_key=True, default=None)
    run = ForeignKey(
        references=MatchRun, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    enterprise = ForeignKey(
        references=Enterprise, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    offering = UUID(null=True, default=None, help_text="the offering that decided")
    outcome = Varchar(length=10, null=False, default=None, help_text="matched, near, excluded")
    rank = Integer(null=False, default=None)
    score = Integer(null=True, default=None)
    explanation = JSONB(null=False, default=None, help_text="reasons and score breakdown")

    match_verdict_per_enterprise = Unique([run, enterprise])
