"""Keys: only a whole, live, known one lets anybody in."""

from datetime import timedelta

import pytest
from httpx import AsyncClient

from api.accounts import service
from api.clock import now
from api.database import fetch
from api.domain.errors import InvalidInput, NotFound
from tests.conftest import NOW


async def status_with(client: AsyncClient, authorization: str) -> int:
    response = await client.post(
        "/v1/enterprises", json={}, headers={"Authorization": authorization}
    )
    return response.status_code


async def test_a_live_key_passes(client: AsyncClient, db: None) -> None:  # noqa: ARG001  depends by name
    made = await service.create_key("desk", ["directory:write"], now=NOW)

    assert await status_with(client, f"Bearer {made.secret}") == 400
    assert await status_with(client, f"bearer  {made.secret} ") == 400


async def test_a_key_that_is_not_whole_is_refused(client: AsyncClient, db: None) -> None:  # noqa: ARG001  depends by name
    secret = (await service.create_key("desk", ["directory:write"], now=NOW)).secret
    scheme, prefix, random = secret.split("_", 2)

    for wrong in (
        "",
        "Bearer",
        "Bearer ",
        secret,
        f"Basic {secret}",
        f"Bearer {secret[:-1]}",
        f"Bearer {secret}x",
        f"Bearer {random}",
        f"Bearer {scheme}_{prefix}",
        f"Bearer {scheme}_{prefix}_",
        f"Bearer xyz_{prefix}_{random}",
        f"Bearer {scheme}_00000000_{random}",
        f"Bearer {scheme}_' OR 1=1 --_{random}",
        f"Bearer {secret.upper()}",
        f"Bearer {'pcl_' * 5_000}",
    ):
        assert await status_with(client, wrong) == 401, wrong


async def test_a_key_passes_until_it_expires(client: AsyncClient, db: None) -> None:  # noqa: ARG001  depends by name
    moment = now()
    scopes = ["directory:write"]
    ends = {"past": moment - timedelta(seconds=1), "future": moment + timedelta(hours=1)}
    past, future = [
        (await service.create_key(name, scopes, now=NOW, expires_at=end)).secret
        for name, end in ends.items()
    ]

    assert await status_with(client, f"Bearer {past}") == 401
    assert await status_with(client, f"Bearer {future}") == 400


async def test_a_revoked_key_ends_at_once(client: AsyncClient, db: None) -> None:  # noqa: ARG001  depends by name
    made = await service.create_key("desk", ["directory:write"], now=NOW)

    await service.revoke_key(made.prefix, NOW)

    assert await status_with(client, f"Bearer {made.secret}") == 401
    with pytest.raises(NotFound):
        await service.revoke_key("00000000", NOW)


async def test_a_secret_is_kept_as_a_hash_alone(db: None) -> None:  # noqa: ARG001  depends by name
    made = await service.create_key("desk", ["directory:write"], now=NOW)

    [row] = await fetch("SELECT * FROM api_key WHERE prefix = $1", made.prefix)

    assert made.secret not in str(dict(row))
    assert made.secret.split("_", 2)[2] not in str(dict(row))
    assert len(row["secret_hash"]) == 32


@pytest.mark.parametrize(
    ("name", "scopes"),
    [
        ("desk", []),
        ("desk", ["everything"]),
        ("", ["directory:write"]),
        ("x" * 81, ["directory:write"]),
    ],
)
async def test_a_key_that_makes_no_sense_is_not_made(
    db: None,  # noqa: ARG001  depends by name
    name: str,
    scopes: list[str],
) -> None:
    with pytest.raises(InvalidInput):
        await service.create_key(name, scopes, now=NOW)


async def test_a_key_with_the_longest_name_can_write(client: AsyncClient, db: None) -> None:  # noqa: ARG001  depends by name
    made = await service.create_key("x" * 80, ["directory:write"], now=NOW)

    response = await client.post(
        "/v1/enterprises",
        json={"name": "De Kwast"},
        headers={"Authorization": f"Bearer {made.secret}"},
    )

    assert response.status_code == 201
