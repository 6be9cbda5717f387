"""Tables of the funnel. Waves and events are written once; a state is what its last event says."""

from piccolo.columns import (
    UUID,
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
from api.matches.tables import MatchRun
from api.tenders.tables import Lot


class Wave(Table):
    """Enterprises that an officer invited for a lot at one moment."""

    id = UUID(primary_key=True, default=None)
    lot = ForeignKey(
        references=Lot, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    run = ForeignKey(
        references=MatchRun, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    organisation = ForeignKey(
        references=Organisation, null=True, default=None, index=True, on_delete=OnDelete.restrict
    )
    number = Integer(null=False, default=None, help_text="from 1, per lot and organisation")
    sent_at = Timestamptz(null=False, default=None)
    author = Varchar(length=200, null=False, default=None)
    reply_by = Date(null=False, default=None, help_text="last day to answer, Dutch time")
    enough_interested = Integer(null=False, default=None, help_text="the stop rule")

    wave_number = Unique([lot, organisation, number], nulls_distinct=False)


class Invitation(Table):
    """An enterprise that was invited for a lot: once by an organisation, whatever runs follow."""

    id = UUID(primary_key=True, default=None)
    wave = ForeignKey(
        references=Wave, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    lot = ForeignKey(
        references=Lot, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    enterprise = ForeignKey(
        references=Enterprise, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    state = Varchar(
        length=10, null=False, default=None, help_text="invited, viewed, interested, ..."
    )

    invitation_once_per_wave = Unique([wave, enterprise])


class InvitationEvent(Table):
    """What happened to an invitation."""

    id = UUID(primary_key=True, default=None)
    invitation = ForeignKey(
        references=Invitation, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    state = Varchar(length=10, null=False, default=None)
    at = Timestamptz(null=False, default=None)
    actor = Varchar(length=200, null=False, default=None)
    reason = Text(null=True, default=None, help_text="why it declined")
