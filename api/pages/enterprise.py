"""My enterprise: the profile in steps, marks, contracts that fit, what was booked, a claim."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from api.accounts.service import Actor
from api.auth import Connection, current_actor, needs
from api.clock import legal_day
from api.domain.access import OrganisationKind
from api.domain.profile.claims import WaitingFor
from api.enterprises import service as enterprises
from api.enterprises.schemas import EnterprisePatch, MarkIn, OfferingIn
from api.exposure import service as exposure
from api.fulfilments import service as fulfilments
from api.invitations import service as invitations
from api.invitations.schemas import EventIn
from api.marks import service as marks
from api.moderation import service as moderation
from api.moderation.schemas import ClaimIn, ClaimOut
from api.opportunities import service as opportunities
from api.pages import offerings, steps
from api.pages.finding import mark_names
from api.pages.forms import Form, at_cell
from api.pages.rendering import id_in, missing, page, query, see
from api.problems import AccessDenied, PreconditionFailed
from api.reference.service import reference

Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]
HOME: Final = "/mijn-onderneming"
SHOWN: Final = 20
YEAR: Final = timedelta(days=365)
SOON: Final = timedelta(days=90)


async def for_enterprises(connection: Connection, _: BaseRouteHandler) -> None:
    """Guard: only people of an enterprise have one. Stands behind the guard on the scope."""
    if connection.state.actor.kind is not OrganisationKind.ENTERPRISE:
        raise AccessDenied("Only an enterprise has a profile of its own.")


READ: Final[dict[str, Any]] = {
    "include_in_schema": False,
    "guards": [needs("matches:read"), for_enterprises],
}
WRITE: Final[dict[str, Any]] = READ | {"guards": [needs("directory:write"), for_enterprises]}


async def _own(request: Caller) -> UUID | None:
    return await moderation.own_profile(current_actor(request))


async def mine(request: Caller) -> UUID:
    """Give the profile that somebody keeps."""
    own = await _own(request)
    if own is None:
        raise missing("profile of your organisation")
    return own


@get(HOME, **READ)
async def home(request: Caller, now: Now) -> Response[Any]:
    """Show how complete the profile is, what fits, and what waits."""
    own = await _own(request)
    if own is None:
        actor = current_actor(request)
        waiting = await moderation.claims(actor, now, None, SHOWN)
        return page(request, "mine_none.html", waiting=waiting, kvk=actor.kvk_number)
    actor, today = current_actor(request), legal_day(now)
    seen = await exposure.exposure((today - YEAR, today + timedelta(days=1)), None, 1, actor)
    asked = await moderation.claims(actor, now, None, SHOWN)
    return page(
        request,
        "mine.html",
        firm=await enterprises.read(own, today),
        complete=await marks.complete(own, today),
        found=await opportunities.opportunities(own, None, SHOWN, actor, now),
        invited=await invitations.of_enterprise(own, None, SHOWN, actor),
        asking=[one for one in asked.items if _to_answer(one, own, actor)],
        shown=seen.items[0] if seen.items else None,
        may_confirm="obligations:confirm" in actor.scopes,
        mark_names=await mark_names(),
        step_of=steps.STEP_OF,
        order=steps.ORDER,
        soon=today + SOON,
    )


def _to_answer(claim: ClaimOut, own: UUID, actor: Actor) -> bool:
    """Tell whether somebody else claims the own profile, and the owner answers first."""
    others = claim.enterprise_id == own and claim.organisation_id != actor.organisation
    return others and claim.waiting_for is WaitingFor.OWNER


@get(HOME + "/profiel/{step:str}", **WRITE)
async def show_step(request: Caller, step: FromPath[str], now: Now) -> Response[Any]:
    """Show a step of the profile."""
    own = await mine(request)
    profile = await enterprises.read(own, legal_day(now))
    form = steps.stands(step, profile, await moderation.contact(own), await reference())
    if step == "keurmerken":
        form = Form.filled(**request.query_params)
    return await _step(request, step, form, now)


async def _step(request: Caller, step: str, form: Form, now: datetime) -> Response[Any]:
    if step not in steps.ORDER:
        raise missing("page")
    own, today = await mine(request), legal_day(now)
    known = await reference()
    return page(
        request,
        "step.html",
        status=400 if form.faults else 200,
        step=step,
        order=steps.ORDER,
        fields=steps.STEPS.get(step, ()),
        firm=await enterprises.read(own, today),
        complete=await marks.complete(own, today),
        schemes=await marks.schemes(),
        mark_names=await mark_names(),
        area=known.area_name,
        form=form,
        soon=today + SOON,
        rows=form.rows(*steps.REFERENCE),
    )


@post(HOME + "/profiel/{step:str}", **WRITE)
async def save_step(request: Caller, step: FromPath[str], now: Now) -> Response[Any]:
    """Save a step; what a moderator must see first waits, and is told."""
    if step not in steps.STEPS:
        raise missing("page")
    form, own, actor = await Form.of(request), await mine(request), current_actor(request)
    with form.noting(at_cell):
        read = steps.patch_of(step, form, await reference())
        patch = form.build(EnterprisePatch, **read)
        version = form.whole("version")
        try:
            changed = await enterprises.change(own, patch, version, actor, now)
        except PreconditionFailed as error:
            form.note(error.code, error.detail, "")
        else:
            waits = "wacht" if changed.review is not None else "bewaard"
            return see(_next(step) + query(gedaan=waits))
    return await _step(request, step, form, now)


def _next(step: str) -> str:
    order = steps.ORDER
    place = order.index(step) + 1
    return f"{HOME}/profiel/{order[place]}" if place < len(order) else HOME


@post(HOME + "/keurmerken", **WRITE)
async def claim_mark(request: Caller, now: Now) -> Response[Any]:
    """Name a mark; it counts once somebody else has seen the certificate."""
    form, own, actor = await Form.of(request), await mine(request), current_actor(request)
    with form.noting():
        form.needs("scheme")
        data = form.build(
            MarkIn,
            scheme=form.text("scheme"),
            level=form.word("level"),
            reference=form.word("reference"),
            holderKvkNumbers=form.lines("holderKvkNumbers"),
            issuedOn=form.day("issuedOn"),
            validUntil=form.day("validUntil"),
        )
        await marks.claim(own, data, actor, now)
        return see(f"{HOME}/profiel/keurmerken" + query(gedaan="bewaard"))
    return await _step(request, "keurmerken", form, now)


@get(HOME + "/aanbod", **WRITE)
async def ask_offering(request: Caller) -> Response[Any]:
    """Show the empty form of an offering."""
    await mine(request)
    return _offering(request, Form(), None)


@get(HOME + "/aanbod/{offering_id:uuid}", **WRITE)
async def show_offering(request: Caller, offering_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Show an offering as it stands, to change it."""
    found = await enterprises.offering(await mine(request), offering_id, legal_day(now))
    return _offering(request, offerings.filled(found, await reference()), offering_id)


