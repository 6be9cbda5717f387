"""Social return on pages: the sum before it is booked, and four eyes after it."""

from typing import Any

from httpx import AsyncClient
from litestar import Litestar

from tests.access_builders import a_person, signed_in
from tests.api.obligations.conftest import World
from tests.api.obligations.test_plans import offers, owing
from tests.api.pages.reading import faults_of, text_of


async def _sides(app: Litestar, world: World) -> tuple[AsyncClient, AsyncClient]:
    """A contractor and a coordinator in their browsers."""
    builder = await a_person("coordinator", organisation=world.ids["contractor"])
    authority = await a_person("coordinator", organisation=world.ids["authority"])
    return await signed_in(app, builder), await signed_in(app, authority)


def _purchase(world: World, **more: Any) -> dict[str, str]:
    given = {
        "supplier": "Leverancier",
        "supplierName": "Leverancier",
        "supplierId": str(world.enterprise),
        "invoiceNumber": "2026-01",
        "invoicedOn": "2026-10-01",
        "invoiceCents": "12.500,00",
    }
    return given | more


async def test_the_credit_is_computed_before_anything_is_booked(
    app: Litestar, world: World
) -> None:
    contractor, _ = await _sides(app, world)
    path = "/verplichtingen" + (await world.obligation()).removeprefix("/obligations")

    page = await contractor.post(f"{path}/inkoop", data=_purchase(world, actie="berekenen"))

    assert page.status_code == 200
    assert "1 \u00d7 \u20ac 12.500,00 = \u20ac 12.500" in text_of(page)
    assert "Er is nog niets geboekt" in text_of(await contractor.get(path))


async def test_a_submitted_purchase_is_on_the_dashboard(app: Litestar, world: World) -> None:
    contractor, _ = await _sides(app, world)
    path = "/verplichtingen" + (await world.obligation()).removeprefix("/obligations")

    answer = await contractor.post(f"{path}/inkoop", data=_purchase(world, actie="indienen"))
    assert answer.status_code == 303, text_of(answer)
    words = text_of(await contractor.get(answer.headers["Location"]))

    assert "Het is ingediend." in words
    assert "Ingediend: \u20ac 12.500" in words


async def test_a_faulty_form_is_shown_again_with_all_that_is_wrong(
    app: Litestar, world: World
) -> None:
    contractor, _ = await _sides(app, world)
    path = "/verplichtingen" + (await world.obligation()).removeprefix("/obligations")
    sent = _purchase(world, invoiceCents="veel", invoicedOn="31-31-2026", actie="indienen")

    page = await contractor.post(f"{path}/inkoop", data=sent)

    assert page.status_code == 400
    assert faults_of(page) == {"invoiceCents", "invoicedOn"}
    assert 'value="veel"' in page.text
    assert 'value="2026-01"' in page.text


async def test_a_placement_holds_no_personal_number(app: Litestar, world: World) -> None:
    contractor, _ = await _sides(app, world)
    path = "/verplichtingen" + (await world.obligation()).removeprefix("/obligations")
    sent = {
        "block": "wajong",
        "issuer": "wsp-testland",
        "reference": "123456782",
        "startedOn": "2026-06-01",
        "fromDay": "2026-06-01",
        "untilDay": "2026-12-01",
        "hoursPerWeek": "24",
        "actie": "indienen",
    }

    page = await contractor.post(f"{path}/plaatsing", data=sent)

    assert page.status_code == 400
    assert "BSN" in text_of(page)


async def test_who_confirmed_does_not_decide(app: Litestar, world: World) -> None:
    contractor, authority = await _sides(app, world)
    colleague = await a_person("coordinator", organisation=world.ids["authority"])
    second = await signed_in(app, colleague)
    opened = await world.obligation()
    claim = await world.booked(opened, world.placement())
    path = claim.replace("/obligations", "/verplichtingen").replace("fulfilments", "boekingen")

    confirmed = await authority.post(f"{path}/bevestiging", data={})
    assert confirmed.status_code == 303, text_of(confirmed)
    same = await authority.post(f"{path}/besluit", data={"decision": "verify", "reason": ""})
    other = await second.post(f"{path}/besluit", data={"decision": "verify", "reason": ""})

    assert same.status_code == 400
    assert "Een collega moet besluiten" in text_of(same)
    assert other.status_code == 303
    assert "Goedgekeurd" in text_of(await contractor.get(path))


async def test_the_queue_counts_what_waits(app: Litestar, world: World) -> None:
    _, authority = await _sides(app, world)
    await world.booked(await world.obligation(), world.placement())

    words = text_of(await authority.get("/werkvoorraad?wacht=authority-confirmation"))

    assert "Wacht op bevestiging (1)" in words
    assert "Plaatsing" in words


async def test_another_organisation_sees_nothing(app: Litestar, world: World) -> None:
    stranger = await signed_in(app, await a_person("coordinator", kind="contractor"))
    path = "/verplichtingen" + (await world.obligation()).removeprefix("/obligations")

    assert (await stranger.get(path)).status_code == 404
    assert (await stranger.get(f"{path}/inkoop")).status_code == 404


async def test_a_plan_is_made_shown_and_taken_over(app: Litestar, world: World) -> None:
    contractor, _ = await _sides(app, world)
    path = "/verplichtingen" + (await owing(world, 60_000_000)).removeprefix("/obligations")
    await offers(world.enterprise, 20_000_000)
    sent = {"cpv1": "77310000", "amount1": "30.000", "until": "2099-09-30"}

    made = await contractor.post(f"{path}/plannen", data=sent)
    assert made.status_code == 303, text_of(made)
    plan = made.headers["Location"]
    words = text_of(await contractor.get(plan))
    taken = await contractor.post(plan, data={"actie": "plannen"})

    assert "Hiermee voldoet u" in words
    assert "De Werkplaats" in words
    assert taken.status_code == 303
    assert "Gepland: \u20ac 30.000" in text_of(await contractor.get(path))


async def test_a_plan_without_a_purchase_is_refused_at_the_field(
    app: Litestar, world: World
) -> None:
    contractor, _ = await _sides(app, world)
    path = "/verplichtingen" + (await owing(world, 60_000_000)).removeprefix("/obligations")

    page = await contractor.post(f"{path}/plannen", data={"amount1": "veel"})
    nowhere = {"cpv1": "77310000", "amount1": "5.000", "place1": "Nergens"}

    assert faults_of(page) == {"cpv1"}
    assert faults_of(await contractor.post(f"{path}/plannen", data=nowhere)) == {"place1"}
