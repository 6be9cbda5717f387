"""Table of sessions."""

from piccolo.columns import UUID, Bytea, ForeignKey, OnDelete, Timestamptz
from piccolo.table import Table

from api.accounts.tables import Organisation, Person


class Session(Table, tablename="signed_in_session"):
    """Somebody who is signed in, until the row is gone or too old. Only a hash of the token."""

    id = UUID(primary_key=True, default=None)
    token_hash = Bytea(
        null=False, default=None, unique=True, help_text="SHA-256 of 256 random bits"
    )
    person = ForeignKey(
        references=Person, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    organisation = ForeignKey(
        references=Organisation,
        null=True,
        default=None,
        index=True,
        on_delete=OnDelete.restrict,
        help_text="acts for it, while a member",
    )
    created_at = Timestamptz(null=False, default=None)
    last_seen_at = Timestamptz(null=False, default=None, help_text="to the nearest minute or so")
    expires_at = Timestamptz(null=False, default=None)
