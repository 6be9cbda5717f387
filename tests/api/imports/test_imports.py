"""Lists over HTTP: taken in, worked off, told about."""

from typing import Any

import pytest
from httpx import AsyncClient

from api import database
from api.accounts import service as accounts
from api.imports import service
from importers.enterprises.reader import EnterpriseLists
from tests.api.imports.lists import (
    CSV,
    LINES,
    a_csv,
    a_row,
    counts,
    found_in,
    seen,
    sent,
    some_lines,
    stored_names,
    worked_off,
)
from tests.builders import ANY_STATE, a_key
from tests.conftest import NOW


async def test_a_sound_list_is_stored_by_the_worker(sender: AsyncClient) -> None:
    job = await sent(sender, a_csv(a_row(1), a_row(2)))
    assert (job["state"], job["mode"], job["dryRun"]) == ("queued", "atomic", False)
    assert await stored_names() == []

    assert await service.work_once(EnterpriseLists())

    done = await seen(sender, job)
    assert (done["state"], counts(done)) == ("done", (2, 2, 0, 0, 0))
    assert done["startedAt"] <= done["finishedAt"]
    assert await stored_names() == ["De Kwast 1", "De Kwast 2"]
    assert not await service.work_once(EnterpriseLists())


async def test_the_same_list_again_changes_nothing(sender: AsyncClient) -> None:
    content = a_csv(a_row(1), a_row(2))
    await worked_off(sender, content)

    assert counts(await worked_off(sender, content)) == (2, 0, 0, 2, 0)


async def test_one_rejected_row_stores_nothing_and_names_every_fault(sender: AsyncClient) -> None:
    content = a_csv(
        a_row(1), a_row(2, **{"KvK-nummer": "12"}), a_row(3, **{"CPV-codes": "99999999"})
    )

    job = await worked_off(sender, content)

    assert (job["state"], counts(job)) == ("failed", (3, 1, 0, 0, 2))
    assert [fault["code"] for fault in job["faults"]] == ["rows-rejected"]
    assert await stored_names() == []
    found = [(one["code"], one["field"], one["rows"]) for one in await found_in(sender, job)]
    assert ("invalid-kvk", "KvK-nummer", [{"first": 3, "last": 3}]) in found
    assert ("unknown-cpv", "CPV-codes", [{"first": 4, "last": 4}]) in found


async def test_skip_mode_stores_the_sound_rows(sender: AsyncClient) -> None:
    job = await worked_off(
        sender, a_csv(a_row(1), a_row(2, **{"KvK-nummer": "12"}), a_row(3)), mode="skip"
    )

    assert (job["state"], counts(job)) == ("done", (3, 2, 0, 0, 1))
    assert await stored_names() == ["De Kwast 1", "De Kwast 3"]


@pytest.mark.parametrize("mode", ["atomic", "skip"])
async def test_a_dry_run_tells_the_same_and_stores_nothing(sender: AsyncClient, mode: str) -> None:
    kvk = {"KvK-nummer": "87654321"}
    content = a_csv(a_row(1), a_row(2, **kvk), a_row(3, **kvk))

    rehearsed = await worked_off(sender, content, mode=mode, dryRun="true")
    assert await stored_names() == []
    assert await database.fetch("SELECT 1 FROM outbox") == []
    done = await worked_off(sender, content, mode=mode)

    assert rehearsed["dryRun"]
    assert rehearsed["state"] == done["state"]
    assert counts(rehearsed) == counts(done) == (3, 2, 0, 0, 1)
    assert await found_in(sender, rehearsed) == await found_in(sender, done)


async def test_equal_errors_come_together_by_ranges_and_pages(sender: AsyncClient) -> None:
    wrong = {"KvK-nummer": "12"}
    rows = [a_row(n, **(wrong if n % 2 else {"Plaats": ""})) for n in range(1, 30)]
    rows += [a_row(30, Naam=""), a_row(31, Naam="")]

    job = await worked_off(sender, a_csv(*rows), mode="skip")

    kvk, name, columns = await found_in(sender, job)
    assert (columns["severity"], columns["code"]) == ("warning", "absent-columns")
    assert (columns["rowCount"], columns["rows"]) == (1, [{"first": 1, "last": 1}])
    assert (kvk["severity"], kvk["code"], kvk["rowCount"]) == ("error", "invalid-kvk", 15)
    assert [one["first"] for one in kvk["rows"]] == [2, 4, 6, 8, 10, 12, 14, 16, 18, 20]
    assert kvk["moreRanges"] == 5
    assert (name["code"], name["rows"]) == ("missing-field", [{"first": 31, "last": 32}])
    address = f"/v1/imports/{job['id']}/errors"
    first = (await sender.get(address, params={"limit": "1"})).json()
    rest = (await sender.get(address, params={"limit": "2", "cursor": first["nextCursor"]})).json()
    assert [*first["items"], *rest["items"]] == [kvk, name, columns]
    assert rest["nextCursor"] is None


async def test_rows_that_look_alike_are_named_and_the_same_record_counts_once(
    sender: AsyncClient,
) -> None:
    rows = [a_row(1, Naam="Zelfde"), a_row(2, Naam="Zelfde B.V."), a_row(1, Naam="Anders")]

    job = await worked_off(sender, a_csv(*rows), mode="skip")

    assert counts(job) == (3, 2, 0, 0, 1)
    found = [(one["severity"], one["code"], one["rows"]) for one in await found_in(sender, job)]
    assert ("warning", "possible-double", [{"first": 3, "last": 3}]) in found
    assert ("error", "duplicate-record", [{"first": 4, "last": 4}]) in found


