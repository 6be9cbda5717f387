"""A tender by hand: what it says of itself, its pieces of work, lots by hand, publication."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.accounts.service import Actor
from api.auth import current_actor, needs
from api.domain.errors import RuleViolation
from api.domain.tendering.law import ContractKind
from api.pages.forms import Form
from api.pages.rendering import page, query, see
from api.reference.service import reference
from api.tenders import service as tenders
from api.tenders.schemas import PublicationIn, TenderIn, TenderOut
from api.work_items import service as work_items
from api.work_items.schemas import BY_HAND, DoneNowBy, TenderEstimate, WorkItemIn, WorkItemOut

Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]
WRITE: Final[dict[str, Any]] = {"include_in_schema": False, "guards": [needs("tenders:write")]}
SHOWN: Final = 20
TENDER: Final = "/aanbestedingen/{tender_id:uuid}"
KINDS: Final = tuple(ContractKind)
DOERS: Final = tuple(DoneNowBy)
FIELDS: Final = {"yearlyCents": "price", "totalCents": "price", "code": "title"}
"""Where the form asks what a work item calls otherwise."""


@get("/concepten", **WRITE)
async def list_drafts(request: Caller) -> Response[Any]:
    """List the tenders that the own organisation prepares."""
    cursor = request.query_params.get("cursor")
    found = await tenders.drafts(cursor, SHOWN, current_actor(request))
    return page(request, "drafts.html", found=found)


@get("/concepten/nieuw", **WRITE)
async def ask_draft(request: Caller) -> Response[Any]:
    """Ask what a new tender is about."""
    return page(request, "draft_form.html", tender=None, form=Form(), kinds=KINDS)


@post("/concepten/nieuw", **WRITE)
async def make_draft(request: Caller, now: Now) -> Response[Any]:
    """Begin a tender; its pieces of work come next."""
    form = await Form.of(request)
    with form.noting():
        made = await tenders.create_draft(_head(form, None), current_actor(request), now)
        return see(f"/aanbestedingen/{made.id}/werk")
    return page(request, "draft_form.html", status=400, tender=None, form=form, kinds=KINDS)


def _head(form: Form, before: TenderOut | None) -> TenderIn:
    """Read what a tender says of itself; what the form does not ask stays."""
    kept = {
        "procedure": before and before.procedure,
        "maxLotsSubmitted": before and before.max_lots_submitted,
        "maxLotsAwarded": before and before.max_lots_awarded,
    }
    return form.build(
        TenderIn,
        title=form.text("title"),
        description=form.text("description"),
        mainKind=form.word("mainKind"),
        dispatchedOn=form.day("dispatchedOn"),
        startsOn=form.day("startsOn"),
        estimatedValueCents=form.cents("estimatedValueCents"),
        **kept,
    )


@get(f"{TENDER}/gegevens", **WRITE)
async def ask_head(request: Caller, tender_id: FromPath[UUID]) -> Response[Any]:
    """Show what a draft says of itself, to change it."""
    draft = await tenders.draft(tender_id, current_actor(request))
    value = draft.estimated_value
    form = Form.filled(
        title=draft.title,
        description=draft.description,
        mainKind=draft.main_kind,
        dispatchedOn=draft.dispatched_on,
        startsOn=draft.starts_on,
        estimatedValueCents=None if value is None else euros(value.amount_cents),
        version=draft.version,
    )
    return page(request, "draft_form.html", tender=draft, form=form, kinds=KINDS)


@post(f"{TENDER}/gegevens", **WRITE)
async def save_head(request: Caller, tender_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Change what a draft says of itself."""
    form, actor = await Form.of(request), current_actor(request)
    draft = await tenders.draft(tender_id, actor)
    with form.noting():
        given = _head(form, draft)
        await tenders.change_draft(tender_id, given, form.whole("version"), actor, now)
        return see(f"/aanbestedingen/{tender_id}/werk" + query(gedaan="bewaard"))
    return page(request, "draft_form.html", status=400, tender=draft, form=form, kinds=KINDS)


