"""What goes out about exposure."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta


class ExposureOut(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """How often an enterprise was shown in match runs of a period."""

    enterprise_id: UUID
    name: str
    shown: Annotated[int, Meta(description="Runs that listed it as matched or nearly so.")]
    matched: int
    near_misses: int
    among_first: Annotated[int, Meta(description="Runs that ranked it among the first ten.")]
    best_rank: int | None
