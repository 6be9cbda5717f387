"""The searches of a lot beside each other: what was asked, what differs, who was left out."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.auth import current_actor, for_buyers, needs
from api.clock import legal_day
from api.domain.directory import ServiceMode
from api.enterprises import service as enterprises
from api.exclusions import service as exclusions
from api.exclusions.schemas import ExclusionIn
from api.longlists import service as longlists
from api.longlists.schemas import LockIn, UnlockIn
from api.marks import service as marks
from api.matches import service as matches
from api.matches.schemas import MatchRequest
from api.pages.authors import author_names
from api.pages.finding import mark_names
from api.pages.forms import Form
from api.pages.rendering import id_in, page, query, see
from api.pages.tendering import run_page
from api.reference.service import reference
from api.tenders import service as tenders

Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]
READ: Final[dict[str, Any]] = {
    "include_in_schema": False,
    "guards": [needs("matches:read"), for_buyers],
}
WRITE: Final[dict[str, Any]] = READ | {"guards": [needs("matches:write"), for_buyers]}
SHOWN: Final = 20
ASK: Final = "/percelen/{lot_id:uuid}/zoekrondes"
LEAVE_OUT: Final = "/zoekrondes/{run_id:uuid}/uitsluiten/{enterprise_id:uuid}"


@get(ASK, **READ)
async def list_runs(request: Caller, lot_id: FromPath[UUID]) -> Response[Any]:
    """List the searches of a lot, with a form to ask something else."""
    return await _runs(request, lot_id, Form())


async def _runs(request: Caller, lot_id: UUID, form: Form) -> Response[Any]:
    lot = await tenders.lot(lot_id)
    cursor = request.query_params.get("cursor")
    found = await matches.runs(lot_id, cursor, SHOWN, current_actor(request))
    return page(
        request,
        "runs.html",
        status=400 if form.faults else 200,
        lot=lot,
        tender=await tenders.tender(lot.tender_id),
        found=found,
        locks=await longlists.locks(lot_id, current_actor(request)),
        form=form,
        author=await author_names(request),
        modes=tuple(ServiceMode),
        marks=await _marks(),
        mark_names=await mark_names(),
        area=(await reference()).area_name,
    )


async def _marks() -> list[tuple[str, str, str | None]]:
    """Give every mark that can be asked: what the form sends, its scheme and its level."""
    return [
        (f"{one.code}:{level or ''}", one.code, level)
        for one in await marks.schemes()
        for level in (one.levels or (None,))
    ]


@post(f"{ASK}/anders", **WRITE)
async def ask_otherwise(request: Caller, lot_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Search again with other demands; the run before it stays as it was."""
    form = await Form.of(request)
    with form.noting():
        asked = form.build(
            MatchRequest,
            requiredMarks=_required(form),
            serviceModes=form.several("modes"),
            leadTimeDays=form.whole("leadTimeDays"),
            orderValueCents=form.cents("orderValueCents"),
        )
        run = await matches.run_match(lot_id, asked, current_actor(request), now)
        return see(f"/zoekrondes/{run.id}")
    return await _runs(request, lot_id, form)


def _required(form: Form) -> list[dict[str, str | None]]:
    scheme, _, level = form.text("requiredMarks").partition(":")
    return [{"scheme": scheme, "minimumLevel": level or None}] if scheme else []


@get("/zoekrondes/{run_id:uuid}/verschil", **READ)
async def compare(request: Caller, run_id: FromPath[UUID]) -> Response[Any]:
    """Tell whose verdict changed since an earlier search of the lot, and why."""
    actor = current_actor(request)
    later = await matches.read_run(run_id, actor)
    former = await matches.read_run(id_in(request.query_params.get("sinds", "")), actor)
    return page(
        request,
        "run_difference.html",
        lot=await tenders.lot(later.lot_id),
        former=former,
        later=later,
        found=await matches.difference(former.id, later.id, actor),
        area=(await reference()).area_name,
        mark_names=await mark_names(),
    )


@get(LEAVE_OUT, **WRITE)
async def ask_exclusion(
    request: Caller, run_id: FromPath[UUID], enterprise_id: FromPath[UUID], now: Now
) -> Response[Any]:
    """Ask why an enterprise is left out of a tender."""
    return await _exclusion(request, (run_id, enterprise_id), Form(), now)


async def _exclusion(
    request: Caller, ids: tuple[UUID, UUID], form: Form, now: datetime
) -> Response[Any]:
    run = await matches.read_run(ids[0], current_actor(request))
    return page(
        request,
        "exclusion.html",
        status=400 if form.faults else 200,
        run=run,
        lot=await tenders.lot(run.lot_id),
        firm=await enterprises.read(ids[1], legal_day(now)),
        form=form,
    )


@post(LEAVE_OUT, **WRITE)
async def exclude(
    request: Caller, run_id: FromPath[UUID], enterprise_id: FromPath[UUID], now: Now
) -> Response[Any]:
    """Leave an enterprise out of a tender; the next search tells it."""
    form, actor = await Form.of(request), current_actor(request)
    with form.noting():
        given = form.build(ExclusionIn, reason=form.text("reason"))
        tender_id = await _tender_of(run_id, request)
        await exclusions.exclude(tender_id, enterprise_id, given, actor, now)
        return see(f"/zoekrondes/{run_id}" + query(gedaan="uitgesloten"))
    return await _exclusion(request, (run_id, enterprise_id), form, now)


@post("/zoekrondes/{run_id:uuid}/toelaten/{enterprise_id:uuid}", **WRITE)
async def readmit(
    request: Caller, run_id: FromPath[UUID], enterprise_id: FromPath[UUID], now: Now
) -> Response[Any]:
    """Let an enterprise take part again; earlier searches stay as they were."""
    tender_id = await _tender_of(run_id, request)
    await exclusions.readmit(tender_id, enterprise_id, current_actor(request), now)
    return see(f"/zoekrondes/{run_id}" + query(gedaan="toegelaten"))


async def _tender_of(run_id: UUID, request: Caller) -> UUID:
    run = await matches.read_run(run_id, current_actor(request))
    return (await tenders.lot(run.lot_id)).tender_id


@post("/zoekrondes/{run_id:uuid}/vastzetten", **WRITE)
async def lock(request: Caller, run_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Say that a search is the longlist of its lot."""
    form = await Form.of(request)
    with form.noting():
        given = form.build(LockIn, note=form.text("note"))
        await longlists.lock(run_id, given, current_actor(request), now)
        return see(f"/zoekrondes/{run_id}" + query(gedaan="vastgezet"))
    return await run_page(request, run_id, form, now)


@post("/zoekrondes/{run_id:uuid}/losmaken", **WRITE)
async def unlock(request: Caller, run_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Take the lock off, with the reason."""
    form = await Form.of(request)
    form.needs("because")
    with form.noting():
        given = form.build(UnlockIn, because=form.text("because"))
        await longlists.unlock(run_id, given, current_actor(request), now)
        return see(f"/zoekrondes/{run_id}" + query(gedaan="losgemaakt"))
    return await run_page(request, run_id, form, now)


HANDLERS: Final[tuple[Any, ...]] = (
    list_runs,
    ask_otherwise,
    compare,
    ask_exclusion,
    exclude,
    readmit,
    lock,
    unlock,
)
