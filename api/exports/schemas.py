"""What goes out of the change feed."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta


class EnterpriseState(StrEnum):
    """Whether an enterprise is still in the directory."""

    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class ChangeOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An enterprise that changed, with the state that it has now. Other states are tombstones."""

    enterprise_id: UUID
    state: Annotated[
        EnterpriseState,
        Meta(description="`published`: read it again; else a tombstone: drop it."),
    ]
    successor_id: Annotated[UUID | None, Meta(description="Whom a merged one went into.")]
    version: Annotated[int, Meta(description="The version that it has now.")]
    changed_at: datetime


class ChangePage(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A stretch of the feed, in the order in which changes became final."""

    items: tuple[ChangeOut, ...]
    next_cursor: Annotated[
        str, Meta(description="Send as `cursor` next time, also when there is nothing more yet.")
    ]
    has_more: Annotated[bool, Meta(description="Whether more is waiting already.")]
