"""An enterprise tells of its products, its work, its needs, and what it can still take on."""

import re
from typing import Any

import pytest
from httpx import AsyncClient
from litestar import Litestar

from tests.api.pages.reading import faults_of, text_of
from tests.api.pages.test_access import hidden
from tests.api.pages.test_enterprise import _owner as an_owner
from tests.builders import an_offering

pytestmark = pytest.mark.usefixtures("db")
HOME = "/mijn-onderneming"


async def _profile(desk: AsyncClient, profile: str) -> Any:
    return (await desk.get(f"/v1/enterprises/{profile}")).json()


def _rows(*rows: dict[str, str]) -> dict[str, list[str]]:
    names = ("name", "unit", "priceFromCents", "priceToCents", "minimumQuantity", "cpvCodes")
    return {name: [row.get(name, "") for row in rows] for name in names}


async def test_products_get_a_unit_a_price_a_least_order_and_codes(
    app: Litestar, desk: AsyncClient
) -> None:
    given = an_offering(products=["wanden sausen"])
    browser, profile = await an_owner(app, desk, offerings=[given])
    [before] = (await _profile(desk, profile))["offerings"]
    path = f"{HOME}/aanbod/{before['id']}/producten"
    shown = await browser.get(path)
    sent = _rows(
        {"name": "wanden sausen", "unit": "square-metre", "priceFromCents": "9,50"},
        {"name": "kozijnen", "minimumQuantity": "4", "cpvCodes": "45442100 45442110"},
        {"name": "advies"},
        {},
    )

    saved = await browser.post(path, data=sent | {"version": hidden(shown, "version")})

    assert saved.status_code == 303, text_of(saved)
    [after] = (await _profile(desk, profile))["offerings"]
    assert 'value="wanden sausen"' in shown.text
    assert after["products"] == ["wanden sausen", "kozijnen", "advies"]
    first, second = after["productDetails"]
    assert (first["unit"], first["priceFromCents"]) == ("square-metre", 950)
    assert (second["minimumQuantity"], len(second["cpvCodes"])) == (4, 2)
    assert after["coverage"] == before["coverage"]
    assert after["reliableCapacityCents"] == before["reliableCapacityCents"]
    page = text_of(await browser.get(f"/ondernemingen/{profile}"))
    assert "wanden sausen vanaf €\u00a09,50 per m²" in page.replace("€ ", "€\u00a0")


async def test_a_faulty_product_is_told_at_its_own_row(app: Litestar, desk: AsyncClient) -> None:
    browser, profile = await an_owner(app, desk, offerings=[an_offering()])
    [there] = (await _profile(desk, profile))["offerings"]
    sent = _rows(
        {"name": "advies"},
        {},
        {"name": "sauzen", "priceFromCents": "12"},
        {"name": "kozijnen", "unit": "hour", "priceFromCents": "9", "priceToCents": "3"},
    )
    typed = _rows({"name": "advies"}, {"unit": "hour", "priceFromCents": "veel"})
    path = f"{HOME}/aanbod/{there['id']}/producten"

    ruled = await browser.post(path, data=sent | {"version": "1"})
    read = await browser.post(path, data=typed | {"version": "1"})
    priced = {"name": "a", "unit": "hour"}
    twice = await browser.post(path, data=_rows(priced, priced) | {"version": "1"})

    assert faults_of(ruled) == {"unit-1", "priceToCents-2"}
    assert faults_of(read) == {"name-1", "priceFromCents-1"}
    assert 'value="veel"' in read.text
    assert (await _profile(desk, profile))["offerings"] == [there]
    assert "Een product staat er twee keer" in text_of(twice)


async def test_a_stale_list_of_products_overwrites_nothing(
    app: Litestar, desk: AsyncClient
) -> None:
    browser, profile = await an_owner(app, desk, offerings=[an_offering()])
    [there] = (await _profile(desk, profile))["offerings"]
    path = f"{HOME}/aanbod/{there['id']}/producten"
    sent = _rows({"name": "eerst"}) | {"version": str(there["version"])}

    first = await browser.post(path, data=sent)
    second = await browser.post(path, data=sent | {"name": ["daarna"]})

    assert (first.status_code, second.status_code) == (303, 400)
    assert "Iemand anders" in text_of(second)


async def test_work_for_others_is_told_and_faults_stand_in_their_row(
    app: Litestar, desk: AsyncClient
) -> None:
    browser, profile = await an_owner(app, desk)
    path = f"{HOME}/profiel/ervaring"
    version = hidden(await browser.get(path), "version")
    sent = {
        "version": version,
        "client": ["Gemeente Zeist", "", "Waterschap"],
        "work": ["plantsoen", "", "oevers"],
        "year": ["2024", "", "2025"],
        "value": ["10k-49k", "", ""],
    }

    faulty = await browser.post(path, data=sent | {"year": ["2024", "", "1800"]})
    short = await browser.post(path, data=sent | {"work": ["plantsoen", "", ""]})
    saved = await browser.post(path, data=sent)
    shown = text_of(await browser.get(f"/ondernemingen/{profile}"))

    assert faults_of(faulty) == {"year-1"}
    assert faults_of(short) == {"work-1"}
    assert 'value="Waterschap"' in short.text
    assert saved.headers["Location"].startswith(f"{HOME}/profiel/keurmerken")
    assert "Gemeente Zeist: plantsoen (2024, 10.000 tot 50.000 euro)" in shown
    again = await browser.get(path)
    assert re.findall(r'id="client-\d" name="client" type="text" value="([^"]*)"', again.text) == [
        "Gemeente Zeist",
        "Waterschap",
        "",
        "",
    ]


