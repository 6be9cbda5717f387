"""Table of password resets."""

from piccolo.columns import UUID, Bytea, ForeignKey, OnDelete, Timestamptz, Varchar
from piccolo.table import Table

from api.accounts.tables import Person


class PasswordReset(Table, tablename="password_reset"):
    """A token by which somebody sets a new password, once. Only its hash is kept."""

    id = UUID(primary_key=True, default=None)
    person = ForeignKey(
        references=Person, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    token_hash = Bytea(null=False, default=None, unique=True)
    issued_by = Varchar(length=100, null=False, default=None)
    created_at = Timestamptz(null=False, default=None)
    expires_at = Timestamptz(null=False, default=None)
