"""The yearly report of an authority."""

import io
from datetime import UTC, date, datetime
from typing import Any

from defusedxml import ElementTree
from openpyxl import load_workbook

from api.clock import new_id
from api.database import fetch

YEAR = datetime.now(UTC).year  # noqa: TID251  what is stored over HTTP bears the machine's year


async def realised(world: Any, path: str, people: int) -> None:
    for number in range(people):
        claim = await world.booked(path, world.placement(f"W-{number}"))
        await world.verified(claim, "authority")


async def test_a_year_is_told_by_kind_group_and_region(world: Any) -> None:
    path = await world.obligation()
    await realised(world, path, 5)
    await world.verified(await world.booked(path, world.purchase("F-1", 300_000)))
    await world.booked(path, world.purchase("F-2", 900_000))

    found = (await world.get("authority", f"/social-return-reports/{YEAR}")).json()

    assert (found["obligations"], found["dueCents"]) == (1, 5_000_000)
    assert found["spendCents"] == 300_000
    # 5 * 16,666.67 euros
    placed = {"key": "placement", "persons": 5, "creditCents": 8_333_335, "spendCents": 0}
    placed["jobYears"] = "1.67"  # 5 * 24/36 * 6/12
    bought = {"key": "purchase", "persons": 0, "creditCents": 300_000, "spendCents": 300_000}
    bought["jobYears"] = "0.00"
    assert found["spendByRule"] == [
        {"rule": "purchase-sw-bedrijf", "spendCents": 300_000, "creditCents": 300_000}
    ]
    assert (found["suppliers"], found["largestSupplierShare"]) == (1, "1.0000")
    assert found["byKind"]["cells"] == [placed, bought]
    assert found["byGroup"]["cells"] == [placed | {"key": "wajong"}]
    assert found["byRegion"]["cells"][0]["key"] == "GM9999"


async def test_few_persons_are_not_told(world: Any) -> None:
    path = await world.obligation()
    await realised(world, path, 4)

    found = (await world.get("authority", f"/social-return-reports/{YEAR}")).json()

    hidden = dict.fromkeys(("persons", "jobYears", "creditCents", "spendCents"))
    for table in ("byKind", "byGroup", "byRegion"):
        assert found[table]["total"] == {"key": "total"} | hidden
        assert [cell["persons"] for cell in found[table]["cells"]] == [None]


async def test_the_same_instant_gives_the_same_report(world: Any) -> None:
    path = await world.obligation()
    await realised(world, path, 5)
    first = (await world.get("authority", f"/social-return-reports/{YEAR}")).json()

    await world.verified(await world.booked(path, world.purchase("F-9", 900_000)))
    await world.obligation()
    again = await world.get("authority", f"/social-return-reports/{YEAR}", asOf=first["asOf"])
    table = await world.get("authority", f"/social-return-reports/{YEAR}/csv", asOf=first["asOf"])

    assert again.json() == first
    assert table.text.splitlines()[1] == "kind;placement;5;1.67;8333335;0"


async def test_a_report_is_for_its_authority(world: Any) -> None:
    await world.obligation()

    contractor = await world.get("contractor", f"/social-return-reports/{YEAR}")
    other = await world.get("other_authority", f"/social-return-reports/{YEAR}")

    assert (contractor.status_code, other.status_code) == (403, 404)


async def test_the_year_gets_what_grew_in_it_and_loses_what_was_taken_off(world: Any) -> None:
    path = await world.obligation()
    claim = await world.booked(path, world.purchase("F-1", 300_000))
    await world.verified(claim)
    parked = {"act": "dispute", "amountCents": 50_000, "reason": "hours"}
    await world.post("authority", f"{claim}/disputes", parked)
    await world.post("authority", f"{claim}/disputes", parked | {"act": "dismiss"})
    noted = {"creditedInvoiceCents": 100_000, "reason": "sent back"}
    await world.post("contractor", f"{claim}/counter-entries", noted)

    found = (await world.get("authority", f"/social-return-reports/{YEAR}")).json()

    position = (await world.get("authority", f"{path}/position")).json()
    [cell] = found["byKind"]["cells"]
    assert cell["creditCents"] == position["verifiedCents"] == 150_000
    assert found["spendCents"] == 200_000