async def test_a_file_that_is_no_list_fails_with_its_fault(sender: AsyncClient) -> None:
    job = await worked_off(sender, b"PK\x03\x04 no csv")

    assert (job["state"], counts(job)) == ("failed", (0, 0, 0, 0, 0))
    assert [fault["code"] for fault in job["faults"]] == ["wrong-format"]


async def test_json_lines_need_a_source_and_no_mapping(sender: AsyncClient) -> None:
    job = await worked_off(sender, some_lines(3), LINES)
    assert (job["source"], counts(job)) == ("ledenlijst", (3, 3, 0, 0, 0))

    for query, code in (({}, "missing-field"), ({"mapping": "perceel"}, "unexpected-mapping")):
        answer = await sender.post(
            "/v1/imports", content=some_lines(1), headers=LINES, params=query
        )
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)


async def test_a_mapping_of_ones_own_comes_with_the_file(sender: AsyncClient) -> None:
    mapping = b'source = "ledenlijst"\n[fields]\nname = "Bedrijf"\n'
    files: Any = {
        "file": ("lijst.csv", b"Bedrijf\r\nDe Kwast\r\n", "text/csv"),
        "mapping": ("m.toml", mapping, "application/toml"),
    }
    answer = await sender.post("/v1/imports", files=files)
    assert answer.status_code == 202, answer.text

    assert await service.work_once(EnterpriseLists())

    assert counts(await seen(sender, answer.json())) == (1, 1, 0, 0, 0)
    rows = await database.fetch("SELECT name, source FROM enterprise")
    assert [tuple(row) for row in rows] == [("De Kwast", "ledenlijst")]


async def test_a_faulty_mapping_is_refused_at_once_with_all_its_faults(sender: AsyncClient) -> None:
    files: Any = {
        "file": ("lijst.csv", b"a", "text/csv"),
        "mapping": ("m.toml", b'source = "x"\n[fields]\ntoun = "A"\n', "application/toml"),
    }
    answer = await sender.post("/v1/imports", files=files)
    assert answer.status_code == 400
    assert {one["place"] for one in answer.json()["errors"]} == {"fields.name", "fields.toun"}

    missing = await sender.post("/v1/imports", files={"file": files["file"], "x": b"1"})
    assert {one["place"] for one in missing.json()["errors"]} == {"mapping", "x"}


async def test_what_is_no_list_is_refused(sender: AsyncClient) -> None:
    answer = await sender.post("/v1/imports", content=b"{}", headers={"Content-Type": "image/png"})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")
    answer = await sender.post("/v1/imports", content=b"a", headers=CSV)
    assert answer.json()["errors"][0]["code"] == "missing-mapping"
    answer = await sender.post("/v1/imports?mapping=geen", content=b"a", headers=CSV)
    assert answer.json()["errors"][0]["code"] == "unknown-mapping"


async def test_a_waiting_import_can_be_cancelled_and_a_finished_one_cannot(
    sender: AsyncClient,
) -> None:
    job = await sent(sender, a_csv(a_row(1)))
    assert (await sender.delete(f"/v1/imports/{job['id']}", headers=ANY_STATE)).status_code == 204
    assert not await service.work_once(EnterpriseLists())
    assert (await seen(sender, job))["state"] == "cancelled"

    again = await sender.delete(f"/v1/imports/{job['id']}", headers=ANY_STATE)
    assert (again.status_code, again.json()["code"]) == (409, "import-finished")


async def test_imports_are_listed_by_pages_the_last_first(sender: AsyncClient) -> None:
    jobs = [(await sent(sender, a_csv(a_row(n))))["id"] for n in range(3)]

    first = (await sender.get("/v1/imports", params={"limit": "2"})).json()
    rest = (await sender.get("/v1/imports", params={"cursor": first["nextCursor"]})).json()

    assert [one["id"] for one in (*first["items"], *rest["items"])] == jobs[::-1]
    assert rest["nextCursor"] is None


async def test_only_the_own_organisation_sees_an_import(sender: AsyncClient) -> None:
    headers = {}
    for kind in ("authority", "contractor", "enterprise"):
        organisation = await accounts.create_organisation(
            accounts.OrganisationKind(kind), kind, now=NOW
        )
        made = await accounts.create_key(
            kind, ["imports:write"], now=NOW, organisation_id=organisation.id
        )
        headers[kind] = {"Authorization": f"Bearer {made.secret}"}
    sender.headers.update(headers["authority"])
    job = await sent(sender, a_csv(a_row(1)))

    sender.headers.update(headers["contractor"])
    assert (await sender.get(f"/v1/imports/{job['id']}")).status_code == 404
    assert (await sender.delete(f"/v1/imports/{job['id']}", headers=ANY_STATE)).status_code == 404
    assert (await sender.get("/v1/imports")).json()["items"] == []
    sender.headers.update(headers["enterprise"])
    refused = await sender.post("/v1/imports?mapping=perceel", content=b"a", headers=CSV)
    assert (refused.status_code, refused.json()["code"]) == (403, "not-the-owner")
    sender.headers.update(await a_key("directory:write"))
    assert (await sender.get("/v1/imports")).status_code == 403