def _offering(request: Caller, form: Form, offering_id: UUID | None) -> Response[Any]:
    status = 400 if form.faults else 200
    return page(request, "offering.html", status=status, form=form, offering_id=offering_id)


@post(HOME + "/aanbod", **WRITE)
async def add_offering(request: Caller, now: Now) -> Response[Any]:
    """Add an offering."""
    form, own = await Form.of(request), await mine(request)
    with form.noting():
        data = await _stated(form, own, None, now)
        await enterprises.add_offering(own, data, current_actor(request), now)
        return see(f"{HOME}/profiel/aanbod" + query(gedaan="bewaard"))
    return _offering(request, form, None)


@post(HOME + "/aanbod/{offering_id:uuid}", **WRITE)
async def save_offering(request: Caller, offering_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Replace an offering, or take it away."""
    form, own, actor = await Form.of(request), await mine(request), current_actor(request)
    ids = (own, offering_id)
    with form.noting():
        if form.text("actie") == "verwijder":
            await enterprises.withdraw_offering(ids, None, actor, now)
            return see(f"{HOME}/profiel/aanbod" + query(gedaan="weg"))
        data = await _stated(form, own, offering_id, now)
        await enterprises.replace_offering(ids, data, form.whole("version"), actor, now)
        return see(f"{HOME}/profiel/aanbod" + query(gedaan="bewaard"))
    return _offering(request, form, offering_id)


async def _stated(form: Form, own: UUID, offering_id: UUID | None, now: datetime) -> OfferingIn:
    profile = await enterprises.read(own, legal_day(now))
    there = next((one for one in profile.offerings if one.id == offering_id), None)
    stated = offerings.offering_of(form, profile, there, await reference())
    return form.build(OfferingIn, **stated)


@post(HOME + "/uitnodigingen/{invitation_id:uuid}", **WRITE)
async def answer(request: Caller, invitation_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Answer an invitation."""
    form = await Form.of(request)
    event = form.build(EventIn, state=form.word("state"), reason=form.word("reason"))
    await invitations.add_event(invitation_id, event, current_actor(request), now)
    return see(HOME + query(gedaan="antwoord"))


@get(
    HOME + "/bevestigen",
    include_in_schema=False,
    guards=[needs("obligations:confirm"), for_enterprises],
)
async def to_confirm(request: Caller) -> Response[Any]:
    """List what contractors booked on the own enterprise."""
    actor = current_actor(request)
    found = await fulfilments.to_confirm(request.query_params.get("cursor"), SHOWN, actor)
    return page(request, "confirm.html", found=found)


@get(HOME + "/claim", **WRITE)
async def ask_claim(request: Caller, now: Now) -> Response[Any]:
    """Ask why a profile is one's own."""
    return await _claim(request, Form.filled(**request.query_params), now)


@post(HOME + "/claim", **WRITE)
async def claim(request: Caller, now: Now) -> Response[Any]:
    """Claim a profile; a moderator decides."""
    form = await Form.of(request)
    with form.noting():
        wanted = id_in(form.text("onderneming"))
        data = form.build(ClaimIn, proof=form.text("proof"), reference=form.word("reference"))
        await moderation.claim(wanted, data, current_actor(request), now)
        return see(HOME + query(gedaan="claim"))
    return await _claim(request, form, now)


async def _claim(request: Caller, form: Form, now: datetime) -> Response[Any]:
    wanted = id_in(form.text("onderneming"))
    firm = await enterprises.read(wanted, legal_day(now))
    return page(request, "claim.html", status=400 if form.faults else 200, firm=firm, form=form)
