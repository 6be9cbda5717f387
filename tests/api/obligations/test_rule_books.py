"""Rule books over HTTP: drafts with line-precise faults, publication by a second person."""

from datetime import UTC, datetime
from typing import Any

import pytest
from asyncpg import RestrictViolationError

from api.database import fetch, transaction
from importers.rule_books import load

DRAFT = """id: parkrand
version: 2027-03
name: Parkrand
regions: [Parkrand]
sourceKind: primary
sources:
  - {id: gazette, title: Gemeenteblad, kind: primary}
fullTime: {hoursPerWeek: 38}
"""
NOW = datetime(2026, 11, 24, tzinfo=UTC)


async def written(world: Any, who: str, text: str) -> Any:
    headers = {"Authorization": f"Bearer {world.keys[who]}", "Content-Type": "application/yaml"}
    return await world.client.post("/v1/rule-books", content=text.encode(), headers=headers)


async def test_the_shipped_books_are_loaded_once(db: None) -> None:  # noqa: ARG001  depends by name
    first = await load.load_shipped(NOW)

    assert first == 8
    assert await load.load_shipped(NOW) == 0


async def test_every_fault_of_a_book_has_its_line_and_column(world: Any) -> None:
    broken = DRAFT.replace("hoursPerWeek: 38", "hoursPerWeek: -1") + "malus: {factr: 2}\n"

    answer = await written(world, "authority", broken)

    assert answer.status_code == 400
    assert [(one["code"], one["place"]) for one in answer.json()["errors"]] == [
        ("not-above-zero", "line 8, column 26"),
        ("unknown-key", "line 9, column 9"),
    ]


async def test_a_second_person_publishes_and_then_nothing_changes(world: Any) -> None:
    draft = (await written(world, "authority", DRAFT)).json()
    path = f"/rule-books/{draft['id']}"

    unseen = await world.client.get(f"/v1{path}")
    own = await world.post("authority", f"{path}/publications")
    foreign = await world.post("other_authority", f"{path}/publications")
    done = await world.post("verifier", f"{path}/publications")
    again = await written(world, "authority", DRAFT)

    assert (draft["state"], unseen.status_code) == ("draft", 404)
    assert (own.status_code, own.json()["code"]) == (409, "four-eyes")
    assert foreign.status_code == 404
    assert (done.status_code, done.json()["state"]) == (201, "published")
    assert (again.status_code, again.json()["code"]) == (409, "rule-book-published")
    assert (await world.client.get(f"/v1{path}")).json()["book"]["fullTime"] == {
        "hoursPerWeek": "38"
    }


async def test_a_draft_is_replaced_and_waits_in_the_list_of_its_authority(world: Any) -> None:
    first = (await written(world, "authority", DRAFT)).json()
    second = (await written(world, "authority", DRAFT.replace("38", "40"))).json()

    waiting = (await world.get("verifier", "/rule-book-drafts")).json()["items"]
    elsewhere = (await world.get("other_authority", "/rule-book-drafts")).json()["items"]

    assert first["id"] == second["id"]
    assert [one["book"]["fullTime"]["hoursPerWeek"] for one in waiting] == ["40"]
    assert elsewhere == []


async def test_a_series_belongs_to_who_began_it(world: Any) -> None:
    await written(world, "authority", DRAFT)

    answer = await written(world, "other_authority", DRAFT.replace("2027-03", "2027-04"))

    assert (answer.status_code, answer.json()["code"]) == (409, "rule-book-series-taken")


async def test_a_rival_on_the_shelf_is_refused_at_publication(world: Any) -> None:
    rival = DRAFT + "municipalities: [GM9999]\nvalidFrom: 2026-02-01\n"
    draft = (await written(world, "authority", rival)).json()

    answer = await world.post("verifier", f"/rule-books/{draft['id']}/publications")

    assert answer.status_code == 400
    assert [one["code"] for one in answer.json()["errors"]] == ["overlapping-books"]


async def test_contractors_write_no_rule_books(world: Any) -> None:
    answer = await written(world, "contractor", DRAFT)

    assert (answer.status_code, answer.json()["code"]) == (403, "wrong-organisation")


async def test_a_published_book_is_frozen_in_the_database_too(world: Any) -> None:
    with pytest.raises(RestrictViolationError, match="never changed"):
        async with transaction():
            await fetch("UPDATE rule_book SET version = 'x' WHERE id = $1", world.book)


UNSEEN = """id: waddenstad
version: 2026-09
name: Waddenstad, bouwblokken
regions: [Waddenstad]
sourceKind: primary
sources:
  - {id: gazette, title: Gemeenteblad, kind: primary}
validFrom: 2026-01-01
obligation:
  base: wage-sum
  percentages:
    - {labourShareBelow: 0.30, share: 0.02}
    - {labourShareFrom: 0.30, share: 0.07}
  thresholds:
    - {amountEur: 50000, comparison: from}
fullTime: {hoursPerWeek: 32, hoursPerYear: 1664, hourRateRounding: euro}
recognitions:
  - {code: eiland, label: Eilander keurmerk}
categories:
  - {code: eiland, label: Inkoop op het eiland}
caps:
  - {category: eiland, share: 0.10}
blocks:
  - {code: zeeman, label: Oud-zeeman, unit: year, valueEur: 33280, maxMonths: 6}
  - {code: snuffel, label: Snuffelstage, unit: placement, valueEur: 750}
activities:
  - {code: les, label: Les, unit: half-day, valueEur: 500}
purchases:
  - {recognition: eiland, share: 0.40, part: labour, categories: [eiland]}
malus: {factor: 1.5}
"""
"""A region that no file of ours knows, with rules of its own."""


async def test_a_region_never_seen_before_needs_a_file_and_no_code(world: Any) -> None:
    draft = (await written(world, "authority", UNSEEN)).json()
    await world.post("verifier", f"/rule-books/{draft['id']}/publications")
    await fetch("UPDATE quality_mark SET scheme = 'eiland'")
    contract = {"kind": "services", "valueCents": 30_000_000, "wageSumCents": 10_000_000}

    path = await world.obligation(
        municipality=None, region="Waddenstad", contract=contract | {"labourShare": "0.45"}
    )
    hired = world.placement(block="zeeman", hoursPerWeek=None, hoursTotal="100")
    given = [
        (hired, 200_000),  # 100 hours * 20 euros: 33,280 / 1,664
        (world.placement("W-2", block="zeeman", hoursPerWeek="40"), 1_664_000),
        (world.placement("W-3", block="snuffel"), 75_000),
        (
            {
                "fulfilment": {
                    "kind": "activity",
                    "activity": "les",
                    "happenedOn": "2026-07-01",
                    "quantity": "3",
                }
            },
            150_000,
        ),
        # 40 % of the labour is 80,000; the cap leaves a tenth of 7,000 euros
        (world.purchase("F-1", 500_000, labourCents=200_000), 70_000),
    ]

    booked = [await world.post("contractor", f"{path}/fulfilments", body) for body, _ in given]

    assert [one.json().get("amountCents") for one in booked] == [cents for _, cents in given]
    position = (await world.get("authority", f"{path}/position")).json()
    assert (position["owedCents"], position["malusAtStakeCents"]) == (700_000, 1_050_000)
