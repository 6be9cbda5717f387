"""Tables of access."""

from piccolo.columns import UUID, Array, Bytea, ForeignKey, OnDelete, Text, Timestamptz, Varchar
from piccolo.table import Table


class Organisation(Table):
    """Who keys act for: an authority, a contractor, an enterprise, or the platform itself."""

    id = UUID(primary_key=True, default=None)
    kind = Varchar(
        length=12, null=False, default=None, help_text="authority|contractor|enterprise|platform"
    )
    name = Varchar(length=200, null=False, default=None)
    kvk_number = Varchar(length=8, null=True, default=None, unique=True)
    municipalities = Array(
        base_column=Text(), null=False, default=None, help_text="GM codes an authority acts for"
    )
    created_at = Timestamptz(null=False, default=None)


class ApiKey(Table):
    """A key for a machine. Only its hash is kept; the prefix tells keys apart in lists."""

    id = UUID(primary_key=True, default=None)
    name = Varchar(length=100, null=False, default=None)
    prefix = Varchar(length=12, null=False, default=None, unique=True)
    secret_hash = Bytea(null=False, default=None, help_text="SHA-256 of 256 random bits")
    scopes = Array(base_column=Text(), null=False, default=None)
    created_at = Timestamptz(null=False, default=None)
    expires_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)
    organisation = ForeignKey(
        references=Organisation, null=True, default=None, index=True, on_delete=OnDelete.restrict
    )
    person = Varchar(
        length=50, null=True, default=None, help_text="label of who holds it; keys of one person"
    )
