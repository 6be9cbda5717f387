"""Table of invitations into an organisation."""

from piccolo.columns import UUID, Array, Bytea, ForeignKey, OnDelete, Text, Timestamptz, Varchar
from piccolo.table import Table

from api.accounts.tables import Organisation


class MemberInvitation(Table, tablename="member_invitation"):
    """Somebody may join an organisation, by a token that was handed out once."""

    id = UUID(primary_key=True, default=None)
    organisation = ForeignKey(
        references=Organisation, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    email = Varchar(length=254, null=False, default=None)
    roles = Array(base_column=Text(), null=False, default=None)
    token_hash = Bytea(null=False, default=None, unique=True)
    invited_by = Varchar(length=100, null=False, default=None)
    created_at = Timestamptz(null=False, default=None)
    expires_at = Timestamptz(null=False, default=None)
    accepted_at = Timestamptz(null=True, default=None)
    withdrawn_at = Timestamptz(null=True, default=None)
