"""What a buyer spent with social enterprises: KvK first, names for people to decide."""

import asyncio
import io
from typing import Any

import pytest
from httpx import AsyncClient, Response
from openpyxl import Workbook

from api.accounts.service import OrganisationKind
from tests.builders import (
    ANY_STATE,
    CLEANING,
    GREENERY,
    PAINTING,
    a_kvk_number,
    an_offering,
    stored,
)
from tests.match_builders import a_key_of

CSV = {"Content-Type": "text/csv"}
XLSX = {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
HEAD = "Leverancier;KvK-nummer;Bedrag excl. btw;Factuurdatum;CPV;Factuurnummer"
PERIOD = "since=2024-01-01&until=2027-01-01"


@pytest.fixture
async def buyer(desk: AsyncClient) -> AsyncClient:
    desk.headers.update(await a_key_of(OrganisationKind.AUTHORITY))
    return desk


async def send(buyer: AsyncClient, *rows: str, head: str = HEAD, **query: str) -> Response:
    body = "\n".join((head, *rows)).encode()
    return await buyer.post("/v1/spend-files", content=body, headers=CSV, params=query)


async def analysed(buyer: AsyncClient) -> dict[str, Any]:
    response = await buyer.get(f"/v1/spend-analysis?{PERIOD}")
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def suppliers(buyer: AsyncClient, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await buyer.get(f"/v1/spend-suppliers{query}")).json()["items"]
    return found


async def test_spend_is_told_by_category_and_year_and_matched_on_kvk(buyer: AsyncClient) -> None:
    kvk = a_kvk_number()
    await stored(buyer, name="De Kwast", kvkNumber=kvk)
    await stored(buyer, offerings=[an_offering(cpvCodes=[CLEANING])])

    made = await send(
        buyer,
        f"Schildersbedrijf Kwast BV;{kvk};1.000,50;01-02-2025;{PAINTING};A1",
        f"Ander;99999999;2.000,00;2026-03-01;{PAINTING};A2",
        f"Poetsers;99999998;300,00;2026-03-01;{CLEANING}-0;A3",
        f"Tuinders;99999997;-50,00;2026-03-01;{GREENERY};A4",
    )
    told = await analysed(buyer)

    assert (made.status_code, made.json()["counted"]) == (201, 4)
    assert (told["spendCents"], told["socialCents"]) == (3_250_50, 1_000_50)
    assert told["socialPermille"] == 308
    cells = {(one["year"], one["category"]): one for one in told["sums"]}
    assert cells[2025, "45400000"]["socialCents"] == 1_000_50
    assert cells[2026, "45400000"]["socialCents"] == 0
    assert cells[2026, "77300000"]["spendCents"] == -50_00
    # Painting was bought from one, nobody offers greenery: cleaning alone is missed.
    assert [(one["category"], one["spendCents"], one["enterprises"]) for one in told["unused"]] == [
        ("90900000", 300_00, 1)
    ]


async def test_the_same_file_again_and_a_longer_one_count_nothing_twice(
    buyer: AsyncClient,
) -> None:
    rows = ["Bakker;;10,00;2026-01-01;;F1", "Bakker;;10,00;2026-01-01;;F1"]
    first, again = await send(buyer, *rows), await send(buyer, *rows)

    longer = await send(buyer, *rows, "Bakker;;10,00;2026-01-01;;F2")

    assert (first.status_code, first.json()["state"], first.json()["counted"]) == (
        201,
        "created",
        2,
    )
    assert (again.status_code, again.json()["state"]) == (200, "unchanged")
    assert again.json()["id"] == first.json()["id"]
    assert (longer.json()["counted"], longer.json()["duplicates"]) == (1, 2)
    assert (await analysed(buyer))["spendCents"] == 30_00


async def test_a_name_alone_is_offered_and_somebody_decides_for_good(buyer: AsyncClient) -> None:
    firm = (await stored(buyer, name="Stichting De Kwast"))["id"]
    await send(buyer, "De Kwast B.V.;;100,00;2026-01-01;;")
    [offered] = await suppliers(buyer, "?state=offered")
    before = await analysed(buyer)

    decided = await buyer.put(
        f"/v1/spend-suppliers/{offered['id']}/decision",
        json={"enterpriseId": firm},
        headers={"If-Match": offered["etag"]},
    )
    await send(buyer, "de kwast;;5,00;2026-02-01;;")

    assert [one["id"] for one in offered["candidates"]] == [firm]
    assert (before["socialCents"], before["undecidedCents"]) == (0, 100_00)
    assert (decided.json()["state"], decided.json()["enterpriseId"]) == ("decided", firm)
    assert (await analysed(buyer))["socialCents"] == 105_00
    tag = {"If-Match": decided.headers["ETag"]}
    taken = await buyer.delete(f"/v1/spend-suppliers/{offered['id']}/decision", headers=tag)
    assert taken.status_code == 204
    assert (await analysed(buyer))["undecidedCents"] == 105_00


async def test_none_of_them_is_a_decision_too(buyer: AsyncClient) -> None:
    await stored(buyer, name="De Kwast")
    await send(buyer, "De Kwast;;100,00;2026-01-01;;")
    [offered] = await suppliers(buyer)

    path = f"/v1/spend-suppliers/{offered['id']}/decision"
    await buyer.put(path, json={"enterpriseId": None}, headers=ANY_STATE)

    told = await analysed(buyer)
    assert (told["socialCents"], told["undecidedCents"]) == (0, 0)
    assert (await suppliers(buyer, "?state=offered")) == []


async def test_another_kvk_number_is_another_firm_whatever_its_name(buyer: AsyncClient) -> None:
    await stored(buyer, name="De Kwast")
    await send(buyer, "De Kwast;99999996;100,00;2026-01-01;;")

    [one] = await suppliers(buyer)

    assert one["state"] == "none"


async def test_a_withdrawn_enterprise_is_offered_a_merged_one_is_its_successor(
    buyer: AsyncClient, desk: AsyncClient
) -> None:
    kvk = a_kvk_number()
    gone = await stored(buyer, name="Weg", kvkNumber=kvk)
    await desk.delete(f"/v1/enterprises/{gone['id']}", headers={"If-Match": "*"})
    await send(buyer, f"Weg;{kvk};100,00;2026-01-01;;")

    [one] = await suppliers(buyer)

    assert (one["state"], one["candidates"][0]["id"]) == ("offered", gone["id"])


async def test_every_faulty_row_is_told_and_the_others_count(buyer: AsyncClient) -> None:
    made = await send(
        buyer,
        "Goed;;10,00;2026-01-01;;",
        ";;10,00;2026-01-01;;",
        "Fout;123;tien;31-02-2026;abc;",
        "Nul;;0,00;2026-01-01;;",
        "Oud;;1,00;0001-01-01;;",
        "Jan 123456782;;1,00;2026-01-01;;",
        '"=1+1;;1,00;2026-01-01;;',
    )

    found = made.json()
    assert (found["counted"], found["rejected"]) == (1, 6)
    faults = {one["place"]: one for one in found["faults"]}
    assert faults["row 3"]["code"] == "missing-field"
    for name in ("kvk", "bedrag", "cpv", "factuurdatum"):
        assert name in faults["row 4"]["detail"]
    assert faults["row 5"]["code"] == "invalid-amount"
    assert faults["row 6"]["code"] == "invalid-date"
    assert faults["row 7"]["code"] == "personal-number-suspected"
    assert faults["row 8"]["code"] == "malformed-csv"


async def test_a_workbook_with_years_and_own_categories_counts(buyer: AsyncClient) -> None:
    book = Workbook()
    sheet: Any = book.active
    for row in (("Crediteur", "Bedrag", "Jaar", "Categorie"), ("Bakker", 12.5, 2026, "Catering")):
        sheet.append(row)
    target = io.BytesIO()
    book.save(target)

    made = await buyer.post("/v1/spend-files", content=target.getvalue(), headers=XLSX)

    assert made.status_code == 201, made.text
    [one] = (await analysed(buyer))["sums"]
    assert (one["year"], one["category"], one["label"]) == (2026, None, "Catering")
    assert one["spendCents"] == 12_50


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"Naam;Prijs\nA;1\n", "text/csv", 400, "missing-column"),
        (b"", "text/csv", 400, "empty-file"),
        (f"{HEAD}\n".encode(), "text/csv", 400, "empty-file"),
        (b"PK\x03\x04junk", XLSX["Content-Type"], 400, "not-xlsx"),
        (b"{}", "application/json", 415, None),
    ],
    ids=str,
)
async def test_what_is_no_list_of_purchases_is_refused(
    buyer: AsyncClient, body: bytes, kind: str, status: int, code: str | None
) -> None:
    answer = await buyer.post("/v1/spend-files", content=body, headers={"Content-Type": kind})

    assert answer.status_code == status
    if code is not None:
        assert answer.json()["errors"][0]["code"] == code


