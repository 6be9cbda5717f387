"""Tables of moderation; proposed changes are revisions of the directory."""

from piccolo.columns import UUID, Boolean, ForeignKey, OnDelete, Text, Timestamptz, Varchar
from piccolo.constraints import Unique
from piccolo.table import Table

from api.accounts.tables import Organisation
from api.enterprises.tables import Enterprise


class ProfileClaim(Table, tablename="profile_claim"):
    """An organisation says that a profile is its own. The owner answers first, if there is one."""

    id = UUID(primary_key=True, default=None)
    enterprise = ForeignKey(
        references=Enterprise, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    organisation = ForeignKey(
        references=Organisation, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    proof = Text(null=False, default=None)
    reference = Text(null=True, default=None)
    claimed_by = Varchar(length=200, null=False, default=None)
    claimed_at = Timestamptz(null=False, default=None)
    former_owner = UUID(null=True, default=None, index=True, help_text="who answers first")
    owner_agrees = Boolean(null=True, default=None)
    owner_reason = Text(null=True, default=None)
    owner_answered_at = Timestamptz(null=True, default=None)
    state = Varchar(
        length=10, null=False, default=None, index=True, help_text="pending, approved, refused"
    )
    decided_by = Varchar(length=200, null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    reason = Text(null=True, default=None)


class DuplicateRefusal(Table, tablename="duplicate_refusal"):
    """Two profiles are two firms, however alike: the lower id first. Deleted when taken back."""

    id = UUID(primary_key=True, default=None)
    first_enterprise = ForeignKey(
        references=Enterprise, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    second_enterprise = ForeignKey(
        references=Enterprise, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    first_compared = Varchar(
        length=32, null=False, default=None, help_text="fingerprint of what was compared then"
    )
    second_compared = Varchar(length=32, null=False, default=None)
    reason = Text(null=False, default=None)
    refused_by = Varchar(length=200, null=False, default=None)
    refused_at = Timestamptz(null=False, default=None)
    duplicate_refusal_once = Unique([first_enterprise, second_enterprise])
