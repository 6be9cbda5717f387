"""The use case of the longlist: read a run whole, and write it down."""

import asyncio
from collections.abc import Callable
from uuid import UUID

from api.accounts.service import Actor
from api.longlists.schemas import Longlist
from api.matches import queries as matches
from api.matches import service as matching
from api.tenders import service as tenders


async def document(run_id: UUID, write: Callable[[Longlist], bytes], actor: Actor) -> bytes:
    """Write the longlist of a run."""
    run = await matching.read_run(run_id, actor)
    lot = await tenders.lot(run.lot_id)
    tender = await tenders.tender(lot.tender_id)
    matched = await matches.verdicts(run_id, "matched", 0, run.matched)
    near = await matches.verdicts(run_id, "near", 0, run.near_misses)
    left_out = await matches.excluded(run_id, 0, run.excluded)
    found = Longlist(
        run,
        lot,
        tender,
        (
            *(("matched", one) for one in matched),
            *(("near", one) for one in near),
            *(("excluded", one) for one in left_out),
        ),
    )
    return await asyncio.to_thread(write, found)
