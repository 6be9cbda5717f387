"""The tender workbench: a notice, its lots, who can do them and why, whom to invite."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.auth import current_actor, for_buyers, needs
from api.clock import legal_day
from api.directory import service as directory
from api.directory.schemas import SearchFilters, SearchQuery
from api.domain.errors import Fault, InvalidInput
from api.exclusions import service as exclusions
from api.invitations import service as invitations
from api.invitations.schemas import EventIn, WaveIn
from api.longlists import service as longlists
from api.lot_adoptions import service as adoptions
from api.lot_adoptions.schemas import AdoptionOut
from api.match_batches import service as batches
from api.matches import service as matches
from api.matches.drafts import Outcome
from api.matches.schemas import MatchRequest, MatchRunOut
from api.pages.authors import author_names
from api.pages.dividing import visible
from api.pages.forms import Form
from api.pages.rendering import id_in, page, query, see
from api.reference.service import reference
from api.tenders import service as tenders
from api.tenders.schemas import NoticeReport, TenderOut
from api.tenders.service import NoticeReaders

Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]
KINDS: Final = {"xml": "application/xml", "json": "application/json", "csv": "text/csv"}
"""What a notice is, by the end of its file's name."""
MOST_LOTS: Final = 40
"""Searches that an address may name."""
AT_ONCE: Final = 10
"""Lots that somebody waits for; more are matched as a job, whose page tells how far it is."""
SHOWN: Final = 25
OUTCOMES: Final[tuple[Outcome, ...]] = ("matched", "near", "excluded")
WAVE: Final = {"workdays": "10", "enough": "3"}
FIRMS_TO_CHOOSE: Final = 10


READ: Final[dict[str, Any]] = {
    "include_in_schema": False,
    "guards": [needs("matches:read"), for_buyers],
}
MATCH: Final[dict[str, Any]] = READ | {"guards": [needs("matches:write"), for_buyers]}
INVITE: Final[dict[str, Any]] = READ | {"guards": [needs("invitations:write"), for_buyers]}


@get("/aanbestedingen", **READ)
async def list_tenders(request: Caller) -> Response[Any]:
    """List the tenders, with a place to drop a notice."""
    return await _tenders(request, Form(), None)


@post("/aanbestedingen", include_in_schema=False, guards=[needs("tenders:write")])
async def upload(
    request: Caller, notice_readers: NamedDependency[NoticeReaders], now: Now
) -> Response[Any]:
    """Take a notice; one that holds a single tender leads straight to it."""
    form = await Form.of(request)
    report: NoticeReport | None = None
    with form.noting():
        body, media_type = await _document(form)
        actor = current_actor(request)
        report = await tenders.read_document(body, media_type, notice_readers, actor, now)
    if report is not None:
        found = {one.tender_id for one in report.notices if one.tender_id is not None}
        if len(found) == 1 and not report.rejected:
            return see(f"/aanbestedingen/{found.pop()}")
    return await _tenders(request, form, report)


async def _document(form: Form) -> tuple[bytes, str]:
    sent = next(iter(form.given.get("document", ())), None)
    body = await sent.read() if isinstance(sent, UploadFile) else b""
    if not isinstance(sent, UploadFile) or not body:
        raise InvalidInput(Fault("form-empty", "Choose a file.", "document"))
    kind = KINDS.get(sent.filename.rpartition(".")[2].lower())
    if kind is None:
        raise InvalidInput(Fault("form-file-kind", "Not an eForms, OCDS or CSV file.", "document"))
    return body, kind


async def _tenders(request: Caller, form: Form, report: NoticeReport | None) -> Response[Any]:
    found = await tenders.tenders(request.query_params.get("cursor"), SHOWN)
    status = 400 if form.faults else 200
    return page(request, "tenders.html", status=status, found=found, form=form, report=report)


@get("/aanbestedingen/{tender_id:uuid}", **READ)
async def show_tender(request: Caller, tender_id: FromPath[UUID]) -> Response[Any]:
    """Show a tender with its lots, and the searches that the address names."""
    tender = await visible(tender_id, current_actor(request))
    runs = await _runs(request, tender)
    known = await reference()
    return page(
        request,
        "tender.html",
        tender=tender,
        is_draft=tenders.is_draft(tender),
        live=await _adopted(request, tender),
        runs=runs,
        asked=query(ronde=[str(run.id) for run in runs.values()]),
        area=known.area_name,
        cpv_label=known.cpv_label,
        largest=max((_cents(lot.estimated_value) for lot in tender.lots), default=0),
    )


async def _adopted(request: Caller, tender: TenderOut) -> AdoptionOut | None:
    """Give the plan that the lots of a draft come from."""
    if not tenders.is_draft(tender):
        return None
    return await adoptions.live(tender.id, current_actor(request))


def _cents(value: Any) -> int:  # noqa: ANN401  an amount or nothing
    return 0 if value is None else int(value.amount_cents)


async def _runs(request: Caller, tender: TenderOut) -> dict[UUID, MatchRunOut]:
    lots = {lot.id for lot in tender.lots}
    named = request.query_params.getall("ronde", [])[:MOST_LOTS]
    actor = current_actor(request)
    runs = [await matches.read_run(id_in(one), actor) for one in named]
    return {run.lot_id: run for run in runs if run.lot_id in lots}


