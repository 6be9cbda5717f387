"""The published eForms notices, through HTTP: 22 documents, 88 lots."""

from pathlib import Path

from httpx import AsyncClient

from tests.builders import upload


async def test_every_published_notice_is_stored_with_all_its_lots(
    desk: AsyncClient,
    shared: Path,
    whole_cpv: None,  # noqa: ARG001  depends by name
) -> None:
    files = sorted((shared / "eforms").glob("*.xml"))
    reports = [await upload(desk, file.read_bytes()) for file in files]

    assert len(files) == 22
    assert [one["rejected"] for one in reports] == [[]] * 22
    notices = [one["notices"][0] for one in reports]
    # Two of the examples of the standard are versions of one procedure.
    states = [one["state"] for one in notices]
    assert (states.count("created"), states.count("updated")) == (21, 1)
    assert sum(one["lots"] for one in notices) == 88
    again = await upload(desk, files[0].read_bytes())
    assert again["notices"][0]["state"] == "unchanged"

    last = {one["tenderId"]: one["lots"] for one in notices}
    for tender_id, lots in last.items():
        tender = (await desk.get(f"/v1/tenders/{tender_id}")).json()
        assert [one["status"] for one in tender["lots"]].count("active") == lots
        for lot in tender["lots"]:
            assert (await desk.get(f"/v1/lots/{lot['id']}")).json() == lot


async def test_a_belgian_notice_with_a_dutch_code_lies_in_belgium_and_says_so(
    desk: AsyncClient, shared: Path
) -> None:
    """The words of this notice say: in Belgium, Flanders."""
    report = await upload(desk, (shared / "eforms" / "be-539162-2023.xml").read_bytes())

    [notice] = report["notices"]
    [warning] = [one for one in notice["warnings"] if "place-contradicts-country" in one]
    assert "NL421 does not lie in BEL" in warning
    [lot] = (await desk.get(f"/v1/tenders/{notice['tenderId']}")).json()["lots"]
    assert lot["areas"] == ["BEL"]
    assert lot["places"] == [{"country": "BEL", "nuts": "NL421"}]
