"""What goes out about ledgers."""

from uuid import UUID

import msgspec

from api.domain.social_return.chain import Tampering
from api.domain.social_return.entries import Entry


class EntryOut(Entry, frozen=True, rename="camel", kw_only=True):
    """An entry with its hash and the details that the hash covers."""

    details: msgspec.Raw | None
    hash: str


class VerificationOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Whether a ledger holds; if not, the first entry at fault."""

    obligation_id: UUID
    intact: bool
    entries: int
    head: str
    tampering: Tampering | None
