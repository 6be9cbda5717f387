"""What the own organisation spends: a list taken in, who is who, and what goes to whom."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.auth import current_actor, for_buyers, needs
from api.clock import legal_day
from api.domain.errors import Fault, InvalidInput
from api.pages import files
from api.pages.authors import author_names
from api.pages.forms import Form
from api.pages.rendering import id_in, language_of, page, query, see
from api.spend import service as spend
from api.spend.drafts import SpendReader
from api.spend.schemas import DecimalMark, DecisionIn, SpendForm, SupplierState

Caller = Request[Any, Any, Any]
Now = NamedDependency[datetime]
READ: Final[dict[str, Any]] = {
    "include_in_schema": False,
    "guards": [needs("spend:read"), for_buyers],
}
WRITE: Final[dict[str, Any]] = READ | {"guards": [needs("spend:write"), for_buyers]}
FORMS: Final = {"csv": SpendForm.CSV, "xlsx": SpendForm.XLSX}
SHOWN: Final = 20
FIRST_YEAR: Final = 2000
YEARS: Final = 5
NOBODY: Final = "geen"
"""What the form sends where a supplier is no enterprise of the directory."""


@get("/uitgaven", **READ)
async def show_spend(request: Caller, now: Now) -> Response[Any]:
    """Show what goes to social enterprises, by category, with a place for a list."""
    return await _spend(request, Form(), now)


async def _spend(request: Caller, form: Form, now: datetime) -> Response[Any]:
    actor, year = current_actor(request), _year(request, now)
    open_ones = await spend.suppliers(SupplierState.OFFERED, None, SHOWN, actor)
    this_year = legal_day(now).year
    return page(
        request,
        "spend.html",
        status=400 if form.faults else 200,
        year=year,
        years=range(this_year, this_year - YEARS, -1),
        found=await spend.analyse(date(year, 1, 1), date(year + 1, 1, 1), actor),
        sent=await spend.files(None, SHOWN, actor),
        undecided=open_ones.items,
        form=form,
        marks=tuple(DecimalMark),
    )


def _year(request: Caller, now: datetime) -> int:
    typed = request.query_params.get("jaar", "")
    this_year = legal_day(now).year
    year = int(typed) if typed.isdecimal() and len(typed) == len(str(this_year)) else this_year
    return min(max(year, FIRST_YEAR), this_year)


@post("/uitgaven", **WRITE)
async def take_in(
    request: Caller, spend_reader: NamedDependency[SpendReader], now: Now
) -> Response[Any]:
    """Take a list of purchases in; its page tells what became of every row."""
    form, actor = await Form.of(request), current_actor(request)
    with form.noting():
        name, content, kind = await _sent(form)
        mark = DecimalMark.POINT if form.text("decimal") == "point" else DecimalMark.COMMA
        made = await spend.take_in((name, content, kind, mark), spend_reader, actor, now)
        return see(f"/uitgaven/{made.id}" + query(gedaan=made.state))
    form.faults = [one if one.place == "list" else _at_list(one) for one in form.faults]
    return await _spend(request, form, now)


async def _sent(form: Form) -> tuple[str, bytes, SpendForm]:
    sent = next(iter(form.given.get("list", ())), None)
    body = await sent.read() if isinstance(sent, UploadFile) else b""
    if not isinstance(sent, UploadFile) or not body:
        raise InvalidInput(Fault("form-empty", "Choose a file.", "list"))
    kind = FORMS.get(sent.filename.rpartition(".")[2].lower())
    if kind is None:
        raise InvalidInput(Fault("form-list-kind", "Not a CSV or Excel file.", "list"))
    return sent.filename[-200:], body, kind


def _at_list(fault: Fault) -> Fault:
    """Whatever is wrong with a list is told at the field that it was chosen in."""
    return Fault(fault.code, fault.detail, "list")


@get("/uitgaven/{file_id:uuid}", **READ)
async def show_file(request: Caller, file_id: FromPath[UUID]) -> Response[Any]:
    """Tell what became of the rows of a list."""
    found = await spend.read(file_id, current_actor(request))
    return page(request, "spend_file.html", found=found, author=await author_names(request))


@post("/uitgaven/{file_id:uuid}/weg", **WRITE)
async def drop(request: Caller, file_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Take a list back."""
    await spend.drop(file_id, current_actor(request), now)
    return see("/uitgaven" + query(gedaan="weg"))


@post("/uitgaven/leveranciers/{supplier_id:uuid}", **WRITE)
async def decide(request: Caller, supplier_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Say which enterprise a supplier is, or that it is none."""
    form, actor = await Form.of(request), current_actor(request)
    chosen = form.text("enterprise")
    if chosen:
        firm = None if chosen == NOBODY else id_in(chosen)
        await spend.decide(supplier_id, DecisionIn(firm), actor, now)
        return see("/uitgaven" + query(gedaan="besloten", jaar=form.text("jaar")) + "#wie")
    form.note("form-empty", "Choose.", f"enterprise-{supplier_id}")
    return await _spend(request, form, now)


@get("/uitgaven/{year:int}/bestand/{kind:str}", **READ)
async def take_spend_along(
    request: Caller, year: FromPath[int], kind: FromPath[str]
) -> Response[bytes]:
    """Give the spend of a year by category as a file."""
    t = language_of(request)
    year = min(max(year, FIRST_YEAR), date.max.year - 1)
    found = await spend.analyse(date(year, 1, 1), date(year + 1, 1, 1), current_actor(request))
    names = ("category", "label", "all", "social", "undecided", "suppliers", "social_suppliers")
    rows = [
        (
            one.category,
            one.label,
            files.in_euros(one.spend_cents),
            files.in_euros(one.social_cents),
            files.in_euros(one.undecided_cents),
            one.suppliers,
            one.social_suppliers,
        )
        for one in found.sums
    ]
    return files.table(kind, f"uitgaven-{year}", [t(f"spend.{name}") for name in names], rows)


HANDLERS: Final[tuple[Any, ...]] = (
    show_spend,
    take_in,
    show_file,
    drop,
    decide,
    take_spend_along,
)
