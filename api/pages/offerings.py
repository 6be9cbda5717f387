"""An offering as a form: read from what was typed, and filled with what stands."""

from typing import Any

import msgspec

from api.domain.tendering.coverage import Coverage, Places, Radius
from api.enterprises.schemas import EnterpriseOut, OfferingOut
from api.pages.forms import Form
from api.reference.service import Reference


def offering_of(
    form: Form, profile: EnterpriseOut, there: OfferingOut | None, known: Reference
) -> dict[str, Any]:
    """Read an offering as the API takes it; what the form does not show stays as it is."""
    form.needs("title", "cpvCodes", "serviceMode", "coverage")
    products = form.lines("products")
    detailed = () if there is None else there.product_details
    return {
        "title": form.text("title"),
        "description": form.text("description"),
        "products": products,
        "productDetails": msgspec.to_builtins([one for one in detailed if one.name in products]),
        "cpvCodes": [line.split()[0] for line in form.lines("cpvCodes")],
        "serviceMode": form.text("serviceMode"),
        "coverage": _coverage(form, profile, there, known),
        "nominalCapacityCents": form.cents("nominalCapacityCents"),
        "reliableCapacityCents": form.cents("reliableCapacityCents"),
        "leadTimeDays": form.whole("leadTimeDays"),
        "minimumOrderCents": form.cents("minimumOrderCents"),
    }


def _coverage(
    form: Form, profile: EnterpriseOut, there: OfferingOut | None, known: Reference
) -> dict[str, Any]:
    kind, stands = form.text("coverage"), None if there is None else there.coverage
    kept = {"excludedMunicipalities": stands.excluded_municipalities} if stands else {}
    if kind == "places":
        return kept | {"kind": kind, "places": _places(form, known)}
    if kind == "radius":
        return kept | {"kind": kind, **_circle(form, profile, stands)}
    return kept | {"kind": "country"}


def _circle(form: Form, profile: EnterpriseOut, stands: Coverage | None) -> dict[str, Any]:
    """Read a circle: around the point where it lies, a new one around the seat."""
    centre = stands if isinstance(stands, Radius) else profile
    if centre.lat is None or centre.lon is None:
        form.note("no-seat", "Fill in the place of the enterprise first.", "coverage")
    reach = form.whole("radiusKm")
    if reach is None:
        form.note("form-empty", "This can't stay empty.", "radiusKm")
    return {"lat": centre.lat, "lon": centre.lon, "radiusKm": reach}


def _places(form: Form, known: Reference) -> list[str]:
    names = form.lines("places")
    codes = [known.area_named(name) for name in names]
    if not names or None in codes:
        code = "unknown-area" if names else "form-empty"
        form.note(code, "There is no such area.", "places")
    return [code for code in codes if code is not None]


def filled(offering: OfferingOut, known: Reference) -> Form:
    """Fill the form with an offering that stands."""
    there = msgspec.to_builtins(offering)
    coverage = offering.coverage
    money = {
        name: euros(there[name])
        for name in ("nominalCapacityCents", "reliableCapacityCents", "minimumOrderCents")
    }
    reach = {"radiusKm": round(coverage.radius_km)} if isinstance(coverage, Radius) else {}
    names = (
        "\n".join(known.area_name(code) for code in coverage.places)
        if isinstance(coverage, Places)
        else None
    )
    codes = "\n".join(f"{code} {known.cpv_label(code)}" for code in offering.cpv_codes)
    shown = there | money | reach | {"places": names, "cpvCodes": codes}
    shown |= {"products": "\n".join(offering.products), "coverage": there["coverage"]["kind"]}
    return Form.filled(**shown)


def euros(cents: int | None) -> str | None:
    """Write an amount as people type it."""
    return None if cents is None else f"{cents // 100},{cents % 100:02}"
