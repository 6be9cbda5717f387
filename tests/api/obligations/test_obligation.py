"""Opening and assessing obligations."""

from typing import Any

from importers.rule_books import load
from tests.api.obligations.conftest import THEN


async def test_an_obligation_is_assessed_with_its_formula_and_discount(world: Any) -> None:
    path = await world.obligation(
        80_000_000, awardedOn="2026-04-01", ownMarks=[{"scheme": "pso", "level": "2"}]
    )

    found = (await world.get("contractor", path)).json()

    assert (found["owedCents"], found["discountCents"]) == (4_000_000, 1_000_000)
    assert found["assessment"]["obligation"]["numbers"] == "0.05 * € 800,000.00"
    assert found["assessment"]["discount"]["rule"]["code"] == "own-certificate-pso-2"
    assert (found["state"], found["ledgerNumber"]) == ("open", 1)


async def test_the_day_of_publication_chooses_the_rule_book(world: Any) -> None:
    await load.load_shipped(THEN)
    path = await world.obligation(municipality="GM0518", publishedOn="2024-01-15")
    early = await world.post(
        "authority",
        "/obligations",
        {
            "contractorId": str(world.ids["contractor"]),
            "title": "Te vroeg",
            "municipality": "GM0518",
            "publishedOn": "2023-06-30",
            "startsOn": "2026-06-01",
            "dueOn": "2027-06-01",
        },
    )

    found = (await world.get("authority", path)).json()

    assert found["ruleBook"]["bookId"] == "haaglanden"
    assert found["state"] == "unknown"
    assert found["assessment"]["obligation"]["reasons"][0]["code"] == "obligation-not-in-book"
    assert (early.status_code, early.json()["code"]) == (409, "no-rule-book")


async def test_the_tender_documents_go_before_the_book(world: Any) -> None:
    terms = {"source": "Leidraad, blz. 12", "base": "wage-sum", "share": "0.02"}
    path = await world.obligation(contract={"wageSumCents": 30_000_000}, terms=terms)

    assert (await world.get("authority", path)).json()["owedCents"] == 600_000


async def test_an_assessment_that_comes_later_is_an_entry(world: Any) -> None:
    path = await world.obligation(contract={})
    unknown = (await world.get("contractor", path)).json()

    body = {"contract": {"valueCents": 2_000_000}}
    known = await world.post("authority", f"{path}/assessments", body)
    back = await world.post("authority", f"{path}/assessments", {})

    assert (unknown["state"], unknown["owedCents"], unknown["ledgerNumber"]) == ("unknown", None, 0)
    assert (known.json()["owedCents"], known.json()["ledgerNumber"]) == (100_000, 1)
    assert (back.status_code, back.json()["errors"][0]["code"]) == (400, "assessment-unknown")


async def test_an_obligation_is_fulfilled_when_nothing_remains(world: Any) -> None:
    path = await world.obligation(2_000_000)
    claim = await world.booked(path, world.purchase("F-1", 100_000))
    await world.verified(claim)

    assert (await world.get("authority", path)).json()["state"] == "fulfilled"


async def test_faults_come_all_at_once(world: Any) -> None:
    body = {"contractorId": str(world.ids["contractor"]), "dueOn": "2026-01-01"}

    answer = await world.post("authority", "/obligations", body)

    places = [one["place"] for one in answer.json()["errors"]]
    assert (answer.status_code, places) == (400, ["/title", "/startsOn"])


async def test_pages_of_obligations_hold_each_once(world: Any) -> None:
    paths = [await world.obligation() for _ in range(5)]

    seen, query = [], {"limit": 2}
    while True:
        page = (await world.get("contractor", "/obligations", **query)).json()
        seen += [f"/obligations/{one['id']}" for one in page["items"]]
        if page["nextCursor"] is None:
            break
        query = {"limit": 2, "cursor": page["nextCursor"]}

    assert seen == paths[::-1]