async def test_nobody_else_sees_decides_or_drops_it(buyer: AsyncClient) -> None:
    made = (await send(buyer, "Bakker;;10,00;2026-01-01;;")).json()
    [supplier] = await suppliers(buyer)
    own = buyer.headers["Authorization"]

    for kind in (OrganisationKind.AUTHORITY, OrganisationKind.PLATFORM):
        buyer.headers.update(await a_key_of(kind))
        decision = {"enterpriseId": None}
        answers = [
            await buyer.get(f"/v1/spend-files/{made['id']}"),
            await buyer.delete(f"/v1/spend-files/{made['id']}", headers=ANY_STATE),
            await buyer.put(
                f"/v1/spend-suppliers/{supplier['id']}/decision", json=decision, headers=ANY_STATE
            ),
        ]
        assert [one.status_code for one in answers] == [404] * 3
        assert (await buyer.get("/v1/spend-files")).json()["items"] == []
        assert await suppliers(buyer) == []
        assert (await analysed(buyer))["spendCents"] == 0
    buyer.headers.update(await a_key_of(OrganisationKind.ENTERPRISE, a_kvk_number()))
    assert (await buyer.get("/v1/spend-files")).status_code == 403

    buyer.headers["Authorization"] = own
    dropped = await buyer.delete(f"/v1/spend-files/{made['id']}", headers=ANY_STATE)
    assert dropped.status_code == 204
    assert (await analysed(buyer))["spendCents"] == 0


