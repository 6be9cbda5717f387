"""Hostile documents: a problem with a place, nothing stored, and the next one is read."""

from typing import Any

import pytest
from httpx import AsyncClient

from api.database import fetch
from tests.builders import a_csv_notice, a_json_notice, upload
from tests.importers.test_eforms_builder import a_lot, a_notice

JSON, XML, CSV = "application/json", "application/xml", "text/csv"
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">'
    + b"".join(b'<!ENTITY b%d "%s">' % (n, b"&b%d;" % (n - 1) * 10) for n in range(1, 10))
    + b"]><a>&b9;</a>"
)
FILE = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
LATIN = a_notice().replace(b"Schoonmaak", "Coördinatie".encode("latin-1"), 1)
LONG = "x" * 201
DOCUMENTS: dict[str, tuple[bytes, str, str]] = {
    "xml empty": (b"", XML, "xml-empty"),
    "xml doctype": (b"<!DOCTYPE a><a/>", XML, "xml-doctype-forbidden"),
    "xml file": (FILE, XML, "xml-doctype-forbidden"),
    "xml bomb": (BOMB, XML, "xml-doctype-forbidden"),
    "xml cut": (a_notice()[:-20], XML, "xml-truncated"),
    "xml latin": (LATIN, XML, "xml-encoding"),
    "xml deep": (b"<a>" * 100_000, XML, "xml-too-deep"),
    "xml other": (b"<html></html>", XML, "not-eforms"),
    "xml json": (a_json_notice(), XML, "xml-malformed"),
    "xml long id": (a_notice(a_lot(LONG)), XML, "invalid-lot-id"),
    "json empty": (b"", JSON, "invalid-json"),
    "json cut": (a_json_notice()[:-1], JSON, "invalid-json"),
    "json utf-16": (a_json_notice().decode().encode("utf-16"), JSON, "invalid-encoding"),
    "json nan": (b'{"tender": {"value": {"amount": NaN}}}', JSON, "invalid-number"),
    "json infinity": (b'{"amount": -Infinity}', JSON, "invalid-number"),
    "json twice": (b'{"ocid": "1", "ocid": "2"}', JSON, "duplicate-key"),
    "json deep": (b"[" * 100_000, JSON, "too-deep"),
    "json nul": (a_json_notice(title="a\0b"), JSON, "invalid-text"),
    "json surrogate": (a_json_notice(title="\ud800"), JSON, "invalid-text"),
    "json long lot": (a_json_notice(lots=[{"id": LONG}]), JSON, "invalid-value"),
    "json long procedure": (a_json_notice(procurementMethod=LONG), JSON, "invalid-value"),
    "json negative": (
        a_json_notice(value={"amount": -1, "currency": "EUR"}),
        JSON,
        "negative-amount",
    ),
    "json huge": (a_json_notice(value={"amount": 1e300, "currency": "EUR"}), JSON, "absurd-amount"),
    "csv empty": (b"", CSV, "missing-column"),
    "csv other": (b"a;b\r\n1;2\r\n", CSV, "missing-column"),
    "csv nul": (a_csv_notice(**{"Naam aanbesteding": "a\0b"}), CSV, "invalid-text"),
    "csv code": (a_csv_notice(**{"Hoofd cpv definitie code": "7731"}), CSV, "invalid-cpv"),
}


async def sent(desk: AsyncClient, document: bytes, media_type: str) -> tuple[int, dict[str, Any]]:
    headers = {"Content-Type": media_type}
    response = await desk.post("/v1/notices", content=document, headers=headers)
    assert response.headers["Content-Type"] == "application/problem+json", response.text
    return response.status_code, response.json()


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_a_hostile_document_is_refused_with_a_place_and_the_next_is_stored(
    desk: AsyncClient, name: str
) -> None:
    document, media_type, code = DOCUMENTS[name]

    status, problem = await sent(desk, document, media_type)

    assert (status, problem["code"]) == (400, "invalid-input")
    assert code in [fault["code"] for fault in problem["errors"]]
    assert [fault for fault in problem["errors"] if not fault["place"]] == []
    assert await fetch("SELECT id FROM tender") == []
    assert (await upload(desk, a_notice()))["notices"][0]["state"] == "created"


async def test_an_unknown_code_is_refused_and_its_lot_named_once_the_whole_list_is_loaded(
    desk: AsyncClient,
    whole_cpv: None,  # noqa: ARG001  depends by name
) -> None:
    unknown = a_lot("LOT-0002").replace("90910000", "90999999")

    status, problem = await sent(desk, a_notice(a_lot("LOT-0001"), unknown), XML)

    assert status == 400
    [fault] = problem["errors"]
    assert (fault["code"], fault["place"]) == ("unknown-cpv", "lot LOT-0002")
    assert "90999999" in fault["detail"]
    assert (await upload(desk, a_notice()))["notices"][0]["state"] == "created"


@pytest.mark.parametrize("media_type", ["application/pdf", "application/xhtml+xml", "xml", "*/*"])
async def test_a_kind_of_document_that_is_not_read_is_refused(
    desk: AsyncClient, media_type: str
) -> None:
    status, problem = await sent(desk, a_notice(), media_type)

    assert (status, problem["code"]) == (415, "unsupported-media-type")
    assert "application/xml" in problem["detail"]


async def test_a_document_without_a_kind_is_refused(desk: AsyncClient) -> None:
    response = await desk.post("/v1/notices", content=a_notice())

    assert response.status_code in {400, 415}
    assert "Content-Type" in response.text


async def test_a_document_over_the_limit_is_refused_before_it_is_read(desk: AsyncClient) -> None:
    status, problem = await sent(desk, b" " * 20_000_001, XML)

    assert (status, problem["code"]) == (413, "too-large")
    assert await fetch("SELECT id FROM tender") == []
