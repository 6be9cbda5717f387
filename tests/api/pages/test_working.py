"""Long work is left and found again."""

from uuid import UUID

import pytest
from httpx import AsyncClient
from litestar import Litestar

from api.accounts.service import SYSTEM
from api.match_batches import queries
from api.matches import service as matching
from api.matches.schemas import MatchRequest
from tests.access_builders import a_person, signed_in
from tests.api.pages.reading import heading, text_of
from tests.conftest import NOW
from tests.match_builders import a_lot, a_painter, a_tender, lots_of

pytestmark = pytest.mark.usefixtures("db")


async def test_many_lots_are_searched_as_a_job_that_is_found_again(
    app: Litestar, desk: AsyncClient
) -> None:
    await a_painter(desk, "Aad", 200_000)
    officer = await signed_in(app, await a_person("officer"))
    tender = await a_tender(*(a_lot(number) for number in range(1, 13)), source="ocds")

    begun = await officer.post(f"/aanbestedingen/{tender}/zoekrondes")
    address = begun.headers["Location"]
    waiting = await officer.get(address)
    listed = await officer.get("/werk-in-uitvoering")
    assert 'hx-trigger="every 2s"' in waiting.text
    assert "0 van 12" in text_of(waiting)
    assert address in listed.text
    assert "Wacht" in text_of(listed)
    batch = UUID(address.rpartition("/")[2])
    for lot in await lots_of(tender):
        run = await matching.run_match(UUID(lot), MatchRequest(), SYSTEM, NOW)
        await queries.add_runs(batch, [run.id])
    await queries.finish(batch, "done", None, NOW)
    done = await officer.get(address)

    assert "12 van 12" in text_of(done)
    assert done.text.count('href="/zoekrondes/') == 12
    assert "every 2s" not in done.text


async def test_everybody_sees_the_work_of_the_own_organisation_alone(
    app: Litestar, desk: AsyncClient
) -> None:
    officer = await signed_in(app, await a_person("officer"))
    tender = await a_tender(*(a_lot(number) for number in range(1, 13)), source="ocds")
    begun = await officer.post(f"/aanbestedingen/{tender}/zoekrondes")
    stranger = await signed_in(app, await a_person("officer"))
    editor = await signed_in(app, await a_person("editor", kind="platform"))
    owner = await signed_in(app, await a_person("editor", kind="enterprise"))

    assert (await stranger.get(begun.headers["Location"])).status_code == 404
    for person in (stranger, owner):
        page = await person.get("/werk-in-uitvoering")
        assert heading(page) == "Werk in uitvoering"
        assert "Er loopt niets" in text_of(page)
    sent = {"list": ("lijst.csv", b"name;kvkNumber\nDe Kade;12345678\n", "text/csv")}
    await editor.post("/importeren", files=sent, data={"dryRun": "1"})
    assert "Lijst importeren" in text_of(await editor.get("/werk-in-uitvoering"))
    assert desk is not None
