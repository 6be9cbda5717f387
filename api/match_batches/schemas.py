"""What goes out about match batches."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta


class LotRun(msgspec.Struct, frozen=True, rename="camel"):
    """A lot with its run."""

    lot_id: UUID
    run_id: UUID


class MatchBatchOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The lots of a tender, being matched."""

    id: UUID
    tender_id: UUID
    state: Annotated[str, Meta(description="queued, running, done or failed.")]
    lots: Annotated[int, Meta(description="How many lots there are to match.")]
    done: Annotated[int, Meta(description="How many were matched.")]
    fault: Annotated[str | None, Meta(description="Why it failed.")]
    author: str
    created_at: datetime
    finished_at: datetime | None
    runs: Annotated[tuple[LotRun, ...], Meta(description="The runs made so far, by lot.")]
