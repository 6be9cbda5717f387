"""An enterprise keeps its own profile in steps."""

import re
from typing import Any

import pytest
from httpx import AsyncClient
from litestar import Litestar

from api.accounts import service as accounts
from api.clock import now
from tests.access_builders import a_person, an_organisation, signed_in
from tests.api.pages.reading import faults_of, heading, text_of
from tests.builders import a_kvk_number, an_offering, stored

pytestmark = pytest.mark.usefixtures("db")

OFFERING = {
    "title": "Binnenwerk",
    "cpvCodes": "45442100 Schilderwerk",
    "products": "wanden sausen\nplafonds",
    "serviceMode": "service",
    "coverage": "places",
    "places": "Utrecht\n's-Hertogenbosch",
    "reliableCapacityCents": "80.000",
}


async def _owner(app: Litestar, desk: AsyncClient, **changes: Any) -> tuple[AsyncClient, str]:
    """Somebody who signed in for the enterprise that owns a profile, and the profile's id."""
    number = a_kvk_number()
    organisation = await an_organisation("enterprise", kvk_number=number)
    key = await accounts.create_key(
        "owner", ["directory:write"], now=now(), organisation_id=organisation
    )
    headers = dict(desk.headers)
    desk.headers["Authorization"] = f"Bearer {key.secret}"
    profile = await stored(desk, kvkNumber=number, **changes)
    desk.headers.update(headers)
    person = await a_person("editor", "confirmer", organisation=organisation)
    return await signed_in(app, person), str(profile["id"])


async def test_the_home_page_tells_what_is_missing_and_what_it_brings(
    app: Litestar, desk: AsyncClient
) -> None:
    browser, _ = await _owner(app, desk)

    words = text_of(await browser.get("/mijn-onderneming"))

    assert "van 18" in words
    assert "Hoeveel werk u aankunt : inkopers weten of u genoeg ruimte heeft" in words


async def test_a_step_is_saved_and_leads_to_the_next(app: Litestar, desk: AsyncClient) -> None:
    browser, profile = await _owner(app, desk)
    step = await browser.get("/mijn-onderneming/profiel/plaats")
    [version] = re.findall(r'name="version" value="(\d+)"', step.text)
    sent = {"version": version, "street": "Kade 1", "postcode": "3511ab", "town": "Utrecht"}

    answer = await browser.post(
        "/mijn-onderneming/profiel/plaats", data=sent | {"municipality": "utrecht"}
    )

    assert answer.headers["Location"] == "/mijn-onderneming/profiel/aanbod?gedaan=bewaard"
    read = (await desk.get(f"/v1/enterprises/{profile}")).json()
    assert (read["postcode"], read["municipality"]) == ("3511 AB", "GM0344")
    assert read["lat"] is not None


async def test_a_faulty_step_keeps_what_was_typed(app: Litestar, desk: AsyncClient) -> None:
    browser, _ = await _owner(app, desk)
    sent = {"version": "1", "postcode": "00", "municipality": "Nergens", "town": "Utrecht"}

    page = await browser.post("/mijn-onderneming/profiel/plaats", data=sent)

    assert page.status_code == 400
    assert "municipality" in faults_of(page)
    assert 'value="Nergens"' in page.text


async def test_a_stale_step_overwrites_nothing(app: Litestar, desk: AsyncClient) -> None:
    browser, profile = await _owner(app, desk)
    sent = {"version": "1", "name": "De Kwast", "mission": "Eerst"}
    first = await browser.post("/mijn-onderneming/profiel/basis", data=sent)
    second = await browser.post(
        "/mijn-onderneming/profiel/basis", data=sent | {"mission": "Daarna"}
    )

    assert first.status_code == 303, text_of(first)
    assert second.status_code == 400
    assert "Iemand anders heeft dit net gewijzigd" in text_of(second)
    assert (await desk.get(f"/v1/enterprises/{profile}")).json()["mission"] == "Eerst"


async def test_a_new_name_waits_for_a_moderator(app: Litestar, desk: AsyncClient) -> None:
    browser, profile = await _owner(app, desk)

    answer = await browser.post(
        "/mijn-onderneming/profiel/basis", data={"version": "1", "name": "De Nieuwe Kwast"}
    )

    assert answer.headers["Location"].endswith("gedaan=wacht")
    assert (await desk.get(f"/v1/enterprises/{profile}")).json()["name"] == "De Kwast"


