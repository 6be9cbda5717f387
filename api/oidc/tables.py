"""Tables of signing in elsewhere."""

from piccolo.columns import UUID, Bytea, ForeignKey, OnDelete, Text, Timestamptz, Varchar
from piccolo.constraints import Unique
from piccolo.table import Table

from api.accounts.tables import Person


class ExternalIdentity(Table, tablename="external_identity"):
    """Who somebody is for an identity provider: issuer and subject, never an address."""

    id = UUID(primary_key=True, default=None)
    person = ForeignKey(
        references=Person, null=False, default=None, index=True, on_delete=OnDelete.restrict
    )
    issuer = Text(null=False, default=None)
    subject = Varchar(length=255, null=False, default=None)
    created_at = Timestamptz(null=False, default=None)
    external_identity_once = Unique([issuer, subject])


class OidcFlow(Table, tablename="oidc_flow"):
    """A walk over to the provider and back; used once, within ten minutes, by one browser."""

    id = UUID(primary_key=True, default=None)
    browser_hash = Bytea(null=False, default=None, unique=True, help_text="of the cookie")
    state_hash = Bytea(null=False, default=None)
    nonce = Text(null=False, default=None)
    verifier = Text(null=False, default=None)
    person = ForeignKey(
        references=Person,
        null=True,
        default=None,
        index=True,
        on_delete=OnDelete.restrict,
        help_text="who was signed in, and links the identity to themselves",
    )
    return_to = Text(null=False, default=None)
    expires_at = Timestamptz(null=False, default=None, index=True)
