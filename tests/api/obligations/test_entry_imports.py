"""Lists of fulfilments and purchase invoices, imported over HTTP."""

import io
from typing import Any

import pytest
from httpx import Response
from openpyxl import Workbook

from api.database import fetch

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEAD = "soort;kvk leverancier;factuurnummer;factuurdatum;factuurbedrag"
NAMES = "urn:oasis:names:specification:ubl:schema:xsd"


async def sent(
    world: Any, path: str, content: bytes | str, who: str = "contractor", **more: Any
) -> Response:
    kind = more.pop("kind", "text/csv")
    headers = {"Authorization": f"Bearer {world.keys[who]}", "Content-Type": kind}
    body = content.encode() if isinstance(content, str) else content
    answer: Response = await world.client.post(
        f"/v1{path}", content=body, params=more, headers=headers
    )
    return answer


def purchases(world: Any, *rows: tuple[str, str]) -> str:
    lines = [f"inkoop;{world.kvk['supplier']};{number};1-10-2026;{euros}" for number, euros in rows]
    return "\r\n".join([HEAD, *lines])


def invoice(world: Any, number: str = "F-1", euros: str = "1250.50", **more: str) -> str:
    root = more.get("root", "Invoice")
    refers = more.get("refers")
    billing = (
        ""
        if refers is None
        else (
            "<cac:BillingReference><cac:InvoiceDocumentReference>"
            f"<cbc:ID>{refers}</cbc:ID></cac:InvoiceDocumentReference></cac:BillingReference>"
        )
    )
    customer = more.get("customer", world.kvk["contractor"])
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="{NAMES}:{root}-2" xmlns:cac="{NAMES}:CommonAggregateComponents-2"
  xmlns:cbc="{NAMES}:CommonBasicComponents-2">
 <cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>
 <cbc:ID>{number}</cbc:ID><cbc:IssueDate>2026-10-01</cbc:IssueDate>
 <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>{billing}
 <cac:AdditionalDocumentReference><cbc:ID>pdf</cbc:ID><cac:Attachment>
  <cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf">{"QUJD" * 80_000}
  </cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>
 <cac:AccountingSupplierParty><cac:Party>
  <cbc:EndpointID schemeID="0106">{world.kvk["supplier"]}</cbc:EndpointID>
  <cac:Contact><cbc:Name>Jan Jansen</cbc:Name></cac:Contact>
 </cac:Party></cac:AccountingSupplierParty>
 <cac:AccountingCustomerParty><cac:Party><cac:PartyLegalEntity>
  <cbc:CompanyID schemeID="0106">{customer}</cbc:CompanyID>
 </cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
 <cac:LegalMonetaryTotal>
  <cbc:TaxExclusiveAmount currencyID="EUR">{euros}</cbc:TaxExclusiveAmount>
  <cbc:TaxInclusiveAmount currencyID="EUR">9999</cbc:TaxInclusiveAmount>
 </cac:LegalMonetaryTotal>
