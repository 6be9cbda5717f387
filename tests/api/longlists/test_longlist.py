"""The document for the file: complete, readable, and inert in a spreadsheet or a browser."""

import csv
import io
import re
from typing import Any

import pytest
from httpx import AsyncClient, Response
from openpyxl import load_workbook
from pypdf import PdfReader

from api.domain.matching.reasons import ReasonCode
from api.longlists.schemas import REASONS
from tests.match_builders import a_painter, a_tender, lots_of

HOSTILE = '=HYPERLINK("http://evil.test")<script>alert(1)</script>'


@pytest.fixture
async def run(desk: AsyncClient) -> dict[str, Any]:
    [lot] = await lots_of(await a_tender())
    await a_painter(desk, "Ruim & Co", 200_000)
    await a_painter(desk, "Krap", 90_000)
    await a_painter(desk, HOSTILE, 1_000)
    made: dict[str, Any] = (await desk.post(f"/v1/lots/{lot}/match-runs", json={})).json()
    return made


async def document(desk: AsyncClient, run: dict[str, Any], kind: str) -> Response:
    response = await desk.get(f"/v1/match-runs/{run['id']}/longlist.{kind}")
    assert response.status_code == 200, response.text
    return response


def test_every_reason_has_a_dutch_sentence() -> None:
    assert set(REASONS) == set(ReasonCode)


async def test_the_csv_holds_every_verdict_and_no_formula(
    desk: AsyncClient, run: dict[str, Any]
) -> None:
    text = (await document(desk, run, "csv")).content.decode("utf-8-sig")

    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert [row["uitkomst"] for row in rows] == ["Gevonden", "Bijna gevonden", "Niet gevonden"]
    assert rows[2]["bedrijf"] == f"'{HOSTILE}"
    assert rows[2]["redenen"] == "Heeft te weinig ruimte (gevraagd € 100.000,00, aanbod € 1.000,00)"
    assert rows[1]["wat ontbreekt"] == "Per jaar is er € 10.000,00 te weinig ruimte"
    assert {row["vingerafdruk"] for row in rows} == {run["fingerprint"]}


async def test_the_workbook_accounts_for_the_list(desk: AsyncClient, run: dict[str, Any]) -> None:
    book = load_workbook(io.BytesIO((await document(desk, run, "xlsx")).content))

    basis = {row[0]: row[1] for row in book["Verantwoording"].iter_rows(values_only=True)}
    assert basis["Bekeken bedrijven"] == "3"
    assert basis["Loting (seed)"] == run["seed"]
    assert basis["Categorie (CPV)"] == "45442100"
    assert book["Lijst"].max_row == 4
    kinds = {cell.data_type for row in book["Lijst"].iter_rows() for cell in row}
    assert "f" not in kinds


async def test_the_page_runs_nothing_and_shows_everybody(
    desk: AsyncClient, run: dict[str, Any]
) -> None:
    response = await document(desk, run, "html")

    page = response.text
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "Ruim &amp; Co" in page
    assert re.findall(r"<h2>([^<]+)</h2>", page) == [
        "Verantwoording",
        "Gevonden (1)",
        "Bijna gevonden (1)",
        "Niet gevonden (1)",
        "Regels en bronnen",
    ]
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


async def test_the_pdf_tells_everybody_in_text_and_is_the_same_each_time(
    desk: AsyncClient, run: dict[str, Any]
) -> None:
    first, second = await document(desk, run, "pdf"), await document(desk, run, "pdf")

    assert first.headers["Content-Type"] == "application/pdf"
    assert first.content.startswith(b"%PDF-")
    assert first.content == second.content
    assert b"/Lang" in first.content
    pages = PdfReader(io.BytesIO(first.content)).pages
    told = " ".join(page.extract_text() for page in pages).replace("\n", " ")
    for wanted in ("Ruim & Co", "Krap", "<script>", run["seed"], run["fingerprint"]):
        assert wanted in told, wanted


async def test_an_unknown_run_has_no_longlist(desk: AsyncClient, run: dict[str, Any]) -> None:
    missing = await desk.get(f"/v1/match-runs/{run['lotId']}/longlist.html")

    assert missing.status_code == 404