async def test_an_offering_is_added_changed_and_taken_away(
    app: Litestar, desk: AsyncClient
) -> None:
    browser, profile = await _owner(app, desk, offerings=[])

    added = await browser.post("/mijn-onderneming/aanbod", data=OFFERING)
    assert added.status_code == 303, text_of(added)
    [offering] = (await desk.get(f"/v1/enterprises/{profile}")).json()["offerings"]
    path = f"/mijn-onderneming/aanbod/{offering['id']}"
    form = await browser.get(path)
    changed = await browser.post(path, data=OFFERING | {"version": "1", "title": "Sauswerk"})
    gone = await browser.post(path, data={"actie": "verwijder"})

    assert offering["coverage"]["places"] == ["GM0344", "GM0796"]
    assert offering["reliableCapacityCents"] == 8_000_000
    assert "Utrecht\n&#39;s-Hertogenbosch" in form.text
    assert (changed.status_code, gone.status_code) == (303, 303)
    assert (await desk.get(f"/v1/enterprises/{profile}")).json()["offerings"] == []


async def test_what_the_form_does_not_show_stays_as_it_is(app: Litestar, desk: AsyncClient) -> None:
    coverage = {"kind": "country", "excludedMunicipalities": ["GM0363"]}
    details = [{"name": "wanden sausen", "unit": "square-metre", "priceFromCents": 900}]
    given = an_offering(coverage=coverage, productDetails=details)
    browser, profile = await _owner(app, desk, offerings=[given])
    [before] = (await desk.get(f"/v1/enterprises/{profile}")).json()["offerings"]

    shown = OFFERING | {"coverage": "country", "version": str(before["version"])}
    saved = await browser.post(f"/mijn-onderneming/aanbod/{before['id']}", data=shown)

    assert saved.status_code == 303, text_of(saved)
    [after] = (await desk.get(f"/v1/enterprises/{profile}")).json()["offerings"]
    assert after["coverage"] == before["coverage"]
    assert after["productDetails"] == before["productDetails"] != []


async def test_a_faulty_offering_names_every_fault(app: Litestar, desk: AsyncClient) -> None:
    browser, _ = await _owner(app, desk)
    sent = OFFERING | {"places": "Nergens", "reliableCapacityCents": "veel", "title": ""}

    page = await browser.post("/mijn-onderneming/aanbod", data=sent)

    assert {"places", "reliableCapacityCents", "title"} <= faults_of(page)
    assert "wanden sausen" in page.text


async def test_who_has_no_profile_can_claim_one(app: Litestar, desk: AsyncClient) -> None:
    profile = await stored(desk)
    browser = await signed_in(app, await a_person("editor", kind="enterprise"))
    assert "nog geen profiel" in text_of(await browser.get("/mijn-onderneming"))
    sent = {"onderneming": profile["id"], "proof": "Wij staan met dit nummer bij de KvK."}

    short = await browser.post("/mijn-onderneming/claim", data=sent | {"proof": "kort"})
    answer = await browser.post("/mijn-onderneming/claim", data=sent)

    assert faults_of(short) == {"proof"}
    assert answer.status_code == 303
    assert "wacht op een besluit" in text_of(await browser.get("/mijn-onderneming"))


async def test_others_have_no_profile_of_their_own(app: Litestar) -> None:
    browser = await signed_in(app, await a_person("officer"))

    page = await browser.get("/mijn-onderneming")

    assert page.status_code == 403
    assert heading(page) == "U mag deze pagina niet zien"


async def test_contact_is_told_to_who_says_why(app: Litestar, desk: AsyncClient) -> None:
    profile = await stored(desk, email="info@kwast.example")
    del desk.headers["Authorization"]
    browser = await signed_in(app, await a_person("officer"))
    path = f"/ondernemingen/{profile['id']}"

    told = await browser.post(f"{path}/contact", data={"purpose": "quotation"})

    assert "info@kwast.example" in told.text
    assert "info@kwast.example" not in (await browser.get(path)).text
    assert (await desk.post(f"{path}/contact")).status_code == 303
    assert (await browser.post(f"{path}/contact", data={"purpose": "spam"})).status_code == 400