</{root}>"""


async def test_a_list_is_tried_booked_and_the_same_again_changes_nothing(world: Any) -> None:
    path = await world.obligation()
    lists = f"{path}/entry-imports"
    text = purchases(world, ("F-1", "1.250,50"), ("F-2", "300"))

    tried = (await sent(world, lists, text, dryRun="true")).json()
    before = (await world.get("contractor", f"{path}/position")).json()
    done = (await sent(world, lists, text)).json()
    again = (await sent(world, lists, text)).json()
    after = (await world.get("contractor", f"{path}/position")).json()

    assert (tried["stored"], tried["booked"], tried["creditCents"]) == (False, 2, 155_050)
    assert [one["claimId"] for one in tried["outcomes"]] == [None, None]
    assert before["submittedCents"] == 0
    assert (done["stored"], done["booked"]) == (True, 2)
    assert (again["stored"], again["booked"], again["already"]) == (False, 0, 2)
    assert [one["claimId"] for one in again["outcomes"]] == [
        one["claimId"] for one in done["outcomes"]
    ]
    assert after["submittedCents"] == 155_050
    assert (await world.get("contractor", f"{path}/verification")).json()["intact"]


async def test_equal_faults_are_told_once_and_nothing_is_kept(world: Any) -> None:
    path = await world.obligation()
    text = purchases(
        world, ("F-1", "100"), ("F-2", "veel"), ("F-3", "weinig"), ("F-1", "100"), ("", "5")
    )
    text += "\r\ninkoop;12345678;F-4;1-10-2026;7\r\ninkoop;12345678;F-5;1-10-2026;7"

    found = (await sent(world, f"{path}/entry-imports", text)).json()

    told = {one["code"]: one["rows"] for one in found["findings"]}
    assert not found["stored"]
    assert (found["booked"], found["already"], found["refused"]) == (1, 1, 5)
    assert told["unknown-supplier"] == "7-8"
    assert (await world.get("contractor", "/fulfilments")).json()["items"] == []


async def test_sound_rows_are_kept_where_that_is_asked(world: Any) -> None:
    path = await world.obligation()
    text = purchases(world, ("F-1", "100"), ("F-2", "veel"))

    found = (await sent(world, f"{path}/entry-imports", text, partial="true")).json()

    assert (found["stored"], found["booked"], found["refused"]) == (True, 1, 1)
    [kept] = (await world.get("contractor", "/fulfilments")).json()["items"]
    assert kept["facts"]["invoiceNumber"] == "F-1"


async def test_a_workbook_of_placements_and_activities_is_read(world: Any) -> None:
    path = await world.obligation()
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(
        ["kind", "block", "issuer", "reference", "startedOn", "fromDay", "tot en met",
         "hoursPerWeek", "activiteit", "datum", "aantal", "kenmerk"]
    )  # fmt: skip
    for one in ("W-1", "W-2"):
        sheet.append(
            ["plaatsing", "wajong", "wsp-testland", one, "2026-06-01", "2026-06-01", "2026-11-30",
             24]
        )  # fmt: skip
    for mark in ("les 1", "les 2"):
        sheet.append(["activiteit", *[None] * 7, "advice", "2026-09-01", 2, mark])
    target = io.BytesIO()
    book.save(target)

    found = await sent(world, f"{path}/entry-imports", target.getvalue(), kind=XLSX)

    assert found.json()["findings"] == []
    assert [one["creditCents"] for one in found.json()["outcomes"]] == [
        1_666_667,
        1_666_667,
        20_000,
        20_000,
    ]
    rows = await fetch("SELECT key FROM imported_entry")
    assert "W-1" not in str([dict(row) for row in rows])


async def test_a_personal_number_in_a_list_is_refused_and_not_repeated(world: Any) -> None:
    path = await world.obligation()
    text = f"{HEAD};opmerking\r\ninkoop;{world.kvk['supplier']};F-1;1-10-2026;5;voor 111222333"

    found = await sent(world, f"{path}/entry-imports", text)

    assert found.json()["findings"][0]["code"] == "personal-number-suspected"
    assert "111222333" not in found.text


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "empty-file"),
        ("soort;geheim\r\ninkoop;1", "unknown-column"),
        ("soort\r\n", "empty-file"),
        ("soort\r\n" + "inkoop\r\n" * 501, "too-many-rows"),
        (b"PK\x03\x04 not a table", None),
    ],
)
async def test_a_file_that_is_no_list_is_refused(
    world: Any, content: bytes | str, code: str | None
) -> None:
    path = await world.obligation()

    answer = await sent(world, f"{path}/entry-imports", content)

    assert answer.status_code == 400
    assert code in {None, answer.json()["errors"][0]["code"]}


async def test_lists_are_of_the_contractor_and_of_a_known_kind(world: Any) -> None:
    path = await world.obligation()
    text = purchases(world, ("F-1", "1"))

    by_authority = await sent(world, f"{path}/entry-imports", text, who="authority")
    by_stranger = await sent(world, f"{path}/entry-imports", text, who="stranger")
    as_json = await sent(world, f"{path}/entry-imports", "[]", kind="application/json")

    statuses = [one.status_code for one in (by_authority, by_stranger, as_json)]
    assert statuses == [403, 404, 415]


async def test_who_probes_what_others_booked_by_a_dry_run_leaves_a_trail(world: Any) -> None:
    path, other = await world.obligation(), await world.obligation()
    await world.booked(other, world.purchase("F-1", 100_00))

    found = (
        await sent(world, f"{path}/entry-imports", purchases(world, ("F-1", "100")), dryRun="true")
    ).json()

    assert found["findings"][0]["code"] == "counted-twice"
    trail = await fetch("SELECT id FROM audit_event WHERE action = 'ledger.counted-twice'")
    assert len(trail) >= 1


async def test_an_invoice_in_ubl_is_booked_once_without_its_persons(world: Any) -> None:
    path = await world.obligation()
    bills = f"{path}/invoices"

    tried = await sent(world, bills, invoice(world), kind="application/xml", dryRun="true")
    done = await sent(world, bills, invoice(world), kind="application/xml")
    again = await sent(world, bills, invoice(world), kind="text/xml; charset=utf-8")

    assert (tried.json()["outcome"], tried.json()["creditCents"]) == ("booked", 125_050)
    assert tried.json()["claimId"] is None
    assert done.json()["claimId"] == again.json()["claimId"]
    assert again.json()["outcome"] == "already"
    found = await world.get("contractor", f"{path}/fulfilments/{done.json()['claimId']}")
    assert found.json()["facts"]["invoicedOn"] == "2026-10-01"
    assert "Jansen" not in found.text


async def test_a_credit_note_takes_off_the_invoice_that_it_names(world: Any) -> None:
    path = await world.obligation()
    bills, kind = f"{path}/invoices", {"kind": "application/xml"}
    await sent(world, bills, invoice(world, "F-1", "1000"), **kind)
    note = invoice(world, "C-1", "250", root="CreditNote", refers="F/1")

    done = await sent(world, bills, note, **kind)
    again = await sent(world, bills, note, **kind)
    too_much = invoice(world, "C-2", "900", root="CreditNote", refers="F-1")
    refused = await sent(world, bills, too_much, **kind)
    strange = invoice(world, "C-3", "1", root="CreditNote", refers="F-9")
    unnamed = invoice(world, "C-4", "1", root="CreditNote")

    assert (done.json()["outcome"], done.json()["creditCents"]) == ("credited", 25_000)
    assert again.json()["outcome"] == "already"
    assert refused.json()["code"] == "illegal-ledger-amount"
    for one in (strange, unnamed):
        assert (await sent(world, bills, one, **kind)).json()["code"] == "no-such-invoice"
    position = (await world.get("contractor", f"{path}/position")).json()
    assert position["submittedCents"] == 75_000


async def test_a_credit_note_on_a_partly_claimed_invoice_is_for_a_person(world: Any) -> None:
    path = await world.obligation()
    await world.booked(path, world.purchase("F-1", 100_000, claimedCents=40_000))
    note = invoice(world, "C-1", "250", root="CreditNote", refers="F-1")

    answer = await sent(world, f"{path}/invoices", note, kind="application/xml")

    assert (answer.status_code, answer.json()["code"]) == (409, "credit-note-by-hand")


async def test_an_invoice_to_somebody_else_or_booked_elsewhere_is_refused(world: Any) -> None:
    path, other = await world.obligation(), await world.obligation()
    kind = {"kind": "application/xml"}
    strange = invoice(world, customer=world.kvk["supplier"])
    await sent(world, f"{other}/invoices", invoice(world), **kind)

    theirs = await sent(world, f"{path}/invoices", strange, **kind)
    twice = await sent(world, f"{path}/invoices", invoice(world), **kind)
    by_authority = await sent(world, f"{path}/invoices", invoice(world), who="authority", **kind)

    assert theirs.json()["code"] == "not-your-invoice"
    assert (twice.status_code, twice.json()["code"]) == (409, "counted-twice")
    assert by_authority.status_code == 403
    as_csv = await sent(world, f"{path}/invoices", invoice(world))
    assert as_csv.status_code == 415
