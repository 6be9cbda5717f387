"""The products of an offering one by one: codes, unit, price indication, least order."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from api.auth import current_actor
from api.clock import legal_day
from api.domain.errors import Fault
from api.domain.profile.products import Product, Unit
from api.enterprises import service as enterprises
from api.enterprises.schemas import OfferingIn, OfferingOut
from api.pages.enterprise import HOME, WRITE, mine
from api.pages.forms import Form, at_field, at_row
from api.pages.offerings import euros
from api.pages.proofs import Caller, Now
from api.pages.rendering import page, query, see
from api.problems import PreconditionFailed

NAMES: Final = (
    *("name", "unit", "priceFromCents", "priceToCents"),
    *("minimumQuantity", "cpvCodes"),
)
SPARE: Final = 2
"""Empty rows to add products in."""


@get(HOME + "/aanbod/{offering_id:uuid}/producten", **WRITE)
async def show_products(request: Caller, offering_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Show the products of an offering, to change them."""
    found = await _offering(request, offering_id, now)
    form = Form.filled(version=found.version, **_columns(found))
    return _products(request, found, form)


@post(HOME + "/aanbod/{offering_id:uuid}/producten", **WRITE)
async def save_products(request: Caller, offering_id: FromPath[UUID], now: Now) -> Response[Any]:
    """Replace the products; the rest of the offering stays as it is."""
    form, own, actor = await Form.of(request), await mine(request), current_actor(request)
    found = await _offering(request, offering_id, now)
    with form.noting(lambda fault: _at_row(fault, form)):
        rows = form.each(NAMES, _row)
        stated = _kept(found) | {
            "products": [row["name"] for row in rows],
            "productDetails": [row for row in rows if _is_detailed(row)],
        }
        data = form.build(OfferingIn, **stated)
        ids, version = (own, offering_id), form.whole("version")
        try:
            await enterprises.replace_offering(ids, data, version, actor, now)
            return see(f"{HOME}/profiel/aanbod" + query(gedaan="bewaard"))
        except PreconditionFailed as error:
            form.note(error.code, error.detail, "")
    return _products(request, found, form)


async def _offering(request: Caller, offering_id: UUID, now: datetime) -> OfferingOut:
    return await enterprises.offering(await mine(request), offering_id, legal_day(now))


def _products(request: Caller, found: OfferingOut, form: Form) -> Response[Any]:
    return page(
        request,
        "products.html",
        status=400 if form.faults else 200,
        offering=found,
        form=form,
        rows=[*form.rows(*NAMES), *({} for _ in range(SPARE))],
        units=tuple(Unit),
    )


def _columns(found: OfferingOut) -> dict[str, list[str]]:
    """Give what stands by field, a row per product; a product of which only the name is known."""
    detailed = {one.name: one for one in found.product_details}
    names = dict.fromkeys([*found.products, *detailed])
    stand = [detailed.get(name, Product(name=name)) for name in names]
    return {
        "name": [one.name for one in stand],
        "unit": [one.unit or "" for one in stand],
        "priceFromCents": [euros(one.price_from_cents) or "" for one in stand],
        "priceToCents": [euros(one.price_to_cents) or "" for one in stand],
        "minimumQuantity": [str(one.minimum_quantity or "") for one in stand],
        "cpvCodes": [" ".join(one.cpv_codes) for one in stand],
    }


def _row(row: Form) -> dict[str, Any]:
    row.needs("name")
    return {
        "name": row.text("name"),
        "unit": row.word("unit"),
        "priceFromCents": row.cents("priceFromCents"),
        "priceToCents": row.cents("priceToCents"),
        "minimumQuantity": row.whole("minimumQuantity"),
        "cpvCodes": row.text("cpvCodes").replace(",", " ").split(),
    }


def _is_detailed(row: Mapping[str, Any]) -> bool:
    return any(value not in (None, []) for name, value in row.items() if name != "name")


def _kept(found: OfferingOut) -> dict[str, Any]:
    """Give the offering as the API takes it."""
    there: dict[str, Any] = msgspec.to_builtins(found)
    return {
        field.encode_name: there[field.encode_name]
        for field in msgspec.structs.fields(OfferingIn)
        if field.encode_name in there
    }


def _at_row(fault: Fault, form: Form) -> Fault:
    """Point at the row of a product; those with details alone are counted in their own list."""
    if not fault.place.startswith("/"):
        return fault  # found while the row was read
    parts = [part for part in fault.place.split("/") if part]
    number = next((int(part) for part in parts if part.isdecimal()), None)
    named = at_field(fault)
    if number is None or parts[0] not in {"products", "productDetails"}:
        return msgspec.structs.replace(named, place="")
    if parts[0] == "products":
        return at_row(msgspec.structs.replace(named, place="name"), number)
    rows = form.rows(*NAMES)
    detailed = [n for n, row in enumerate(rows) if any(row[name] for name in NAMES[1:])]
    return at_row(named, detailed[number])


HANDLERS = [show_products, save_products]
