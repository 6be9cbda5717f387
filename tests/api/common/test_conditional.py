"""Strong ETags and 304: who has the present answer is not sent it again."""

import pytest
from httpx import AsyncClient

from tests.builders import stored

pytestmark = pytest.mark.usefixtures("db")


async def test_who_has_the_answer_gets_304_without_a_body(desk: AsyncClient) -> None:
    path = f"/v1/enterprises/{(await stored(desk))['id']}"
    first = await desk.get(path)

    second = await desk.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (second.status_code, second.content) == (304, b"")
    assert second.headers["ETag"] == first.headers["ETag"]
    assert "Content-Type" not in second.headers
    assert second.headers["API-Version"] == first.headers["API-Version"]


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*", '"a",{},"b"'])
async def test_the_forms_of_if_none_match(desk: AsyncClient, form: str) -> None:
    path = f"/v1/enterprises/{(await stored(desk))['id']}"
    tag = (await desk.get(path)).headers["ETag"]

    assert (await desk.get(path, headers={"If-None-Match": form.format(tag)})).status_code == 304


@pytest.mark.parametrize("form", ['"other"', "", "v1", '"v1"', "\xe9"])
async def test_another_tag_gets_the_whole(desk: AsyncClient, form: str) -> None:
    path = f"/v1/enterprises/{(await stored(desk))['id']}"

    assert (await desk.get(path, headers={b"If-None-Match": form.encode()})).status_code == 200


async def test_the_tag_of_a_read_is_the_tag_of_a_change(desk: AsyncClient) -> None:
    path = f"/v1/enterprises/{(await stored(desk))['id']}"
    tag = (await desk.get(path)).headers["ETag"]

    changed = await desk.patch(path, json={"name": "Anders"}, headers={"If-Match": tag})
    again = await desk.patch(path, json={"name": "Nogmaals"}, headers={"If-Match": tag})

    assert (changed.status_code, again.status_code) == (200, 412)
    assert (await desk.get(path, headers={"If-None-Match": tag})).status_code == 200


async def test_an_answer_that_changed_without_a_version_has_another_tag(
    desk: AsyncClient,
) -> None:
    """A list has no version at all."""
    before = await desk.get("/v1/shortlists")
    await desk.post("/v1/shortlists", json={"name": "Lunches", "department": "x", "purpose": "y"})
    tag = {"If-None-Match": before.headers["ETag"]}

    assert (await desk.get("/v1/shortlists", headers=tag)).status_code == 200


async def test_errors_and_files_have_no_tag(desk: AsyncClient) -> None:
    missing = await desk.get("/v1/enterprises/01a20e4c-0000-7000-8000-000000000000")
    file = await desk.get("/v1/enterprises.csv")

    assert missing.status_code == 404
    assert "ETag" not in missing.headers
    assert "ETag" not in file.headers