async def test_who_acts_for_no_organisation_has_no_spend(desk: AsyncClient) -> None:
    response = await send(desk, "Bakker;;10,00;2026-01-01;;")

    assert (response.status_code, response.json()["code"]) == (403, "no-organisation")


async def test_all_pages_together_are_all_suppliers(buyer: AsyncClient) -> None:
    await send(buyer, *(f"Bakker {n};;10,00;2026-01-01;;" for n in range(5)))

    seen: list[str] = []
    query = "?limit=2"
    while query:
        page = (await buyer.get(f"/v1/spend-suppliers{query}")).json()
        seen += [one["name"] for one in page["items"]]
        query = f"?limit=2&cursor={page['nextCursor']}" if page["nextCursor"] else ""

    assert seen == [f"Bakker {n}" for n in range(5)]


async def test_a_period_that_ends_before_it_starts_is_refused(buyer: AsyncClient) -> None:
    response = await buyer.get("/v1/spend-analysis?since=2026-01-01&until=2026-01-01")

    assert response.json()["errors"][0]["code"] == "invalid-period"


async def test_two_uploads_at_once_leave_one_file(committing_desk: AsyncClient) -> None:
    committing_desk.headers.update(await a_key_of(OrganisationKind.AUTHORITY))

    answers = await asyncio.gather(
        *(send(committing_desk, "Bakker;;10,00;2026-01-01;;") for _ in range(5))
    )

    assert sorted(one.status_code for one in answers) == [200, 200, 200, 200, 201]
    [made] = (await committing_desk.get("/v1/spend-files")).json()["items"]
    dropped = await committing_desk.delete(f"/v1/spend-files/{made['id']}", headers=ANY_STATE)
    assert dropped.status_code == 204
