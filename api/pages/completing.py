"""What a notice does not say and a division needs: asked at the field, before a draft is made."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.accounts.service import Actor
from api.auth import current_actor, needs
from api.domain.errors import Fault, InvalidInput
from api.lot_plans import service as lot_plans
from api.lot_plans.schemas import PlanRequest
from api.pages.drafting import KINDS, areas_in, first_word
from api.pages.forms import Form
from api.pages.rendering import page, see
from api.reference.service import reference
from api.tenders import service as tenders
from api.work_items import service as work_items
from api.work_items.schemas import ProposedItem, WorkItemIn

Caller = Request[Any, Any, Any]
WRITE: Final[dict[str, Any]] = {"include_in_schema": False, "guards": [needs("tenders:write")]}
SECONDS: Final = 8
"""A person waits for it."""
FIELDS: Final = {"totalCents": "price", "yearlyCents": "price"}
PATH: Final = "/aanbestedingen/{tender_id:uuid}/verdelen"


@get(PATH, **WRITE)
async def ask_missing(request: Caller, tender_id: FromPath[UUID]) -> Response[Any]:
    """Show per lot what a division needs to know and the notice does not say."""
    return await _page(request, tender_id, Form())


async def _page(request: Caller, tender_id: UUID, form: Form) -> Response[Any]:
    known = await reference()
    return page(
        request,
        "completing.html",
        status=400 if form.faults else 200,
        tender=await tenders.tender(tender_id),
        items=await work_items.proposed(tender_id),
        form=form,
        kinds=KINDS,
        area=known.area_name,
        cpv_label=known.cpv_label,
    )


@post(PATH, **WRITE)
async def complete(
    request: Caller, tender_id: FromPath[UUID], now: NamedDependency[datetime]
) -> Response[Any]:
    """Make a draft of the notice with what was filled in, and divide it at once."""
    form, actor = await Form.of(request), current_actor(request)
    with form.noting():
        proposed = await work_items.proposed(tender_id)
        items = [await _filled(form, number, one) for number, one in enumerate(proposed)]
        if form.faults:
            return await _page(request, tender_id, form)
        draft = await _draft(tender_id, items, actor, now)
        asked = PlanRequest(deadline_seconds=SECONDS)
        run = await lot_plans.make_plans(draft, asked, actor, now)
        return see(f"/verdelingen/{run.id}")
    return await _page(request, tender_id, form)


async def _filled(form: Form, number: int, one: ProposedItem) -> WorkItemIn:
    """Fill in what was missing of a lot; every field that stays empty is noted."""
    form.needs(*(f"{name}{number}" for name in one.missing))
    given: dict[str, Any] = {}
    if "cpv" in one.missing:
        given["cpv"] = first_word(form, f"cpv{number}")
    if "kind" in one.missing:
        typed = form.text(f"kind{number}")
        given["kind"] = next((kind for kind in KINDS if kind == typed), None)
    if "price" in one.missing:
        given["total_cents"] = form.cents(f"price{number}")
    if "months" in one.missing:
        given["months"] = form.whole(f"months{number}")
    if "areas" in one.missing:
        given["areas"] = tuple(await areas_in(form, f"areas{number}"))
    return msgspec.structs.replace(one.item, **given)


async def _draft(tender_id: UUID, items: Sequence[WorkItemIn], actor: Actor, now: datetime) -> UUID:
    try:
        return (await work_items.draft_of(tender_id, items, actor, now)).id
    except InvalidInput as error:
        raise InvalidInput(*map(_at_row, error.faults)) from error


def _at_row(fault: Fault) -> Fault:
    """Point at the field of the lot that a fault is about: `/2/cpv` is `cpv2`."""
    _, row, name, *_ = (*fault.place.split("/"), "", "")
    return msgspec.structs.replace(fault, place=f"{FIELDS.get(name, name)}{row}")


HANDLERS: Final[tuple[Any, ...]] = (ask_missing, complete)