async def test_a_year_without_change_realises_nothing_anew(world: Any) -> None:
    path = await world.obligation()
    await world.verified(await world.booked(path, world.purchase("F-1", 300_000)))
    await fetch("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_append_only")
    await fetch("UPDATE ledger_entry SET at = at - interval '1 year'")
    await fetch("UPDATE obligation SET created_at = created_at - interval '1 year'")

    found = (await world.get("authority", f"/social-return-reports/{YEAR}")).json()

    assert (found["obligations"], found["spendCents"]) == (1, 0)
    assert found["byKind"]["cells"] == []


async def test_the_report_comes_as_a_workbook_and_as_charts(world: Any) -> None:
    path = await world.obligation()
    await realised(world, path, 5)
    await world.verified(await world.booked(path, world.purchase("F-1", 300_000)))
    reports = f"/social-return-reports/{YEAR}"

    book = load_workbook(io.BytesIO((await world.get("authority", f"{reports}/xlsx")).content))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert ("kind", "placement", 5, 1.67, 8_333_335, 0) in rows
    texts = []
    for table in ("kind", "group", "region"):
        drawn = await world.get("authority", f"{reports}/charts/{table}")
        assert drawn.headers["content-type"].startswith("image/svg+xml")
        root = ElementTree.fromstring(drawn.text)
        assert root.tag.endswith("svg")
        texts.append(drawn.text)
    assert "€ 86.333,35" in texts[-1]
    unknown = await world.get("authority", f"{reports}/charts/persons")
    assert unknown.status_code in {400, 404}


async def test_a_chart_says_what_it_does_not_show(world: Any) -> None:
    path = await world.obligation()
    await fetch("UPDATE obligation SET region = $1", '<script>"&')
    await realised(world, path, 2)

    drawn = await world.get("authority", f"/social-return-reports/{YEAR}/charts/region")

    assert "niet getoond" in drawn.text
    assert "<script>" not in drawn.text


async def test_a_business_case_keeps_the_two_returns_apart(world: Any) -> None:
    path = await world.obligation()
    await realised(world, path, 5)
    body = {
        "costs": [{"label": "coordinator", "amountCents": 4_000_000, "source": "begroting 2026"}],
        "factors": [{"group": "wajong", "savingCents": 1_500_000, "source": "raming 2025"}],
    }

    told = await world.post("authority", f"/social-return-reports/{YEAR}/business-cases", body)
    bare = body | {"factors": [{"group": "wajong", "savingCents": 1_500_000}]}
    refused = await world.post("authority", f"/social-return-reports/{YEAR}/business-cases", bare)

    assert told.status_code == 200, told.text
    assert (told.json()["financialCents"], told.json()["financial"]) == (-4_000_000, "negative")
    # 1.67 job years * 15,000 euros
    assert told.json()["socialCents"] == 2_505_000
    assert refused.status_code == 400


async def test_what_lots_ask_and_nobody_offers_is_a_white_spot(world: Any) -> None:
    await fetch(
        "UPDATE organisation SET municipalities = '{GM0344}' WHERE id = $1", world.ids["authority"]
    )
    await fetch(
        "INSERT INTO tender (id, source, source_id, title, description, published_on, warnings,"
        " content_hash, version, created_at, updated_at) VALUES ($1, 't', 't', 't', '', $2, '{}',"
        " '', 1, now(), now())",
        *(world.book, date(YEAR, 3, 1)),
    )
    for code in ("77310000", "90910000"):
        await fetch(
            "INSERT INTO lot (id, tender, source_lot_id, position, status, title, description,"
            " cpv_main, cpv_additional, places, areas, reservations, social_objectives, version)"
            " VALUES ($1, $2, $3, 1, 'active', 'l', '', $3, '{}', '[]', '{GM0344}', '{}', '{}', 1)",
            *(new_id(), world.book, code),
        )
    await fetch(
        "INSERT INTO offering (id, enterprise, position, title, description, products, cpv_codes,"
        " cpv_lineage, service_mode, coverage, area_full, area_partial, version) VALUES ($1, $2, 0,"
        " 'g', '', '{}', '{77300000}', '{77000000,77300000}', 'service', '{}', '{NL}', '{}', 1)",
        *(new_id(), world.enterprise),
    )

    found = (await world.get("authority", f"/social-return-reports/{YEAR}/white-spots")).json()

    assert found["asked"] == 2
    assert [one["code"] for one in found["areas"]] == ["NL350"]
    [spot] = found["whiteSpots"]
    assert (spot["cpvCode"], spot["area"], spot["asked"]) == ("90910000", "NL350", 1)