@get(f"{TENDER}/werk", **WRITE)
async def show_work(request: Caller, tender_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Show the pieces of work of a draft, what they lack and what they are worth."""
    return await work_page(request, tender_id, Form(), now)


async def work_page(request: Caller, tender_id: UUID, form: Form, now: datetime) -> Response[Any]:
    """Show the pieces of work; a form that was refused comes back with what was typed."""
    actor = current_actor(request)
    draft = await tenders.draft(tender_id, actor)
    items = await work_items.items(tender_id, actor)
    known = await reference()
    lots = {f"lot-{one.id}": _lot_of(one) for one in items}
    form.given = Form.filled(**lots).given | form.given
    return page(
        request,
        "work.html",
        status=400 if form.faults else 200,
        tender=draft,
        items=items,
        estimate=await _estimate(tender_id, actor, now),
        form=form,
        area=known.area_name,
        cpv_label=known.cpv_label,
    )


def _lot_of(item: WorkItemOut) -> str | None:
    """Give the number of the lot that an item was put in by hand."""
    by_hand = item.group is not None and item.group.startswith(BY_HAND)
    return str(item.group).removeprefix(BY_HAND) if by_hand else None


async def _estimate(tender_id: UUID, actor: Actor, now: datetime) -> TenderEstimate | None:
    try:
        return await work_items.estimate(tender_id, actor, now)
    except RuleViolation:
        return None


@get(f"{TENDER}/werk/nieuw", **WRITE)
async def ask_item(request: Caller, tender_id: FromPath[UUID]) -> Response[Any]:
    """Ask for a piece of work."""
    return await _item_page(request, tender_id, None, Form.filled(per="term"))


async def _item_page(
    request: Caller, tender_id: UUID, item: WorkItemOut | None, form: Form
) -> Response[Any]:
    form.rename(FIELDS)
    return page(
        request,
        "work_item.html",
        status=400 if form.faults else 200,
        tender=await tenders.draft(tender_id, current_actor(request)),
        item=item,
        form=form,
        kinds=KINDS,
        doers=DOERS,
    )


@post(f"{TENDER}/werk/nieuw", **WRITE)
async def add_item(request: Caller, tender_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Add a piece of work."""
    form, actor = await Form.of(request), current_actor(request)
    with form.noting():
        codes = {one.code for one in await work_items.items(tender_id, actor)}
        number = next(n for n in range(1, len(codes) + 2) if f"werk-{n}" not in codes)
        given = await _item(form, {"code": f"werk-{number}"})
        await work_items.add(tender_id, given, actor, now)
        return see(f"/aanbestedingen/{tender_id}/werk" + query(gedaan="bewaard"))
    return await _item_page(request, tender_id, None, form)


async def _item(form: Form, kept: dict[str, Any]) -> WorkItemIn:
    """Read a piece of work; `kept` is what the form does not ask."""
    per_year = form.text("per") == "year"
    price = form.cents("price")
    endless = form.ticked("indefinite")
    return form.build(
        WorkItemIn,
        title=form.text("title"),
        cpv=first_word(form, "cpv"),
        kind=form.word("kind"),
        yearlyCents=price if per_year else None,
        totalCents=None if per_year else price,
        months=form.whole("months"),
        indefinite=endless,
        optionsCents=form.cents("optionsCents") or 0,
        extensionsCents=form.cents("extensionsCents") or 0,
        areas=await areas_in(form, "areas"),
        reserved=form.ticked("reserved"),
        doneNowBy=form.word("doneNowBy"),
        **kept,
    )


def first_word(form: Form, name: str) -> str | None:
    """Give the code before its label, as `77310000-6 Aanleg van groen`."""
    return next(iter(form.text(name).split()), None)


async def areas_in(form: Form, name: str) -> list[str]:
    """Read the names of places, one on a line or between commas."""
    known, found = await reference(), []
    for line in form.lines(name):
        for typed in filter(None, (one.strip() for one in line.split(","))):
            area = known.area_named(typed)
            if area is None:
                form.note("unknown-area", f"There is no area {typed[:40]!r}.", name)
            else:
                found.append(area)
    return found


@get(f"{TENDER}/werk/{{item_id:uuid}}", **WRITE)
async def show_item(
    request: Caller, tender_id: FromPath[UUID], item_id: FromPath[UUID]
) -> Response[Any]:
    """Show a piece of work, to change it; what is missing is marked."""
    item = await work_items.item(tender_id, item_id, current_actor(request))
    known = await reference()
    price = item.total_cents if item.yearly_cents is None else item.yearly_cents
    form = Form.filled(
        title=item.title,
        cpv=item.cpv,
        kind=item.kind,
        price=None if price is None else euros(price),
        per="term" if item.yearly_cents is None else "year",
        months=item.months,
        indefinite="1" if item.indefinite else None,
        optionsCents=euros(item.options_cents) if item.options_cents else None,
        extensionsCents=euros(item.extensions_cents) if item.extensions_cents else None,
        areas="\n".join(known.area_name(code) for code in item.areas),
        reserved="1" if item.reserved else None,
        doneNowBy=item.done_now_by,
        version=item.version,
    )
    return await _item_page(request, tender_id, item, form)


@post(f"{TENDER}/werk/{{item_id:uuid}}", **WRITE)
async def save_item(
    request: Caller, tender_id: FromPath[UUID], item_id: FromPath[UUID], now: Now
) -> Response[Any]:
    """Change a piece of work."""
    form, actor, ids = await Form.of(request), current_actor(request), (tender_id, item_id)
    item = await work_items.item(tender_id, item_id, actor)
    with form.noting():
        kept = {"code": item.code, "group": item.group, "apart": item.apart}
        given = await _item(form, kept)
        await work_items.replace(ids, given, form.whole("version"), actor, now)
        return see(f"/aanbestedingen/{tender_id}/werk" + query(gedaan="bewaard"))
    return await _item_page(request, tender_id, item, form)


@post(f"{TENDER}/werk/{{item_id:uuid}}/weg", **WRITE)
async def drop_item(
    request: Caller, tender_id: FromPath[UUID], item_id: FromPath[UUID], now: Now
) -> Response[Any]:
    """Take a piece of work away."""
    await work_items.remove((tender_id, item_id), None, current_actor(request), now)
    return see(f"/aanbestedingen/{tender_id}/werk" + query(gedaan="weg"))


@post(f"{TENDER}/werk/percelen", **WRITE)
async def arrange(request: Caller, tender_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Put the pieces of work in lots by hand; plans keep to it."""
    form, actor = await Form.of(request), current_actor(request)
    with form.noting():
        items = await work_items.items(tender_id, actor)
        typed = {one.id: form.whole(f"lot-{one.id}") for one in items}
        numbers = {key: number for key, number in typed.items() if number is not None}
        if not form.faults:
            await work_items.arrange(tender_id, numbers, actor, now)
            return see(f"/aanbestedingen/{tender_id}/werk" + query(gedaan="bewaard"))
    return await work_page(request, tender_id, form, now)


@post(f"{TENDER}/publiceren", **WRITE)
async def publish(request: Caller, tender_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Say that the notice went out: from then on everybody sees the tender."""
    form, actor = await Form.of(request), current_actor(request)
    form.needs("publishedOn")
    with form.noting():
        given = form.build(PublicationIn, publishedOn=form.day("publishedOn"))
        await tenders.publish(tender_id, given, actor, now)
        return see(f"/aanbestedingen/{tender_id}" + query(gedaan="gepubliceerd"))
    return await work_page(request, tender_id, form, now)


def euros(cents: int) -> str:
    """Write an amount as it is typed: `1234,50`."""
    return f"{cents // 100},{cents % 100:02}"


HANDLERS: Final[tuple[Any, ...]] = (
    list_drafts,
    ask_draft,
    make_draft,
    ask_head,
    save_head,
    show_work,
    ask_item,
    add_item,
    show_item,
    save_item,
    drop_item,
    arrange,
    publish,
)
