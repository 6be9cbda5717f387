"""Tables of access."""

from piccolo.columns import (
    UUID,
    Array,
    BigInt,
    Bytea,
    ForeignKey,
    Integer,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Unique
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
        length=50,
        null=True,
        default=None,
        help_text="who holds it: a label, or the id of who made it",
    )
    last_used_at = Timestamptz(null=True, default=None, help_text="to the nearest minute or so")
    replaces = UUID(null=True, default=None, help_text="the key that it was rotated from")


class Person(Table):
    """Somebody who signs in. Names and addresses live here only; elsewhere stands the id."""

    id = UUID(primary_key=True, default=None)
    email = Varchar(length=254, null=False, default=None, unique=True, help_text="lower case")
    name = Varchar(length=120, null=False, default=None)
    password_hash = Text(null=True, default=None, help_text="Argon2id; absent: signs in elsewhere")
    totp_secret = Text(null=True, default=None, help_text="sealed (ADR 48); asked once confirmed")
    totp_confirmed_at = Timestamptz(null=True, default=None)
    totp_last_step = BigInt(null=True, default=None, help_text="a code is taken once")
    recovery_hashes = Array(base_column=Bytea(), null=False, default=None)
    created_at = Timestamptz(null=False, default=None)
    disabled_at = Timestamptz(null=True, default=None)


class Membership(Table):
    """A person in an organisation, with roles there."""

    id = UUID(primary_key=True, default=None)
    person = ForeignKey(
        references=Person, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    organisation = ForeignKey(
        references=Organisation, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    roles = Array(base_column=Text(), null=False, default=None)
    version = Integer(null=False, default=None)
    created_at = Timestamptz(null=False, default=None)
    ended_at = Timestamptz(null=True, default=None)
    membership_once = Unique([person, organisation])