async def test_an_impact_report_and_needs_are_told(app: Litestar, desk: AsyncClient) -> None:
    browser, profile = await an_owner(app, desk)
    path = f"{HOME}/profiel/impact"
    version = hidden(await browser.get(path), "version")
    sent = {
        "version": version,
        "url": "https://kwast.example/impact",
        "year": "2025",
        "supportNeeds": ["capital"],
        "need-capital": "voor een tweede bus",
        "need-coach": "niet aangevinkt",
    }

    half = await browser.post(path, data=sent | {"year": ""})
    wrong = await browser.post(path, data=sent | {"url": "kwast.example"})
    saved = await browser.post(path, data=sent)
    stands = await browser.get(path)
    read = await _profile(desk, profile)
    cleared = await browser.post(path, data={"version": hidden(stands, "version")})

    assert faults_of(half) == {"year"}
    assert faults_of(wrong) == {"url"}
    assert saved.status_code == 303
    assert read["impactReport"] == {"url": "https://kwast.example/impact", "year": 2025}
    assert read["supportNeeds"] == [{"kind": "capital", "text": "voor een tweede bus"}]
    assert "voor een tweede bus" in stands.text
    assert cleared.status_code == 303
    assert (await _profile(desk, profile))["impactReport"] is None


async def test_a_telephone_is_kept_and_shown_to_its_owner(app: Litestar, desk: AsyncClient) -> None:
    browser, _ = await an_owner(app, desk)
    path = f"{HOME}/profiel/basis"
    shown = await browser.get(path)
    sent = {"version": hidden(shown, "version"), "name": "De Kwast"}

    wrong = await browser.post(path, data=sent | {"phone": "12"})
    saved = await browser.post(path, data=sent | {"phone": "030 234 5678"})

    assert faults_of(wrong) == {"phone"}
    assert saved.status_code == 303, text_of(saved)
    assert "+31302345678" in (await browser.get(path)).text


async def test_room_is_taken_and_freed(app: Litestar, desk: AsyncClient) -> None:
    given = an_offering(reliableCapacityCents=10_000_000)
    browser, profile = await an_owner(app, desk, offerings=[given])
    [there] = (await _profile(desk, profile))["offerings"]
    sent = {
        "offering": there["id"],
        "amountCents": "25.000",
        "startsOn": "2099-01-01",
        "endsOn": "2099-07-01",
    }

    empty = await browser.post(f"{HOME}/ruimte", data={"offering": there["id"]})
    much = await browser.post(f"{HOME}/ruimte", data=sent | {"amountCents": "100.001"})
    back = await browser.post(f"{HOME}/ruimte", data=sent | {"endsOn": "2098-07-01"})
    taken = await browser.post(f"{HOME}/ruimte", data=sent)
    shown = await browser.get(f"{HOME}/ruimte")
    [free] = re.findall(r'action="(/mijn-onderneming/ruimte/[^"]+/vrij)"', shown.text)
    freed = await browser.post(free)

    assert faults_of(empty) == {"amountCents", "startsOn", "endsOn"}
    assert faults_of(much) == {"amountCents"}
    assert faults_of(back) == {"endsOn"}
    assert (taken.status_code, freed.status_code) == (303, 303)
    assert "van 1 januari 2099 tot en met 30 juni 2099" in text_of(shown)
    assert "Er is niets bezet" in text_of(await browser.get(f"{HOME}/ruimte"))


async def test_visibility_is_told_by_period(app: Litestar, desk: AsyncClient) -> None:
    browser, _ = await an_owner(app, desk)

    words = text_of(await browser.get(f"{HOME}/zichtbaarheid"))

    assert "In de laatste 30 dagen 90 dagen 365 dagen Getoond 0 0 0" in words


async def test_a_mark_is_named_with_its_holders(app: Litestar, desk: AsyncClient) -> None:
    browser, profile = await an_owner(app, desk)
    number = (await _profile(desk, profile))["kvkNumber"]
    sent = {"scheme": "pso", "level": "3", "holderKvkNumbers": f"{number}\n01234567"}

    renewal = await browser.get(f"{HOME}/profiel/keurmerken?scheme=pso&level=3")
    wrong = await browser.post(f"{HOME}/keurmerken", data=sent | {"holderKvkNumbers": "12"})
    made = await browser.post(f"{HOME}/keurmerken", data=sent)

    assert '<option value="pso" selected>' in renewal.text
    assert faults_of(wrong) == {"holderKvkNumbers"}
    assert made.status_code == 303, text_of(made)
    [mark] = (await _profile(desk, profile))["marks"]
    assert sorted(mark["holderKvkNumbers"]) == sorted([number, "01234567"])