@post("/aanbestedingen/{tender_id:uuid}/zoekrondes", **MATCH)
async def match_tender(request: Caller, tender_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Search enterprises for every active lot."""
    tender = await tenders.tender(tender_id)
    lots = [lot for lot in tender.lots if lot.status == "active"]
    actor = current_actor(request)
    if len(lots) > AT_ONCE:
        batch = await batches.submit(tender_id, MatchRequest(), actor, now)
        return see(f"/zoekopdrachten/{batch.id}")
    runs = [await matches.run_match(lot.id, MatchRequest(), actor, now) for lot in lots]
    return see(f"/aanbestedingen/{tender_id}" + query(ronde=[str(run.id) for run in runs]))


@post("/percelen/{lot_id:uuid}/zoekrondes", **MATCH)
async def match_lot(request: Caller, lot_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Search enterprises for one lot."""
    run = await matches.run_match(lot_id, MatchRequest(), current_actor(request), now)
    return see(f"/zoekrondes/{run.id}")


@get("/zoekrondes/{run_id:uuid}", **READ)
async def show_run(request: Caller, run_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Show who was found for a lot, who nearly, who not, and why."""
    return await run_page(request, run_id, Form(), now)


async def run_page(request: Caller, run_id: UUID, form: Form, now: datetime) -> Response[Any]:
    """Show a search; a form that was refused comes back with what was typed."""
    actor = current_actor(request)
    form.given = Form.filled(**WAVE).given | form.given
    run = await matches.read_run(run_id, actor)
    lot = await tenders.lot(run.lot_id)
    found = {one: await matches.verdicts(run_id, one, None, SHOWN, actor) for one in OUTCOMES}
    enough = form.whole("enough") or int(WAVE["enough"])
    proposal = await invitations.propose(run.lot_id, run_id, 3, enough, actor, now)
    known = await reference()
    left_out = await exclusions.of_tender(lot.tender_id, actor)
    return page(
        request,
        "run.html",
        status=400 if form.faults else 200,
        run=run,
        lot=lot,
        tender=await tenders.tender(lot.tender_id),
        found=found,
        author=await author_names(request),
        proposal=proposal,
        exclusions=left_out,
        lock=await longlists.live_lock(lot.id, actor),
        left_out={one.enterprise_id for one in left_out},
        form=form,
        area=known.area_name,
        cpv_label=known.cpv_label,
    )


@post("/zoekrondes/{run_id:uuid}/uitnodigingen", **INVITE)
async def invite(request: Caller, run_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Record that enterprises are invited."""
    form = await Form.of(request)
    actor = current_actor(request)
    run = await matches.read_run(run_id, actor)
    with form.noting():
        wave = form.build(
            WaveIn,
            runId=run_id,
            enterpriseIds=form.several("enterpriseIds"),
            replyWithinWorkdays=form.whole("workdays"),
            enoughInterested=form.whole("enough"),
        )
        await invitations.start_wave(run.lot_id, wave, actor, now)
        return see(f"/percelen/{run.lot_id}/uitnodigingen")
    return await run_page(request, run_id, form, now)


@get("/percelen/{lot_id:uuid}/waarom", **READ)
async def why(request: Caller, lot_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Say of any one enterprise why it can, or can't, do a lot."""
    lot = await tenders.lot(lot_id)
    typed = request.query_params.get("onderneming", "").strip()
    named = request.query_params.get("id")
    firms = () if named or not typed else await _firms(typed, now)
    chosen = named or (str(firms[0].id) if len(firms) == 1 else None)
    verdict = None
    if chosen is not None:
        actor = current_actor(request)
        verdict = await matches.why((lot_id, id_in(chosen)), MatchRequest(), actor, now)
    return page(request, "why.html", lot=lot, typed=typed, firms=firms, verdict=verdict)


async def _firms(typed: str, now: datetime) -> tuple[Any, ...]:
    asked = SearchQuery(filters=SearchFilters(q=typed), limit=FIRMS_TO_CHOOSE)
    return (await directory.search(asked, legal_day(now))).items


@get("/percelen/{lot_id:uuid}/uitnodigingen", **READ)
async def show_funnel(request: Caller, lot_id: FromPath[UUID]) -> Response[Any]:
    """Show where every invitation for a lot stands."""
    return await _funnel(request, lot_id, Form())


async def _funnel(request: Caller, lot_id: UUID, form: Form) -> Response[Any]:
    lot = await tenders.lot(lot_id)
    funnel = await invitations.funnel(lot_id, current_actor(request))
    status = 400 if form.faults else 200
    return page(request, "funnel.html", status=status, lot=lot, funnel=funnel, form=form)


@post("/percelen/{lot_id:uuid}/uitnodigingen/{invitation_id:uuid}", **INVITE)
async def answer(
    request: Caller, lot_id: FromPath[UUID], invitation_id: FromPath[UUID], now: Now
) -> Response[Any]:
    """Record what an enterprise answered."""
    form = await Form.of(request)
    with form.noting():
        event = form.build(EventIn, state=form.word("state"), reason=form.word("reason"))
        await invitations.add_event(invitation_id, event, current_actor(request), now)
        return see(f"/percelen/{lot_id}/uitnodigingen")
    return await _funnel(request, lot_id, form)
