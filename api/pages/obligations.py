"""Social return: where an obligation stands, what to add, and the coordinator's queue."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.accounts import service as accounts
from api.auth import current_actor, needs
from api.clock import legal_day
from api.directory import service as directory
from api.directory.schemas import EnterpriseCard, SearchFilters, SearchQuery
from api.domain.errors import InvalidInput
from api.domain.social_return.rule_book import RuleBook
from api.fulfilments import service as fulfilments
from api.fulfilments.schemas import (
    Awaits,
    ClaimIn,
    DecisionIn,
    Filters,
    NewClaimIn,
    PreviewOut,
    ReasonIn,
)
from api.ledgers import service as ledgers
from api.obligations import service as obligations
from api.pages import charts
from api.pages.forms import Form
from api.pages.rendering import missing, page, query, see
from api.rule_books import service as rule_books

Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]
READ: Final[dict[str, Any]] = {"include_in_schema": False, "guards": [needs("obligations:read")]}
WRITE: Final[dict[str, Any]] = READ | {"guards": [needs("obligations:write")]}
SHOWN: Final = 50
SUPPLIERS: Final = 8
FORMS: Final = {"inkoop": "purchase", "plaatsing": "placement", "activiteit": "activity"}
"""What can be added, by its address."""


@get("/verplichtingen", **READ)
async def list_obligations(request: Caller, now: Now) -> Response[Any]:
    """List the obligations of the own organisation, each with where it stands."""
    actor = current_actor(request)
    found = await obligations.obligations(request.query_params.get("cursor"), 20, actor)
    stands = {one.id: await ledgers.position_of(one.id, None, actor, now) for one in found.items}
    bars = {key: charts.obligation_bar(one) for key, one in stands.items()}
    return page(
        request, "obligations.html", found=found, stands=stands, bars=bars, today=legal_day(now)
    )


@get("/verplichtingen/{obligation_id:uuid}", **READ)
async def show_obligation(
    request: Caller, obligation_id: FromPath[UUID], now: Now
) -> Response[Any]:
    """Show what is owed, verified, submitted, planned and left, with caps and deadline."""
    actor = current_actor(request)
    obligation = await obligations.read(obligation_id, actor, now)
    stands = await ledgers.position_of(obligation_id, None, actor, now)
    wanted = Filters(obligation_id=obligation_id)
    booked = await fulfilments.fulfilments(wanted, None, SHOWN, actor)
    book = await rule_books.book(obligation.rule_book.id)
    contractor = await accounts.organisation(obligation.contractor_id)
    return page(
        request,
        "obligation.html",
        obligation=obligation,
        contractor=contractor,
        stands=stands,
        bar=charts.obligation_bar(stands),
        booked=booked,
        labels=_labels(book),
    )


@get("/verplichtingen/{obligation_id:uuid}/{what:str}", **WRITE)
async def ask_fulfilment(
    request: Caller, obligation_id: FromPath[UUID], what: FromPath[str], now: Now
) -> Response[Any]:
    """Ask for a purchase, placement or activity."""
    return await _asked(request, obligation_id, what, Form(), now)


@post("/verplichtingen/{obligation_id:uuid}/{what:str}", **WRITE)
async def take_fulfilment(
    request: Caller, obligation_id: FromPath[UUID], what: FromPath[str], now: Now
) -> Response[Any]:
    """Compute what a fulfilment brings; plan or submit it where that was pressed."""
    form = await Form.of(request)
    actor = current_actor(request)
    act = form.text("actie")
    suppliers = await _suppliers(form, now) if what != "plaatsing" else ()
    preview: PreviewOut | None = None
    with form.noting():
        values = {"note": form.text("note"), "fulfilment": _fulfilment(what, form)}
        claim = form.build(ClaimIn, **values)
        preview = await fulfilments.preview(obligation_id, claim, actor)
        if act in {"plannen", "indienen"}:
            wanted = form.build(NewClaimIn, **values, planned=act == "plannen")
            await fulfilments.book(obligation_id, wanted, actor, now)
            return see(f"/verplichtingen/{obligation_id}" + query(gedaan=act))
    return await _asked(
        request, obligation_id, what, form, now, preview=preview, suppliers=suppliers
    )


def _fulfilment(what: str, form: Form) -> dict[str, object]:
    made = {"inkoop": _purchase, "plaatsing": _placement, "activiteit": _activity}[what](form)
    if form.faults:
        faults, form.faults = tuple(form.faults), []
        raise InvalidInput(*faults)
    return {"kind": FORMS[what]} | {name: one for name, one in made.items() if one is not None}


def _purchase(form: Form) -> dict[str, object]:
    form.needs("supplier", "invoiceNumber", "invoicedOn", "invoiceCents")
    if form.text("supplier") and not form.text("supplierId"):
        form.note("unknown-supplier", "Choose the supplier.", "supplier")
    return {
        "supplierId": form.word("supplierId"),
        "invoiceNumber": form.text("invoiceNumber"),
        "invoicedOn": form.day("invoicedOn"),
        "invoiceCents": form.cents("invoiceCents"),
        "claimedCents": form.cents("claimedCents"),
        "labourCents": form.cents("labourCents"),
    }


def _placement(form: Form) -> dict[str, object]:
    form.needs("block", "issuer", "reference", "startedOn", "fromDay", "untilDay", "hoursPerWeek")
    return {
        "block": form.text("block"),
        "person": {"issuer": form.text("issuer"), "reference": form.text("reference")},
        "startedOn": form.day("startedOn"),
        "fromDay": form.day("fromDay"),
        "untilDay": form.day("untilDay"),
        "hoursPerWeek": (form.text("hoursPerWeek").replace(",", ".") or None),
        "wageSubsidy": form.ticked("wageSubsidy"),
        "bonuses": form.several("bonuses"),
    }


def _activity(form: Form) -> dict[str, object]:
    form.needs("activity", "happenedOn", "quantity")
    return {
        "activity": form.text("activity"),
        "happenedOn": form.day("happenedOn"),
        "quantity": (form.text("quantity").replace(",", ".") or None),
        "persons": form.whole("persons"),
        "supplierId": form.word("supplierId"),
    }


async def _suppliers(form: Form, now: datetime) -> tuple[EnterpriseCard, ...]:
    """Find whom a typed name means; a single one is taken at once."""
    typed = form.text("supplier")
    if not typed or (form.text("supplierId") and typed == form.text("supplierName")):
        return ()
    asked = SearchQuery(filters=SearchFilters(q=typed), limit=SUPPLIERS)
    found = (await directory.search(asked, legal_day(now))).items
    same = [one for one in found if one.name.casefold() == typed.casefold()]
    chosen = (same or list(found)) if len(same or found) == 1 else []
    picked = [one for one in found if str(one.id) == form.text("supplierId")] or chosen
    if picked:
        form.given = dict(form.given) | {
            "supplierId": [str(picked[0].id)],
            "supplier": [picked[0].name],
            "supplierName": [picked[0].name],
        }
        return ()
    form.given = {name: one for name, one in form.given.items() if name != "supplierId"}
    return found


async def _asked(
    request: Caller,
    obligation_id: UUID,
    what: str,
    form: Form,
    now: datetime,
    **shown: Any,  # noqa: ANN401  what was computed, for the template
) -> Response[Any]:
    if what not in FORMS:
        raise missing("page")
    actor = current_actor(request)
    obligation = await obligations.read(obligation_id, actor, now)
    book = await rule_books.book(obligation.rule_book.id)
    return page(
        request,
        "fulfilment_form.html",
        status=400 if form.faults and form.text("actie") != "berekenen" else 200,
        obligation=obligation,
        stands=await ledgers.position_of(obligation_id, None, actor, now),
        what=what,
        form=form,
        book=book,
        **({"preview": None, "suppliers": ()} | shown),
    )


@get("/verplichtingen/{obligation_id:uuid}/boekingen/{claim_id:uuid}", **READ)
async def show_fulfilment(
    request: Caller, obligation_id: FromPath[UUID], claim_id: FromPath[UUID], now: Now
) -> Response[Any]:
    """Show a fulfilment with the sum behind its credit."""
    return await _booked(request, obligation_id, claim_id, Form(), now)


async def _booked(
    request: Caller, obligation_id: UUID, claim_id: UUID, form: Form, now: datetime
) -> Response[Any]:
    actor = current_actor(request)
    found = await fulfilments.fulfilment(obligation_id, claim_id, actor)
    obligation = await obligations.read(obligation_id, actor, now)
    labels = _labels(await rule_books.book(obligation.rule_book.id))
    status = 400 if form.faults else 200
    return page(request, "fulfilment.html", status=status, one=found, form=form, labels=labels)


@post(
    "/verplichtingen/{obligation_id:uuid}/boekingen/{claim_id:uuid}/besluit",
    include_in_schema=False,
    guards=[needs("obligations:verify")],
)
async def decide(
    request: Caller, obligation_id: FromPath[UUID], claim_id: FromPath[UUID], now: Now
) -> Response[Any]:
    """Verify or reject as the authority; somebody else than who confirmed it."""
    form = await Form.of(request)
    with form.noting():
        given = form.build(DecisionIn, decision=form.word("decision"), reason=form.text("reason"))
        await fulfilments.decide(obligation_id, claim_id, given, current_actor(request), now)
        return see("/werkvoorraad" + query(gedaan=given.decision))
    return await _booked(request, obligation_id, claim_id, form, now)


@post(
    "/verplichtingen/{obligation_id:uuid}/boekingen/{claim_id:uuid}/bevestiging",
    include_in_schema=False,
    guards=[needs("obligations:confirm")],
)
async def confirm(
    request: Caller, obligation_id: FromPath[UUID], claim_id: FromPath[UUID], now: Now
) -> Response[Any]:
    """Confirm that it happened."""
    form = await Form.of(request)
    actor = current_actor(request)
    with form.noting():
        given = form.build(ReasonIn, reason=form.text("reason"))
        await fulfilments.confirm(obligation_id, claim_id, given.reason, actor, now)
        target = "/mijn-onderneming/bevestigen" if actor.kind == "enterprise" else "/werkvoorraad"
        return see(target + query(gedaan="confirm"))
    if actor.kind == "enterprise":
        raise InvalidInput(*form.faults)
    return await _booked(request, obligation_id, claim_id, form, now)


@post("/verplichtingen/{obligation_id:uuid}/boekingen/{claim_id:uuid}/intrekking", **WRITE)
async def withdraw(
    request: Caller, obligation_id: FromPath[UUID], claim_id: FromPath[UUID], now: Now
) -> Response[Any]:
    """Withdraw what is planned or submitted."""
    form = await Form.of(request)
    actor = current_actor(request)
    with form.noting():
        await fulfilments.withdraw(obligation_id, claim_id, form.text("reason"), actor, now)
        return see(f"/verplichtingen/{obligation_id}" + query(gedaan="withdraw"))
    return await _booked(request, obligation_id, claim_id, form, now)


@get("/werkvoorraad", **READ)
async def queue(request: Caller) -> Response[Any]:
    """List what waits: to be confirmed, or to be decided."""
    actor = current_actor(request)
    asked = request.query_params.get("wacht", Awaits.VERIFICATION)
    awaits = asked if asked in set(Awaits) else Awaits.VERIFICATION
    counts = {
        one: await fulfilments.fulfilments(Filters(awaits=one), None, SHOWN, actor)
        for one in Awaits
    }
    return page(request, "queue.html", awaits=awaits, counts=counts, found=counts[Awaits(awaits)])


def _labels(book: RuleBook) -> dict[str | None, str]:
    labels: dict[str | None, str] = {one.code: one.label for one in book.categories}
    return labels | {one.code: one.label for one in (*book.blocks, *book.activities)}
