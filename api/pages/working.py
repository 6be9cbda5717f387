"""Long work: what is under way or just ended, so that it can be left and found again."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from api.accounts.service import Actor, OrganisationKind
from api.auth import current_actor, for_buyers, needs, signed_in
from api.imports import service as imports
from api.match_batches import service as batches
from api.pages.rendering import page
from api.spend import service as spend
from api.tenders import service as tenders

Caller = Request[Any, Any, Any]
SHOWN: Final = 10
GOING: Final = frozenset({"queued", "running"})
BUYERS: Final = frozenset({OrganisationKind.AUTHORITY, OrganisationKind.CONTRACTOR})


class Job(msgspec.Struct, frozen=True):
    """A piece of long work, as the list shows it."""

    kind: str
    address: str
    about: str
    state: str
    begun_at: datetime
    done: int
    whole: int | None
    """How much there is to do; `None` where nobody knows before it is done."""

    @property
    def going(self) -> bool:
        """Whether it is still under way."""
        return self.state in GOING


@get("/werk-in-uitvoering", include_in_schema=False, guards=[signed_in])
async def list_work(request: Caller) -> Response[Any]:
    """List the long work of the own organisation, the last begun first."""
    actor = current_actor(request)
    found = [*await _searches(actor), *await _imports(actor), *await _spend(actor)]
    jobs = sorted(found, key=lambda one: one.begun_at, reverse=True)
    return page(request, "working.html", jobs=jobs, going=any(one.going for one in jobs))


async def _searches(actor: Actor) -> list[Job]:
    if "matches:read" not in actor.scopes or actor.kind is OrganisationKind.ENTERPRISE:
        return []
    found = await batches.batches(None, SHOWN, actor)
    return [
        Job(
            "match",
            f"/zoekopdrachten/{one.id}",
            (await tenders.tender(one.tender_id)).title,
            one.state,
            one.created_at,
            one.done,
            one.lots,
        )
        for one in found.items
    ]


async def _imports(actor: Actor) -> list[Job]:
    if "imports:write" not in actor.scopes:
        return []
    found = await imports.imports(None, SHOWN, actor)
    return [
        Job(
            "import",
            f"/importeren/{one.id}",
            one.source,
            one.state.value,
            one.created_at,
            one.rows_read,
            None,
        )
        for one in found.items
    ]


async def _spend(actor: Actor) -> list[Job]:
    if "spend:read" not in actor.scopes or actor.kind not in BUYERS:
        return []
    found = await spend.files(None, SHOWN, actor)
    return [
        Job("spend", f"/uitgaven/{one.id}", one.name, "done", one.created_at, one.counted, None)
        for one in found.items
    ]


@get(
    "/zoekopdrachten/{batch_id:uuid}",
    include_in_schema=False,
    guards=[needs("matches:read"), for_buyers],
)
async def show_batch(request: Caller, batch_id: FromPath[UUID]) -> Response[Any]:
    """Show how far the search for all lots of a tender is, with the lists made so far."""
    found = await batches.read(batch_id, current_actor(request))
    tender = await tenders.tender(found.tender_id)
    return page(
        request,
        "batch.html",
        batch=found,
        tender=tender,
        titles={lot.id: lot.title for lot in tender.lots},
        going=found.state in GOING,
    )


HANDLERS: Final[tuple[Any, ...]] = (list_work, show_batch)
