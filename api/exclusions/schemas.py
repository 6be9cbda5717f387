"""What goes in and out about exclusions."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from api.preconditions import Tag


class ExclusionIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Why a buyer leaves an enterprise out; objective, for it may have to be told (Aw art. 1.4)."""

    reason: Annotated[str, Meta(min_length=10, max_length=2_000)]


class ExclusionOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An enterprise that the buyer leaves out of a tender."""

    enterprise_id: UUID
    name: str
    reason: str
    author: str
    created_at: datetime
    etag: Tag
